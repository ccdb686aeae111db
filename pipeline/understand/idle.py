"""Most of a proxy's or an endpoint's traffic: understood, but no AI in it."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import lru_cache

from msgspec import Struct

from pipeline.event import Fields

_QUIET = frozenset(("web_visit", "signin", "process_start", "file_access"))
"""Verbs of ordinary life. Every other verb is spoken by AI alone, but for those below."""

_ABOUT_EVERYTHING = frozenset(
    "okta entra intune jamf hexnode jumpcloud m365_defender o365 dns webproxy".split()
)
_QUIET_THERE = frozenset(("config_change", "grant", "inventory", "share", "file_upload"))
"""Modules that tell of all that people, devices and administrators do, and verbs that are ordinary life there too."""

_TELLING = frozenset(
    (
        *("ai.app.id", "ai.app.heuristic", "gen_ai.request.model", "gen_ai.response.model"),
        *("gen_ai.agent.id", "gen_ai.agent.name", "gen_ai.conversation.id", "ai.task.id"),
        *(
            "ai.data.classes",
            "ai.data.label",
            "ai.data.dlp_profiles",
            "ai.data.document.id",
            "ai.data.canary",
        ),
    )
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

_NAMED = re.compile(
    r"(?:^|[^a-z])(?:ai|gen-?ai|[a-z]*gpt|llms?|copilot|openai|anthropic|claude|gemini|mistral|deepseek|perplexity|ollama"
    r"|hugging ?face|otter|fireflies|notion|grammarly|midjourney|mcp|agents?|chatbots?)(?:$|[^a-z])",
    re.IGNORECASE,
)
"""Apps, roles and groups by whose name AI is meant."""

_CODE = re.compile(
    r"consent|oauth2|delegated|certificates and secrets"
    r"|\A(?=.*(?:delete|deactivat|disabl|remov|destroy|bypass|exempt))"
    r".*(?:polic|zone|factor|mfa|sso|saml|location|dlp|allow_?list|restriction|inspect)",
    re.IGNORECASE,
)
"""Acts that let an app in, or weaken what keeps others out."""

_PROCESS_FIELDS = ("process.name", "process.executable", "process.parent.name", "process.command_line")
_PATH_FIELDS = ("file.path", "file.name", "url.path", "process.command_line")
_NAME_FIELDS = ("ai.app.name", "ai.grant.target", "service.name")
_LONGEST, _SHORT = 4096, 256

_METADATA_HOSTS = frozenset(
    ("169.254.169.254", "metadata.google.internal", "metadata.azure.com", "100.100.100.200")
)


class _Look(Struct, frozen=True):
    """Words to look for in a field; `once` remembers short texts, for programs, paths and names come again and again."""

    field: str
    once: Callable[[str], bool]
    words: re.Pattern[str]


def _looks(names: tuple[str, ...], words: re.Pattern[str]) -> tuple[_Look, ...]:
    once = lru_cache(maxsize=8192)(lambda text: words.search(text) is not None)
    return tuple(_Look(name, once, words) for name in names)


_OF_AI = (*_looks(_PROCESS_FIELDS, _PROCESS), *_looks(_PATH_FIELDS, _PATH))
_TOLD = frozenset(look.field for look in _OF_AI)
(_SCOPES,) = _looks(("ai.grant.scopes",), _NAMED)
_OF_RULE = (*_looks(("event.code",), _CODE), *_looks(_NAME_FIELDS, _NAMED))


def is_idle(fields: Fields, counts: Callable[[Fields], bool]) -> bool:
    """Say whether an enriched event has no AI in it, and no correlation may count it (`counts`)."""
    verb = fields["event.action"]
    if verb not in _QUIET:
        ordinary = verb in _QUIET_THERE and fields.get("event.module") in _ABOUT_EVERYTHING
        if not ordinary or counts(fields) or _matters(fields):
            return False
    elif counts(fields):
        return False
    known = fields.keys()
    if not known.isdisjoint(_TELLING) and any(fields.get(name) for name in _TELLING):
        return False
    if fields.get("url.domain") in _METADATA_HOSTS:
        return False
    return known.isdisjoint(_TOLD) or not _shows(fields, _OF_AI)


def _matters(fields: Fields) -> bool:
    """Say whether a grant or a setting lets an app in, weakens protection, or names AI."""
    scopes = fields.get("ai.grant.scopes")
    if scopes and _shows({_SCOPES.field: " ".join(scopes)}, (_SCOPES,)):
        return True
    return _shows(fields, _OF_RULE)


def _shows(fields: Fields, looks: tuple[_Look, ...]) -> bool:
    for look in looks:
        if look.field in fields:
            text = fields[look.field]
            if look.once(text) if len(text) <= _SHORT else look.words.search(text[:_LONGEST]):
                return True
    return False
