"""One AI interaction as flat, redacted fields, and what is thought of it."""

from __future__ import annotations

from typing import Any

from msgspec import Struct

Fields = dict[str, Any]
"""Flat dotted keys (`fields.py`) to JSON values."""

HOMES = (
    "ai.task.id",
    "user.id",
    "user.email",
    "user.name",
    "gen_ai.agent.id",
    "ai.key.id",
    "device.id",
    "host.name",
    "source.ip",
    "event.dataset",
)
"""Whose Memory judges an event: the first of these fields that it has."""


class Event(Struct, frozen=True):
    """One redacted interaction and its home. Idle: understood, but no AI in it. `time` is in epoch seconds."""

    id: str
    time: float
    home: str
    idle: bool
    fields: Fields


class Reason(Struct, frozen=True):
    """One piece of evidence.

    `who` says it (rule, policy, context ...), `id` names it (a catalogue or rule id), `weight` is its doubt from 0 to
    1 and `fields` are the values that met it.
    """

    who: str
    id: str
    sentence: str
    weight: float
    fields: Fields = {}
    techniques: tuple[str, ...] = ()


class Verdict(Struct, frozen=True):
    """An event with its reasons and its risk, 0 to 100."""

    event: Event
    reasons: tuple[Reason, ...]
    risk: float


def subject(*pairs: tuple[str, Any]) -> str:
    """Name an entity: `field=value`, several joined by `&`; homes and subjects are named alike.

    Of several, `%` and `&` in a value are escaped, so that no value can pretend to be two.
    """
    if len(pairs) == 1:
        return "=".join(map(str, pairs[0]))
    return "&".join(f"{field}={str(value).replace('%', '%25').replace('&', '%26')}" for field, value in pairs)


def home_of(fields: Fields) -> str:
    """Name the one entity whose Memory judges this event."""
    for field in HOMES:
        if value := fields.get(field):
            return f"{field}={value}"
    return "event.dataset=unknown"
