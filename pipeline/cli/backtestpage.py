"""A trial of a rule, shown to people."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pipeline.cli.compared import MOST_ALERTS, strongest
from pipeline.cli.report import not_seen
from pipeline.cli.seen import counted
from pipeline.cli.shown import heading, put, whole
from pipeline.cli.triage import Row, short_ids, table

if TYPE_CHECKING:
    from rich.console import Console

    from pipeline.cli.replayed import Side
    from pipeline.event import Fields

MOST_DAYS = 31
MOST_CHANGES = 10

SILENT = "The level of the rule is informational: it marks events and raises no alert."
CHANGED = "Alerts are compared by what they are about and the UTC day, whatever the versions call them."


def page(console: Console, told: Fields, sides: list[Side]) -> None:
    """Print what a trial came to."""
    side = sides[0]
    whole(console, f"{told['rule']} on {told['on']}", style="bold")
    idle, days = f"{told['idle']:,} idle, {told['rejected']:,} rejected", counted(told["days"], "day")
    whole(console, f"{counted(told['events'], 'event')} of {days} looked at; {idle}")
    put(console, told["told"])
    whole(console, f"{counted(told['alerts'], 'alert')}, {told['alerts_per_day']:g} a day")
    if all(level == "informational" for level in _levels(side)):
        put(console, SILENT)
    if told["against"]:
        _changes(console, told)
    _days(console, told["per_day"])
    _entities(console, told["entities"])
    if alerts := strongest(side.seen.alerts.values())[:MOST_ALERTS]:
        heading(console, "The strongest alerts")
        table(console, [Row(alert, ()) for alert in alerts], {}, short_ids(side.seen.alerts.values()))
    not_seen(console, side.seen)


def _levels(side: Side) -> set[str]:
    """Give the levels of what speaks for itself."""
    rules, correlations = side.rules.rules, side.rules.correlations
    found = {one.level for one in rules if one.listed}
    return found | {one.level for one in correlations if one.listed}


def _changes(console: Console, told: Fields) -> None:
    gained, lost = told["gained"], told["lost"]
    heading(console, f"Against {told['against']}: {len(gained):,} gained, {len(lost):,} lost")
    for mark, changed in (("+", gained), ("-", lost)):
        for one in changed[:MOST_CHANGES]:
            put(console, f"{one['day']} {one['who']}: {one['title']}", indent=4, first=f"  {mark}")
        if len(changed) > MOST_CHANGES:
            whole(console, f"  {mark} {len(changed) - MOST_CHANGES:,} more with --json")
    put(console, CHANGED)


def _days(console: Console, days: list[Fields]) -> None:
    if not days:
        return
    names = list(days[0])
    heading(console, "By UTC day")
    whole(console, "".join(f"{name.upper():>12}" for name in names), style="dim")
    for one in days[-MOST_DAYS:]:
        whole(console, f"{one['day']:>12}" + "".join(f"{one[name]:>12,}" for name in names[1:]))
    if len(days) > MOST_DAYS:
        whole(console, f"{len(days) - MOST_DAYS:,} earlier days with --json")


def _entities(console: Console, entities: list[Fields]) -> None:
    if entities:
        heading(console, "On whom it speaks most")
    for one in entities:
        whole(console, f"  {one['name']}: {counted(one['alerts'], 'alert')}, {counted(one['hits'], 'hit')}")
