"""devices.csv: the inventory of devices."""

from __future__ import annotations

from pathlib import Path

from enrichers.reference.entry import Entry, distinct, rows
from enrichers.reference.nouns import Device
from pipeline.errors import Problem

FLAGS = ("ai.device.managed", "ai.device.compliant", "ai.device.encrypted")
WORDS = ("host.name", "device.id", "host.os.type", "ai.device.group")


def read_devices(path: Path, faults: list[Problem]) -> list[Device]:
    """Read the inventory, one row a device; each has a host.name."""
    entries = rows(path, "host.name", faults)
    distinct((row for row in entries if "device.id" in row.body), "device.id")
    return [_device(row) for row in entries]


def _device(row: Entry) -> Device:
    facts = {name: row.word(name) for name in WORDS} | {name: row.flag(name) for name in FLAGS}
    return Device(
        name=row.word("host.name"),
        id=row.word("device.id"),
        email=row.word("user.email"),
        facts={name: value for name, value in facts.items() if value is not None},
    )
