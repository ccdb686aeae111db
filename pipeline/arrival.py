"""Whole records in order of event time: several logs become one, and time passes."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from heapq import merge
from math import floor, inf

from msgspec import Struct
from msgspec.structs import replace

from pipeline.event import Event
from pipeline.record import Place, Record, Reject, Swap, Tick

Input = Event | Reject | Tick | Swap

LATENESS = 600.0
"""Seconds that an event may come after a later one of the same log, unless the settings say otherwise."""

TICK = 60.0
"""Seconds of event time between two Ticks of a log."""


class Progress(Struct, frozen=True):
    """How far a log was read: its last place, its last good time and its latest (epoch seconds; None: no event yet)."""

    offset: int = 0
    last: float | None = None
    high: float = -inf


START = Progress()


class Arrival(Struct, frozen=True):
    """All that one whole record gives, and how far its log has come with it."""

    place: Place
    progress: Progress
    inputs: tuple[Input, ...]


def arrivals(
    stream: Iterable[Record | Tick | Swap],
    understand: Callable[[Record], Iterable[Event | Reject]],
    *,
    start: Progress = START,
    lateness: float = LATENESS,
) -> Iterator[Arrival]:
    """Understand the records of one log in order, and say how far time has come with each.

    A record of a file arrives at the last good time that `understand` gave for that file. A Tick follows whenever the
    latest event time, less the lateness, enters a new minute.
    """
    progress = start
    for item in stream:
        if not isinstance(item, Record):
            log = item.log if isinstance(item, Tick) else ""
            yield Arrival(Place(log, progress.offset), progress, (item,))
            continue
        record = item if item.arrived is not None else replace(item, arrived=progress.last)
        inputs: list[Input] = list(understand(record))
        before = progress
        progress = _advanced(before, item.place.offset, inputs)
        if (time := _minute(progress.high - lateness)) > _minute(before.high - lateness):
            inputs.append(Tick(item.place.log, time))
        yield Arrival(item.place, progress, tuple(inputs))


def merged(streams: Iterable[Iterator[Arrival]]) -> Iterator[Arrival]:
    """Merge logs by their running latest event time, ties by log and offset."""
    return merge(*streams, key=_order)


def _order(arrival: Arrival) -> tuple[float, str, int]:
    return arrival.progress.high, arrival.place.log, arrival.place.offset


def _advanced(progress: Progress, offset: int, inputs: Iterable[Input]) -> Progress:
    times = [given.time for given in inputs if isinstance(given, Event)]
    if not times:
        return Progress(offset, progress.last, progress.high)
    return Progress(offset, times[-1], max(progress.high, *times))


def _minute(time: float) -> float:
    return time if time in (inf, -inf) else floor(time / TICK) * TICK
