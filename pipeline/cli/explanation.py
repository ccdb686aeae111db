"""Why there is an alert, or what is thought of an event: the whole explanation as data, for people and programs alike."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from pipeline.cli.filled import named, rendered, values
from pipeline.cli.people import parts
from pipeline.pack import Correlation, Pack, Rule

if TYPE_CHECKING:
    from pipeline.event import Fields

STATUS = "open"
POLICY = ("expected", "decision", "reason", "id", "version", "exception", "violations")
WORDS = ("status", "disposition", "analyst", "note", "acknowledged_at", "closed_at")
MOST_STEPS = 3
"""Steps of each part of a playbook that an explanation shows."""

ROUNDED = 0.5
"""Points by which the sum of contributions may miss the risk."""


def of_alert(alert: Fields, events: list[Fields], pack: Pack | None) -> Fields:
    """Explain an alert; `events` are its evidence in order of time. Without a pack nothing is recomputed."""
    rule = _rule(alert, pack) if pack else None
    return {
        "kind": "alert",
        "id": alert["event.id"],
        "rule": alert["rule.id"],
        "name": alert["rule.name"],
        "title": alert["ai.alert.title"],
        "level": alert["ai.risk.level"],
        "risk": alert["ai.risk.score"],
        "count": alert["ai.alert.count"],
        "first_seen": alert["ai.alert.first_seen"],
        "last_seen": alert["ai.alert.last_seen"],
        **{word: alert[f"ai.alert.{word}"] for word in WORDS if f"ai.alert.{word}" in alert},
        "status": alert.get("ai.alert.status", STATUS),
        "reasons": contributions(alert.get("ai.risk.reasons", []), alert["ai.risk.score"]),
        "conditions": [] if pack is None or rule is None else list(_met(rule, events, pack)),
        "steps": alert.get("ai.alert.steps", []),
        "policy": _policy(alert),
        "parts": dict(parts(alert)),
        "next_step": alert.get("ai.alert.next_step", ""),
        "playbook": _playbook(alert, events, pack) if pack else {},
        "false_positives": alert.get("ai.alert.false_positives", []),
        "evidence": alert["ai.alert.events"],
        "pivots": alert.get("ai.alert.pivots", []),
    }


def of_event(event: Fields, alerts: list[Fields], pack: Pack) -> Fields:
    """Explain an event: what was done, what is thought of it and why, and the alerts that name it."""
    score = event.get("ai.risk.score", 0.0)
    met = [rule for rule in pack.rules if rule.matches(event)]
    return {
        "kind": "event",
        "id": event["event.id"],
        "title": _sentence(event),
        "level": event.get("ai.risk.level", "none"),
        "risk": score,
        "time": event["@timestamp"],
        "place": f"{event.get('log.file.path', '')}:{event.get('log.offset', '')}",
        "reasons": contributions(event.get("ai.risk.reasons", []), score),
        "conditions": [condition for rule in met for condition in _conditions(rule, event)],
        "policy": _policy(event),
        "parts": dict(parts(event)),
        "text": event.get("ai.content.excerpt") or event.get("ai.content.text", ""),
        "alerts": [
            {
                "id": a["event.id"],
                "rule": a["rule.id"],
                "level": a["ai.risk.level"],
                "title": a["ai.alert.title"],
            }
            for a in alerts
        ],
    }


def contributions(reasons: list[Fields], score: float) -> list[Fields]:
    """Give reasons with points that sum up to the score: what each adds to those before it.

    Doubts of independent reasons combine; they do not add up by themselves. What rounding leaves goes to the last.
    """
    if not reasons:
        return []
    points = [reason["points"] for reason in reasons]
    if abs(sum(points) - score) > ROUNDED:
        points, left = [], 100.0
        for reason in reasons:
            added = reason["points"] if reason["who"] == "context" else reason["points"] * left / 100
            left -= added
            points.append(round(added, 1))
    points[-1] = round(points[-1] + score - sum(points), 1)
    return [reason | {"points": value} for reason, value in zip(reasons, points, strict=True)]


def _rule(alert: Fields, pack: Pack) -> Rule | Correlation | None:
    """Give the rule in the very version that made an alert; None if the pack has another one."""
    version = alert.get("rule.version", "")
    return next((rule for digest, rule in pack.known.items() if version and digest.startswith(version)), None)


def _met(rule: Rule | Correlation, events: list[Fields], pack: Pack) -> Iterator[Fields]:
    """Give what the evidence met: of each rule, also below a correlation, the event with the greatest risk."""
    for base in _bases(rule, pack):
        found = [event for event in events if base.matches(event)]
        if found:
            yield from _conditions(base, max(found, key=lambda event: float(event.get("ai.risk.score", 0.0))))


def _bases(rule: Rule | Correlation, pack: Pack) -> Iterator[Rule]:
    if isinstance(rule, Rule):
        yield rule
    else:
        for digest in rule.rules:
            yield from _bases(pack.known[digest], pack)


def _conditions(rule: Rule, event: Fields) -> Iterator[Fields]:
    about = {
        "rule": rule.about.catalogue or rule.name or rule.id,
        "name": rule.title,
        "event": event["event.id"],
    }
    for met in rule.met(event):
        yield about | {"field": met.field, "condition": met.condition, "value": met.value}
    for level, test in rule.raises:
        if test(event):
            yield about | {"field": "", "condition": f"raises the level to {level}", "value": None}
            break


def _policy(fields: Fields) -> Fields:
    return {word: fields[f"ai.policy.{word}"] for word in POLICY if f"ai.policy.{word}" in fields}


def _playbook(alert: Fields, events: list[Fields], pack: Pack) -> Fields:
    """Render the first steps of the alert's playbook, each field that they name with the value it has here."""
    found = pack.playbooks.get(alert.get("ai.alert.playbook", ""))
    if found is None:
        return {}
    known = values(named(found), alert, events)
    ask = [step["ask"] for step in found.body["decision_0"][:MOST_STEPS]]
    contain = [f"{step['action']} ({step['handle']})" for step in found.body["contain"][:MOST_STEPS]]
    told = {"decide": rendered(ask, known), "contain": rendered(contain, known)}
    return {"id": found.id, "title": found.title, **told}


def _sentence(event: Fields) -> str:
    from pipeline.decide.title import title

    return title(event, event["event.action"].replace("_", " "))
