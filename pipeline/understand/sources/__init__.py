"""The readers of all sources, in the order in which a record is offered to them."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from pipeline.event import Fields
from pipeline.understand.sources import (
    anthropic,
    azure_openai,
    bedrock,
    bluecoat,
    cisco_swa,
    claude_code,
    cloudflare,
    defender,
    entra,
    fortinet,
    hexnode,
    intune,
    jamf,
    jumpcloud,
    litellm,
    m365_copilot,
    mcp,
    netskope,
    normalised,
    okta,
    openai,
    otel_genai,
    palo_alto,
    squid,
    umbrella,
    zeek,
    zscaler,
)
from pipeline.understand.sources.source import Draft, Source

READERS: tuple[Source, ...] = (
    normalised.SOURCE,
    otel_genai.SOURCE,
    claude_code.SOURCE,
    mcp.SOURCE,
    bedrock.SOURCE,
    litellm.SOURCE,
    openai.SOURCE,
    anthropic.SOURCE,
    m365_copilot.SOURCE,
    azure_openai.SOURCE,
    defender.SOURCE,
    entra.SOURCE,
    okta.SOURCE,
    intune.SOURCE,
    jamf.SOURCE,
    jumpcloud.SOURCE,
    hexnode.SOURCE,
    zscaler.SOURCE,
    netskope.SOURCE,
    cloudflare.SOURCE,
    zeek.SOURCE,
    palo_alto.SOURCE,
    bluecoat.SOURCE,
    umbrella.SOURCE,
    squid.SOURCE,
    cisco_swa.SOURCE,
    fortinet.SOURCE,
)
"""The first that claims a record reads it."""

NAMES: tuple[str, ...] = tuple(source.name for source in READERS)

_LINES = tuple(source for source in READERS if source.lines)
_MARKS = frozenset[str]().union(*(source.marks for source in READERS))

_BY_NAME = {name: source for source in READERS for name in (source.name, *source.aliases)}

__all__ = ["NAMES", "READERS", "Draft", "Source", "claimed", "source_named"]


def claimed(value: Any, hints: Fields) -> Source | None:
    """Give the source that claims an unwrapped value, or None; only those are asked of whose marks it has one."""
    if type(value) is dict:
        told = _MARKS.intersection(value)
        asked = _marked(told.union(_MARKS.intersection(hints)) if hints else told)
    else:
        asked = _LINES
    for source in asked:
        if source.claims(value, hints):
            return source
    return None


@lru_cache(maxsize=1024)
def _marked(told: frozenset[str]) -> tuple[Source, ...]:
    return tuple(source for source in READERS if not told.isdisjoint(source.marks))


def source_named(name: str) -> Source | None:
    """Give the source of a name or an alias, or None where no reader has it."""
    return _BY_NAME.get(name)
