"""Who it was: the directory's word on the person of an event."""

from __future__ import annotations

from enrichers.reference import Person, Reference
from pipeline.event import Fields


def identity(fields: Fields, reference: Reference) -> Fields:
    """Add the person's id, address, department, peers, roles and state, and say what kind of actor it is.

    The directory is the authority on ids, roles and departments: its words replace those of a source, so that one
    person is one person everywhere; an id that it replaces stays as `ai.actor.id`. Nobody is guessed from a device.
    """
    person = _person(fields, reference)
    if person is None:
        kind = _kind(fields, None)
        return {"ai.actor.type": kind} if kind else {}

    added: Fields = {}
    if person.email and "user.email" not in fields:
        added["user.email"] = person.email
    if person.name and "user.name" not in fields:
        added["user.name"] = person.name
    told = fields.get("user.id")
    if told and told != person.id and "ai.actor.id" not in fields:
        added["ai.actor.id"] = told
    if kind := _kind(fields, person):
        added["ai.actor.type"] = kind
    return person.facts | added if added else person.facts


def _person(fields: Fields, reference: Reference) -> Person | None:
    """Find the person by address, else by id, else by a name that only one person has."""
    return (
        reference.people_by_email.get(fields.get("user.email", "").lower())
        or reference.people_by_id.get(fields.get("user.id", "").lower())
        or reference.people_by_name.get(fields.get("user.name", "").lower())
    )


def _kind(fields: Fields, person: Person | None) -> str | None:
    """Say what kind of actor it is where no source says so; a service account is a service, whatever a source takes it for."""
    told = fields.get("ai.actor.type")
    if person and person.hr_state == "service":
        return None if told in ("agent", "service") else "service"
    if told:
        return None
    if "gen_ai.agent.id" in fields:
        return "agent"
    if person or "user.id" in fields or "user.email" in fields or "user.name" in fields:
        return "human"
    return "service" if "ai.key.id" in fields or "service.name" in fields else None
