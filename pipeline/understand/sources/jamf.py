"""Jamf Pro: computers of the inventory."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from pipeline.event import Fields
from pipeline.understand.sources.forms.keys import squashed
from pipeline.understand.sources.forms.objects import state
from pipeline.understand.sources.forms.people import person
from pipeline.understand.sources.forms.values import at, first, pick, table, text
from pipeline.understand.sources.source import Draft, Source

_COMPUTER = table(
    {
        "device.id": "udid",
        "host.name": "general.name",
        "host.ip": "general.lastreportedip | general.lastipaddress",
        "host.os.version": "operatingsystem.version",
        "device.serial_number": "hardware.serialnumber",
        "ai.device.managed": "general.remotemanagement.managed",
        "ai.device.last_seen": "general.lastcontacttime | general.reportdate",
    }
)
_FIXED = {
    "event.action": "inventory",
    "event.code": "computer",
    "event.dataset": "jamf.computer",
    "host.os.type": "macos",
}
_ENCRYPTED = frozenset("ENCRYPTED VALID BOOT_ENCRYPTED ALL_ENCRYPTED SOME_ENCRYPTED".split())
_UNSAID = frozenset(("", "UNKNOWN", "NOT_APPLICABLE"))


def claims(value: Any, _hints: Fields) -> bool:
    """Know a computer by its section of general facts and its id."""
    if type(value) is not dict or ("general" not in value and "General" not in value):
        return False
    general = value.get("general", value.get("General"))
    return type(general) is dict and any(key.lower() == "udid" for key in value)


def read(value: Fields, _hints: Fields) -> Iterator[Draft]:
    """Make the row of a computer; Jamf does not say whether it complies."""
    row = squashed(value)
    owner = at(row, ("userandlocation",))
    fields = {**pick(row, _COMPUTER), **_FIXED, **(_owner(owner) if type(owner) is dict else {})}
    fields["host.id"] = text(row.get("id")) or None
    fields["ai.device.encrypted"] = _encrypted(row)
    seen = fields.get("ai.device.last_seen")
    times = (seen, at(row, ("general", "reportdate")), at(row, ("general", "lastenrolleddate")))
    yield Draft(fields, times, act=state(value, first(row, ("udid", "id")), seen))


def _owner(owner: Fields) -> Fields:
    """Give the person a computer is given to."""
    fields = person(owner.get("email"))
    if "user.email" not in fields:
        return person(owner.get("username"))
    return {**fields, "user.name": text(owner.get("username")) or None}


def _encrypted(row: Fields) -> bool | None:
    """Say whether the disk is encrypted; None where no section says it."""
    details = at(row, ("diskencryption", "bootpartitionencryptiondetails"))
    told = (at(details, ("partitionfilevault2state",)), at(row, ("operatingsystem", "filevault2status")))
    words = [word.upper() for word in told if type(word) is str]
    if any(word in _ENCRYPTED for word in words):
        return True
    return None if all(word in _UNSAID for word in words) else False


SOURCE = Source(
    name="jamf",
    claims=claims,
    read=read,
    marks=frozenset(("general", "General")),
    fixed={"event.module": "jamf"},
    keys=frozenset(
        "udid general hardware operatingSystem diskEncryption security userAndLocation operating_system disk_encryption "
        "user_and_location".split()
    ),
)
