import sys

import pytest

from pipeline.edges.admin import cluster
from pipeline.edges.admin.faults import MEANINGS, kinds_of, outage
from pipeline.settings import Kafka

assert cluster.KafkaError
errors = sys.modules["kafka.errors"]  # importing it directly warns on Python 3.11
PLAIN = Kafka(brokers=("kafka.example:9092",))
SASL = Kafka(
    brokers=("kafka.example:9092",), security="sasl_ssl", username="tess", password="an-invented-word"
)


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (errors.SaslAuthenticationFailedError("x"), "refuses the credentials of tess"),
        (errors.UnsupportedSaslMechanismError(), "does not know the mechanism SCRAM-SHA-512"),
        (errors.TopicAuthorizationFailedError(), "tess may not do that with ai.events"),
        (errors.GroupAuthorizationFailedError(), "may not describe the group ai.events"),
        (errors.UnknownTopicOrPartitionError(), "ai.events does not exist: run `shadowgraph setup kafka`"),
        (errors.IncompatibleBrokerVersion(), "too old a broker"),
        (errors.InvalidReplicationFactorError(), "lower it, or start more brokers"),
        (errors.MessageSizeTooLargeError(), "refuses a record of this size"),
        (errors.KafkaTimeoutError("x"), "no broker answers at kafka.example:9092"),
    ],
)
def test_an_error_is_told_as_what_it_means_with_a_remedy(error, words):
    told = str(outage(error, SASL, "ai.events"))
    assert words in told
    assert ": " in told
    assert SASL.password not in told


def test_the_cause_of_an_error_counts_as_much_as_the_error():
    error = errors.KafkaTimeoutError("x")
    error.__cause__ = errors.SaslAuthenticationFailedError("y")
    assert "refuses the credentials" in str(outage(error, SASL))


@pytest.mark.parametrize(
    ("message", "kafka", "words"),
    [
        ("Connection lost: [Error 58] SaslAuthenticationFailedError: no", SASL, "refuses the credentials"),
        ("SaslHandshake failed: UnsupportedSaslMechanismError", SASL, "does not know the mechanism"),
        ("lost: KafkaConnectionError: socket disconnected", SASL, "breaks off while tess says who it is"),
        ("lost: KafkaConnectionError: socket disconnected", PLAIN, "is there but closes the connection"),
        ("Error: Handshake failed: [SSL: WRONG_VERSION_NUMBER]", SASL, "does not speak TLS with us"),
        (
            "Handshake failed: [SSL: CERTIFICATE_VERIFY_FAILED] self-signed",
            SASL,
            "no certificate that we trust",
        ),
        ("connection refused", PLAIN, "no broker answers"),
    ],
)
def test_what_the_library_tells_its_log_alone_is_understood(message, kafka, words):
    assert words in str(outage(errors.KafkaTimeoutError(), kafka, heard=kinds_of(message)))


def test_nothing_of_a_message_is_kept_but_the_kinds_of_faults():
    assert kinds_of("user zugvogel: [Error 58] SaslAuthenticationFailedError: word zugvogel") == {
        "SaslAuthenticationFailedError"
    }


def test_every_error_that_has_a_meaning_is_one_of_the_library_or_our_own_word():
    ours = {"Untrusted", "NoTls", "Dismissed", "Disconnected", "SSLError", "SSLCertVerificationError"}
    named = {name for names, _ in MEANINGS for name in names} - ours
    assert {name for name in named if not hasattr(errors, name)} == set()
