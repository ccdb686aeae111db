"""Microsoft Defender: programs that start on managed machines."""

from __future__ import annotations

from collections.abc import Iterator

from pipeline.simulate.clock import iso
from pipeline.simulate.company import DOMAIN, TENANT
from pipeline.simulate.scene import Line, Scene

FILE = "defender.jsonl"
_DELAY = 95.0
"""Seconds until a row is published."""


def started(
    scene: Scene, at: float, program: str, command: str, parent: str = "explorer.exe"
) -> Iterator[Line]:
    """Let a program start."""
    person, device = scene.person, scene.device
    login = person.id.partition(".")[0]
    row = {
        "Timestamp": f"{iso(at)[:-1]}0000Z",
        "DeviceId": f"{device.id}{device.id[:8]}",
        "DeviceName": f"{device.name}.{DOMAIN}",
        "ReportId": scene.dice.getrandbits(16),
        "ActionType": "ProcessCreated",
        "MachineGroup": device.group,
        "FileName": program,
        "FolderPath": f"C:\\Program Files\\{program}" if program.endswith(".exe") else f"/usr/bin/{program}",
        "ProcessId": scene.dice.getrandbits(14) + 100,
        "ProcessCommandLine": command,
        "AccountDomain": "fernwood",
        "AccountName": login,
        "AccountUpn": person.email,
        "AccountObjectId": person.directory_id,
        "InitiatingProcessFileName": parent,
        "InitiatingProcessCommandLine": parent,
        "InitiatingProcessAccountName": login,
        "InitiatingProcessAccountUpn": person.email,
        "AdditionalFields": "{}",
    }
    outer = {"time": f"{iso(at + _DELAY)[:-1]}0000Z", "tenantId": TENANT, "operationName": "Publish"}
    yield Line(at, FILE, outer | {"category": "AdvancedHunting-DeviceProcessEvents", "properties": row})
