"""Cut a text into phrases: one to four words that stand together."""

from __future__ import annotations

import re

from enrichers.classify.cues import disguise_cues
from enrichers.classify.fold import fold
from enrichers.classify.glance import glance

LONGEST = 4
"""Words of a phrase."""
WIDEST = 4
"""Bytes that may stand between two of its words."""
REACH = 4096
"""Characters on each side of an order that are read."""

_WORD = re.compile(rb"[a-z0-9_]+")


def plain(text: str) -> str:
    """Give a text as the pass over it is to see it: without disguise, if it has one."""
    return text if text.isascii() else fold(text, disguised="disguise" in glance(text, disguise_cues))


def phrases(text: str) -> set[str]:
    """Give all phrases at the start of a plain text, in lower case, words parted by one space."""
    data = text[: 2 * REACH].lower().encode("utf-8", "surrogatepass")
    words = list(_WORD.finditer(data))
    found = set()
    for first in range(len(words)):
        said: list[bytes] = []
        for place in range(first, min(first + LONGEST, len(words))):
            if said and words[place].start() - words[place - 1].end() > WIDEST:
                break
            said.append(words[place][0])
            found.add(b" ".join(said).decode())
    return found


def expression(phrase: str) -> str:
    """Give the expression that meets what `phrases` calls by this name, case aside."""
    return r"\b" + phrase.replace(" ", rf"\W{{1,{WIDEST}}}") + r"\b"
