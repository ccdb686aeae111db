"""Intune: the state of a machine, whenever it reports."""

from __future__ import annotations

from collections.abc import Iterator

from pipeline.simulate.clock import iso
from pipeline.simulate.scene import Line, Scene

FILE = "intune.jsonl"
_SYSTEMS = {
    "windows": ("Windows", "10.0.26100.3194"),
    "macos": ("macOS", "15.3"),
    "linux": ("Linux", "24.04"),
}


def reported(scene: Scene, at: float) -> Iterator[Line]:
    """Let the machine report."""
    device, (system, version) = scene.device, _SYSTEMS[scene.device.os]
    name = f"{device.id[:8]}-{device.id[8:12]}-4{device.id[13:16]}-a{device.id[17:20]}-{device.id[20:]}"
    body = {
        "@odata.type": "#microsoft.graph.managedDevice",
        "id": name,
        "azureADDeviceId": name,
        "deviceName": device.name,
        "userId": scene.person.directory_id,
        "userPrincipalName": scene.person.email,
        "emailAddress": scene.person.email,
        "operatingSystem": system,
        "osVersion": version,
        "complianceState": "compliant",
        "isEncrypted": device.encrypted,
        "jailBroken": "Unknown",
        "managedDeviceOwnerType": "company",
        "managementAgent": "mdm",
        "enrolledDateTime": "2025-06-02T08:00:00.0000000Z",
        "lastSyncDateTime": f"{iso(at)[:-1]}0000Z",
    }
    yield Line(at, FILE, body)
