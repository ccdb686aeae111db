"""Where each output goes: its topic, and the partition that owns its key."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple
from zlib import crc32

import orjson
from msgspec import Struct

from pipeline.alert import Alert, Standing
from pipeline.edges.kafka.wire import encoded, swap_record, tick_record
from pipeline.event import Event, Verdict
from pipeline.record import Reject, Swap, Tick
from pipeline.signal import Signal

EVENTS, SCORED, SIGNALS, ALERTS = "ai.events", "ai.scored", "ai.signals", "ai.alerts"
STANDING, LETTERS, ENFORCED = "ai.standing", "ai.deadletter", "ai.verdicts"
MEMORY, DOCKETS, POSITIONS, PACKS = "ai.memory", "ai.dockets", "ai.positions", "ai.packs"

TOPICS: dict[type[Any], str] = {
    Event: EVENTS,
    Verdict: SCORED,
    Signal: SIGNALS,
    Alert: ALERTS,
    Standing: STANDING,
    Reject: LETTERS,
}
"""The topic of each noun, without the prefix of the settings."""


TOLD = (
    "event.id",
    "@timestamp",
    "event.action",
    "ai.policy.expected",
    "ai.policy.reason",
    "ai.policy.decision",
    "ai.risk.score",
    "user.id",
    "user.email",
    "gen_ai.agent.id",
    "ai.app.id",
    "ai.task.id",
)
"""What an enforcer hears of an event."""


class Row(NamedTuple):
    """One Kafka record to write; a value of None deletes the key from a compacted topic."""

    topic: str
    partition: int
    key: bytes
    value: bytes | None


def owner(key: str, partitions: int) -> int:
    """Give the partition that owns an entity: the CRC-32 of its name, so that any tool can tell."""
    return crc32(key.encode("utf-8", "surrogatepass")) % partitions


class Routes(Struct, frozen=True):
    """The topics as they are: a prefix before every name, and how many partitions each has."""

    prefix: str
    partitions: dict[str, int]

    def count(self, topic: str) -> int:
        """Give the partitions of a topic."""
        return self.partitions[topic]

    def logs(self, topic: str) -> tuple[str, ...]:
        """Name every partition of a topic as a log."""
        return tuple(log_name(self.prefix + topic, number) for number in range(self.count(topic)))

    def rows(self, outputs: Iterable[Any]) -> Iterator[Row]:
        """Give a row for each output; Ticks have another way (`spread`)."""
        for output in outputs:
            topic = TOPICS[type(output)]
            key, value = encoded(output)
            yield Row(
                self.prefix + topic,
                owner(key, self.count(topic)),
                key.encode("utf-8", "surrogatepass"),
                value,
            )

    def enforced(self, verdict: Verdict) -> Iterator[Row]:
        """Tell enforcers what the policy asks of an event, where it asks more than to let it be."""
        fields = verdict.event.fields
        if fields.get("ai.policy.expected", "allow") != "allow":
            told = {name: fields[name] for name in TOLD if name in fields}
            key, number = verdict.event.id, owner(verdict.event.id, self.count(ENFORCED))
            yield Row(
                self.prefix + ENFORCED, number, key.encode("utf-8", "surrogatepass"), orjson.dumps(told)
            )

    def spread(self, topic: str, carried: Tick | Swap) -> Iterator[Row]:
        """Give a Tick or Swap to every partition of a topic."""
        key, value = tick_record(carried) if isinstance(carried, Tick) else swap_record(carried)
        for number in range(self.count(topic)):
            yield Row(self.prefix + topic, number, key, value)


def log_name(topic: str, partition: int) -> str:
    """Name a partition as a log, as places and Ticks name it."""
    return f"{topic}-{partition}"
