"""Tell hosts apart: whose they are, and the one spelling of each."""

from __future__ import annotations

import re
import socket
from collections.abc import Collection, Iterable
from functools import lru_cache
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network
from typing import Any

LONGEST = 253
"""Characters of a host name; what is longer is none."""
LONGEST_URL = 640
"""Characters of a URL that are read: scheme, user and host fit in."""
LOCAL_NAMES = (".localhost", ".local", ".internal", ".intranet", ".lan", ".corp", ".home.arpa")
LOCAL_NETWORKS = tuple(
    ip_network(text)
    for text in "127.0.0.0/8 10.0.0.0/8 172.16.0.0/12 192.168.0.0/16 169.254.0.0/16 ::1/128 fc00::/7 fe80::/10".split()
)
_HOST = re.compile(
    r"(?:[a-z][a-z0-9+.-]{0,20}://)?(?:[^/@\s?#]{0,256}@)?(\[[0-9a-f:.]+\]|[^/:?#\s@\[\]]+)", re.IGNORECASE
)
_NUMERIC = re.compile(r"[0-9][0-9a-fx.]*", re.IGNORECASE)


def host_of(text: str) -> str | None:
    """Give the host of a URL, of `user@host:path` or of a bare name, lower-cased; addresses in their usual spelling.

    Decimal, hexadecimal and octal spellings of an IPv4 address are one address.
    """
    return _host_of(text[:LONGEST_URL])


@lru_cache(8192)
def _host_of(text: str) -> str | None:
    found = _HOST.match(text.strip())
    if found is None:
        return None
    host = found[1].strip("[].").lower()
    if _NUMERIC.fullmatch(host):
        try:
            return socket.inet_ntoa(socket.inet_aton(host))
        except OSError:
            return host
    return host if 0 < len(host) <= LONGEST else None


def belongs(host: str, domains: Collection[str]) -> bool:
    """Say whether a host is one of these domains or lies below one."""
    for domain in domains:
        if host.endswith(domain) and (len(host) == len(domain) or host[-len(domain) - 1] == "."):
            return True
    return False


def within(host: str, domains: Collection[str], networks: Iterable[IPv4Network | IPv6Network]) -> bool:
    """Say whether a host is of these domains and networks, or never leaves the local network: names, private addresses."""
    address = _address(host)
    if address is not None:
        return any(address in network for network in (*LOCAL_NETWORKS, *networks))
    return "." not in host or belongs(host, domains) or host.endswith(LOCAL_NAMES)


def _address(host: str) -> IPv4Address | IPv6Address | None:
    try:
        return ip_address(host) if host[:1].isdigit() or ":" in host else None
    except ValueError:
        return None


@lru_cache(8192)
def registered(host: str) -> str:
    """Give the registered domain of a host; an address, or a host without one, as it is."""
    return host if _address(host) else _suffixes().privatesuffix(host) or host


@lru_cache(1)
def _suffixes() -> Any:
    from publicsuffixlist import PublicSuffixList

    return PublicSuffixList()
