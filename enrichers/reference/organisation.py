"""organisation.yaml: whose people these are."""

from __future__ import annotations

from ipaddress import IPv4Network, IPv6Network, ip_network
from pathlib import Path

from enrichers.reference.entry import Entry, document
from enrichers.reference.nouns import Organisation
from pipeline.errors import Problem


def read_organisation(path: Path, faults: list[Problem]) -> Organisation:
    """Read the organisation's own facts."""
    entry = document(path, faults)
    return Organisation(
        id=entry.word("id") or "",
        name=entry.word("name") or "",
        domains=_domains(entry, "domains"),
        networks=tuple(_networks(entry)),
        tenants=tuple(word.lower() for word in entry.words("tenants")),
        canaries=entry.words("canaries"),
        partners=_domains(entry, "partners"),
    )


def _domains(entry: Entry, key: str) -> tuple[str, ...]:
    return tuple(word.lower().removeprefix("*.").strip(".") for word in entry.words(key))


def _networks(entry: Entry) -> list[IPv4Network | IPv6Network]:
    networks = []
    for word in entry.words("networks"):
        try:
            networks.append(ip_network(word, strict=False))
        except ValueError:
            entry.fault(
                "networks", "holds something that is no network", "write address/bits, such as 192.0.2.0/24"
            )
    return networks
