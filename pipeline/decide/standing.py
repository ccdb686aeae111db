"""What is held of a subject: risk that accumulates and decays, and the inventory of its use."""

from __future__ import annotations

from collections.abc import Iterator
from math import inf

from pipeline.alert import Standing
from pipeline.decide.docket import DAY, Docket, Ledger
from pipeline.event import Fields
from pipeline.risk import combined
from pipeline.signal import Signal
from pipeline.times import iso

HALF_LIFE = 7 * DAY
MOST_ALERTS = 64
MOST_USERS = 10_000
LEAST_RISK = 1.0
MOST_NAMES = {
    "ai.standing.people": 100,
    "ai.standing.models": 50,
    "ai.standing.surfaces": 20,
    "ai.standing.tenants": 20,
}
"""Lists that a standing shows, and how many names each holds: the first by the alphabet, in whatever order they come."""

TYPES = {
    "user.id": "person",
    "user.email": "person",
    "gen_ai.agent.id": "agent",
    "ai.app.id": "app",
    "ai.key.id": "key",
}


def remember(signal: Signal, docket: Docket) -> Iterator[Standing]:
    """Enter a plain fact into the ledger of its subject and give the standing that follows."""
    ledger = docket.ledger = docket.ledger or Ledger()
    facts = signal.facts
    if "ai.alert.id" in facts:
        _owe(ledger, facts["ai.alert.id"], facts["ai.risk.score"], signal.time)
    ledger.events += facts.get("ai.standing.events", 0)
    ledger.units = round(ledger.units + facts.get("ai.standing.units", 0.0), 3)
    ledger.first = min(ledger.first, facts.get("ai.standing.first_seen", inf))
    ledger.last = max(ledger.last, facts.get("ai.standing.last_seen", signal.time))
    if not signal.subject.startswith("user."):
        _meet(ledger, facts)
    if signal.subject.startswith("ai.app.id="):
        _describe(ledger, facts, signal.time)
    yield standing(signal.subject, ledger, ledger.last)


def decay(subject: str, docket: Docket, time: float) -> Iterator[Standing]:
    """Let a day of old risk fade and forget what has faded away."""
    ledger = docket.ledger
    if ledger is None or not ledger.alerts or time < (ledger.told // DAY + 1) * DAY:
        return
    day = time // DAY * DAY
    ledger.alerts = {k: (r, t) for k, (r, t) in ledger.alerts.items() if _faded(r, t, day) >= LEAST_RISK}
    yield standing(subject, ledger, day)


def standing(subject: str, ledger: Ledger, time: float) -> Standing:
    """Say what is held of a subject at a time."""
    time = ledger.told = max(ledger.told, time)
    field, _, value = subject.partition("=")
    risk = combined([_faded(r, t, time) / 100 for _, (r, t) in sorted(ledger.alerts.items())])
    last = iso(ledger.last)
    fields: Fields = {
        "@timestamp": last if time == ledger.last else iso(time),
        "ai.entity.id": value,
        "ai.entity.type": TYPES.get(field, field),
        "ai.entity.risk": risk,
        "ai.standing.events": ledger.events,
        "ai.standing.units": ledger.units,
        "ai.standing.alerts": sorted(ledger.alerts),
        **ledger.facts,
    }
    if ledger.first <= ledger.last:
        fields["ai.standing.first_seen"] = last if ledger.first == ledger.last else iso(ledger.first)
    if ledger.users:
        fields["ai.standing.users"] = len(ledger.users)
    if ledger.classes:
        fields["ai.standing.classes"] = dict(sorted(ledger.classes.items()))
    fields.update(ledger.names)
    fields["ai.standing.last_seen"] = last
    return Standing(subject, time, fields)


def _owe(ledger: Ledger, alert: str, risk: float, time: float) -> None:
    before, since = ledger.alerts.get(alert, (0.0, time))
    ledger.alerts[alert] = (max(before, risk), max(since, time))
    if len(ledger.alerts) > MOST_ALERTS:
        del ledger.alerts[min(ledger.alerts, key=lambda k: (_faded(*ledger.alerts[k], time), k))]


def _describe(ledger: Ledger, facts: Fields, time: float) -> None:
    """Keep what was said last of what an app is; of what was said at one time the greater, whoever came first."""
    about = {key: value for key, value in facts.items() if key.startswith("ai.app.") and key != "ai.app.id"}
    if about and (time, _spelt(about)) >= (ledger.said, _spelt(ledger.facts)):
        ledger.facts, ledger.said = about, time


def _spelt(about: Fields) -> list[tuple[str, str]]:
    return sorted((key, str(value)) for key, value in about.items())


def _meet(ledger: Ledger, facts: Fields) -> None:
    """Take down who uses an app, agent or key, and with which data and models."""
    person = facts.get("user.id") or facts.get("user.email")
    people = [*facts.get("ai.standing.people", ()), person] if person else facts.get("ai.standing.people", ())
    if people:
        ledger.users.update(people[: MOST_USERS - len(ledger.users)])
    for klass, count in facts.get("ai.standing.classes", {}).items():
        ledger.classes[klass] = ledger.classes.get(klass, 0) + count
    for field, most in MOST_NAMES.items():
        if more := people if field == "ai.standing.people" else facts.get(field):
            known = ledger.names.get(field, ())
            if not all(name in known for name in more):
                ledger.names[field] = sorted({*known, *more})[:most]


def _faded(risk: float, since: float, now: float) -> float:
    return risk * float(0.5 ** (max(now - since, 0.0) / HALF_LIFE))
