"""changes.yaml: announced changes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path

from enrichers.reference.entry import items
from enrichers.reference.nouns import Change
from pipeline.errors import Problem


def read_changes(path: Path, faults: list[Problem]) -> list[Change]:
    """Read the announced changes, one ticket each."""
    return [
        Change(
            ticket=entry.word("ticket") or "",
            what=entry.word("what") or "",
            user=(entry.word("user") or "").lower() or None,
            key=(entry.word("key") or "").lower() or None,
            day=entry.day("day"),
        )
        for entry in items(path, "changes", "ticket", faults)
    ]


def tickets(changes: Iterable[Change]) -> Mapping[tuple[str, str], str]:
    """Find the ticket of whoever makes a change on a day; the first one of the day counts."""
    found: dict[tuple[str, str], str] = {}
    for change in changes:
        for who in (change.user, change.key):
            if who and change.day:
                found.setdefault((who, change.day), change.ticket)
    return found
