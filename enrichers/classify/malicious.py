"""Find malicious code: signs of one family that stand together, where one alone is ordinary."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cache

from msgspec import Struct

from enrichers.classify.spans import Span, settle
from enrichers.classify.tables import FOLDER, table

KLASS = "malicious_code"
ENOUGH = 3
"""Points of one family that make malicious code, unless its row says otherwise."""
REACH = 2000
"""Characters within which signs belong together."""
LINE = 240
"""Characters of the same line that are looked at on either side of a sign."""
CHECKED, APART = 2048, 1000
"""Hits of a text that are all looked at, and characters between two of one sign behind them."""
RULES = "detection"
"""The family of signs that a text has which is written to find such code, as rules of detection are."""
_WORDS = re.compile(r"(?<![\w.-])[a-z]{1,16}[,']?(?: [a-z]{1,16}[,']?){4}\b")
"""Five words; a command may have as many."""
_SMALL = frozenset(
    "an are be because but can could has have how it its may must of often so such that the their them these they this to "
    "was were which who will with you your der die das den und ist ein eine mit von zu le la les est des el los una".split()
)
"""Words that prose has and code has not."""
_INLINE = re.compile(r"(?<!`)`[^`]*\Z")
"""A piece of code within a line of text that is not over yet."""
_LEADS = re.compile(r"[\w ,'-]{0,40}:[\s`]")
"""Prose that ends in a colon hands over what comes behind it; it does not talk about it."""
_COMMENT = re.compile(r"(?:\s|;)(?:#|//|/\*|--|<!--|rem|::)\s", re.IGNORECASE)
_HIT = 120
"""Characters that a sign may be long."""


class Row(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The signs of one family, as written; `hits` and `misses` prove them in tests."""

    family: str
    enough: int = ENOUGH
    signs: tuple[Signs, ...]
    hits: tuple[str, ...] = ()
    misses: tuple[str, ...] = ()


class Signs(Struct, frozen=True, forbid_unknown_fields=True):
    """One sign, in any of the ways in which it is written, and how much it counts however often it stands there."""

    name: str
    weight: int
    cues: tuple[str, ...]


class Sign(Struct, frozen=True, eq=False):
    """What makes a text look like a family of malicious code."""

    family: str
    name: str
    weight: int
    enough: int
    cues: tuple[str, ...]


@cache
def rows() -> tuple[Row, ...]:
    """Give the table of families."""
    return tuple(table(FOLDER / "malicious.yaml", Row))


@cache
def malicious_signs() -> tuple[Sign, ...]:
    """Give all signs of all families."""
    return tuple(
        Sign(row.family, sign.name, sign.weight, row.enough, sign.cues)
        for row in rows()
        for sign in row.signs
    )


def malicious(text: str, hits: Iterable[tuple[Sign, int, int]]) -> list[Span]:
    """Give each place where signs of a family come together, by place, in one pass over the hits in the order of their ends.

    A sign that is talked about counts for nothing, and neither does any in a text written to find such code.
    """
    near: dict[str, dict[Sign, int]] = {}
    looked: dict[Sign, int] = {}
    found: list[Span] = []
    for number, (sign, _, end) in enumerate(hits):
        if number > CHECKED and end - looked.get(sign, -APART) < APART:
            continue
        looked[sign] = end
        if _is_talk(text, end):
            continue
        signs = near.setdefault(sign.family, {})
        signs[sign] = end
        together = [other for other, place in signs.items() if end - place <= REACH]
        if sum(other.weight for other in together) < sign.enough:
            continue
        if sign.family == RULES:
            return []
        first = min(signs[other] for other in together)
        found.append(Span(_start(text, first), end, KLASS, sign.family))
        near[sign.family] = {}
    return settle(found)


def _start(text: str, end: int) -> int:
    """Give where the line of a sign begins, or a place that is far enough before its end."""
    least = max(0, end - _HIT)
    return max(text.rfind("\n", least, end) + 1, least)


def _is_talk(text: str, end: int) -> bool:
    """Say whether prose goes on behind a sign, or it stands in prose, on the same line; a colon hands it over."""
    before = text[max(0, end - LINE) : end].rpartition("\n")[2]
    after = _COMMENT.split(text[end : end + LINE].partition("\n")[0], 1)[0]
    if any(map(_is_prose, _WORDS.finditer(after))):
        return True
    inline = _INLINE.search(before)
    if inline and not before[: inline.start()].rstrip().endswith(":"):
        return True
    said = [words for words in _WORDS.finditer(before) if _is_prose(words)]
    return bool(said) and _LEADS.match(before, said[-1].end()) is None


def _is_prose(words: re.Match[str]) -> bool:
    return not _SMALL.isdisjoint(words[0].replace(",", "").split())
