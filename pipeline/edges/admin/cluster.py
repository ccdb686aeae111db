"""A Kafka cluster as the tools see it: the only module that imports kafka."""

from __future__ import annotations

import logging
import warnings
from collections import deque
from collections.abc import Iterator, Sequence
from collections.abc import Set as AbstractSet
from contextlib import contextmanager
from typing import Any

from pipeline.edges.admin.faults import kinds_of, outage
from pipeline.edges.admin.nouns import Headers, Kept, Laid, Slot
from pipeline.edges.topics import LARGE, MIB, Topic
from pipeline.errors import ContentError, Outage, Problem
from pipeline.settings import Kafka

with warnings.catch_warnings():
    warnings.simplefilter(
        "ignore", DeprecationWarning
    )  # it reads its own files in a way that Python 3.11 dislikes
    from kafka import KafkaAdminClient, KafkaConsumer, KafkaProducer, TopicPartition
    from kafka.admin import ConfigResource, ConfigResourceType
    from kafka.errors import KafkaError, for_code

PATIENCE = 10_000
"""Milliseconds that anything may take before it counts as failed."""

GLANCE = 200
"""Milliseconds of one wait for records."""

FIRST, END, COMMITTED = -2, -1, 1
"""Kafka's numbers for the first offset, the end, and the end of what is committed."""

FLIGHT, RECORD = 16 * MIB, 1024
"""Bytes that may be on their way at once, and how many a record counts for besides its value."""

_LOG = logging.getLogger("kafka")

FAILURES = (KafkaError, OSError, AssertionError, ValueError)
"""What the library raises where the cluster cannot be used."""


class KafkaCluster:
    """A cluster to which there is a connection; a `Cluster`. Close it."""

    def __init__(self, kafka: Kafka) -> None:
        self._kafka = kafka
        self._options = options(kafka)
        self._consumer: Any = None
        self._producer: Any = None
        self._flight: deque[tuple[str, int, Any]] = deque()
        self._flying = 0
        heard = Overheard()
        with heard, self._asking(heard=heard.words):
            self._admin = _Admin(**self._options)

    def laid(self, names: Sequence[str]) -> dict[str, Laid]:
        """Give those of the topics that exist."""
        with self._asking(", ".join(names)):
            found = {topic["name"]: topic for topic in self._admin.describe_topics(list(names))}
            there = [name for name in names if name in found and not found[name]["error_code"]]
            for name in found.keys() - there:
                self._unless_missing(found[name]["error_code"], name)
            resources = [ConfigResource(ConfigResourceType.TOPIC, name) for name in there]
            configs = self._admin.describe_configs(resources, config_filter="all")["topic"] if there else {}
        return {
            name: Laid(
                len(found[name]["partitions"]),
                min(len(partition["replica_nodes"]) for partition in found[name]["partitions"]),
                {key: entry["value"] for key, entry in configs[name].items()},
            )
            for name in there
        }

    def create(self, topics: Sequence[Topic], copies: int) -> None:
        """Create topics, and wait until they can be used."""
        wanted = {
            topic.name: {
                "num_partitions": topic.partitions,
                "replication_factor": copies,
                "configs": topic.config(),
            }
            for topic in topics
        }
        with self._asking(", ".join(wanted)):
            for found in self._admin.create_topics(wanted, raise_errors=False)["topics"]:
                error = for_code(found["error_code"])
                if found["error_code"] and error.__name__ != "TopicAlreadyExistsError":
                    raise outage(error(), self._kafka, found["name"])
            self._admin.wait_for_topics(list(wanted), timeout_ms=PATIENCE)

    def ends(self, names: Sequence[str]) -> dict[Slot, tuple[int, int]]:
        """Give the first offset and the end of every partition of the topics that exist."""
        slots = [
            TopicPartition(name, number)
            for name, topic in self.laid(names).items()
            for number in range(topic.partitions)
        ]
        if not slots:
            return {}
        with self._asking(", ".join(names)):
            ask = self._admin.list_partition_offsets
            first, end = (ask(dict.fromkeys(slots, spec), COMMITTED) for spec in (FIRST, END))
        return {Slot(*slot): (first[slot].offset, end[slot].offset) for slot in slots}

    def committed(self, group: str) -> dict[Slot, int]:
        """Give up to where a consumer group has come, as far as it says so."""
        with self._asking(group):
            found = self._admin.list_group_offsets(group).get(group, {})
        return {Slot(slot.topic, slot.partition): at.offset for slot, at in found.items() if at.offset >= 0}

    def groups(self, beginning: str) -> list[str]:
        """Give the consumer groups whose name begins so."""
        with self._asking(beginning):
            names = [group["group_id"] for group in self._admin.list_groups()]
        return sorted(name for name in names if name.startswith(beginning))

    def read(self, slot: Slot, start: int = 0) -> Iterator[Kept]:
        """Give the committed records of a partition from an offset to the end that it has now."""
        place = TopicPartition(*slot)
        first, end = self.ends([slot.topic]).get(slot, (0, 0))
        reader, at, silent = self._reader(), max(start, first), 0
        with self._asking(slot.topic):
            reader.assign([place])
            reader.seek(place, at)
        while at < end:
            with self._asking(slot.topic):
                fetched = reader.poll(timeout_ms=GLANCE).get(place, [])
                after = reader.position(place)
            silent = 0 if fetched or after > at else silent + GLANCE
            if silent > PATIENCE:
                raise Outage(f"{slot} gives nothing though it has records: check that its brokers are up")
            at = after
            for found in fetched:
                if found.offset < end:
                    yield Kept(slot, found.offset, found.key, found.value, tuple(found.headers))

    def send(
        self,
        topic: str,
        value: bytes | None,
        key: bytes | None = None,
        *,
        headers: Headers = (),
        partition: int | None = None,
    ) -> None:
        """Hand a record over; it is safe when `flush` has returned."""
        with self._asking(topic):
            writer = self._writer()
            future = writer.send(topic, value, key, headers=list(headers), partition=partition)
        size = RECORD + len(value or b"")
        self._flight.append((topic, size, future))
        self._flying += size
        while self._flying > FLIGHT:
            self._settle()

    def flush(self) -> None:
        """Wait until everything that was handed over is safe."""
        if self._producer is not None:
            with self._asking():
                self._producer.flush(timeout=3 * PATIENCE / 1000)
        while self._flight:
            self._settle()

    def close(self) -> None:
        """Let go of all connections; what was not flushed may be lost."""
        if self._producer is not None:
            self._producer.close(timeout=1)
        if self._consumer is not None:
            self._consumer.close(autocommit=False, timeout_ms=1000)
        self._admin.close()

    def _settle(self) -> None:
        """Wait for the record that has been on its way for longest."""
        topic, size, future = self._flight.popleft()
        self._flying -= size
        with self._asking(topic):
            future.get(timeout=3 * PATIENCE / 1000)

    def _reader(self) -> Any:
        if self._consumer is None:
            self._consumer = KafkaConsumer(
                **self._options,
                enable_auto_commit=False,
                auto_offset_reset="earliest",
                isolation_level="read_committed",
                allow_auto_create_topics=False,
                max_partition_fetch_bytes=4 * MIB,
                check_crcs=False,  # in Python alone it takes ten times as long as all the rest
            )
        return self._consumer

    def _writer(self) -> Any:
        if self._producer is None:
            self._producer = KafkaProducer(
                **self._options,
                acks="all",
                linger_ms=5,
                batch_size=MIB // 4,
                max_request_size=LARGE + MIB,
                max_block_ms=PATIENCE,
                delivery_timeout_ms=3 * PATIENCE,
                allow_auto_create_topics=False,
            )
        return self._producer

    def _unless_missing(self, code: int, name: str) -> None:
        error = for_code(code)
        if error.__name__ not in ("UnknownTopicOrPartitionError", "LeaderNotAvailableError"):
            raise outage(error(), self._kafka, name)

    @contextmanager
    def _asking(self, what: str = "the cluster", heard: AbstractSet[str] = frozenset()) -> Iterator[None]:
        try:
            yield
        except FAILURES as error:
            raise outage(error, self._kafka, what, heard) from error


