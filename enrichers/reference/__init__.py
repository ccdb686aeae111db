"""What the organisation and we know beforehand: people, devices, apps, agents, servers, documents, changes."""

from enrichers.reference.load import load_reference
from enrichers.reference.nouns import (
    Agent,
    App,
    Chain,
    Change,
    Device,
    Document,
    KnownTool,
    Organisation,
    Person,
    Reference,
    Server,
)

__all__ = [
    "Agent",
    "App",
    "Chain",
    "Change",
    "Device",
    "Document",
    "KnownTool",
    "Organisation",
    "Person",
    "Reference",
    "Server",
    "load_reference",
]
