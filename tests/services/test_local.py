from __future__ import annotations

import asyncio
import http.client
import json
from pathlib import Path

import pytest
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, TopicPartition
from aiokafka.admin import AIOKafkaAdminClient, NewTopic

from pipeline.local.broker import Broker
from tests.services.offers import started

QUICK = ("-XX:TieredStopAtLevel=1",)

pytestmark = pytest.mark.xdist_group("services")


async def _write(address: str, topic: str, value: bytes) -> None:
    admin = AIOKafkaAdminClient(bootstrap_servers=address)
    await admin.start()
    await admin.create_topics([NewTopic(topic, 1, 1)])
    await admin.close()
    async with AIOKafkaProducer(bootstrap_servers=address, acks="all") as producer:
        await producer.send_and_wait(topic, value)


async def _read(address: str, topic: str) -> bytes:
    async with AIOKafkaConsumer(bootstrap_servers=address) as consumer:
        consumer.assign([TopicPartition(topic, 0)])
        await consumer.seek_to_beginning()
        found: bytes = (await asyncio.wait_for(consumer.getone(), 20)).value
        return found


def _ask(url: str, method: str, path: str, body: object = None) -> dict[str, object]:
    link = http.client.HTTPConnection(url.removeprefix("http://"), timeout=30)
    try:
        link.request(method, path, json.dumps(body), {"Content-Type": "application/json"})
        answer: dict[str, object] = json.loads(link.getresponse().read())
    finally:
        link.close()
    return answer


def _finds(url: str, index: str) -> bool:
    _ask(url, "PUT", f"/{index}/_doc/1?refresh=true", {"app": "chatgpt"})
    found = _ask(url, "POST", f"/{index}/_count", {"query": {"term": {"app.keyword": "chatgpt"}}})
    return found["count"] == 1


def test_what_was_written_to_the_broker_is_read_from_it(broker: str, prefix: str) -> None:
    topic = f"{prefix}topic"
    asyncio.run(_write(broker, topic, b"a record"))
    assert asyncio.run(_read(broker, topic)) == b"a record"


def test_a_broker_that_was_killed_has_kept_what_it_acknowledged(scratch: Path) -> None:
    own = Broker(scratch / "killed", heap="256m", java_options=QUICK, leashed=True)
    with started(own, lambda: own.address) as address:
        asyncio.run(_write(address, "topic", b"a record"))
        own.kill()
        own.start()
        assert asyncio.run(_read(address, "topic")) == b"a record"


def test_a_node_finds_the_document_that_it_was_given(node: str, prefix: str) -> None:
    assert _finds(node, f"{prefix}index")


def test_a_node_of_the_next_version_finds_it_too(node9: str, prefix: str) -> None:
    assert _finds(node9, f"{prefix}index")
