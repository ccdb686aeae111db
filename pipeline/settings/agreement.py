"""What single settings cannot show: which of them need, or forbid, one another."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from pipeline.errors import Problem
from pipeline.settings.written import Written

_CERTIFICATES = ("kafka.ca_file", "kafka.cert_file", "kafka.key_file")


def disagreements(found: Mapping[str, Any], written: Mapping[str, Written]) -> Iterator[Problem]:
    """Give what is wrong with the settings as a whole, each fault at the place of the setting that is to blame."""
    for name, fault, remedy in (*_access(found), *_certificate(found), *_search(found), *_several(found)):
        place = written.get(name)
        yield Problem(place.place if place else "settings", place.line if place else 1, fault, remedy)


def _access(found: Mapping[str, Any]) -> Iterator[tuple[str, str, str]]:
    security = found.get("kafka.security", "plaintext")
    if security.startswith("sasl"):
        if not found.get("kafka.username"):
            yield (
                "kafka.security",
                f"{security} needs kafka.username",
                "say who we are, or set SHADOWGRAPH_KAFKA_USERNAME",
            )
        if not found["kafka.password"]:
            remedy = "set SHADOWGRAPH_KAFKA_PASSWORD, or name a file with kafka.password_file"
            yield "kafka.security", f"{security} needs a password", remedy
    else:
        for name in ("kafka.username", "kafka.mechanism", "kafka.password_file"):
            if found.get(name):
                remedy = f'write security = "sasl_ssl", or leave {name} out'
                yield name, f"{name} has no effect with the security {security}", remedy


def _certificate(found: Mapping[str, Any]) -> Iterator[tuple[str, str, str]]:
    security = found.get("kafka.security", "plaintext")
    for name in _CERTIFICATES:
        if found.get(name) and not security.endswith("ssl"):
            remedy = f'write security = "ssl" or "sasl_ssl", or leave {name} out'
            yield name, f"{name} has no effect with the security {security}", remedy
    for name, other in (("cert_file", "key_file"), ("key_file", "cert_file")):
        if found.get(f"kafka.{name}") and not found.get(f"kafka.{other}"):
            yield (
                f"kafka.{name}",
                f"kafka.{name} needs kafka.{other}",
                "a certificate works with its key alone",
            )


def _search(found: Mapping[str, Any]) -> Iterator[tuple[str, str, str]]:
    if found["elastic.api_key"] and found.get("elastic.username"):
        yield "elastic.username", "there are both an API key and elastic.username", "leave one of them out"
    elif found.get("elastic.username") and not found["elastic.password"]:
        remedy = "set SHADOWGRAPH_ELASTIC_PASSWORD, or name a file with elastic.password_file"
        yield "elastic.username", "elastic.username needs a password", remedy


def _several(found: Mapping[str, Any]) -> Iterator[tuple[str, str, str]]:
    brokers = found.get("kafka.brokers", ())
    if any(int(broker.rpartition(":")[2]) > 65535 for broker in brokers):
        yield (
            "kafka.brokers",
            "kafka.brokers has a port beyond 65535",
            "give the port that the broker listens on",
        )
