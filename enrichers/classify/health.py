"""Find health data: clinical words in a text that also tells a person apart."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Iterator
from functools import cache

from msgspec import Struct

from enrichers.classify.spans import Span
from enrichers.classify.tables import FOLDER, table

NEAR = 1000
"""Characters between a clinical word and an identifier that belong together."""
MOST = 500
"""Clinical words of a text that are found."""


class Row(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Clinical words of one type, as written; `hits` and `misses` prove them in tests."""

    type: str
    words: str
    hits: tuple[str, ...] = ()
    misses: tuple[str, ...] = ()


@cache
def rows() -> tuple[Row, ...]:
    """Give the table of clinical words."""
    return tuple(table(FOLDER / "health.yaml", Row))


def health(hits: Iterable[tuple[Row, int, int]], found: list[Span]) -> Iterator[Span]:
    """Give the clinical words near an identifier of a person, the longest at each place."""
    told = sorted(span.start for span in found if span.klass == "personal")
    ends: dict[int, tuple[int, Row]] = {}
    for row, start, end in hits:
        if len(ends) < MOST or start in ends:
            ends[start] = max(ends.get(start, (0, row)), (end, row), key=lambda one: one[0])
    for start, (end, row) in ends.items():
        if _is_near(start, told):
            yield Span(start, end, "health", row.type)


def _is_near(place: int, told: list[int]) -> bool:
    after = bisect_left(told, place)
    return any(abs(told[at] - place) <= NEAR for at in (after - 1, after) if 0 <= at < len(told))
