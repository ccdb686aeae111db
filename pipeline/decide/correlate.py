"""Sigma correlations over sliding event-time windows.

A correlation fires at t exactly if t is the time of an event of the group and the statistic over the group's events in
the closed window [t - span, t] meets the condition. Arrival order has no meaning; nothing is used up.
"""

from __future__ import annotations

import operator
from bisect import bisect_left, bisect_right, insort
from collections.abc import Callable, Iterator
from itertools import combinations
from math import inf, nextafter
from operator import attrgetter
from typing import Any

from msgspec import Struct

from pipeline.pack import Correlation

MOST_FOUND = 5000
"""Events that one rule may hold in one window; the oldest go first."""

COMPARE: dict[str, Callable[[float, float], bool]] = {
    "gt": operator.gt,
    "gte": operator.ge,
    "lt": operator.lt,
    "lte": operator.le,
    "eq": operator.eq,
    "neq": operator.ne,
}


class Found(Struct, frozen=True, array_like=True):
    """An event that a rule found; `value` is what the correlation counts or adds up (JSON text of a tuple, or a number)."""

    time: float
    event: str
    value: Any = None


_TIME = attrgetter("time")
_PLACE = attrgetter("time", "event")
"""What found events are sorted by; as keys, for a comparison of their own would be called for each step of a search."""


class Window(Struct):
    """What the rules of one correlation found in one group.

    `found` holds sorted events by rule digest, `fired` the times that fired and are still remembered, `pending` times
    that wait for the Tick that passes them, `lost` how many events did not fit, `wakes` from which watermark on something
    can be concluded or dropped.
    """

    found: dict[str, list[Found]] = {}
    fired: list[float] = []
    pending: list[float] = []
    lost: int = 0
    wakes: float = inf


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
    if not kept or kept[-1].time < found.time:  # nearly always
        kept.append(found)
    else:
        _insert(kept, found)
    if len(kept) > MOST_FOUND:
        del kept[0]
        window.lost += 1

    if correlation.monotone:
        ends = _times(window, found.time, found.time + correlation.span)
        yield from _fire(window, correlation, ends)
    elif found.time not in window.pending:
        insort(window.pending, found.time)
    window.wakes = _wakes(window, correlation)


def _insert(kept: list[Found], found: Found) -> None:
    """Put an event among others of its rule, once."""
    place = (found.time, found.event)
    at = bisect_left(kept, place, key=_PLACE)
    if at == len(kept) or place < _PLACE(kept[at]):
        kept.insert(at, found)


def conclude(window: Window, correlation: Correlation, before: float) -> Iterator[Held]:
    """Judge all times before the watermark that only passing time can prove."""
    ready = window.pending[: bisect_left(window.pending, before)]
    del window.pending[: len(ready)]
    yield from _fire(window, correlation, ready)


def expire(window: Window, correlation: Correlation, before: float) -> bool:
    """Drop what no window that can still fire needs; tell whether anything is left."""
    oldest = before - correlation.span
    for rule, kept in list(window.found.items()):
        del kept[: bisect_left(kept, oldest, key=_TIME)]
        if not kept:
            del window.found[rule]
    del window.fired[: bisect_left(window.fired, oldest)]
    window.wakes = _wakes(window, correlation)
    return bool(window.found or window.pending)


def _wakes(window: Window, correlation: Correlation) -> float:
    oldest = inf
    for kept in window.found.values():
        oldest = min(oldest, kept[0].time)
    pending = nextafter(window.pending[0], inf) if window.pending else inf
    return min(oldest + correlation.span, pending)


def _fire(window: Window, correlation: Correlation, ends: list[float]) -> Iterator[Held]:
    for end in ends:
        if not holds(window, correlation, end):
            continue
        at = bisect_left(window.fired, end)
        again = at < len(window.fired) and window.fired[at] == end
        if not again:
            window.fired.insert(at, end)
        events = {(found.time, found.event) for kept in _inside(window, correlation, end) for found in kept}
        yield Held(end, tuple(sorted(events)), again)


def holds(window: Window, correlation: Correlation, end: float) -> bool:
    """Say whether the window that ends here meets the condition."""
    if correlation.expression is not None:
        return any(map(correlation.expression, _readings(window, correlation, end)))
    statistic = STATISTICS[correlation.kind](window, correlation, end)
    if statistic is None:
        return False
    condition = correlation.condition or (("gte", float(len(correlation.rules))),)
    return all(COMPARE[word](statistic, threshold) for word, threshold in condition)


def _event_count(window: Window, correlation: Correlation, end: float) -> float:
    if len(window.found) == 1:  # of one rule every find is another event; counting them copies none
        (kept,) = window.found.values()
        first, last = _bounds(kept, correlation, end)
        return last - first
    return len({found.event for kept in _inside(window, correlation, end) for found in kept})


