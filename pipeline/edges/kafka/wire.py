"""How the nouns travel: what each is as key and value of a Kafka record, and back."""

from __future__ import annotations

from collections.abc import Callable
from math import inf
from typing import Any

import msgspec
import orjson
from msgspec import Struct

from pipeline.alert import Alert, Standing
from pipeline.errors import BadRecord, ContentError, Problem
from pipeline.event import Event, Verdict
from pipeline.record import Reject, Swap, Tick
from pipeline.signal import Signal

TICK, SWAP = b"\0tick", b"\0swap"
"""Keys of the two records that carry time and content; no entity's name begins with NUL."""

POSITION = b"\0position "
"""Begins the key of a position in a changelog; the name of the log follows."""

HEADER = "shadowgraph-header"
"""Kafka header of a raw record in which `produce` sends the header lines of its file."""

FORM = 1
"""Number of the form of changelogs."""

WAKING = 8
"""Bytes before a state in a changelog: the time at which it wants waking, as a big-endian float."""


class Position(Struct, frozen=True):
    """How far a partition was judged: the next offset, and what its act must know besides its states.

    `clock` is the clock of the states; `last` and `high` are the progress of a raw log, `digest` its pack in force,
    and `ended` tells that its end was told.
    """

    form: int
    offset: int
    clock: bytes = b""
    last: float | None = None
    high: float = -inf
    digest: str = ""
    ended: bool = False


class _WrittenTick(Struct, frozen=True):
    log: str
    depth: int
    time: float | None

    def tick(self) -> Tick:
        return Tick(self.log, inf if self.time is None else self.time, self.depth)


_tick = msgspec.json.Decoder(_WrittenTick)
_event = msgspec.json.Decoder(Event).decode
_signal = msgspec.json.Decoder(Signal).decode
_position = msgspec.msgpack.Decoder(Position).decode


def position_of(value: bytes, place: str) -> Position:
    """Give a position as it was saved; ContentError where another version wrote it."""
    try:
        position = _position(value)
    except (msgspec.DecodeError, msgspec.ValidationError):
        position = None
    if position and position.form == FORM:
        return position
    found = f"form {position.form}" if position else "an unknown form"
    remedy = "run the version that wrote it, or begin with another prefix of topics"
    raise ContentError([Problem(place, 1, f"the changelog has {found}, this is form {FORM}", remedy)])


def saved_position(position: Position) -> bytes:
    """Write a position as a changelog keeps it."""
    return msgspec.msgpack.encode(position)


def tick_record(tick: Tick) -> tuple[bytes, bytes]:
    """Give key and value of a Tick; the end of a log has no time."""
    time = tick.time if tick.time < inf else None
    return TICK, orjson.dumps({"log": tick.log, "time": time, "depth": tick.depth})


def swap_record(swap: Swap) -> tuple[bytes, bytes]:
    """Give key and value of a Swap."""
    return SWAP, orjson.dumps({"digest": swap.digest})


def control_of(key: bytes | None, value: bytes | None) -> Tick | Swap | None:
    """Give the Tick or Swap that a record carries, None where it is another; BadRecord where it is broken."""
    if key not in {TICK, SWAP}:
        return None
    try:
        told = orjson.loads(value or b"")
        if key == SWAP:
            return Swap(str(told["digest"]))
        return _tick.decode(value or b"").tick()
    except (ValueError, TypeError, KeyError, msgspec.MsgspecError) as error:
        raise BadRecord("a tick or swap that nobody can read") from error


def event_of(key: bytes | None, value: bytes | None) -> Event | Tick | Swap:
    """Give what a record of the event log says; BadRecord where it says nothing."""
    return control_of(key, value) or _decoded(_event, value, "no event")


def signal_of(key: bytes | None, value: bytes | None) -> Signal | Tick | Swap:
    """Give what a record of the signal log says; BadRecord where it says nothing."""
    return control_of(key, value) or _decoded(_signal, value, "no signal")


def _decoded(decode: Callable[[bytes], Any], value: bytes | None, fault: str) -> Any:
    try:
        return decode(value or b"")
    except msgspec.MsgspecError as error:
        raise BadRecord(fault) from error


def encoded(output: Event | Signal | Verdict | Alert | Standing | Reject) -> tuple[str, bytes]:
    """Give key and value of an output: events and signals whole, documents as sinks keep them.

    A dead letter names the offset of its record, a place is the one behind it.
    """
    match output:
        case Event():
            return output.home, msgspec.json.encode(output)
        case Signal():
            return output.subject, msgspec.json.encode(output)
        case Verdict():
            return output.event.home, orjson.dumps(output.event.fields)
        case Alert():
            return output.id, orjson.dumps(output.fields)
        case Standing():
            return output.subject, orjson.dumps(output.fields)
        case Reject():
            letter = {"log": output.place.log, "offset": output.place.offset - 1, "reason": output.reason}
            return output.place.log, orjson.dumps(letter)
