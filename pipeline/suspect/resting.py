"""What a home does when time has passed: tell sums and finds that have waited, and forget."""

from __future__ import annotations

from collections.abc import Iterator

from pipeline.pack import Pack
from pipeline.record import Tick
from pipeline.signal import Signal
from pipeline.suspect.holding import let_go
from pipeline.suspect.memory import HOUR, Memory, forget
from pipeline.suspect.tally import summed


def rest(_home: str, memory: Memory, tick: Tick, _pack: Pack) -> Iterator[Signal]:
    """Sum up hours that have closed, tell what has waited long enough, and forget what is too old."""
    for hour in sorted(h for h in memory.hours if (h + 1) * HOUR <= tick.time):
        yield from summed(hour, memory.hours.pop(hour))
    yield from let_go(memory, tick.time)
    forget(memory, tick.time)
