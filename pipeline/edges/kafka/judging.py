"""A stateful act over one partition of events or signals: inputs in, outputs, changed states and position out."""

from __future__ import annotations

import struct
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from typing import Any

from msgspec import Struct

from pipeline.decide import Docket
from pipeline.edges.checkpoint import step
from pipeline.edges.kafka.bulletin import unusable
from pipeline.edges.kafka.incoming import Incoming, after
from pipeline.edges.kafka.routes import DOCKETS, EVENTS, MEMORY, SIGNALS, Routes, Row
from pipeline.edges.kafka.wire import (
    FORM,
    POSITION,
    WAKING,
    Position,
    event_of,
    position_of,
    saved_position,
    signal_of,
)
from pipeline.errors import BadRecord
from pipeline.event import Verdict
from pipeline.flow import DECIDE, SUSPECT
from pipeline.record import Reject, Swap, Tick
from pipeline.states import Saved, States
from pipeline.suspect import Memory
from pipeline.turn import Act, Packs, in_force, turn

DEEPEST = 8
"""Levels of correlations on correlations whose time is awaited from the start."""


class Seat(Struct, frozen=True):
    """Where a stateful act stands between the topics: its source, its changelog, how an input is read."""

    act: Act[Any, Any]
    kind: type[Any]
    source: str
    changelog: str
    read: Callable[[bytes | None, bytes | None], Any]


SUSPECTS = Seat(SUSPECT, Memory, EVENTS, MEMORY, event_of)
DECIDES = Seat(DECIDE, Docket, SIGNALS, DOCKETS, signal_of)


class Judging:
    """Hold one partition of events or signals with its states.

    `position` is the next offset. After a failed commit the whole object is thrown away and made again from the
    changelog: its states have gone on already.
    """

    def __init__(
        self,
        seat: Seat,
        partition: int,
        *,
        saved: dict[bytes, bytes],
        packs: Packs,
        begin: Callable[[float], str],
        routes: Routes,
        raw: tuple[str, ...],
    ) -> None:
        self._seat, self._partition, self._packs, self._routes = seat, partition, packs, routes
        self.log = routes.logs(seat.source)[partition]
        self._key = POSITION + self.log.encode()
        found = position_of(saved[self._key], self.log) if self._key in saved else Position(FORM, 0)
        self.position = found.offset
        kept = {name.decode("utf-8", "surrogatepass"): _state(value) for name, value in _named(saved)}
        self.states: States[Any] = States(self.log, seat.kind, kept, found.clock)
        self._begin = begin
        self._expect(raw)

    @property
    def digest(self) -> str:
        """Give the digest of the pack in force."""
        return self.states.clock.digest

    def prepare(self, records: Sequence[Incoming]) -> list[Row]:
        """Judge these records in order; give outputs, changed states and the new position."""
        clock = self.states.clock
        clock.digest = clock.digest or self._begin(records[0].timestamp / 1000)
        batch, letters = [], []
        for record in records:
            place = after(self.log, record)
            try:
                given = self._seat.read(record.key, record.value)
            except BadRecord as error:
                letters.append(Reject(place, str(error)))
                continue
            if isinstance(given, Swap) and (fault := unusable(self._packs, given)):
                letters.append(Reject(place, fault))
            else:
                batch.append((place, given))
        work = partial(turn, self._seat.act, states=self.states, packs=self._packs)
        checkpoint = step(batch, work, self.states)
        self.position = records[-1].offset + 1
        return [
            *self._routes.rows(letters),
            *self._outputs(checkpoint.outputs),
            *self._changes(checkpoint.changed),
        ]

    def reject(self, record: Incoming, reason: str) -> list[Row]:
        """Give a dead letter for a record in place of judging it, and the position behind it."""
        self.position = record.offset + 1
        letter = Reject(after(self.log, record), reason)
        return [*self._routes.rows((letter,)), *self._changes(self.states.changes())]

    async def outward(self) -> list[Row]:
        """Do nothing outside of Kafka."""
        return []

    async def close(self) -> None:
        """Hold nothing outside of Kafka."""

    def _outputs(self, outputs: Sequence[Any]) -> Iterator[Row]:
        """Give rows for outputs; of Ticks of one depth the last of a batch says all."""
        depth, ticks = in_force(self._packs, self.digest).depth, dict[int, Tick]()
        for output in outputs:
            if isinstance(output, Tick):
                ticks[output.depth] = output
                continue
            yield from self._routes.rows((output,))
            if isinstance(output, Verdict):
                yield from self._routes.enforced(output)
        for tick in ticks.values():
            if tick.depth <= depth + 1:
                yield from self._routes.spread(SIGNALS, tick)

    def _changes(self, changed: Saved) -> Iterator[Row]:
        topic = self._routes.prefix + self._seat.changelog
        for key, state in changed.states.items():
            value = None if state is None else struct.pack(">d", changed.due[key]) + state
            yield Row(topic, self._partition, key.encode("utf-8", "surrogatepass"), value)
        position = Position(FORM, self.position, clock=changed.clock, digest=self.digest)
        yield Row(topic, self._partition, self._key, saved_position(position))

    def _expect(self, raw: tuple[str, ...]) -> None:
        """Wait for the raw logs, or for every suspect and for every decide of each depth."""
        clock, routes = self.states.clock, self._routes
        if self._seat.source == EVENTS:
            clock.expect_at(0, raw)
            return
        clock.expect_at(0, routes.logs(EVENTS))
        for depth in range(1, DEEPEST + 1):
            clock.expect_at(depth, routes.logs(SIGNALS))


def _named(saved: dict[bytes, bytes]) -> Iterator[tuple[bytes, bytes]]:
    return ((key, value) for key, value in saved.items() if not key.startswith(b"\0"))


def _state(value: bytes) -> tuple[float, bytes]:
    (due,) = struct.unpack_from(">d", value)
    return due, value[WAKING:]
