"""What a trial of a rule came to, as one document; what another version of it gains and loses."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from typing import TYPE_CHECKING

from pipeline.cli.people import who
from pipeline.cli.seen import counted

if TYPE_CHECKING:
    from pipeline.cli.replayed import Side
    from pipeline.event import Fields

MOST_PEOPLE = 5
MOST_ALERTS = 10

Case = tuple[str, str]
"""What an alert is about, whichever version of a rule says it: its group and the UTC day."""


def report(new: Side, old: Side | None = None) -> Fields:
    """Tell what came of a rule on trial; with another version, which alerts are gained and lost by the new one."""
    tally, counts, found = new.tally, new.seen.counts, _cases(new)
    before = _cases(old) if old else {}
    gained = [alert for case, alert in found.items() if case not in before] if old else []
    lost = [alert for case, alert in before.items() if case not in found]
    alerts, days = new.seen.alerts.values(), len(tally.days)
    told: Fields = {
        "events": tally.events,
        "idle": counts["idle"],
        "rejected": counts["rejects"],
        "hits": tally.hits,
        "hit_rate": round(tally.hits / tally.events, 6) if tally.events else 0.0,
        "told": rate(
            tally.hits, tally.events, "a part of the rule" if new.rules.correlations else "the rule"
        ),
        "alerts": len(alerts),
        "days": days,
        "alerts_per_day": round(len(alerts) / days, 2) if days else 0.0,
        "per_day": _per_day(new, gained, lost, compared=bool(old)),
        "entities": _entities(new),
        "strongest": [_brief(alert) for alert in strongest(alerts)[:MOST_ALERTS]],
    }
    if old:
        told |= {"gained": list(map(_brief, strongest(gained))), "lost": list(map(_brief, strongest(lost)))}
    return told


def rate(hits: int, events: int, what: str = "the rule") -> str:
    """Say how often a rule, or a part of it, was met, and what that number does not say."""
    if not events:
        return "There was no event to look at."
    if not hits:
        return f"None of {counted(events, 'event')} met {what}."
    often = f", one in {events / hits:,.0f}" if hits < events else ""
    return (
        f"{hits:,} of {counted(events, 'event')} met {what}{often}. "
        "That says how often it speaks, not how often it is right: only people who look at the alerts can tell."
    )


def strongest(alerts: Iterable[Fields]) -> list[Fields]:
    """Put alerts in order, the greatest risk first."""
    return sorted(
        alerts, key=lambda one: (-one["ai.risk.score"], one["ai.alert.first_seen"], one["event.id"])
    )


def _cases(side: Side) -> dict[Case, Fields]:
    return {(alert["ai.alert.group"], _day(alert)): alert for alert in side.seen.alerts.values()}


def _day(alert: Fields) -> str:
    day: str = alert["ai.alert.last_seen"][:10]
    return day


def _per_day(new: Side, gained: Iterable[Fields], lost: Iterable[Fields], *, compared: bool) -> list[Fields]:
    alerts = Counter(map(_day, new.seen.alerts.values()))
    more, less = Counter(map(_day, gained)), Counter(map(_day, lost))
    return [
        {"day": day, "events": events, "hits": hits, "alerts": alerts[day]}
        | ({"gained": more[day], "lost": less[day]} if compared else {})
        for day, (events, hits) in sorted(new.tally.days.items())
    ]


def _entities(side: Side) -> list[Fields]:
    """Name those on whom the rule speaks most: by alerts, then by hits."""
    alerts, hits = Counter(map(who, side.seen.alerts.values())), side.tally.people
    names = sorted({*alerts, *hits}, key=lambda name: (-alerts[name], -hits[name], name))
    return [{"name": name, "alerts": alerts[name], "hits": hits[name]} for name in names[:MOST_PEOPLE]]


def _brief(alert: Fields) -> Fields:
    return {
        "id": alert["event.id"],
        "rule": alert["rule.id"],
        "day": _day(alert),
        "group": alert["ai.alert.group"],
        "who": who(alert),
        "level": alert["ai.risk.level"],
        "risk": alert["ai.risk.score"],
        "count": alert["ai.alert.count"],
        "title": alert["ai.alert.title"],
        "events": alert["ai.alert.events"][:MOST_ALERTS],
    }
