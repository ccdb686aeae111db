"""Sigma correlations over sliding event-time windows.

A correlation fires at t exactly if t is the time of an event of the group and the statistic over the group's events in
the closed window [t - span, t] meets the condition. Arrival order has no meaning; nothing is used up.
"""

from __future__ import annotations

from bisect import bisect_left, insort
from collections.abc import Iterator
from math import inf
from operator import attrgetter

from msgspec import Struct

from pipeline.decide.statistics import TIME, Found, Window, holds, inside, meets, member, members
from pipeline.decide.tally import Tally, tallied
from pipeline.pack import Correlation

MOST_FOUND = 5000
"""Events that one rule may hold in one window; the oldest go first."""

_PLACE = attrgetter("time", "event")
"""What found events are sorted by where two have one time."""


class Held(Struct, frozen=True):
    """A window that holds at `time`, with its events; `again`: it had held before and has gained an event."""

    time: float
    events: tuple[tuple[float, str], ...]
    again: bool = False


def hear(window: Window, correlation: Correlation, rule: str, found: Found) -> Iterator[Held]:
    """Take an event that a rule found; give the windows that hold for certain now.

    An event that is told again (an inner correlation knows more of its firing) makes its windows hold again.
    """
    if (kept := window.found.get(rule)) is None:
        kept = window.found[rule] = []
    tally = _tally(window, correlation)
    new = not kept or kept[-1].time < found.time  # nearly always
    if new:
        kept.append(found)
    else:
        new = _insert(kept, found)
    if tally and new:
        tally.add(member(correlation, found), found.time)
    if len(kept) > MOST_FOUND:
        _drop(window, correlation, kept, 1)
        window.lost += 1

    if not correlation.monotone:
        if found.time not in window.pending:
            insort(window.pending, found.time)
        window.wakes = _wakes(window, correlation)
        return
    if _may_hold(window, correlation):
        ends = _times(window, found.time, found.time + correlation.span)
        yield from _fire(window, correlation, ends)
    if len(kept) == 1 or found.time <= kept[0].time:
        window.wakes = min(window.wakes, found.time + correlation.span)


def _insert(kept: list[Found], found: Found) -> bool:
    """Put an event among others of its rule, once; say whether it is a new one."""
    place = (found.time, found.event)
    at = bisect_left(kept, place, key=_PLACE)
    new = at == len(kept) or place < _PLACE(kept[at])
    if new:
        kept.insert(at, found)
    return new


def _drop(window: Window, correlation: Correlation, kept: list[Found], count: int) -> None:
    """Let go of the oldest events of a rule."""
    if count and (tally := window.__dict__.get("tally")):
        for found in kept[:count]:
            tally.drop(member(correlation, found))
    del kept[:count]


def _tally(window: Window, correlation: Correlation) -> Tally | None:
    """Give the tally of a window whose distinct members are counted; it is made from what an earlier run has kept."""
    if not (
        correlation.kind == "value_count"
        or (correlation.kind == "event_count" and len(correlation.rules) > 1)
    ):
        return None
    if (tally := window.__dict__.get("tally")) is None:
        tally = window.__dict__["tally"] = tallied(members(window, correlation))
    found: Tally = tally
    return found


def _may_hold(window: Window, correlation: Correlation) -> bool:
    """Say whether any window can meet the condition of a monotone correlation: all that is kept counts for more than one."""
    if correlation.expression is not None:
        return True
    if tally := window.__dict__.get("tally"):
        most = len(tally.often)
    elif correlation.kind == "event_count":
        most = sum(map(len, window.found.values()))
    else:
        most = len(window.found)
    return meets(correlation, most)


def conclude(window: Window, correlation: Correlation, before: float) -> Iterator[Held]:
    """Judge all times before the watermark that only passing time can prove."""
    ready = window.pending[: bisect_left(window.pending, before)]
    del window.pending[: len(ready)]
    yield from _fire(window, correlation, ready)


def expire(window: Window, correlation: Correlation, before: float) -> bool:
    """Drop what no window that can still fire needs; tell whether anything is left."""
    oldest = before - correlation.span
    for rule, kept in list(window.found.items()):
        _drop(window, correlation, kept, bisect_left(kept, oldest, key=TIME))
        if not kept:
            del window.found[rule]
    del window.fired[: bisect_left(window.fired, oldest)]
    window.wakes = _wakes(window, correlation)
    return bool(window.found or window.pending)


def _wakes(window: Window, correlation: Correlation) -> float:
    oldest = inf
    for kept in window.found.values():
        oldest = min(oldest, kept[0].time)
    pending = window.pending[0] if window.pending else inf
    return min(oldest + correlation.span, pending)


def _fire(window: Window, correlation: Correlation, ends: list[float]) -> Iterator[Held]:
    for end in ends:
        if not holds(window, correlation, end):
            continue
        at = bisect_left(window.fired, end)
        again = at < len(window.fired) and window.fired[at] == end
        if not again:
            window.fired.insert(at, end)
        events = {(found.time, found.event) for kept in inside(window, correlation, end) for found in kept}
        yield Held(end, tuple(sorted(events)), again)


def _times(window: Window, start: float, end: float) -> list[float]:
    """Give the distinct times of events from start to end, both included."""
    times: set[float] = set()
    for kept in window.found.values():
        at = len(kept) if kept[-1].time < start else bisect_left(kept, start, key=TIME)
        while at < len(kept) and kept[at].time <= end:
            times.add(kept[at].time)
            at += 1
    return sorted(times)
