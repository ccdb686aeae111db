"""Add only what no source has told."""

from __future__ import annotations

from pipeline.event import Fields


def missing(facts: Fields, fields: Fields) -> Fields:
    """Give the facts that no source has told: the very `facts`, shared by all events, where it has told none."""
    if facts.keys().isdisjoint(fields.keys()):
        return facts
    return {name: value for name, value in facts.items() if name not in fields}