def _values(window: Window, correlation: Correlation, end: float) -> list[Any]:
    return [
        value
        for _, value in sorted(
            {(f.event, f.value) for kept in _inside(window, correlation, end) for f in kept}
        )
    ]


def _value_count(window: Window, correlation: Correlation, end: float) -> float:
    return len({found.value for kept in _inside(window, correlation, end) for found in kept})


def _value_sum(window: Window, correlation: Correlation, end: float) -> float:
    return float(sum(_values(window, correlation, end)))


def _value_avg(window: Window, correlation: Correlation, end: float) -> float | None:
    values = _values(window, correlation, end)
    return sum(values) / len(values) if values else None


def _value_percentile(window: Window, correlation: Correlation, end: float) -> float | None:
    values = sorted(_values(window, correlation, end))
    if not values:
        return None
    share = 50.0 if correlation.percentile is None else correlation.percentile
    rank = share / 100 * (len(values) - 1)
    low = int(rank)
    high = min(low + 1, len(values) - 1)
    return float(values[low] + (values[high] - values[low]) * (rank - low))


def _temporal(window: Window, correlation: Correlation, end: float) -> float:
    return sum(1 for kept in _inside(window, correlation, end) if kept)


def _chain(window: Window, correlation: Correlation, end: float) -> float:
    """Give the length of the longest chain in the order of the rules that ends with an event of this time.

    Of the chains of one length, built from the right, only the one whose first step is the latest is kept: it leaves
    most room to the left.
    """
    start = end - correlation.span
    first: list[float] = []
    for rule in reversed(correlation.rules):
        kept = window.found.get(rule, [])
        for length in range(len(first), 0, -1):
            step = _latest(kept, first[length - 1])
            if step is None or step < start:
                continue
            if length == len(first):
                first.append(step)
            first[length] = max(first[length], step)
        if not first and _latest(kept, end) == end:
            first.append(end)
    return len(first)


def _readings(window: Window, correlation: Correlation, end: float) -> Iterator[frozenset[str]]:
    """Give the sets of rules that may count as true in a string condition.

    `temporal`: every rule with an event inside. `temporal_ordered`: the rules of one chain that ends here, for each
    such chain, and those under `not`, which stand outside the order, if they have an event inside.
    """
    present = _present(window, correlation, frozenset(correlation.rules), end)
    if correlation.kind == "temporal":
        yield present
        return
    outside = present - correlation.positive
    steps = [rule for rule in correlation.rules if rule in correlation.positive & present]
    for length in range(len(steps), 0, -1):
        for names in combinations(steps, length):
            if _in_order(window, correlation, names, end):
                yield frozenset(names) | outside


def _in_order(window: Window, correlation: Correlation, names: tuple[str, ...], end: float) -> bool:
    """Say whether these rules form a chain that ends with an event of this time."""
    before = end
    for at, rule in enumerate(reversed(names)):
        step = _latest(window.found[rule], before)
        if step is None or step < end - correlation.span or (at == 0 and step != end):
            return False
        before = step
    return True


def _present(window: Window, correlation: Correlation, rules: frozenset[str], end: float) -> frozenset[str]:
    start = end - correlation.span
    latest = {rule: _latest(window.found.get(rule, []), end) for rule in rules}
    return frozenset(rule for rule, time in latest.items() if time is not None and time >= start)


def _inside(window: Window, correlation: Correlation, end: float) -> list[list[Found]]:
    return [kept[slice(*_bounds(kept, correlation, end))] for kept in window.found.values()]


def _bounds(kept: list[Found], correlation: Correlation, end: float) -> tuple[int, int]:
    """Give where the window that ends here begins and ends among what a rule has found."""
    first = bisect_left(kept, end - correlation.span, key=_TIME)
    last = len(kept) if kept[-1].time <= end else bisect_right(kept, end, first, key=_TIME)
    return first, last


def _times(window: Window, start: float, end: float) -> list[float]:
    """Give the distinct times of events from start to end, both included."""
    times: set[float] = set()
    for kept in window.found.values():
        at = len(kept) if kept[-1].time < start else bisect_left(kept, start, key=_TIME)
        while at < len(kept) and kept[at].time <= end:
            times.add(kept[at].time)
            at += 1
    return sorted(times)


def _latest(kept: list[Found], until: float) -> float | None:
    if not kept or kept[-1].time <= until:
        return kept[-1].time if kept else None
    at = bisect_right(kept, until, key=_TIME)
    return kept[at - 1].time if at else None


STATISTICS: dict[str, Callable[[Window, Correlation, float], float | None]] = {
    "event_count": _event_count,
    "value_count": _value_count,
    "value_sum": _value_sum,
    "value_avg": _value_avg,
    "value_median": _value_percentile,
    "value_percentile": _value_percentile,
    "temporal": _temporal,
    "temporal_ordered": _chain,
}
