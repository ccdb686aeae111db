"""Whole records in order of event time: several logs become one, and time passes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from heapq import merge
from math import floor, inf
from typing import Any, Protocol, TypeVar

from msgspec import Struct

from pipeline.event import Event
from pipeline.record import Place, Record, Reject, Swap, Tick

Input = Event | Reject | Tick | Swap

LATENESS = 600.0
"""Seconds that an event may come after a later one of the same log, unless the settings say otherwise."""

TICK = 60.0
"""Seconds of event time between two Ticks of a log."""


TOGETHER = 200
"""Records that are understood, and inputs that are judged, at once: more is no quicker."""

T = TypeVar("T")


class Progress(Struct, frozen=True):
    """How far a log was read: its last place, its last good time and its latest (epoch seconds; None: no event yet)."""

    offset: int = 0
    last: float | None = None
    high: float = -inf


START = Progress()


class Understand(Protocol):
    """What gives the events and rejects of each record of one log; `last` is the last good time before them."""

    def __call__(self, records: Sequence[Record], *, last: float | None) -> Sequence[Sequence[Input]]:
        """Give one list for each record."""


class Arrival(Struct, frozen=True):
    """All that one whole record gives, and how far its log has come with it."""

    place: Place
    progress: Progress
    inputs: tuple[Input, ...]


def arrivals(
    stream: Iterable[Record | Tick | Swap],
    understand: Understand,
    *,
    start: Progress = START,
    lateness: float = LATENESS,
) -> Iterator[Arrival]:
    """Understand the records of one log in order, and say how far time has come with each.

    A Tick follows whenever the latest event time, less the lateness, enters a new minute.
    """
    progress = start
    for some in together(stream, alone=(Tick, Swap)):
        for item in some:
            if not isinstance(item, Record):
                log = item.log if isinstance(item, Tick) else ""
                yield Arrival(Place(log, progress.offset), progress, (item,))
        records = [item for item in some if isinstance(item, Record)]
        for record, inputs in zip(records, understand(records, last=progress.last), strict=True):
            before, progress = progress, _advanced(progress, record.place.offset, inputs)
            time = _minute(progress.high - lateness)
            tick = (Tick(record.place.log, time),) if time > _minute(before.high - lateness) else ()
            yield Arrival(record.place, progress, (*inputs, *tick))


def together(
    items: Iterable[T], *, alone: type[Any] | tuple[type[Any], ...], most: int = TOGETHER
) -> Iterator[list[T]]:
    """Give items in lists, in their order; one of the kinds `alone` has a list of its own."""
    some: list[T] = []
    for item in items:
        if isinstance(item, alone):
            if some:
                yield some
            yield [item]
            some = []
            continue
        some.append(item)
        if len(some) == most:
            yield some
            some = []
    if some:
        yield some


def merged(streams: Iterable[Iterator[Arrival]]) -> Iterator[Arrival]:
    """Merge logs by their running latest event time, ties by log and offset."""
    return merge(*streams, key=_order)


def _order(arrival: Arrival) -> tuple[float, str, int]:
    return arrival.progress.high, arrival.place.log, arrival.place.offset


def _advanced(progress: Progress, offset: int, inputs: Iterable[Input]) -> Progress:
    last, high = progress.last, progress.high
    for given in inputs:
        if isinstance(given, Event):
            last = given.time
            high = max(high, last)
    return Progress(offset, last, high)


def _minute(time: float) -> float:
    return time if time in (inf, -inf) else floor(time / TICK) * TICK
