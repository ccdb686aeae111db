"""From reasons to a risk from 0 to 100 and a level, every step of it told."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from math import exp, log, prod
from typing import Any

from msgspec import Struct

from pipeline.event import Fields, Reason

WEIGHTS = {"informational": 0.05, "low": 0.20, "medium": 0.45, "high": 0.70, "critical": 0.90}
"""The doubt that a rule of each level raises by itself."""

LEVELS = ((85.0, "critical"), (60.0, "high"), (35.0, "medium"), (0.0, "low"))
SEVERITY = {"low": 21, "medium": 47, "high": 73, "critical": 99}
"""`event.severity` as Elastic Security reads it."""

CONTEXT: tuple[tuple[str, Any, float, str], ...] = (
    ("ai.policy.decision", "block", -1.0, "it was refused"),
    ("event.outcome", "failure", -0.6, "it failed"),
    ("ai.app.status", "banned", 0.25, "the app is banned"),
    ("ai.app.status", "unsanctioned", 0.15, "the app is not sanctioned"),
    ("ai.app.status", "unknown", 0.15, "nobody knows the app"),
    ("ai.app.status", "sanctioned", -0.15, "the app is sanctioned"),
    ("ai.app.tenant", "personal", 0.2, "the account is personal"),
    ("ai.app.tenant", "anonymous", 0.2, "nobody is signed in"),
    ("ai.app.tenant", "corporate", -0.1, "the tenant is the organisation's own"),
    ("ai.device.managed", False, 0.2, "the device is not managed"),
    ("ai.user.hr_state", "notice", 0.3, "the person is about to leave"),
    ("ai.user.hr_state", "left", 0.4, "the person has left"),
    ("ai.user.hr_state", "service", 0.1, "a service account did it"),
)
"""What moves the risk, as log odds. A field, its value, the move and why."""

WEIGHT_OF_DATA = ((100.0, 0.4), (25.0, 0.2), (5.0, 0.0), (0.0, -0.05))
"""Sensitive units from which on the data weighs so much."""

LEAST, MOST = -1.3, 0.9


class Risk(Struct, frozen=True):
    """A risk from 0 to 100, its level, and the contributions that make it, in points."""

    score: float
    level: str
    told: list[Fields]


def level_of(score: float) -> str:
    """Name the level of a risk."""
    return next(level for least, level in LEVELS if score >= least)


def assess(reasons: Iterable[Reason], fields: Fields) -> Risk:
    """Combine the strongest reason of each technique as independent doubts, then move the result by context."""
    strongest = _strongest(reasons)
    doubt = 1 - prod(1 - reason.weight for reason in strongest)
    told = [
        {"who": r.who, "id": r.id, "sentence": r.sentence, "points": round(100 * r.weight, 1)}
        for r in strongest
    ]
    if not 0 < doubt < 1:
        return Risk(round(100 * doubt, 1), level_of(100 * doubt), told)

    odds, moved = log(doubt / (1 - doubt)), 0.0
    for sentence, move in _moves(fields):
        before = _share(odds + moved)
        moved = min(MOST, max(LEAST, moved + move))
        points = round(100 * (_share(odds + moved) - before), 1)
        told.append({"who": "context", "id": "context", "sentence": sentence, "points": points})
    score = round(100 * _share(odds + moved), 1)
    return Risk(score, level_of(score), told)


def combined(weights: Iterable[float]) -> float:
    """Combine weights from 0 to 1 as independent doubts into a risk from 0 to 100."""
    return round(100 * (1 - prod(1 - weight for weight in weights)), 1)


def _strongest(reasons: Iterable[Reason]) -> list[Reason]:
    best: dict[tuple[str, ...], Reason] = {}
    for reason in reasons:
        technique = reason.techniques or (reason.who, reason.id)
        if technique not in best or reason.weight > best[technique].weight:
            best[technique] = reason
    return sorted(best.values(), key=lambda reason: (-reason.weight, reason.id))


def _moves(fields: Fields) -> Iterator[tuple[str, float]]:
    for field, value, move, why in CONTEXT:
        if fields.get(field) == value:
            yield why, move
    units = fields.get("ai.data.units")
    if units:
        move = next(move for least, move in WEIGHT_OF_DATA if units >= least)
        if move:
            yield f"{units:g} sensitive units", move


def _share(odds: float) -> float:
    return 1 / (1 + exp(-odds))
