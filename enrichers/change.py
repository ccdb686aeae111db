"""Which announced change an act belongs to."""

from __future__ import annotations

from enrichers.reference import Reference
from pipeline.event import Fields

CHANGES = frozenset({"grant", "config_change"})
WHO = ("user.email", "user.id")
KEYS = ("ai.key.id", "service.name")


def change(fields: Fields, reference: Reference) -> Fields:
    """Add the ticket of a change announced for this person, or this key, and this UTC day.

    A person's change covers what they grant or configure; a key's change covers whatever the key does.
    """
    if not reference.tickets or "ai.change.ticket" in fields:
        return {}
    who = (*WHO, *KEYS) if fields.get("event.action") in CHANGES else KEYS
    day = fields["@timestamp"][:10]
    for field in who:
        told = fields.get(field)
        if told and (ticket := reference.tickets.get((told.lower(), day))):
            return {"ai.change.ticket": ticket}
    return {}
