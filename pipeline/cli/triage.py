"""The triage table: alerts in the order in which people should look at them, one row for what belongs together."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

from msgspec import Struct

from pipeline.cli.people import subject_of, who
from pipeline.cli.shown import cell, put, shortened, whole

if TYPE_CHECKING:
    from rich.console import Console

    from pipeline.event import Fields

INDENT = 10
MOST_ROWS = 25


class Row(Struct, frozen=True):
    """An alert and weaker ones that share events with it."""

    alert: Fields
    others: tuple[Fields, ...]


def rows(alerts: Iterable[Fields]) -> list[Row]:
    """Give one row for the strongest alert and all that share events with it, the greatest risk first."""
    ordered = sorted(alerts, key=lambda a: (-a["ai.risk.score"], a["ai.alert.first_seen"], a["event.id"]))
    naming: dict[str, list[int]] = defaultdict(list)
    for number, alert in enumerate(ordered):
        for event in alert["ai.alert.events"]:
            naming[event].append(number)

    found, taken = [], set[int]()
    for number, alert in enumerate(ordered):
        if number not in taken:
            sharing = (
                {other for event in alert["ai.alert.events"] for other in naming[event]} - taken - {number}
            )
            taken |= sharing
            found.append(Row(alert, tuple(ordered[other] for other in sorted(sharing))))
    return found


def table(
    console: Console, found: list[Row], standings: Mapping[str, Fields], ids: Mapping[str, str]
) -> None:
    """Print rows for people: facts on one line, the sentence below it, then what else belongs to it."""
    days = {row.alert["ai.alert.last_seen"][:10] for row in found}
    wide = max((len(ids[row.alert["event.id"]]) for row in found), default=8)
    when = 5 if len(days) == 1 else 11
    name = min(max(console.width - wide - when - 39, 12), 32)
    heads = (
        cell("ID", wide),
        "LEVEL   ",
        "RISK",
        cell("WHEN", when),
        cell("WHO (RISK HELD)", name),
        "COUNT",
        "STATUS",
    )
    whole(console, "  ".join(heads), style="dim")
    for row in found:
        alert = row.alert
        last = alert["ai.alert.last_seen"]
        facts = (
            cell(ids[alert["event.id"]], wide),
            cell(alert["ai.risk.level"], 8),
            f"{alert['ai.risk.score']:4.0f}",
            last[11:16] if len(days) == 1 else f"{last[5:10]} {last[11:16]}",
            actor(alert, standings, name),
            f"{alert['ai.alert.count']:5}",
            alert.get("ai.alert.status", "open"),
        )
        parts = [part for fact in facts for part in (fact, "  ")]
        whole(console, *parts[:-1])
        put(console, alert["ai.alert.title"], indent=INDENT)
        if row.others:
            put(console, f"+ {_named(row.others)}", indent=INDENT)


def actor(alert: Fields, standings: Mapping[str, Fields], width: int) -> str:
    """Name who acted, and the risk from 0 to 100 that is held of them; a long name gives way to the number."""
    standing = standings.get(subject_of(alert))
    risk = f" ({standing['ai.entity.risk']:.0f})" if standing else ""
    return cell(who(alert)[: width - len(risk)] + risk, width)


def short_ids(alerts: Iterable[Fields]) -> dict[str, str]:
    """Shorten the ids of these alerts."""
    return shortened(alert["event.id"] for alert in alerts)


def _named(others: tuple[Fields, ...]) -> str:
    names = Counter(alert["rule.id"] for alert in others)
    return ", ".join(name if count == 1 else f"{name} ({count})" for name, count in names.items())
