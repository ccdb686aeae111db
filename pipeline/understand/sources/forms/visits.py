"""What proxies and name servers have in common: visits, and files that go out or come in with them."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Any

from pipeline.event import Fields
from pipeline.understand.sources.forms.addresses import domain
from pipeline.understand.sources.forms.values import given, loaded, text
from pipeline.understand.sources.forms.words import decided

NETWORK = {"event.action": "web_visit", "event.category": ["network"]}
"""A visit of which only the network knows."""

UPLOADS = frozenset(("upload", "create", "post", "send", "attach", "form post"))
"""Activities that put something into an app."""

_OUTGOING = frozenset(("POST", "PUT"))
_LARGE = 100 * 1024
"""Bytes of a sent body from which on it is taken for an upload: questions are shorter."""

_AI = re.compile(
    r"\b(?:artificial[ _-]intelligence|generative[ _-]ai|gen-?ai|ai ?(?:&|and|/) ?ml"
    r"|ai-(?:conversational|code|writing|media|data|platform|website|meeting))",
    re.IGNORECASE,
)
_LONGEST = 512
_INTERNAL = (
    ".arpa",
    ".local",
    ".localdomain",
    ".internal",
    ".intranet",
    ".lan",
    ".corp",
    ".home",
    ".private",
)
_NO_ADDRESS = ("0.0.0.0", "::")  # noqa: S104 - means nothing here, binds nothing
_REVERSE = re.compile(r"[\d.]+")


def outgoing(method: Any) -> bool:
    """Say whether a request of this method sends a body."""
    return type(method) is str and method.upper() in _OUTGOING


def transfer(fields: Fields, file: Fields) -> str | None:
    """Tell an upload or a download by a named file, an upload also by the size of what was sent."""
    sent = outgoing(fields.get("http.request.method"))
    if "file.name" in file:
        return "file_upload" if sent else "file_access"
    return "file_upload" if sent and size(fields.get("http.request.body.bytes")) > _LARGE else None


def size(value: Any) -> int:
    """Give a number of bytes that comes as a number or as digits, else 0."""
    if type(value) is int:
        return value
    return int(value) if type(value) is str and value.isdecimal() and len(value) < 20 else 0


def files_under_ai(words: Any) -> bool:
    """Say whether a vendor files a page or an app under AI: a category, or several in a list or text."""
    if type(words) is list:
        return any(files_under_ai(word) for word in words[:32] if type(word) is str)
    return type(words) is str and _is_ai(words[:_LONGEST])


@lru_cache(maxsize=2048)
def _is_ai(words: str) -> bool:
    return _AI.search(words) is not None


def listed(value: Any) -> list[Any]:
    """Give the members of a list that may come as JSON text, or alone."""
    inside = loaded(value)
    if type(inside) is list:
        return inside
    return [inside] if given(inside) else []


def words(value: Any) -> list[str]:
    """Give the texts of a list that may come as JSON text, or alone, each once."""
    if not value:
        return []
    return list(dict.fromkeys(one for one in listed(value) if type(one) is str and given(one)))


def ruled(word: Any, rule: Any) -> Fields:
    """Give the decision for a native word, and as its reason the rule that made it, unless nobody knows the word."""
    told = decided(word)
    if given(rule) and "ai.quality.problems" not in told:
        told["event.reason"] = rule
    return told


def client(*told: Any) -> Any:
    """Give the first address that is there: one of zeros says that nobody knows it."""
    return next((one for one in told if one not in _NO_ADDRESS and given(one)), None)


def noted(fields: Fields) -> tuple[str, ...]:
    """Take out of fields what was found wrong with the record."""
    return tuple(fields.pop("ai.quality.problems", ()))


def looked_up(name: Any) -> Fields:
    """Give the visit that a look-up of a name announces; names of services and of inner zones are no pages."""
    if type(name) is not str:
        return {**NETWORK, "url.domain": name}
    field = "url.domain" if (host := domain(text(name))) is None or _is_public(host) else "destination.domain"
    return {**NETWORK, field: host}


@lru_cache(maxsize=8192)
def _is_public(host: str) -> bool:
    inner = "." not in host or host.endswith(_INTERNAL) or host.startswith("_") or "._" in host
    return not inner and _REVERSE.fullmatch(host) is None
