"""Exactly-once effects over Kafka: one transaction per checkpoint, fenced by the producer's epoch (docs/decisions/0010)."""

from __future__ import annotations

import asyncio
import time
from collections import defaultdict
from collections.abc import Iterable
from contextlib import suppress
from typing import Any

from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, TopicPartition

from pipeline.edges.kafka.link import client
from pipeline.edges.kafka.routes import Row
from pipeline.errors import BadRecord
from pipeline.settings import Kafka

TIMEOUT_MS = 10_000
"""After which a broker ends the transaction of a holder that went silent: readers wait no longer than this."""

LARGEST = 18 * 1024 * 1024
"""Bytes of a request: a record of 17 MiB and its frame."""

PATIENCE = 5.0
"""Seconds that a connection has to close."""


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
        await _sent(self._producer, rows)
        await self._producer.commit_transaction()

    async def close(self) -> None:
        """Let the right go."""
        await _stopped(self._producer)


async def restored(kafka: Kafka, changelog: str, partition: int) -> dict[bytes, bytes]:
    """Read a changelog partition to its end; give the last value of each key.

    Ask only after the right to write was taken: what is settled then stays settled.
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
        end = (await consumer.end_offsets([place]))[place]
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


async def _sent(producer: AIOKafkaProducer, rows: Iterable[Row]) -> None:
    """Send rows in ready batches, one or a few per partition, and wait for them all."""
    groups: defaultdict[tuple[str, int], list[Row]] = defaultdict(list)
    for row in rows:
        groups[row.topic, row.partition].append(row)
    now, waiting = int(time.time() * 1000), []  # noqa: TID251 - an edge: when its log took it
    for (topic, partition), some in groups.items():
        batch = producer.create_batch()
        for row in some:
            if batch.append(key=row.key, value=row.value, timestamp=now) is None:
                waiting.append(await _given(producer, batch, topic, partition))
                batch = producer.create_batch()
                if batch.append(key=row.key, value=row.value, timestamp=now) is None:
                    raise BadRecord(f"a record of {len(row.value or b'')} bytes fits into no batch")
        waiting.append(await _given(producer, batch, topic, partition))
    await asyncio.gather(*waiting)


async def _given(producer: AIOKafkaProducer, batch: Any, topic: str, partition: int) -> Any:
    batch.close()
    return await producer.send_batch(batch, topic, partition=partition)


async def _stopped(producer: AIOKafkaProducer) -> None:
    with suppress(Exception):  # it is fenced, or its broker is gone: there is nothing left to say
        await asyncio.wait_for(producer.stop(), PATIENCE)
