"""The terms of a policy made ready: each condition as a test of an event, each rule with its exceptions."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from msgspec import Struct

from pipeline.event import Fields
from pipeline.fields import DECISIONS
from pipeline.pack import Policy, PolicyException, PolicyRule, Test
from pipeline.sheet import ANY

BEHAVIOUR = frozenset({"prompt", "tool_call", "file_upload", "web_visit", "share", "grant", "approval"})
"""What the policy always judges; any other action only by a rule that names it."""

FIELD = {
    "actions": "event.action",
    "apps": "ai.app.id",
    "app_status": "ai.app.status",
    "device_groups": "ai.device.group",
}
LIST = {"classes": "ai.data.classes", "tool_risks": "ai.tool.risk", "roles": "user.roles"}
CASELESS = {
    "users": ("user.id", "user.email", "user.name"),
    "processes": ("process.name", "process.executable"),
    "hosts": ("host.name",),
}
"""Which field of an event each condition looks at: one value, any of a list, or any of several names."""

WHO, WHAT, WHERE = ("users", "roles"), ("apps", "actions", "classes"), ("device_groups", "processes", "hosts")


class Condition(Struct, frozen=True):
    """One condition: the key that states it, the values it names, and whether an event meets it."""

    key: str
    values: tuple[str, ...]
    holds: Test


class Leave(Struct, frozen=True):
    """An exception made ready; `classes` None: it covers every class."""

    exception: PolicyException
    classes: frozenset[str] | None
    who: tuple[Test, ...]
    what: tuple[Test, ...]
    where: tuple[Test, ...]


class Term(Struct, frozen=True):
    """A rule made ready; `tests` are its conditions but for the action; `classes` None: it is about every class."""

    rule: PolicyRule
    actions: frozenset[str]
    classes: frozenset[str] | None
    conditions: tuple[Condition, ...]
    tests: tuple[Test, ...]
    leaves: tuple[Leave, ...]


class Coverage(Struct, frozen=True):
    """What the exceptions of a rule say of an event: which of them covers it, or what is wrong with those that do not."""

    exception: PolicyException | None = None
    violations: tuple[str, ...] = ()


UNCOVERED = Coverage()


def terms_of(policy: Policy) -> tuple[Term, ...]:
    """Make the rules of a policy ready, in its order; what is dead stays away."""
    leaves = {found.id: _leave(found) for found in policy.exceptions if not found.dead}
    return tuple(_term(rule, leaves) for rule in policy.rules if not rule.dead)


def by_action(policy: Policy, terms: Iterable[Term]) -> dict[str, tuple[Term, ...]]:
    """Give for each action that the policy judges the terms to look at, the strictest first."""
    if not policy.rules and policy.default == "allow":
        return {}
    strictest = sorted(terms, key=lambda term: -DECISIONS.index(term.rule.decision))
    actions = BEHAVIOUR.union(*(term.actions for term in strictest))
    return {action: tuple(term for term in strictest if action in term.actions) for action in actions}


def coverage(term: Term, fields: Fields, time: float) -> Coverage:
    """Say whether an exception of this rule covers an event that meets the rule."""
    if not term.leaves:
        return UNCOVERED
    held = frozenset(fields.get("ai.data.classes", ()))
    objected = held if term.classes is None else held & term.classes
    wrong = set()
    for leave in term.leaves:
        standing = _standing(leave, fields, objected, time)
        if standing == "covers":
            return Coverage(exception=leave.exception)
        if standing is not None:
            wrong.add(standing)
    return Coverage(violations=tuple(sorted(wrong)))


def _standing(leave: Leave, fields: Fields, objected: frozenset[str], time: float) -> str | None:
    """Say how an exception stands to an event: covers, expired, violated, or None where it is about something else.

    Every class that the rule objects to must be named: leave for source code is no leave for a secret beside it. Leave
    that was given to somebody for a place is violated where that person does the same elsewhere.
    """
    starts, expires = leave.exception.starts, leave.exception.expires
    classes = leave.classes is None or (objected and objected <= leave.classes)
    begun = starts is None or starts <= time
    about = begun and classes and _all(leave.who, fields) and _all(leave.what, fields)
    if not about:
        return None
    expired = expires is not None and time >= expires
    if _all(leave.where, fields):
        return "exception_expired" if expired else "covers"
    return "exception_violated" if leave.who and not expired else None


def _all(tests: tuple[Test, ...], fields: Fields) -> bool:
    return all(test(fields) for test in tests)


def _term(rule: PolicyRule, leaves: Mapping[str, Leave]) -> Term:
    stated = _conditions(rule, ("classes", "tool_risks", "app_status", "apps", "except_apps", "except_roles"))
    return Term(
        rule=rule,
        actions=(BEHAVIOUR if _open(rule.actions) else frozenset()).union(rule.actions) - {ANY},
        classes=None if _open(rule.classes) else frozenset(rule.classes),
        conditions=stated,
        tests=tuple(condition.holds for condition in stated),
        leaves=tuple(leaves[name] for name in rule.exceptions if name in leaves),
    )


def _leave(exception: PolicyException) -> Leave:
    def tests(keys: tuple[str, ...]) -> tuple[Test, ...]:
        return tuple(condition.holds for condition in _conditions(exception, keys))

    classes = None if _open(exception.classes) else frozenset(exception.classes)
    return Leave(exception, classes, who=tests(WHO), what=tests(WHAT), where=tests(WHERE))


def _conditions(noun: PolicyRule | PolicyException, keys: tuple[str, ...]) -> tuple[Condition, ...]:
    """Give the conditions that can fail: a list that is empty or holds `*` holds always."""
    found = []
    for key in keys:
        values: tuple[str, ...] = getattr(noun, key)
        if key.startswith("except_") and values:
            found.append(Condition(key, values, _not(key.removeprefix("except_"), values)))
        elif not _open(values):
            found.append(Condition(key, values, _holds(key, values)))
    return tuple(found)


def _open(values: tuple[str, ...]) -> bool:
    return not values or ANY in values


def _not(key: str, values: tuple[str, ...]) -> Test:
    if ANY in values:
        return lambda _: False
    excepted = _holds(key, values)
    return lambda fields: not excepted(fields)


def _holds(key: str, values: tuple[str, ...]) -> Test:
    if key in FIELD:
        return _one(FIELD[key], frozenset(values))
    if key in LIST:
        return _some(LIST[key], frozenset(values))
    return _named(CASELESS[key], frozenset(value.lower() for value in values))


def _one(field: str, values: frozenset[str]) -> Test:
    return lambda fields: fields.get(field) in values


def _some(field: str, values: frozenset[str]) -> Test:
    disjoint: Callable[[Any], bool] = values.isdisjoint

    def holds(fields: Fields) -> bool:
        found = fields.get(field)
        return found is not None and not disjoint(found)

    return holds


def _named(names: tuple[str, ...], values: frozenset[str]) -> Test:
    return lambda fields: any(str(fields.get(name, "")).lower() in values for name in names)
