"""`understand` over one raw partition: records in, events, ticks and dead letters out."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import partial
from math import floor, inf, nextafter
from typing import Any

from msgspec.structs import replace

from enrichers.reference import Reference
from pipeline.arrival import TICK, Arrival, Progress, arrivals, together
from pipeline.edges.kafka.bulletin import unusable
from pipeline.edges.kafka.incoming import Incoming, after
from pipeline.edges.kafka.routes import EVENTS, POSITIONS, Routes, Row, owner
from pipeline.edges.kafka.wire import (
    FORM,
    HEADER,
    POSITION,
    Position,
    control_of,
    position_of,
    saved_position,
)
from pipeline.errors import BadRecord
from pipeline.event import Event
from pipeline.flow import understand
from pipeline.record import Place, Record, Reject, Swap, Tick
from pipeline.turn import Packs, in_force


class Understanding:
    """Hold one raw partition: `position` is the next offset, `prepare` gives all that a batch leaves behind."""

    def __init__(
        self,
        log: str,
        source: str,
        *,
        saved: dict[bytes, bytes],
        packs: Packs,
        begin: Callable[[float], str],
        reference: Callable[[], Reference],
        routes: Routes,
        lateness: float,
    ) -> None:
        self.log, self.source = log, source
        self._packs, self._reference, self._routes, self._lateness = packs, reference, routes, lateness
        self._key = POSITION + log.encode()
        self._saved = position_of(saved[self._key], log) if self._key in saved else None
        self.position = self._saved.offset if self._saved else 0
        self.digest, self._begin = self._saved.digest if self._saved else "", begin
        self._progress = Progress(0, self._saved.last, self._saved.high) if self._saved else Progress()
        self._ended = self._saved.ended if self._saved else False

    def prepare(self, records: Sequence[Incoming]) -> list[Row]:
        """Understand these records in order; give events, ticks, dead letters and the new position."""
        self.digest = self.digest or self._begin(records[0].timestamp / 1000)
        rows: list[Row] = []
        ticks: dict[bool, Tick] = {}
        for arrival in self._arrivals(map(self._given, records)):
            rows += self._rows(arrival.inputs)
            ticks |= {given.time < inf: given for given in arrival.inputs if isinstance(given, Tick)}
            self._progress = arrival.progress
        for finite, tick in sorted(ticks.items(), reverse=True):
            if finite or self._ended:  # after its end a log may have spoken again
                rows += self._routes.spread(EVENTS, tick)
        self.position = records[-1].offset + 1
        return [*rows, self._position()]

    def reject(self, record: Incoming, reason: str) -> list[Row]:
        """Give a dead letter for a record in place of judging it, and the position behind it."""
        self.position = record.offset + 1
        return [*self._routes.rows((Reject(after(self.log, record), reason),)), self._position()]

    async def outward(self) -> list[Row]:
        """Do nothing outside of Kafka."""
        return []

    async def close(self) -> None:
        """Hold nothing outside of Kafka."""

    def silent(self, seconds: float) -> list[Row]:
        """Let time pass for a partition that has said nothing for so long; one that never spoke holds nobody back.

        Nothing is left to say of one whose end was told.
        """
        high = self._progress.high
        if self._ended:
            return []
        time = inf if high == -inf else floor((high + seconds - self._lateness) / TICK) * TICK
        self._ended = time == inf
        return [*self._routes.spread(EVENTS, Tick(self.log, time)), self._position()]

    def _given(self, record: Incoming) -> Record | Reject | Tick | Swap:
        try:
            carried = control_of(record.key, record.value)
        except BadRecord as error:
            return Reject(after(self.log, record), str(error))
        if isinstance(carried, Swap) and (fault := unusable(self._packs, carried)):
            return Reject(after(self.log, record), fault)
        if isinstance(carried, Tick):
            return replace(carried, log=self.log, depth=0)
        return carried or self._record(record)

    def _record(self, record: Incoming) -> Record:
        header = next((value for name, value in record.headers if name == HEADER), None)
        arrived = record.timestamp / 1000 if record.timestamp >= 0 else None
        return Record(after(self.log, record), self.source, arrived, header, record.value or b"")

    def _arrivals(self, given: Iterable[Record | Reject | Tick | Swap]) -> Iterator[Arrival]:
        for some in together(given, alone=(Swap, Reject, Tick)):
            match some[0]:
                case Swap() as swap:
                    in_force(self._packs, swap.digest)
                    self.digest = swap.digest
                case Tick(time=time) as tick:
                    self._ended = time == inf
                    reached = replace(tick, time=nextafter(self._progress.high, inf))
                    told = (reached, tick) if self._ended and self._progress.high > -inf else (tick,)
                    yield Arrival(Place(self.log, 0), self._progress, told)
                case Reject() as told:
                    yield Arrival(Place(self.log, 0), self._progress, (told,))
                case _:
                    pack = in_force(self._packs, self.digest)
                    reading = partial(understand, pack=pack, reference=self._reference())
                    self._ended = False
                    records = (record for record in some if isinstance(record, Record))
                    yield from arrivals(records, reading, start=self._progress, lateness=self._lateness)

    def _rows(self, inputs: Iterable[Any]) -> Iterator[Row]:
        """Give rows for all but Ticks, of which the last of a batch says all, and idle events, which go no further."""
        kept = (given for given in inputs if not isinstance(given, Tick))
        yield from self._routes.rows(given for given in kept if not (isinstance(given, Event) and given.idle))

    def _position(self) -> Row:
        progress = self._progress
        value = Position(
            FORM, self.position, last=progress.last, high=progress.high, digest=self.digest, ended=self._ended
        )
        number = owner(self.log, self._routes.count(POSITIONS))
        return Row(self._routes.prefix + POSITIONS, number, self._key, saved_position(value))
