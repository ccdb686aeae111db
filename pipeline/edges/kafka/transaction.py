"""Exactly-once effects over Kafka: one transaction per checkpoint, fenced by the producer's epoch (docs/decisions/0010)."""

from __future__ import annotations

import asyncio
import time
from collections import defaultdict
from collections.abc import Iterable, Iterator
from contextlib import suppress
from typing import Any

from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, TopicPartition
from aiokafka.errors import MessageSizeTooLargeError

from pipeline.edges.kafka.link import client
from pipeline.edges.kafka.routes import Row
from pipeline.errors import ContentError, Problem
from pipeline.settings import Kafka

TIMEOUT_MS = 10_000
"""After which a broker ends the transaction of a holder that went silent: readers wait no longer than this."""

LARGEST = 18 * 1024 * 1024
"""Bytes of a request: a record of 17 MiB and its frame."""

BATCH = 512 * 1024
"""Bytes of the records that travel as one: topics limit the size of that, not of a record. A larger record goes alone."""

FRAME = 64
"""Bytes that a record takes besides key and value, at most."""

PATIENCE = 5.0
"""Seconds that a connection has to close."""


class TooLarge(ContentError):
    """A record that no topic takes: waiting does not make it smaller."""

    def __init__(self, fault: str) -> None:
        remedy = "raise max.message.bytes with `shadowgraph setup kafka`, and tell us"
        super().__init__([Problem("kafka", 1, f"cannot be written: {fault}", remedy)])


class Checkpoints:
    """The right to write for one source partition; whoever opens it last is the only one that has it."""

    def __init__(self, producer: AIOKafkaProducer) -> None:
        self._producer = producer

    @classmethod
    async def open(cls, kafka: Kafka, act: str, log: str) -> Checkpoints:
        """Take the right: every earlier holder is fenced, its open transaction is aborted."""
        producer = AIOKafkaProducer(
            **client(kafka),
            transactional_id=f"{kafka.group}-{act}-{log}",
            transaction_timeout_ms=TIMEOUT_MS,
            acks="all",
            max_batch_size=LARGEST,
            max_request_size=LARGEST,
        )
        try:
            await producer.start()
        except BaseException:
            await _stopped(producer)
            raise
        return cls(producer)

    async def commit(self, rows: Iterable[Row]) -> None:
        """Write all rows in one transaction; after any error nothing of it counts and the right must be taken anew."""
        await self._producer.begin_transaction()
        try:
            await _sent(self._producer, rows)
        except MessageSizeTooLargeError as error:
            raise TooLarge("its topic takes less") from error
        await self._producer.commit_transaction()

    async def close(self) -> None:
        """Let the right go."""
        await _stopped(self._producer)


async def restored(kafka: Kafka, changelog: str, partition: int) -> dict[bytes, bytes]:
    """Read a changelog partition to its end; give the last value of each key.

    Ask only after the right to write was taken: what is settled then stays settled. The end is that of all that was
    written: a neighbour may have left a transaction open, and what we committed behind it shows when that is over.
    """
    place, kept = TopicPartition(changelog, partition), dict[bytes, bytes]()
    consumer = AIOKafkaConsumer(
        **client(kafka),
        isolation_level="read_committed",
        auto_offset_reset="earliest",
        enable_auto_commit=False,
        max_partition_fetch_bytes=LARGEST,
        max_poll_records=10_000,
    )
    await consumer.start()
    try:
        consumer.assign([place])
        _, end = await bounds(kafka, place)
        await consumer.seek_to_beginning(place)
        while await consumer.position(place) < end:
            for records in (await consumer.getmany(timeout_ms=500)).values():
                for record in records:
                    if record.value is None:
                        kept.pop(record.key, None)
                    else:
                        kept[record.key] = record.value
    finally:
        await consumer.stop()
    return kept


async def bounds(kafka: Kafka, place: tuple[str, int]) -> tuple[int, int]:
    """Give the first offset of a partition, and that behind all its records, those of open transactions included."""
    slot = TopicPartition(*place)
    consumer = AIOKafkaConsumer(**client(kafka), isolation_level="read_uncommitted", enable_auto_commit=False)
    await consumer.start()
    try:
        first, end = await consumer.beginning_offsets([slot]), await consumer.end_offsets([slot])
        return int(first[slot]), int(end[slot])
    finally:
        await consumer.stop()


async def _sent(producer: AIOKafkaProducer, rows: Iterable[Row]) -> None:
    """Send rows in ready batches, one or a few per partition, and wait for them all."""
    groups: defaultdict[tuple[str, int], list[Row]] = defaultdict(list)
    for row in rows:
        groups[row.topic, row.partition].append(row)
    now, waiting = int(time.time() * 1000), []  # noqa: TID251 - an edge: when its log took it
    for (topic, partition), some in groups.items():
        for part in _parts(some):
            batch = producer.create_batch()
            for row in part:
                if batch.append(key=row.key, value=row.value, timestamp=now) is None:
                    raise TooLarge(f"a record of {len(row.value or b'')} bytes for {topic}")
            waiting.append(await _given(producer, batch, topic, partition))
    await asyncio.gather(*waiting)


def _parts(rows: Iterable[Row]) -> Iterator[list[Row]]:
    """Cut rows into parts that no topic finds too large; a row that is larger alone stands alone."""
    part: list[Row] = []
    size = 0
    for row in rows:
        weight = len(row.key) + len(row.value or b"") + FRAME
        if part and size + weight > BATCH:
            yield part
            part, size = [], 0
        part.append(row)
        size += weight
    if part:
        yield part


async def _given(producer: AIOKafkaProducer, batch: Any, topic: str, partition: int) -> Any:
    batch.close()
    return await producer.send_batch(batch, topic, partition=partition)


async def _stopped(producer: AIOKafkaProducer) -> None:
    with suppress(Exception):  # it is fenced, or its broker is gone: there is nothing left to say
        await asyncio.wait_for(producer.stop(), PATIENCE)