class _Admin(KafkaAdminClient):  # type: ignore[misc]
    """A client that lets go of its thread and sockets where it cannot connect."""

    def __init__(self, **given: Any) -> None:
        try:
            super().__init__(**given)
        except BaseException:
            self._closed = False
            self.close()
            raise


class Overheard(logging.Handler):
    """What the library says to its log while it connects: the only place where it tells why it cannot."""

    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self.words: set[str] = set()

    def emit(self, record: logging.LogRecord) -> None:
        """Keep the kinds of faults alone: messages may hold anything."""
        self.words |= kinds_of(record.getMessage())

    def __enter__(self) -> None:
        _LOG.addHandler(self)

    def __exit__(self, *_: object) -> None:
        _LOG.removeHandler(self)


def options(kafka: Kafka) -> dict[str, Any]:
    """Give how to connect, in the words of the library."""
    said = {
        "bootstrap_servers": list(kafka.brokers),
        "client_id": "shadowgraph-tools",
        "bootstrap_timeout_ms": PATIENCE,
        "request_timeout_ms": PATIENCE,
        "security_protocol": kafka.security.upper(),
    }
    for name, path in (
        ("ssl_cafile", kafka.ca_file),
        ("ssl_certfile", kafka.cert_file),
        ("ssl_keyfile", kafka.key_file),
    ):
        said |= {name: str(path)} if path else {}
    if kafka.security.startswith("sasl"):
        said |= {
            "sasl_mechanism": kafka.mechanism,
            "sasl_plain_username": kafka.username,
            "sasl_plain_password": kafka.password,
        }
    return said


@contextmanager
def connected(kafka: Kafka) -> Iterator[KafkaCluster]:
    """Connect to the cluster of these settings; every fault becomes an Outage, or a ContentError where none is named."""
    if not kafka.brokers:
        remedy = 'write brokers = ["host:port"] under [kafka], or set SHADOWGRAPH_KAFKA_BROKERS'
        raise ContentError([Problem("settings", 1, "kafka.brokers names no broker", remedy)])
    _LOG.propagate = False  # what matters of it comes as an Outage
    cluster = KafkaCluster(kafka)
    try:
        yield cluster
    finally:
        cluster.close()
