"""What Kafka's errors mean to an operator: one sentence and a remedy each."""

from __future__ import annotations

import re
from collections.abc import Iterator
from collections.abc import Set as AbstractSet

from pipeline.errors import Outage
from pipeline.settings import Kafka

MEANINGS: tuple[tuple[frozenset[str], str], ...] = (
    (
        frozenset({"SaslAuthenticationFailedError"}),
        "{place} refuses the credentials of {who}: check kafka.username, the password and kafka.mechanism",
    ),
    (
        frozenset({"IllegalSaslStateError"}),
        "{place} asks for no credentials there: write the kafka.security of that port, or name another port",
    ),
    (
        frozenset({"Untrusted", "SSLCertVerificationError"}),
        "{place} shows no certificate that we trust: check kafka.ca_file, and the names in the certificate",
    ),
    (
        frozenset({"NoTls", "SSLError"}),
        "{place} does not speak TLS with us: check the port, kafka.security and our own certificate",
    ),
    (
        frozenset({"UnsupportedSaslMechanismError"}),
        "{place} does not know the mechanism {mechanism}: write one that it offers as kafka.mechanism",
    ),
    (
        frozenset({"TopicAuthorizationFailedError"}),
        "{who} may not do that with {what}: give {who} the rights to describe, read and write it",
    ),
    (
        frozenset({"GroupAuthorizationFailedError"}),
        "{who} may not describe the group {what}: give {who} the right to describe and read it",
    ),
    (
        frozenset(
            {
                "ClusterAuthorizationFailedError",
                "TransactionalIdAuthorizationFailedError",
                "AuthorizationError",
            }
        ),
        "{who} may not do that in this cluster: give {who} the rights to create topics and to describe settings",
    ),
    (
        frozenset({"UnknownTopicOrPartitionError", "InvalidTopicError"}),
        "{what} does not exist: run `shadowgraph setup kafka`, and check kafka.prefix",
    ),
    (
        frozenset({"UnsupportedVersionError", "IncompatibleBrokerVersion", "UnrecognizedBrokerVersion"}),
        "{place} is too old a broker: Kafka 2.5 or newer is needed",
    ),
    (
        frozenset({"InvalidReplicationFactorError"}),
        "there are too few brokers for kafka.replication: lower it, or start more brokers",
    ),
    (
        frozenset({"NotEnoughReplicasError", "NotEnoughReplicasAfterAppendError"}),
        "too few copies of {what} are in step: start the brokers that are down",
    ),
    (
        frozenset({"MessageSizeTooLargeError", "RecordListTooLargeError"}),
        "{what} refuses a record of this size: run `shadowgraph setup kafka` to see which limit is wrong",
    ),
    (
        frozenset({"CoordinatorNotAvailableError", "CoordinatorLoadInProgressError"}),
        "{place} is still starting: try again in a few seconds",
    ),
    (
        frozenset({"PolicyViolationError", "InvalidConfigurationError"}),
        "the cluster's own rules refuse the settings of {what}: see `shadowgraph setup kafka --print`",
    ),
    (
        frozenset({"Dismissed"}),
        "{place} breaks off while {who} says who it is: check kafka.username, the password, kafka.mechanism and security",
    ),
    (
        frozenset({"Disconnected"}),
        "{place} is there but closes the connection: check that kafka.security ({security}) is what it expects",
    ),
)
"""Names of errors, the more special ones first, and what they mean."""

UNREACHABLE = (
    "no broker answers at {place}: check kafka.brokers, the network, and that kafka.security ({security}) is what"
    " the broker expects"
)

HEARD = (
    ("CERTIFICATE_VERIFY_FAILED", "Untrusted"),
    (" Handshake failed", "NoTls"),
    ("socket disconnected", "Disconnected"),
)
"""Words in the library's log, and what we call the fault."""


def kinds_of(message: str) -> set[str]:
    """Give the kinds of faults that a message of the library names; nothing else of it is kept."""
    return {kind for words, kind in HEARD if words in message} | {*re.findall(r"\b[A-Z]\w+Error\b", message)}


def outage(
    error: BaseException, kafka: Kafka, what: str = "the cluster", heard: AbstractSet[str] = frozenset()
) -> Outage:
    """Put an error of the connection into words; `what` is the topic or group that it was about.

    `heard` are kinds of faults that the library has told to its log.
    """
    kinds = heard | {type(found).__name__ for found in _chain(error)}
    if "Disconnected" in kinds and kafka.security.startswith("sasl"):
        kinds |= {"Dismissed"}
    meaning = next((text for names, text in MEANINGS if names & kinds), UNREACHABLE)
    words = {
        "place": ", ".join(kafka.brokers),
        "who": kafka.username or "this client",
        "what": what,
        "mechanism": kafka.mechanism,
        "security": kafka.security,
    }
    return Outage(meaning.format(**words))


def _chain(error: BaseException) -> Iterator[BaseException]:
    found: BaseException | None = error
    while found is not None:
        yield found
        found = found.__cause__ or found.__context__
