"""The readers of all sources, in the order in which a record is offered to them."""

from __future__ import annotations

from pipeline.understand.sources import (
    claude_code,
    litellm,
    m365_copilot,
    mcp,
    normalised,
    otel_genai,
    squid,
    zscaler,
)
from pipeline.understand.sources.source import Draft, Source

READERS: tuple[Source, ...] = (
    normalised.SOURCE,
    otel_genai.SOURCE,
    claude_code.SOURCE,
    mcp.SOURCE,
    litellm.SOURCE,
    m365_copilot.SOURCE,
    zscaler.SOURCE,
    squid.SOURCE,
)
"""The first that claims a record reads it."""

NAMES: tuple[str, ...] = tuple(source.name for source in READERS)

_BY_NAME = {name: source for source in READERS for name in (source.name, *source.aliases)}

__all__ = ["NAMES", "READERS", "Draft", "Source", "source_named"]


def source_named(name: str) -> Source | None:
    """Give the source of a name or an alias, or None where no reader has it."""
    return _BY_NAME.get(name)
