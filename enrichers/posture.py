"""From which device: the inventory's word on its posture."""

from __future__ import annotations

from enrichers.hosts import belongs
from enrichers.reference import Device, Reference
from pipeline.event import Fields


def posture(fields: Fields, reference: Reference) -> Fields:
    """Add management, compliance, encryption, group and system of the device, and the name or id that is missing.

    What a source saw of the device itself is fresher and stays. A device that the inventory does not know stays unknown.
    """
    device = _device(fields, reference)
    if device is None:
        return {}
    return {name: value for name, value in device.facts.items() if name not in fields}


def _device(fields: Fields, reference: Reference) -> Device | None:
    if host := fields.get("host.name"):
        name = host.lower()
        if device := reference.devices_by_name.get(name):
            return device
        short, _, domain = name.partition(".")
        if domain and belongs(domain, reference.organisation.domains):
            return reference.devices_by_name.get(short)
    for field in ("device.id", "host.id"):
        told = fields.get(field)
        if told and (device := reference.devices_by_id.get(told.lower())):
            return device
    return None
