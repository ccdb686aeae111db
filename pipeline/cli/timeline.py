"""All that one person, agent or task did, over every surface, in one order of time."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from difflib import get_close_matches
from typing import TYPE_CHECKING

import click
from msgspec import Struct

if TYPE_CHECKING:
    from pipeline.cli.stores import Kept
    from pipeline.event import Fields

KINDS: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("person", ("user.id", "user.email", "user.name")),
    ("agent", ("gen_ai.agent.id", "gen_ai.agent.name")),
    ("task", ("ai.task.id", "gen_ai.conversation.id")),
    ("key", ("ai.key.id",)),
    ("device", ("host.name", "device.id")),
)
"""What can be investigated, and the fields that name it."""
FROM_EVENT = ("task", "agent", "person", "key", "device")
"""An event stands for the first of these that it names."""
NEAREST = 3


class Timeline(Struct, frozen=True):
    """What is investigated (`kind`, `name`), its events and alerts in order of time, and the event that was asked for."""

    kind: str
    name: str
    events: list[Fields]
    alerts: list[Fields]
    asked: str = ""


def timeline(kept: Kept, name: str) -> Timeline:
    """Give the timeline of a person, agent, task, key or device, or of what an event or alert belongs to."""
    found = _of_name(kept, name) or _of_id(kept, name)
    if found is None:
        raise click.UsageError(
            f"no person, agent, task or event is named {name!r}{_nearest(kept, name)}",
            click.get_current_context(silent=True),
        )
    return found


def _of_name(kept: Kept, name: str) -> Timeline | None:
    for kind, fields in KINDS:
        events = [event for event in kept.mentioning(name) if _is_named(event, fields, name)]
        if events:
            return Timeline(kind, name, events, _alerts(kept, events))
    return None


def _of_id(kept: Kept, prefix: str) -> Timeline | None:
    """Take an event, or the latest one of an alert, for the task, agent or person it belongs to."""
    from pipeline.cli.finding import named

    if not any(kept.find(table, prefix) for table in ("events", "alerts")):
        return None
    document = named(kept, prefix)
    if document["event.kind"] == "alert":
        document = kept.events(document["ai.alert.events"])[-1]
    kinds = dict(KINDS)
    for kind in FROM_EVENT:
        name = next((document[field] for field in kinds[kind] if document.get(field)), None)
        if name is not None:
            events = [event for event in kept.mentioning(name) if _is_named(event, kinds[kind], name)]
            return Timeline(kind, name, events, _alerts(kept, events), document["event.id"])
    return Timeline(
        "event", document["event.id"], [document], _alerts(kept, [document]), document["event.id"]
    )


def _is_named(event: Fields, fields: tuple[str, ...], name: str) -> bool:
    wanted = name.lower()
    return any(str(event[field]).lower() == wanted for field in fields if field in event)


def _alerts(kept: Kept, events: Iterable[Fields]) -> list[Fields]:
    ids = {event["event.id"] for event in events}
    found = [alert for alert in kept.alerts() if not ids.isdisjoint(alert["ai.alert.events"])]
    return sorted(found, key=lambda alert: (alert["ai.alert.first_seen"], alert["event.id"]))


def _nearest(kept: Kept, name: str) -> str:
    known = {subject.partition("=")[2] for subject, _ in kept.standings()}
    near = get_close_matches(name.lower(), sorted(known), n=NEAREST, cutoff=0.5)
    return f": did you mean {', '.join(near)}?" if near else ""


def documents(found: Timeline) -> Iterator[Fields]:
    """Give events and alerts in one order of time; an alert stands behind the events that it had at first."""
    every = [(event["@timestamp"], 0, event["event.id"], event) for event in found.events]
    every += [(alert["ai.alert.first_seen"], 1, alert["event.id"], alert) for alert in found.alerts]
    for _, _, _, document in sorted(every, key=lambda one: one[:3]):
        yield document
