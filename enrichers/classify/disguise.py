"""Read what is written so that a machine stumbles and a reader does not: look-alikes, invisible marks, letters apart."""

from __future__ import annotations

import re
from collections.abc import Iterator

from enrichers.classify.fold import disguises, plainly
from enrichers.classify.hidden import Hidden

LEAST = 8
"""Characters that make a hidden part a text."""

_TAGS = re.compile("[\U000e0020-\U000e007e]+")
_SELECTORS = re.compile("[\ufe00-\ufe0f\U000e0100-\U000e01ef]{8,}")
_APART = re.compile(
    r"(?<!\S)[!-~](?:([ \n])[!-~])(?:\1+[!-~]){7,}(?!\S)|(?<!\S)\w([.|-])\w(?:\2\w){8,}(?!\S)", re.ASCII
)
_SEAM = re.compile(r"""(["'])[ ]{0,2}(?:[+&.][ ]{0,2}|\\?)(?:\r?\n[ ]{0,16})?\1""")


def tagged(text: str) -> Iterator[Hidden]:
    """Give what is written in tags, which nobody sees."""
    for found in _TAGS.finditer(text):
        said = "".join(chr(ord(tag) - 0xE0000) for tag in found[0])
        if len(said) >= LEAST:
            yield Hidden(*found.span(), ("unicode_tags",), said)


def selected(text: str) -> Iterator[Hidden]:
    """Give what is written in selectors of variants, a byte each."""
    for found in _SELECTORS.finditer(text):
        data = bytes(ord(one) - (0xE00F0 if ord(one) > 0xFFFF else 0xFE00) for one in found[0])
        said = data.decode("utf-8", "replace")
        if said.isprintable() and "\ufffd" not in said:
            yield Hidden(*found.span(), ("variation_selector",), said)


def folded(text: str) -> Iterator[Hidden]:
    """Give a text as a reader takes it, if that differs."""
    said, places = plainly(text)
    if said != text:
        yield Hidden(0, len(text), disguises(text), said, places, sure=False)


def spaced(text: str) -> Iterator[Hidden]:
    """Give words whose letters stand apart as if they did not; where two spaces stand, a word ends."""
    for found in _APART.finditer(text):
        sign = found[1] or found[2]
        places = [
            place
            for place in range(*found.span())
            if text[place] != sign or text[place + 1] == sign != text[place - 1]
        ]
        yield Hidden(*found.span(), ("spaced",), "".join(text[place] for place in places), places, sure=False)


def joined(text: str) -> Iterator[Hidden]:
    """Give a text with its strings joined where a program would join them."""
    pieces, last = [], 0
    for seam in _SEAM.finditer(text):
        if seam.end() > seam.start() + 2:
            pieces.append(range(last, seam.start()))
            last = seam.end()
    if pieces:
        places = [place for piece in (*pieces, range(last, len(text))) for place in piece]
        yield Hidden(
            0, len(text), ("concatenated",), "".join(map(text.__getitem__, places)), places, sure=False
        )
