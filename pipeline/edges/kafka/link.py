"""How a worker reaches the brokers: addresses, encryption and who it says it is, for aiokafka and faust."""

from __future__ import annotations

import ssl
from typing import Any

from faust import SASLCredentials, SSLCredentials

from pipeline.errors import ContentError, Problem
from pipeline.settings import Kafka


def tls(kafka: Kafka) -> ssl.SSLContext | None:
    """Give what a TLS connection needs, None without one; ContentError where a certificate cannot be used."""
    if "ssl" not in kafka.security:
        return None
    try:
        context = ssl.create_default_context(cafile=kafka.ca_file)
        if kafka.cert_file:
            context.load_cert_chain(kafka.cert_file, kafka.key_file)
    except (OSError, ssl.SSLError) as error:
        fault = f"certificates cannot be used: {getattr(error, 'strerror', None) or 'no certificate in it'}"
        remedy = "correct kafka.ca_file, kafka.cert_file and kafka.key_file"
        raise ContentError([Problem("settings", 1, fault, remedy)]) from error
    return context


def client(kafka: Kafka) -> dict[str, Any]:
    """Give the arguments of every aiokafka client."""
    options: dict[str, Any] = {
        "bootstrap_servers": list(kafka.brokers),
        "security_protocol": kafka.security.upper(),
        "ssl_context": tls(kafka),
    }
    if "sasl" in kafka.security:
        options |= {
            "sasl_mechanism": kafka.mechanism,
            "sasl_plain_username": kafka.username,
            "sasl_plain_password": kafka.password,
        }
    return options


def credentials(kafka: Kafka) -> SASLCredentials | SSLCredentials | None:
    """Give the same in faust's words."""
    context = tls(kafka)
    if "sasl" in kafka.security:
        return SASLCredentials(
            username=kafka.username,
            password=kafka.password,
            mechanism=kafka.mechanism,
            ssl_context=context,
        )
    return SSLCredentials(context) if context else None
