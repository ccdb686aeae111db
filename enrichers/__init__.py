"""Facts added to events: plain functions `(fields, reference) -> fields to add`, in the order in which they run."""

from __future__ import annotations

from collections.abc import Callable

from enrichers.app import app
from enrichers.change import change
from enrichers.change_facts import change_facts
from enrichers.data_classes import data_classes
from enrichers.identity import identity
from enrichers.intent import intent
from enrichers.posture import posture
from enrichers.reference import Reference
from enrichers.registry import registry
from enrichers.tenant import tenant
from enrichers.text_facts import text_facts
from enrichers.tools import tools
from pipeline.event import Fields

Enricher = Callable[[Fields, Reference], Fields]

ENRICHERS: tuple[Enricher, ...] = (
    identity,
    posture,
    app,
    tenant,  # reads the app
    tools,
    registry,
    change,
    change_facts,
    data_classes,
    intent,  # reads what data_classes saw
    text_facts,
)
