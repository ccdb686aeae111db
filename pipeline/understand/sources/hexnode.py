"""Hexnode UEM: devices, and groups of devices."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from pipeline.event import Fields
from pipeline.understand.sources.forms.objects import inside, objects, state
from pipeline.understand.sources.forms.people import person
from pipeline.understand.sources.forms.systems import os_type
from pipeline.understand.sources.forms.values import first, pick, table, text
from pipeline.understand.sources.source import Draft, Source

_DEVICE = table(
    {
        "host.name": "device_name",
        "host.os.version": "os_version",
        "device.serial_number": "serial_number",
        "ai.device.compliant": "compliant",
        "ai.device.last_seen": "last_reported",
    }
)
_MEMBER = table({"host.name": "name"})
_STATES = frozenset(("last_reported", "enrollment_status"))


def claims(value: Any, _hints: Fields) -> bool:
    """Know a device by what is said of its enrolment, a group by its devices."""
    if type(value) is not dict:
        return False
    if "device_name" in value:
        return not value.keys().isdisjoint(_STATES)
    return "groupname" in value and "devices" in value


def read(value: Fields, _hints: Fields) -> Iterator[Draft]:
    """Make the row of a device, or of every device of a group."""
    if "groupname" in value and "device_name" not in value:
        yield from map(_member, objects(value.get("devices")))
    else:
        yield _device(value)


def _device(row: Fields) -> Draft:
    owner, seen = inside(row, "user"), row.get("last_reported")
    told = person(owner.get("email"))
    fields = {
        **pick(row, _DEVICE),
        **(told if "user.email" in told else {}),
        **_asset(row.get("id"), "device"),
        "device.id": next(
            (one for key in ("udid", "serial_number", "id") if (one := text(row.get(key)))), None
        ),
        "host.os.type": os_type(row.get("os_name")),
        "user.name": first(owner, ("name",)),
        "ai.actor.id": text(owner.get("id")) or None,
        "ai.device.managed": _managed(row.get("enrollment_status")),
    }
    return Draft(fields, (seen, row.get("enrolled_time")), act=state(row, row.get("id"), seen))


def _managed(status: Any) -> bool | None:
    """Say whether a device is enrolled; None where nothing is said."""
    word = text(status).lower()
    return word.startswith("enrolled") if word else None


def _member(row: Fields) -> Draft:
    """Make the row of a device of a group, which says nothing of its posture."""
    fields = {
        **pick(row, _MEMBER),
        **_asset(row.get("id"), "devicegroup"),
        "host.os.type": os_type(row.get("platform")),
    }
    return Draft(fields, act=state(row, row.get("id"), None))


def _asset(identity: Any, code: str) -> Fields:
    return {
        "event.action": "inventory",
        "event.code": code,
        "event.dataset": "hexnode.device",
        "host.id": text(identity) or None,
    }


SOURCE = Source(
    name="hexnode",
    claims=claims,
    read=read,
    marks=frozenset(("device_name", "groupname")),
    fixed={"event.module": "hexnode"},
    keys=frozenset(
        "device_name model_name os_name os_version enrolled_time last_reported compliant serial_number udid "
        "enrollment_status groupname devices".split()
    ),
)
