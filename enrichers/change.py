"""Which announced change an act belongs to."""

from __future__ import annotations

from functools import lru_cache

from enrichers.reference import Reference
from pipeline.event import Fields

CHANGES = frozenset({"grant", "config_change"})
KEYS = ("ai.key.id", "service.name")
WHO_AND_KEYS = ("user.email", "user.id", *KEYS)


def change(fields: Fields, reference: Reference) -> Fields:
    """Add the ticket of a change announced for this person, or this key, and this UTC day.

    A person's change covers what they grant or configure; a key's change covers whatever the key does.
    """
    if not reference.tickets or "ai.change.ticket" in fields:
        return {}
    announced = _announced(reference)
    for field in WHO_AND_KEYS if fields.get("event.action") in CHANGES else KEYS:
        who = fields.get(field, "").lower()
        if who in announced and (ticket := reference.tickets.get((who, fields["@timestamp"][:10]))):
            return {"ai.change.ticket": ticket}
    return {}


@lru_cache(16)
def _announced(reference: Reference) -> frozenset[str]:
    """Give the persons and keys of whom any change is announced."""
    return frozenset(who for who, _ in reference.tickets)
