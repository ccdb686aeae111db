"""The readers of all sources, in the order in which a record is offered to them."""

from __future__ import annotations

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

_BY_NAME = {name: source for source in READERS for name in (source.name, *source.aliases)}

__all__ = ["NAMES", "READERS", "Draft", "Source", "source_named"]


def source_named(name: str) -> Source | None:
    """Give the source of a name or an alias, or None where no reader has it."""
    return _BY_NAME.get(name)
