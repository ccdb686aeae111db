"""Texts of a playbook with the fields that they name filled in from an alert and its events."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from msgspec import Struct

from pipeline.cli.shown import brief
from pipeline.event import Fields
from pipeline.fields import FIELDS
from pipeline.pack import Playbook
from pipeline.playbooks import STEPS

UNKNOWN = "?"
"""What stands for a value that neither the alert nor its events have."""

MOST_VALUES = 5
"""Values of a field that are shown where events differ."""

AFTERWARDS = ("verify", "undo")
"""Parts of a step that speak of what is to come: their fields say where to look, and have no value yet."""

_DOTTED = re.compile(r"[a-z_]+(?:\.[a-z0-9_]+)+")


class Value(Struct, frozen=True):
    """What a field holds, and who says so: the alert, or else its events."""

    value: Any
    source: str


def steps(playbook: Playbook) -> dict[str, list[Any]]:
    """Give the steps of a playbook by heading, in the order in which they are done."""
    return {key: playbook.body[key] for key in STEPS if playbook.body.get(key)}


def named(playbook: Playbook) -> list[str]:
    """Give the fields whose values its steps and handles need, sorted."""
    return sorted(
        {name for text in _texts(steps(playbook)) for name in _DOTTED.findall(text)} & FIELDS.keys()
    )


def values(names: Iterable[str], alert: Fields, events: list[Fields]) -> dict[str, Value]:
    """Give what an alert, and else its events, hold of these fields; one that nobody has is absent."""
    found = {name: _value(name, alert, events) for name in names}
    return {name: value for name, value in found.items() if value}


def rendered(step: Any, known: Mapping[str, Value]) -> Any:
    """Write `field = value` where a step names a field."""
    match step:
        case str():
            return _DOTTED.sub(lambda found: _written(found[0], known), step)
        case dict():
            return {
                key: inner if key in AFTERWARDS else rendered(inner, known) for key, inner in step.items()
            }
        case list():
            return [rendered(inner, known) for inner in step]
        case _:
            return step


def _value(name: str, alert: Fields, events: list[Fields]) -> Value | None:
    if name in alert:
        return Value(alert[name], "alert")
    held = [event[name] for event in events if name in event]
    members = [one for value in held for one in (value if isinstance(value, list) else [value])]
    different = [one for number, one in enumerate(members) if one not in members[:number]]
    if different:
        return Value(different[0] if len(different) == 1 else different[:MOST_VALUES], "events")
    return None


def _written(name: str, known: Mapping[str, Value]) -> str:
    if name not in FIELDS:
        return name
    return f"{name} = {_shown(known[name].value) if name in known else UNKNOWN}"


def _shown(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else brief(value)


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict | list):
        now = [value[key] for key in value if key not in AFTERWARDS] if isinstance(value, dict) else value
        for inner in now:
            yield from _texts(inner)
