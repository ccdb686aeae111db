"""Words of sources in our own vocabulary: decisions and providers."""

from __future__ import annotations

from typing import Any

from pipeline.event import Fields
from pipeline.understand.sources.forms.values import given

_DECISIONS = {
    "allow": "allow allowed accept accepted pass passthrough permit permitted observed ok close bypass none start end "
    "timeout alert monitor monitored useralert detect log-only noisolate allow_default proxied",
    "block": "block blocked deny denied drop dropped dropall isolate isolated isolation hold",
    "warn": "caution continue warn warned",
    "override": "override overridden",
    "redact": "redact redacted mask masked anonymize anonymized",
    "require_approval": "require_approval",
}
_DECIDED = {word: decision for decision, words in _DECISIONS.items() for word in words.split()}
_BEGUN = (("reset", "block"), ("quarantine", "block"), ("isolate", "block"), ("coach", "warn"))
_PLAIN = frozenset(("allow", "allowed", "block", "blocked", "warn", "override", "redact"))

_PROVIDERS = {
    "azure": "azure.ai.openai",
    "az.ai.openai": "azure.ai.openai",
    "azure_ai": "azure.ai.inference",
    "bedrock": "aws.bedrock",
    "bedrock_converse": "aws.bedrock",
    "vertex_ai": "gcp.vertex_ai",
    "vertex_ai_beta": "gcp.vertex_ai",
    "gemini": "gcp.gemini",
    "google": "gcp.gen_ai",
    "mistral": "mistral_ai",
    "xai": "x_ai",
    "watsonx": "ibm.watsonx.ai",
}

ANSWERS = {"accept": "approved", "decline": "denied", "cancel": "aborted"}
"""What people answer to a server that asks, and the state of approval that it is."""


def decision(word: Any) -> str | None:
    """Give our word for a source's decision, or None where it has none or we do not know it."""
    if type(word) is not str:
        return None
    plain = word.strip().lower()
    if known := _DECIDED.get(plain):
        return known
    return next((decided for head, decided in _BEGUN if plain.startswith(head)), None)


def decided(word: Any) -> Fields:
    """Give `ai.policy.decision` for a native word; the word itself in `event.reason` where it says more."""
    if not given(word):
        return {}
    found = decision(word)
    if found is None:
        return {"event.reason": word, "ai.quality.problems": ["unknown_decision"]}
    told = {} if word.strip().lower() in _PLAIN else {"event.reason": word}
    return {"ai.policy.decision": found, **told}


def provider(word: Any) -> Any:
    """Give the OpenTelemetry name of a provider; a word that has none stays, lower-cased."""
    if type(word) is not str:
        return word
    plain = word.strip().lower()
    return _PROVIDERS.get(plain, plain)


def surface(user_agent: Any) -> str | None:
    """Tell by the user agent whether a browser or a program spoke; None without one."""
    if type(user_agent) is not str or not given(user_agent):
        return None
    return "browser" if "Mozilla/" in user_agent else "api"
