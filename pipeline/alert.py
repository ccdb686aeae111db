"""What an analyst opens, and what is held of a subject."""

from __future__ import annotations

from msgspec import Struct

from pipeline.event import Fields


class Alert(Struct, frozen=True):
    """One version of an alert: its id (Sigma id, group and UTC day, hashed) and its whole document."""

    id: str
    time: float
    fields: Fields


class Standing(Struct, frozen=True):
    """What is held of a subject now: risk of a person, agent or key; inventory of an app."""

    subject: str
    time: float
    fields: Fields
