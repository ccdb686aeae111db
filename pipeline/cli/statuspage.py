"""The state of the workers as people see it: one screen, sums first, the worst partition named."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from itertools import groupby
from typing import TYPE_CHECKING

from pipeline.cli.shown import brief, heading, put, terminal, whole
from pipeline.cli.status import passed

if TYPE_CHECKING:
    from pipeline.edges.admin.lag import Lag, Mark
    from pipeline.edges.admin.state import State

MOST_REASONS = 8
MOST_NAMES = 5


def page(found: State) -> None:
    """Print the state of everything."""
    console = terminal()
    if found.missing:
        names = ", ".join(found.missing[:MOST_NAMES])
        more = f" and {len(found.missing) - MOST_NAMES} more" if len(found.missing) > MOST_NAMES else ""
        put(
            console, f"{len(found.missing)} topics are missing: {names}{more}. Run `shadowgraph setup kafka`."
        )
    heading(console, "Behind, in records")
    for line in _lags(found.lags):
        whole(console, line)
    heading(console, "Time that has passed, and the pack in force")
    for line in _marks(found.marks, found.packs):
        whole(console, line)
    heading(console, "Dead letters")
    for reason, source, count in found.rejects[:MOST_REASONS]:
        whole(console, f"  {count:>8}  {brief(source):<16} {brief(reason)}")
    if not found.rejects:
        whole(console, "  none")
    elif len(found.rejects) > MOST_REASONS:
        whole(
            console, f"  and {len(found.rejects) - MOST_REASONS} more reasons: `shadowgraph deadletter list`"
        )
    heading(console, "Reference data")
    kinds = [f"{kind} {count}" for kind, count in found.files.items() if count]
    put(console, f"files pushed: {', '.join(kinds)}" if kinds else "none was pushed", indent=2)


def _lags(lags: tuple[Lag, ...]) -> Iterator[str]:
    def by(lag: Lag) -> tuple[str, str]:
        return lag.act, lag.slot.topic

    if not lags:
        yield "  nothing to read"
    for (act, topic), some in groupby(lags, by):
        group = [*some]
        worst = max(group, key=lambda lag: lag.behind)
        idle = sum(lag.position is None for lag in group)
        behind = f"{sum(lag.behind for lag in group):>10,}"
        told = f"  worst: partition {worst.slot.partition} with {worst.behind:,}" if worst.behind else ""
        never = f"  never read: {idle} of {len(group)} partitions" if idle else ""
        yield f"  {act:<12} {topic:<28} {behind}{told}{never}"


def _marks(marks: tuple[Mark, ...], packs: tuple[str, ...]) -> Iterator[str]:
    if not marks:
        yield "  no worker has begun"
    for act, some in groupby(marks, lambda mark: mark.act):
        group = [*some]
        first, last = min(mark.passed for mark in group), max(mark.passed for mark in group)
        yield f"  {act:<12} {passed(first) or 'not begun'} to {passed(last) or 'not begun'}"
        for digest, count in Counter(mark.digest for mark in group).most_common():
            pushed = "" if digest in packs else ", not pushed by `rules push`"
            yield f"  {'':<12} pack {digest[:12] or 'none'} in {count} of {len(group)} partitions{pushed}"
