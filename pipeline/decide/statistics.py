"""What a window of a correlation holds, and the statistics over what lies in it at some time."""

from __future__ import annotations

import operator
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterator
from itertools import combinations
from math import inf
from operator import attrgetter
from typing import Any

from msgspec import Struct

from pipeline.pack import Correlation

COMPARE: dict[str, Callable[[float, float], bool]] = {
    "gt": operator.gt,
    "gte": operator.ge,
    "lt": operator.lt,
    "lte": operator.le,
    "eq": operator.eq,
    "neq": operator.ne,
}

TIME = attrgetter("time")
"""What found events are sorted by; as a key, for a comparison of their own would be called for each step of a search."""


class Found(Struct, frozen=True, array_like=True):
    """An event that a rule found; `value` is what the correlation counts or adds up (JSON text of a tuple, or a number)."""

    time: float
    event: str
    value: Any = None


class Window(Struct, dict=True):
    """What the rules of one correlation found in one group.

    `found` holds sorted events by rule digest, `fired` the times that fired and are still remembered, `pending` times
    that wait for the Tick that passes them, `lost` how many events did not fit, `wakes` from which watermark on something
    can be concluded or dropped. The attribute `tally` is no field: it follows from `found`, and is not kept.
    """

    found: dict[str, list[Found]] = {}
    fired: list[float] = []
    pending: list[float] = []
    lost: int = 0
    wakes: float = inf


def holds(window: Window, correlation: Correlation, end: float) -> bool:
    """Say whether the window that ends here meets the condition."""
    if correlation.expression is not None:
        return any(map(correlation.expression, _readings(window, correlation, end)))
    statistic = STATISTICS[correlation.kind](window, correlation, end)
    return statistic is not None and meets(correlation, statistic)


def _event_count(window: Window, correlation: Correlation, end: float) -> float:
    if len(window.found) == 1:  # of one rule every find is another event; counting them copies none
        (kept,) = window.found.values()
        first, last = _bounds(kept, correlation, end)
        return last - first
    if (tally := window.__dict__.get("tally")) and tally.last <= end:
        return int(tally.since(end - correlation.span, members(window, correlation)))
    return len({found.event for kept in inside(window, correlation, end) for found in kept})


def _values(window: Window, correlation: Correlation, end: float) -> list[Any]:
    return [
        value
        for _, value in sorted(
            {(f.event, f.value) for kept in inside(window, correlation, end) for f in kept}
        )
    ]


def _value_count(window: Window, correlation: Correlation, end: float) -> float:
    if (tally := window.__dict__.get("tally")) and tally.last <= end:
        return int(tally.since(end - correlation.span, members(window, correlation)))
    return len({found.value for kept in inside(window, correlation, end) for found in kept})


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
    return sum(1 for kept in inside(window, correlation, end) if kept)


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


def inside(window: Window, correlation: Correlation, end: float) -> list[list[Found]]:
    """Give what each rule found in the window that ends here."""
    return [kept[slice(*_bounds(kept, correlation, end))] for kept in window.found.values()]


def _bounds(kept: list[Found], correlation: Correlation, end: float) -> tuple[int, int]:
    """Give where the window that ends here begins and ends among what a rule has found."""
    first = bisect_left(kept, end - correlation.span, key=TIME)
    last = len(kept) if kept[-1].time <= end else bisect_right(kept, end, first, key=TIME)
    return first, last


def _latest(kept: list[Found], until: float) -> float | None:
    if not kept or kept[-1].time <= until:
        return kept[-1].time if kept else None
    at = bisect_right(kept, until, key=TIME)
    return kept[at - 1].time if at else None


def meets(correlation: Correlation, statistic: float) -> bool:
    """Say whether a statistic meets every threshold; without one, all rules must have spoken."""
    condition = correlation.condition or (("gte", float(len(correlation.rules))),)
    return all(COMPARE[word](statistic, threshold) for word, threshold in condition)


def member(correlation: Correlation, found: Found) -> Any:
    """Give what is counted of an event: its value, or the event itself."""
    return found.value if correlation.kind == "value_count" else found.event


def members(window: Window, correlation: Correlation) -> list[tuple[float, Any]]:
    """Give all that a window holds, with times, as it is counted."""
    return [(one.time, member(correlation, one)) for kept in window.found.values() for one in kept]


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
