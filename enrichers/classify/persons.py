"""What follows from identifiers of persons: their names, their health, and records of many."""

from __future__ import annotations

from msgspec import Struct

from enrichers.classify.customers import tables
from enrichers.classify.glance import Hits, glance
from enrichers.classify.health import health
from enrichers.classify.names import names, subjects
from enrichers.classify.spans import Span

MANY = frozenset({"columns", "keys"})
"""Topics of the pass that show names of columns or keys of persons."""


class Persons(Struct, frozen=True):
    """Findings about persons beyond their identifiers, and how many records of persons there are."""

    spans: tuple[Span, ...] = ()
    records: int = 0


NOBODY = Persons()


def persons(text: str, hits: Hits, found: list[Span]) -> Persons:
    """Look for names, clinical words and records where a text tells persons apart; nothing without that."""
    told = [span for span in found if span.klass == "personal" and span.type != "ip_address"]
    several = list(tables(text)) if not MANY.isdisjoint(hits) else []
    if not told and not several:
        return NOBODY
    added = [span for table in several for span in (table.head, *table.people)]
    if told:
        from enrichers.classify.cues import person_cues

        beside = glance(text, person_cues)
        added += names(text, beside, told)
        added += health(beside.get("health", ()), told)
    return Persons(tuple(added), sum(table.records for table in several))


__all__ = ["NOBODY", "Persons", "persons", "subjects"]
