"""Most of a proxy's or an endpoint's traffic: understood, but no AI in it."""

from __future__ import annotations

import re

from pipeline.event import Fields

_QUIET = frozenset(("web_visit", "signin", "process_start", "file_access"))
"""Verbs of ordinary life. Every other verb is spoken by AI alone."""

_TELLING = (
    "ai.app.id",
    "ai.app.heuristic",
    "gen_ai.request.model",
    "gen_ai.response.model",
    "gen_ai.agent.id",
    "gen_ai.agent.name",
    "gen_ai.conversation.id",
    "ai.task.id",
    "ai.data.classes",
    "ai.data.label",
    "ai.data.dlp_profiles",
    "ai.data.document.id",
    "ai.data.canary",
)
"""Fields that tell of AI, or of data that somebody must account for."""

_PROCESS = re.compile(
    r"(?:^|[/\\\s\"'])(?:ollama|llama|lmstudio|lm studio|koboldcpp|vllm|gpt4all|jan|msty|claude|chatgpt|copilot|codex|gemini"
    r"|cursor|windsurf|aider|goose|cline|opencode|amp|perplexity|openclaw|whisper)(?:$|[\s._\"'-])"
    r"|--dangerously-|--yolo|bypasspermissions|--full-auto",
    re.IGNORECASE,
)
"""Model runtimes, assistants and agents, by the beginning of their process name; and their flags that ask nobody."""

_PATH = re.compile(
    r"\.(?:ssh|aws|azure|kube|gnupg|docker|claude|codex|gemini|cursor)(?:[/\\]|$)|[/\\]\.(?:env|netrc|npmrc|pypirc|pgpass)\b"
    r"|\.git-credentials|\bid_(?:rsa|ed25519|ecdsa)\b|credentials|login data|key4\.db|keychain|/etc/shadow|\.vault-token"
    r"|\.(?:pem|pfx|p12|kdbx|keystore|jks|ppk|gguf|safetensors)$|application_default_credentials|secrets?\b"
    r"|claude\.md|agents\.md|\.mcp\.json|mcp\.json|mcp_servers|claude_desktop_config|\.cursorrules|copilot-instructions",
    re.IGNORECASE,
)
"""Where credentials lie, where agents are configured, and weights of models."""

_PROCESS_FIELDS = ("process.name", "process.executable", "process.parent.name", "process.command_line")
_PATH_FIELDS = ("file.path", "file.name", "url.path", "process.command_line")
_LONGEST = 4096

_METADATA_HOSTS = frozenset(
    ("169.254.169.254", "metadata.google.internal", "metadata.azure.com", "100.100.100.200")
)


def is_idle(fields: Fields, counted: frozenset[str]) -> bool:
    """Say whether an enriched event has no AI in it and no correlation counts its verb (`counted`)."""
    verb = fields["event.action"]
    if verb not in _QUIET or verb in counted:
        return False
    return not any(fields.get(name) for name in _TELLING) and not _of_ai(fields) and not _watched(fields)


def _of_ai(fields: Fields) -> bool:
    told = (fields.get(name) for name in _PROCESS_FIELDS)
    return any(text is not None and _PROCESS.search(text[:_LONGEST]) for text in told)


def _watched(fields: Fields) -> bool:
    if fields.get("url.domain") in _METADATA_HOSTS:
        return True
    told = (fields.get(name) for name in _PATH_FIELDS)
    return any(text is not None and _PATH.search(text[:_LONGEST]) for text in told)
