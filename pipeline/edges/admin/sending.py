"""Logs on their way into a topic: whole records, within its limit, each file in order, at a pace."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator
from itertools import count
from math import inf
from typing import Any

import orjson
from msgspec import Struct

from pipeline.edges.admin.nouns import Cluster, Headers
from pipeline.edges.files import MOST_LINE, LogFile
from pipeline.edges.kafka.wire import HEADER, tick_record
from pipeline.record import Record, Reject, Tick

OVERHEAD = 1024
"""Bytes that Kafka adds to a record, at most."""


class Way(Struct, frozen=True):
    """Where records go: a topic, its partitions, the largest record; one partition or a key's field, if chosen."""

    topic: str
    partitions: int
    most_bytes: int
    partition: int | None = None
    key: str | None = None


def records(paths: Iterable[str], source: str) -> Iterator[tuple[int, Record]]:
    """Give the records of files, each with the number of its file."""
    for number, path in enumerate(paths):
        log = LogFile(path, source)
        try:
            for record in log.records():
                if isinstance(record, Record):
                    yield number, record
        finally:
            log.close()


def sent(
    numbered: Iterable[tuple[int, Record]], way: Way, cluster: Cluster, refuse: Callable[[Reject], None]
) -> Iterator[int]:
    """Send records; give the number of those sent so far after each. What is too large is refused.

    Without a key or a chosen partition each file has one of its own, so that its order stays.
    """
    counted = count(1)
    for number, record in numbered:
        fault = _fault(record, way)
        if fault:
            refuse(Reject(record.place, fault))
            continue
        key = _key(record, way.key) if way.key else None
        partition = way.partition if way.key or way.partition is not None else number % way.partitions
        cluster.send(way.topic, record.body, key, headers=_headers(record), partition=partition)
        yield next(counted)


def paced(given: Iterable[Any], rate: float | None) -> Iterator[Any]:
    """Let things through at a number per second, or as they come."""
    begin = time.monotonic()
    for number, one in enumerate(given):
        if rate:
            time.sleep(max(begin + number / rate - time.monotonic(), 0))
        yield one


def finished(way: Way, cluster: Cluster) -> None:
    """Say in every partition, or in the one chosen, that nothing more will come."""
    chosen = range(way.partitions) if way.partition is None else (way.partition,)
    for partition in chosen:
        key, value = tick_record(Tick(f"{way.topic}-{partition}", inf))
        cluster.send(way.topic, value, key, partition=partition)


def _fault(record: Record, way: Way) -> str | None:
    size = len(record.body) + len(record.header or b"") + OVERHEAD
    if len(record.body) > MOST_LINE:
        return f"the record is larger than {MOST_LINE} bytes"
    if size > way.most_bytes:
        return f"the record is larger than the {way.most_bytes} bytes that {way.topic} takes"
    if way.key and _key(record, way.key) is None:
        return f"the record has no text or number under {way.key}"
    return None


def _headers(record: Record) -> Headers:
    return [(HEADER, record.header)] if record.header else []


def _key(record: Record, field: str) -> bytes | None:
    """Give the value of a field, dots leading into objects, as a key."""
    try:
        value = orjson.loads(record.body)
    except orjson.JSONDecodeError:
        return None
    if isinstance(value, dict) and field in value:
        value = value[field]
    else:
        for name in field.split("."):
            value = value.get(name) if isinstance(value, dict) else None
    return (
        str(value).encode() if isinstance(value, str | int | float) and not isinstance(value, bool) else None
    )
