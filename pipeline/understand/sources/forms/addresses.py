"""Network addresses, hosts and URLs as sources write them."""

from __future__ import annotations

import re
from functools import lru_cache
from socket import AF_INET, AF_INET6, inet_ntop, inet_pton

from pipeline.event import Fields

_PORT = re.compile(r"\[([^\]]*)\](?::\d+)?|([^:]+):\d+")
_MAPPED = re.compile(r"(?:::)?ffff:(\d+\.\d+\.\d+\.\d+)", re.IGNORECASE)
_MASKED = re.compile(r"[\da-fA-F.:]+[.:](?:\*+|x+)|[\da-fA-F.:]+/\d{1,3}")
_HOST = re.compile(r"[a-z0-9_](?:[a-z0-9_.-]*[a-z0-9_-])?")
_FOREIGN_HOST = re.compile(r"[^\s\x00-\x2c/:-@\[-^`{-\x7f]+")
_WEB = re.compile(
    r"(?:([a-zA-Z][a-zA-Z0-9+.-]*)://)?(?:[^/?#]*@)?(\[[^\]/?#]*\]|[^/?#:\[\]]*)(:\d*)?(/[^?#]*)?(?:[?#].*)?"
)
_NO_PAGE = frozenset(("tunnel", "tcp", "ssl", "udp"))
_LONGEST_HOST = 255
_LONGEST_URL = 8192
_REMEMBERED = 512
_JUNK = re.compile(r"[\s{]")
"""What follows a URL where lines were wrapped."""


def address(text: str) -> str | None:
    """Give an IPv4 or IPv6 address in its canonical form, without port or brackets; None where it is none."""
    return _address(text) if len(text) <= 128 else None


@lru_cache(maxsize=8192)
def _address(text: str) -> str | None:
    bare = text.split(",", 1)[0].strip()
    if mapped := _MAPPED.fullmatch(bare):
        bare = mapped[1]
    for candidate in (bare, _without_port(bare)):
        for family in (AF_INET, AF_INET6):
            try:
                found = inet_ntop(family, inet_pton(family, candidate))
            except (OSError, ValueError):
                continue
            return None if found in ("0.0.0.0", "::") else found  # noqa: S104 - means nothing here, binds nothing
    return None


def _without_port(text: str) -> str:
    found = _PORT.fullmatch(text)
    return (found[1] or found[2] or "") if found else text


def masked(text: str) -> bool:
    """Say whether an address is there but masked: `198.51.100.***`, `198.51.100.x`, `198.51.100.0/24`."""
    return len(text) <= 64 and _MASKED.fullmatch(text) is not None


def domain(text: str) -> str | None:
    """Give a host lower-cased, without port, path or trailing dot; None where there is none."""
    return _domain(text) if len(text) <= _LONGEST_HOST else web(text).get("url.domain")


@lru_cache(maxsize=8192)
def _domain(text: str) -> str | None:
    host = text.lower().rstrip(".")
    if _HOST.fullmatch(host):
        return host
    return web(text).get("url.domain")


def web(text: str) -> Fields:
    """Take a URL apart: `url.domain`, `url.path` and, where a scheme is given, `url.full`; never query or user."""
    found = _web(text) if len(text) <= _REMEMBERED else _web.__wrapped__(text[:_LONGEST_URL])
    return {**found}


@lru_cache(maxsize=8192)
def _web(text: str) -> Fields:
    line = text.replace("\r", "").replace("\n", "").strip()
    found = _WEB.fullmatch(_JUNK.split(line, maxsplit=1)[0])
    host = found[2].lower().rstrip(".") if found else ""
    if not found or not _FOREIGN_HOST.fullmatch(host) or len(host) > _LONGEST_HOST:
        return {}
    scheme, path = (found[1] or "").lower(), found[4]
    if scheme in _NO_PAGE or (not scheme and found[3] and path in (None, "/")):
        return {"url.domain": host}
    whole = {"url.full": f"{scheme}://{host}{path or '/'}"} if scheme else {}
    return {"url.domain": host, **({"url.path": path} if path else {}), **whole}
