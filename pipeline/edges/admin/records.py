"""Our own records among those of the logs, as the tools read them: positions of acts, and dead letters."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import msgspec
import orjson
from msgspec import Struct

from pipeline.edges.admin.nouns import Kept
from pipeline.edges.kafka.wire import POSITION, position_of
from pipeline.states import Clock


class Reached(Struct, frozen=True):
    """How far the partition `log` was worked off: the next offset, the watermark by depth, the pack in force."""

    log: str
    offset: int
    passed: Mapping[str, float]
    digest: str


class DeadLetter(Struct, frozen=True):
    """A record that could not be read: where the original is, and why."""

    topic: str
    partition: int
    offset: int
    reason: str

    @property
    def place(self) -> str:
        """Write the place of the original as people name it."""
        return f"{self.topic}-{self.partition}:{self.offset}"


def reached(record: Kept) -> Reached | None:
    """Read a position; None where the record is none.

    Raises ContentError where another version wrote it.
    """
    key = record.key or b""
    if not key.startswith(POSITION) or record.value is None:
        return None
    log = key.removeprefix(POSITION).decode(errors="replace")
    position = position_of(record.value, log)
    passed = msgspec.msgpack.decode(position.clock, type=Clock).passed if position.clock else {}
    return Reached(log, position.offset, passed, position.digest)


def dead_letter(record: Kept) -> DeadLetter | None:
    """Read a dead letter; None where the record is none that we understand."""
    body = _mapping(record.value)
    topic, _, partition = str(body.get("log") or "").rpartition("-")
    offset = body.get("offset")
    if topic and partition.isdecimal() and isinstance(offset, int):
        return DeadLetter(topic, int(partition), offset, str(body.get("reason") or "no reason given"))
    return None


def _mapping(value: bytes | None) -> dict[str, Any]:
    try:
        body = orjson.loads(value or b"null")
    except orjson.JSONDecodeError:
        return {}
    return body if isinstance(body, dict) else {}
