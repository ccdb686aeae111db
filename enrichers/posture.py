"""From which device: the inventory's word on its posture."""

from __future__ import annotations

from functools import lru_cache

from enrichers.hosts import belongs
from enrichers.missing import missing
from enrichers.reference import Reference
from pipeline.event import Fields


def posture(fields: Fields, reference: Reference) -> Fields:
    """Add management, compliance, encryption, group and system of the device, and the name or id that is missing.

    What a source saw of the device itself is fresher and stays. A device that the inventory does not know stays unknown.
    """
    host = fields.get("host.name")
    facts = _of_host(host, reference) if host else None
    return missing(_of_id(fields, reference) if facts is None else facts, fields)


@lru_cache(8192)
def _of_host(host: str, reference: Reference) -> Fields | None:
    """Give what else is known of a host: nothing of one of ours that is not listed, None where an id may tell more."""
    name, devices = host.lower(), reference.devices_by_name
    device = devices.get(name)
    if device is None:
        short, _, domain = name.partition(".")
        if not domain or not belongs(domain, reference.organisation.domains):
            return None
        device = devices.get(short)
    return {field: value for field, value in device.facts.items() if field != "host.name"} if device else {}


def _of_id(fields: Fields, reference: Reference) -> Fields:
    for field in ("device.id", "host.id"):
        told = fields.get(field)
        if told and (device := reference.devices_by_id.get(told.lower())):
            return device.facts
    return {}
