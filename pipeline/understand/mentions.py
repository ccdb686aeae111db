"""Hash what a text mentions: addresses, hosts, accounts and paths, so that a later destination can be traced to it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from hashlib import blake2b, sha256
from typing import Any

from enrichers.classify import Seen

MOST = 64
"""Mentions that one event carries: addresses and hosts of URLs first, then accounts, bare hosts and paths."""
LOOKED_AT = 512
"""Dots and slashes of a text that are looked at."""

_URL_HOST = re.compile(r"(?:[^\s/@\"'<>]{0,128}@)?(\[[0-9a-fA-F:.]{2,45}\]|[\w.-]{1,253})")
_HOST = re.compile(r"(?:[A-Za-z0-9](?:[A-Za-z0-9-]{0,62})\.){1,8}([A-Za-z]{2,24})(?![\w-])", re.ASCII)
_PATH = re.compile(r"[\s\"'=(:`]?((?:[~.]{0,2}[/\\]{1,2})[\w.@+-]{1,128}(?:[/\\]{1,2}[\w.@+-]{1,128}){0,32})")
_OURS = frozenset("example test invalid internal local lan corp home onion".split())
"""Top labels that no registry lists but that networks and this project's examples use."""
_LABEL = frozenset("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.-")


def mention(value: str, key: bytes) -> str:
    """Give the keyed hash of an address, host, account or path, however it is written: 16 hexadecimal digits."""
    plain = "".join(value.split()).replace("\\\\", "\\").casefold().rstrip("./\\")
    data = plain.encode("utf-8", "surrogatepass")
    return blake2b(data, key=bounded(key), digest_size=8, person=b"mention").hexdigest()


def mentions(seen: list[Seen], key: bytes) -> list[str]:
    """Give the hashes of what texts mention, each once, in order of their kinds. `seen`: the texts and all in them."""
    found: dict[str, None] = {}
    for topic, kind in _KINDS:
        for one in seen:
            for value in kind(one) if topic in one.hits else ():
                found.setdefault(mention(value, key))
                if len(found) == MOST:
                    return list(found)
    return list(found)


@lru_cache(8)
def bounded(key: bytes) -> bytes:
    """Give a key that BLAKE2 takes: 64 bytes at most."""
    return key if len(key) <= 64 else sha256(key).digest()


def _addresses(seen: Seen) -> Iterator[str]:
    for span in seen.spans:
        value = seen.text[span.start : span.end]
        if span.type == "email" and "@" in value:
            yield value
            yield value.rpartition("@")[2]
        elif span.type in ("iban", "ip_address"):
            yield value


def _url_hosts(seen: Seen) -> Iterator[str]:
    for _, _, end in seen.hits["scheme"][:LOOKED_AT]:
        if host := _URL_HOST.match(seen.text, end):
            yield host[1].strip("[]")


def _bare_hosts(seen: Seen) -> Iterator[str]:
    last = 0
    for _, _, end in seen.hits["dot"][:LOOKED_AT]:
        start = end - 3
        if start < last:
            continue
        while start > last and end - start < 256 and seen.text[start - 1] in _LABEL:
            start -= 1
        host = _HOST.match(seen.text, start)
        if host and _is_top(host[1].lower()):
            yield host[0]
        last = host.end() if host else end


def _paths(seen: Seen) -> Iterator[str]:
    for _, start, _ in seen.hits["path"][:LOOKED_AT]:
        if path := _PATH.match(seen.text, start):
            drive = seen.text[max(0, start - 1) : start + 1]
            yield (
                f"{drive}{path[1]}"
                if drive[:1].isalpha() and drive[1:] == ":" and "\\" in path[1]
                else path[1]
            )


_KINDS = (("kind", _addresses), ("scheme", _url_hosts), ("dot", _bare_hosts), ("path", _paths))
"""Topics of the pass over a text, and what to look for where it hit one."""


@lru_cache(2048)
def _is_top(label: str) -> bool:
    return label in _OURS or _suffixes().publicsuffix(label, accept_unknown=False) is not None


@lru_cache(1)
def _suffixes() -> Any:
    from publicsuffixlist import PublicSuffixList

    return PublicSuffixList()
