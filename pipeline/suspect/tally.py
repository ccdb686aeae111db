"""What the subjects of a home's events hear of it: first sights, and sums of closed hours."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from math import inf
from typing import Any

from pipeline.event import HOMES, Event, Fields
from pipeline.signal import Signal
from pipeline.suspect.memory import FORGET_HOME, HOUR, Memory, Sum

MOST_SUBJECTS = 500
MOST_NAMES = 20
MOST_SUMS = 256
"""Subjects that one hour of a home has sums of; what any other does is told at once."""

SUBJECTS = ("user.id", "user.email", "gen_ai.agent.id", "ai.key.id", "ai.app.id")
"""Entities that have a standing; a person is `user.id`, else `user.email`."""
ABOUT_APP = ("ai.app.name", "ai.app.status", "ai.app.category", "ai.app.vendor", "ai.app.heuristic")
"""What a standing tells of an app."""
LISTED = (
    ("ai.standing.models", "gen_ai.request.model"),
    ("ai.standing.surfaces", "ai.surface"),
    ("ai.standing.tenants", "ai.app.tenant"),
)
"""Lists of a standing, and the field that each is made of."""
STOCKED = ("ai.app.id=", "gen_ai.agent.id=")
"""Entities of which an inventory is kept."""
PATIENT = (f"{HOMES[0]}=",)
"""Homes that live for minutes: what they meet is told with the sum of their hour, unless it may be news."""


def tally(event: Event, count: int, memory: Memory) -> Iterator[Signal]:
    """Add an event to the sums of its hour (`count` 0: it is part of an act that was counted); tell first sights."""
    fields, time, known = event.fields, event.time, memory.known
    number, units = int(time // HOUR), fields.get("ai.data.units", 0.0)
    if (hour := memory.hours.get(number)) is None:
        hour = memory.hours[number] = {}
    for entity in entities(fields):
        if alone := (total := hour.get(entity)) is None:
            total = Sum(time, time)
            if len(hour) < MOST_SUMS:
                hour[entity], alone = total, False
        elif time > total.last:
            total.last = time
        elif time < total.first:
            total.first = time
        total.events += count
        if units:
            total.units += units
        if entity.startswith(STOCKED):
            _take_stock(total, fields, count)
        if alone:
            yield Signal(entity, time, event.id, None, None, _came_to(total))
        if time - known.get(entity, -inf) > FORGET_HOME and is_met(entity, time, memory):  # most are known
            known[entity] = time
            if _is_news(entity, event):
                yield Signal(entity, time, event.id, None, None, _introduced(fields, time))


def is_met(entity: str, time: float, memory: Memory) -> bool:
    """Say whether this home meets an entity for the first time, or for the first time in a month."""
    since = memory.known.get(entity)
    if since is None:
        return len(memory.known) < MOST_SUBJECTS
    return time - since > FORGET_HOME


def entities(fields: Fields) -> tuple[str, ...]:
    """Name the entities of an event that have a standing."""
    return _named(*map(fields.get, SUBJECTS))


@lru_cache(4096)
def _named(*values: Any) -> tuple[str, ...]:
    """Name entities by the values of SUBJECTS; the same few meet again and again, hence the cache."""
    named = {field: value for field, value in zip(SUBJECTS, values, strict=True) if value}
    if "user.id" in named:
        named.pop("user.email", None)
    return tuple(f"{field}={value}" for field, value in named.items())


def summed(hour: int, sums: dict[str, Sum]) -> Iterator[Signal]:
    """Tell each subject what a closed hour came to."""
    for entity, total in sorted(sums.items()):
        yield Signal(entity, (hour + 1) * HOUR, "", None, None, _came_to(total))


def _came_to(total: Sum) -> Fields:
    facts: Fields = {
        "ai.standing.events": total.events,
        "ai.standing.units": round(total.units, 3),
        "ai.standing.first_seen": total.first,
        "ai.standing.last_seen": total.last,
        **total.said,
        **{field: sorted(names) for field, names in total.names.items()},
    }
    if total.classes:
        facts["ai.standing.classes"] = total.classes
    return facts


def _is_news(entity: str, event: Event) -> bool:
    if not event.home.startswith(PATIENT):
        return True
    if entity.startswith("ai.app.id="):
        return event.fields.get("ai.app.status") != "sanctioned"
    return entity.startswith("gen_ai.agent.id=")


def _take_stock(total: Sum, fields: Fields, count: int) -> None:
    """Note with whom, with what and with which data an app or agent was used."""
    names, get = total.names, fields.get
    if (person := get("user.id") or get("user.email")) and person not in names.get("ai.standing.people", ()):
        _add(names, "ai.standing.people", person)
    for listed, field in LISTED:
        if (name := get(field)) and name not in names.get(listed, ()):
            _add(names, listed, name)
    if count:
        for klass in fields.get("ai.data.classes", ()):
            total.classes[klass] = total.classes.get(klass, 0) + 1
    if not total.said and "ai.app.id" in fields:
        total.said = about_app(fields)


def _add(names: dict[str, list[str]], listed: str, name: str) -> None:
    kept = names.setdefault(listed, [])
    if len(kept) < MOST_NAMES:
        kept.append(name)


def about_app(fields: Fields) -> Fields:
    """Give what a standing tells of an app."""
    return {field: fields[field] for field in ABOUT_APP if field in fields}


def _introduced(fields: Fields, time: float) -> Fields:
    facts: Fields = {"ai.standing.first_seen": time}
    for field in ("user.id", "user.email", "ai.app.id"):
        if value := fields.get(field):
            facts[field] = value
    return facts | about_app(fields)
