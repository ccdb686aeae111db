"""Surfaces: what somebody does there, and the raw record that the source really writes of it."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from pipeline.simulate.scene import Line
from pipeline.simulate.surfaces import (
    claude_code,
    defender,
    intune,
    litellm,
    m365_copilot,
    mcp,
    okta,
    openai,
    otel_genai,
    sensor,
    web,
)

SURFACES: dict[str, Callable[..., Iterator[Line]]] = {
    "sensor.prompt": sensor.prompt,
    "sensor.answer": sensor.answer,
    "sensor.upload": sensor.upload,
    "sensor.visit": sensor.visit,
    "gateway.chat": litellm.chat,
    "coding.started": claude_code.started,
    "coding.said": claude_code.said,
    "coding.called": claude_code.called,
    "coding.stopped": claude_code.stopped,
    "agent.asked": otel_genai.asked,
    "agent.called": otel_genai.called,
    "agent.told": otel_genai.told,
    "server.opened": mcp.opened,
    "server.called": mcp.called,
    "web.visit": web.visit,
    "copilot.asked": m365_copilot.asked,
    "okta.signed_in": okta.signed_in,
    "okta.consented": okta.consented,
    "openai.key_made": openai.key_made,
    "process.started": defender.started,
}
"""What a step of a story can do: its name in the story, and who writes it."""

FILES = (
    sensor.FILE,
    litellm.FILE,
    claude_code.FILE,
    otel_genai.FILE,
    mcp.FILE,
    web.ZSCALER,
    web.NETSKOPE,
    web.SQUID,
    m365_copilot.FILE,
    okta.FILE,
    openai.FILE,
    intune.FILE,
    defender.FILE,
)
"""The raw logs, one for each source."""
