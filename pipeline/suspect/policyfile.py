"""Read the policy and its exceptions: every fault at once, and remarks on what will never apply."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import msgspec

from enrichers.reference.nouns import RISKS
from pipeline.errors import ContentError
from pipeline.fields import CLASSES, CLOSED, DECISIONS
from pipeline.pack import Policy, PolicyException, PolicyRule
from pipeline.sheet import ANY, Sheet, near
from pipeline.yamlfile import Located

DAY = 86400.0
DECIDES = tuple(decision for decision in DECISIONS if decision != "override")
"""What a rule can decide: a person overrides, a policy does not."""

VALUES = {
    "classes": CLOSED["ai.data.classes"],
    "actions": CLOSED["event.action"],
    "app_status": CLOSED["ai.app.status"],
    "tool_risks": RISKS,
}
"""Conditions whose values are a closed list."""

OF_RULE = ("classes", "apps", "app_status", "except_apps", "except_roles", "actions", "tool_risks")
OF_EXCEPTION = ("roles", "users", "apps", "classes", "actions", "device_groups", "processes", "hosts")
TOLD = ("what", "owner", "reason", "ticket")
"""What only describes, in a rule and in an exception."""

TOP = ("id", "version", "default", "rules", "models", "cleared", "limits", *TOLD)


def read_policy(policy: Path, exceptions: Path | None) -> tuple[Policy, tuple[str, ...]]:
    """Give the policy of two files, and the remarks about it; ContentError lists every fault of both.

    A rule or an exception with a condition that nobody knows is kept `dead`: it must not apply more widely than it
    was meant to. Days are UTC; an exception holds to the end of the day it `expires`.
    """
    first, second = Sheet(policy), Sheet(exceptions or policy)
    leaves = {} if exceptions is None else _exceptions(second)
    found = _policy(first, tuple(leaves))
    if exceptions and exceptions.parent == policy.parent:
        _unused(second, found, leaves)

    if problems := [*first.problems, *second.problems]:
        raise ContentError(problems)
    found = msgspec.structs.replace(found, exceptions=tuple(leave for leave, _ in leaves.values()))
    return found, (*first.notes, *second.notes)


def _policy(sheet: Sheet, leaves: tuple[str, ...]) -> Policy:
    body = sheet.load()
    if body is None:
        return Policy()
    if not (name := sheet.word(body, "id")):
        sheet.fault(1, "has no id", "name the policy, such as `id: acme-ai`")
    for key in body:
        if key not in TOP:
            sheet.note(body.at(key), f"the policy has the key {key}, which nobody knows: it is ignored")
    return Policy(
        id=name,
        version=sheet.word(body, "version") or "0",
        default=_decision(sheet, body, "default"),
        rules=tuple(_rule(sheet, entry, leaves) for entry in sheet.entries(body, "rules")),
        models=_lists(sheet, body, "models"),
        cleared=_lists(sheet, body, "cleared", (*CLASSES, ANY)),
        limits=_limits(sheet, body),
        path=str(sheet.path),
    )


def _rule(sheet: Sheet, entry: Located, known: tuple[str, ...]) -> PolicyRule:
    name = sheet.word(entry, "id")
    dead = _unknown(sheet, entry, f"rule {name}", (*OF_RULE, "decision", "exceptions", "id", *TOLD))
    if entry.get("decision") is None:
        dead = True
        sheet.note(entry.line, f"rule {name} has no decision: it never applies")
    leaves = sheet.words(entry, "exceptions") if entry.get("exceptions") else ()
    for leave in leaves:
        if leave not in known:
            remark = (
                f"rule {name} names the exception {leave}, which does not exist: the rule works without it"
            )
            sheet.note(entry.at("exceptions"), remark)
    decision = _decision(sheet, entry, "decision")
    return PolicyRule(
        id=name, decision=decision, exceptions=leaves, dead=dead, **_conditions(sheet, entry, OF_RULE)
    )


def _exceptions(sheet: Sheet) -> dict[str, tuple[PolicyException, int]]:
    """Give the exceptions by id, with the lines they stand on."""
    body = sheet.load() or Located()
    found = [(_exception(sheet, entry), entry.line) for entry in sheet.entries(body, "exceptions")]
    return {leave.id: (leave, line) for leave, line in found}


def _exception(sheet: Sheet, entry: Located) -> PolicyException:
    name = sheet.word(entry, "id")
    starts, expires = _moment(sheet, entry, "starts"), _moment(sheet, entry, "expires", last=True)
    if starts is not None and expires is not None and starts >= expires:
        sheet.fault(
            entry.at("starts"), f"exception {name} starts after it expires", "correct one of the dates"
        )
    dead = _unknown(sheet, entry, f"exception {name}", (*OF_EXCEPTION, "starts", "expires", "id", *TOLD))
    stated: dict[str, Any] = _conditions(sheet, entry, OF_EXCEPTION)
    if not dead:
        _loose(sheet, entry, name, stated)
    told: dict[str, Any] = {key: sheet.word(entry, key) for key in TOLD}
    return PolicyException(id=name, starts=starts, expires=expires, dead=dead, **told, **stated)


def _loose(sheet: Sheet, entry: Located, name: str, stated: Mapping[str, Any]) -> None:
    missing = [key for key in ("owner", "reason", "expires") if entry.get(key) is None]
    if missing:
        sheet.note(entry.line, f"exception {name} has no {' and no '.join(missing)}: it applies all the same")
    if not stated:
        sheet.note(entry.line, f"exception {name} says neither who nor what nor where: it covers everything")


def _unused(sheet: Sheet, policy: Policy, leaves: Mapping[str, tuple[PolicyException, int]]) -> None:
    used = {name for rule in policy.rules for name in rule.exceptions}
    for leave, line in leaves.values():
        if not leave.dead and leave.id not in used:
            sheet.note(line, f"no rule names the exception {leave.id}: it changes nothing")


def _unknown(sheet: Sheet, entry: Located, name: str, known: tuple[str, ...]) -> bool:
    strangers = [key for key in entry if key not in known]
    for key in strangers:
        remark = f"{name} has the condition {key}, which nobody knows: it never applies"
        sheet.note(entry.at(key), remark + near(key, known))
    return bool(strangers)


def _conditions(sheet: Sheet, entry: Located, keys: tuple[str, ...]) -> dict[str, tuple[str, ...]]:
    empty = [key for key in keys if key.startswith("except_") and not entry.get(key)]
    stated = {key: sheet.words(entry, key) for key in keys if key in entry and key not in empty}
    for key in stated.keys() & VALUES.keys():
        for value in stated[key]:
            sheet.one_of(entry.at(key), f"value of {key}", value, (*VALUES[key], ANY))
    return stated


def _decision(sheet: Sheet, body: Located, key: str) -> str:
    decision = sheet.word(body, key) or "allow"
    sheet.one_of(body.at(key), key, decision, DECIDES)
    return decision


def _lists(sheet: Sheet, body: Located, key: str, known: tuple[str, ...] = ()) -> dict[str, tuple[str, ...]]:
    table = sheet.table(body, key)
    for name in table if known else ():
        sheet.one_of(table.at(name), f"class under {key}", str(name), known)
    return {str(name): sheet.words(table, name) for name in table}


def _limits(sheet: Sheet, body: Located) -> dict[str, Any]:
    limits = sheet.table(body, "limits")
    clearance = sheet.table(limits, "model_clearance")
    for model, highest in clearance.items():
        sheet.one_of(clearance.at(model), f"highest class of {model},", str(highest), CLASSES)
    return dict(limits)


def _moment(sheet: Sheet, entry: Located, key: str, *, last: bool = False) -> float | None:
    """Give a day's beginning (its end, if it is the last one) or an exact moment, in epoch seconds."""
    value = entry.get(key)
    if value is None:
        return None
    try:
        day = value if isinstance(value, date) else _day(str(value))
    except ValueError:
        sheet.fault(entry.at(key), f"{key} is no date", "write it as '2026-12-31'")
        return None
    if isinstance(day, datetime):
        return (day if day.tzinfo else day.replace(tzinfo=UTC)).timestamp()
    begins = datetime(day.year, day.month, day.day, tzinfo=UTC).timestamp()
    return begins + DAY if last else begins


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return datetime.fromisoformat(text)
