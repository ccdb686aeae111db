"""What became of an alert: versions folded into one, and what analysts say of it. All stores keep alerts by this."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime
from typing import Any

from pipeline.event import Fields

LEVELS = ("low", "medium", "high", "critical")

WORDS = "ai.alert.words"
"""Where a store without a table of words keeps them, in the order in which they were said."""

SAID = (
    *("ai.alert.status", "ai.alert.disposition", "ai.alert.analyst", "ai.alert.note"),
    *("ai.alert.acknowledged_at", "ai.alert.closed_at", "ai.alert.closed_level", "ai.alert.touch_s", WORDS),
)
"""Fields that follow from words alone; no version of an alert from the pipeline has them."""
STORED = frozenset({*SAID, "event.ingested"})
"""What only a store writes: no part of a version."""


FOLDED: dict[str, Callable[[Any, Any], Any]] = {
    "ai.alert.count": max,
    "ai.alert.last_seen": max,
    "@timestamp": max,
    "event.severity": max,
    "ai.alert.first_seen": min,
}
"""What is folded by itself; times are texts of one form."""


def merged(old: Fields, new: Fields) -> Fields:
    """Fold two versions of one alert: counts and times by least and greatest, all else from the one with more risk.

    Order does not matter, and a version that comes late or again changes nothing.
    """
    best, other = (new, old) if _rank(new) >= _rank(old) else (old, new)
    fields = {name: value for name, value in best.items() if name not in STORED}
    for name, choose in FOLDED.items():
        if name in fields and name in other:
            fields[name] = choose(fields[name], other[name])
    if rank(other) > rank(fields):
        fields["ai.risk.level"] = other["ai.risk.level"]
    return fields


def told(alert: Fields, words: Iterable[Fields]) -> Fields:
    """Give an alert with what analysts say of it: the last word counts, the first touch stays.

    A closed alert whose level has risen since is open again; what was said of it stays to be read.
    """
    said: Fields = {}
    touched = ""
    for word in words:
        said.update(word)
        touched = touched or word.get("ai.alert.acknowledged_at") or word.get("ai.alert.closed_at") or ""
    if not said:
        return alert
    if touched and "ai.alert.first_seen" in alert:
        said["ai.alert.touch_s"] = _seconds(alert["ai.alert.first_seen"], touched)
    if "ai.alert.acknowledged_at" in said:
        said["ai.alert.acknowledged_at"] = touched
    if _risen(alert, said):
        said["ai.alert.status"] = "open"
    return alert | said


def rank(alert: Fields) -> int:
    """Give how high the level of an alert is; 0 is the lowest."""
    level = alert.get("ai.risk.level")
    return LEVELS.index(level) if level in LEVELS else 0


def _risen(alert: Fields, said: Fields) -> bool:
    closed = said.get("ai.alert.closed_level")
    return said.get("ai.alert.status") == "closed" and closed in LEVELS and rank(alert) > LEVELS.index(closed)


def _rank(alert: Fields) -> tuple[float, int, int]:
    return (
        alert.get("ai.risk.score", 0.0),
        alert.get("ai.alert.count", 0),
        len(alert.get("ai.alert.events", ())),
    )


def _seconds(start: str, end: str) -> int:
    return round((datetime.fromisoformat(end) - datetime.fromisoformat(start)).total_seconds())
