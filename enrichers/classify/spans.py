"""What was found in a text, and which of several findings at one place stands."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterable
from itertools import pairwise

from msgspec import Struct

VAGUE = frozenset({"password", "generic_secret", "bearer_token"})
"""Types known by the words around them alone; any other type at the same place knows better."""


class Span(Struct, frozen=True):
    """One finding: code points `start` to `end`, its class, its type, and whether structure or checksum holds.

    `valid` is None where that cannot be told. The class is one of `pipeline.fields.CLASSES`.
    """

    start: int
    end: int
    klass: str
    type: str
    valid: bool | None = None


def settle(spans: Iterable[Span]) -> list[Span]:
    """Sort findings by place and leave no two that overlap: the more certain, then the longer one stands."""
    waiting = sorted(spans, key=_place)
    if all(left.end <= right.start for left, right in pairwise(waiting)):
        return waiting
    waiting.sort(key=_merit)
    starts: list[int] = []
    kept: list[Span] = []
    for span in waiting:
        at = bisect_right(starts, span.start)
        if (at == 0 or kept[at - 1].end <= span.start) and (at == len(kept) or span.end <= kept[at].start):
            starts.insert(at, span.start)
            kept.insert(at, span)
    return kept


def around(blocks: Iterable[Span], spans: list[Span]) -> list[Span]:
    """Add blocks of code to settled findings; a finding inside a block parts it."""
    pieces = list(spans)
    for block in blocks:
        start = block.start
        for span in spans[bisect_right(spans, block.start, key=_end) :]:
            if span.start >= block.end:
                break
            pieces.extend(_piece(block, start, span.start))
            start = span.end
        pieces.extend(_piece(block, start, block.end))
    return sorted(pieces, key=_place)


def _piece(block: Span, start: int, end: int) -> list[Span]:
    return [Span(start, end, block.klass, block.type, block.valid)] if start < end else []


def _place(span: Span) -> tuple[int, int]:
    return span.start, span.end


def _end(span: Span) -> int:
    return span.end


def _merit(span: Span) -> tuple[int, int, int]:
    certainty = 0 if span.type in VAGUE else 1 if span.valid is False else 2 if span.valid is None else 3
    return -certainty, span.start - span.end, span.start


def spelt(type_: str, value: str) -> str:
    """Give one spelling to what people write in many."""
    if type_ == "phone":
        return "".join(filter(str.isdigit, value)).lstrip("0")
    return (
        value.lower()
        if type_ == "email"
        else re.sub(r"[\s-]", "", value)
        if type_ in ("iban", "card")
        else value
    )
