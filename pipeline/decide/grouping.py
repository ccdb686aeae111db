"""An alert is a fold of firings: count, first, last and maximum commute, so order does not matter."""

from __future__ import annotations

from bisect import insort
from collections.abc import Iterator
from hashlib import sha256

from pipeline.alert import Alert
from pipeline.decide.docket import DAY, Docket, Firing, Fold
from pipeline.decide.title import title
from pipeline.event import Fields
from pipeline.fields import SHOWN
from pipeline.pack import LEVELS, Correlation, Pack
from pipeline.record import Tick
from pipeline.risk import SEVERITY
from pipeline.signal import Signal
from pipeline.times import day, iso

ENDS = 100
"""How many of the first and of the last events an alert names."""

MOST_REASONS = 8

PIVOTS = (
    ("the person's day", "user.id"),
    ("the task", "ai.task.id"),
    ("the conversation", "gen_ai.conversation.id"),
    ("the credential", "ai.data.secret_fingerprints"),
    ("the app", "ai.app.id"),
    ("the destination", "ai.tool.destination"),
)

HEARS_OF_RISK = ("user.id", "user.email", "gen_ai.agent.id", "ai.key.id")
"""Subjects that hear of an alert; a person is told once, by `user.id` where there is one."""


def answer(firing: Firing, docket: Docket, pack: Pack) -> Iterator[Alert | Signal]:
    """Fold a firing into its alert, and tell correlations and subjects that listen to it."""
    if firing.rule.listed and firing.rule.level != "informational":
        fold_id, fold = _fold(firing, docket)
        worse = _enter(firing, fold)
        yield Alert(fold_id, firing.time, document(fold_id, fold, firing, pack))
        if worse:
            yield from _risk_told(firing, fold_id, fold)
    yield from _told_on(firing, pack)


def close_days(docket: Docket, tick: Tick) -> None:
    """Forget alerts of days that are over for rules of this depth: a later firing is another day's."""
    over = [
        key
        for key, fold in docket.alerts.items()
        if fold.depth == tick.depth and (fold.day + 2) * DAY <= tick.time
    ]
    for key in over:
        del docket.alerts[key]


def alert_id(firing: Firing) -> str:
    """Name an alert by its Sigma id, its group and the UTC day of the firing."""
    return sha256("\x1f".join((firing.rule.id, firing.group, day(firing.time))).encode()).hexdigest()[:32]


def document(key: str, fold: Fold, firing: Firing, pack: Pack) -> Fields:
    """Write the document of an alert: everything that triage needs, nothing that was said."""
    rule, about, score = firing.rule, firing.rule.about, -fold.best[0]
    sentence = title(fold.facts, rule.title, fold.count)
    fields: Fields = {name: value for name, value in fold.facts.items() if name in SHOWN}
    fields |= {
        "@timestamp": iso(fold.last),
        "ecs.version": "9.4.0",
        "event.id": key,
        "event.kind": "alert",
        "event.category": ["intrusion_detection"],
        "event.type": ["info"],
        "event.module": "shadowgraph",
        "event.dataset": "shadowgraph.alert",
        "event.risk_score": score,
        "event.severity": SEVERITY[fold.level],
        "message": sentence,
        "rule.id": about.catalogue or rule.id,
        "rule.uuid": rule.id,
        "rule.name": rule.title,
        "rule.version": rule.digest[:16],
        "rule.ruleset": "shadowgraph",
        "tags": [*about.atlas, *about.owasp],
        "ai.risk.score": score,
        "ai.risk.level": fold.level,
        "ai.risk.reasons": fold.reasons[:MOST_REASONS],
        "ai.alert.title": sentence,
        "ai.alert.group": firing.group,
        "ai.alert.count": fold.count,
        "ai.alert.first_seen": iso(fold.first),
        "ai.alert.last_seen": iso(fold.last),
        "ai.alert.events": _ends(fold),
        "ai.alert.evidence": about.evidence,
        "ai.alert.next_step": about.next_step,
        "ai.alert.playbook": about.playbook,
        "ai.alert.false_positives": list(about.false_positives),
        "ai.alert.controls": list(about.controls),
        "ai.alert.pivots": _pivots(fold),
        "ai.pack.digest": pack.digest,
    }
    if about.techniques:
        fields |= {"threat.framework": "MITRE ATT&CK", "threat.technique.id": list(about.techniques)}
    return {name: value for name, value in fields.items() if value not in ("", [], None)}


def _fold(firing: Firing, docket: Docket) -> tuple[str, Fold]:
    key, depth = alert_id(firing), firing.rule.depth if isinstance(firing.rule, Correlation) else 0
    return key, docket.alerts.setdefault(key, Fold(int(firing.time // DAY), depth))


def _enter(firing: Firing, fold: Fold) -> bool:
    """Enter a firing; say whether the alert is new or worse than before."""
    fold.count += not firing.again
    fold.first, fold.last = min(fold.first, firing.time), max(fold.last, firing.time)
    for seen in firing.events:
        _enter_event(fold, seen)

    rank = (-firing.risk.score, firing.time, firing.event)
    worse = -rank[0] > -fold.best[0]
    if rank <= fold.best:
        fold.best, fold.reasons, fold.facts = rank, firing.risk.told, firing.facts
    fold.level = max(fold.level, firing.risk.level, key=LEVELS.index)
    return worse


def _enter_event(fold: Fold, seen: tuple[float, str]) -> None:
    if seen in fold.early or seen in fold.late:
        return
    insort(fold.early, seen)
    if len(fold.early) > ENDS:
        insort(fold.late, fold.early.pop())
        del fold.late[:-ENDS]


def _ends(fold: Fold) -> list[str]:
    return list(dict.fromkeys(event for _, event in (*fold.early, *fold.late)))


def _risk_told(firing: Firing, key: str, fold: Fold) -> Iterator[Signal]:
    facts: Fields = {"ai.alert.id": key, "ai.risk.score": -fold.best[0]}
    for field in HEARS_OF_RISK:
        if field == "user.email" and firing.facts.get("user.id"):
            continue
        if value := firing.facts.get(field):
            yield Signal(f"{field}={value}", firing.time, firing.event, None, None, facts)


def _told_on(firing: Firing, pack: Pack) -> Iterator[Signal]:
    """Let correlations over this one hear of its firing, as an event of its own."""
    if not isinstance(firing.rule, Correlation):
        return
    for correlation in pack.heard.get(firing.rule.digest, ()):
        subject = correlation.subject(firing.rule.digest, firing.facts)
        if subject is not None:
            event = sha256(f"{firing.rule.digest}{firing.group}{firing.time!r}".encode()).hexdigest()[:32]
            facts = firing.facts | {"ai.alert.events": [list(pair) for pair in firing.events]}
            yield Signal(subject, firing.time, event, firing.rule.digest, None, facts)


def _pivots(fold: Fold) -> list[Fields]:
    facts, start = fold.facts, iso(fold.day * DAY)
    end = iso((fold.day + 1) * DAY)
    pivots: list[Fields] = []
    for name, field in PIVOTS:
        if value := facts.get(field):
            pivots.append({"name": name, "field": field, "value": value, "from": start, "to": end})
    return pivots
