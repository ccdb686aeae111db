"""The topics of content as a worker follows them: to their end before it begins, then on."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, TopicPartition
from aiokafka.admin import AIOKafkaAdminClient

from pipeline.edges.kafka.bulletin import Told
from pipeline.edges.kafka.link import client
from pipeline.edges.kafka.transaction import LARGEST
from pipeline.settings import Kafka

Take = Callable[[Mapping[str, list[Told]]], None]


class Following:
    """Follow topics of one partition each; `take` hears their records by topic."""

    def __init__(self, kafka: Kafka, topics: Sequence[str], take: Take) -> None:
        self._places = [TopicPartition(topic, 0) for topic in topics]
        self._take = take
        self._consumer = AIOKafkaConsumer(
            **client(kafka),
            auto_offset_reset="earliest",
            enable_auto_commit=False,
            max_partition_fetch_bytes=LARGEST,
        )

    async def begin(self) -> None:
        """Read all that is there."""
        await self._consumer.start()
        self._consumer.assign(self._places)
        ends = await self._consumer.end_offsets(self._places)
        await self._consumer.seek_to_beginning(*self._places)
        while any([await self._consumer.position(place) < end for place, end in ends.items()]):
            await self.look(seconds=0.5)

    async def look(self, seconds: float) -> None:
        """Take what is new, after so long at most."""
        found = await self._consumer.getmany(timeout_ms=int(seconds * 1000))
        if found:
            self._take(
                {
                    place.topic: [
                        (record.key or b"", record.value, record.timestamp / 1000) for record in some
                    ]
                    for place, some in found.items()
                }
            )

    async def close(self) -> None:
        """Leave."""
        await self._consumer.stop()


async def published(kafka: Kafka, topic: str, key: bytes, value: bytes) -> None:
    """Write one record to a content topic, and wait until it is there."""
    producer = AIOKafkaProducer(
        **client(kafka), acks="all", enable_idempotence=True, max_request_size=LARGEST
    )
    await producer.start()
    try:
        await producer.send_and_wait(topic, value, key)
    finally:
        await producer.stop()


async def laid_out(kafka: Kafka) -> dict[str, int]:
    """Give the topics that exist, with their numbers of partitions."""
    admin = AIOKafkaAdminClient(**client(kafka))
    await admin.start()
    try:
        return {topic["topic"]: len(topic["partitions"]) for topic in await admin.describe_topics()}
    finally:
        await admin.close()
