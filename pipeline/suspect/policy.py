"""What the policy should have decided about an event, why, and whether something else happened."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from msgspec import Struct

from pipeline.event import Fields, Reason
from pipeline.pack import Policy, PolicyRule
from pipeline.suspect.sentences import default_sentence, leave_sentence, rule_sentence, unmet
from pipeline.suspect.terms import Term, by_action, coverage, terms_of
from pipeline.suspect.violations import VIOLATIONS, Clearances, breaches, clearances_of

DEFAULT = "default"
"""The name of the rule that decides where no rule applies."""

STOPS = ("redact", "require_approval", "block")
"""Decisions after which an allowed act is drift."""

ASKED = ("pending", "approved", "approved_always")
"""States of an approval that show that somebody was asked."""

DRIFT = 0.3
"""The doubt that drift raises by itself; a rule says how bad it is."""

MOST_READY = 16


class Expected(Struct, frozen=True):
    """What the policy says of an event.

    `decision` is None, `rule` and `reason` are empty for an action that the policy does not judge. `rule` is an id or
    `default`, `exception` the id of the one that set a rule aside, or empty.
    """

    decision: str | None = None
    rule: str = ""
    reason: str = ""
    violations: tuple[str, ...] = ()
    exception: str = ""


class Weighed(Struct, frozen=True):
    """How one rule stands to an event: what it fails in words, empty if it is met, and the exception that covers it."""

    rule: PolicyRule
    failed: str = ""
    exception: str = ""


class _Ready(Struct, frozen=True):
    policy: Policy
    terms: Mapping[str, Term]
    by_action: Mapping[str, tuple[Term, ...]]
    clearances: Clearances
    default: Expected
    plain: Fields
    """What the policy adds to an event where no rule applies and nothing is wrong."""


_READY: dict[int, _Ready] = {}
"""The last few policies made ready, by identity; each entry holds its policy, so that no identity is used twice."""


def expected(fields: Fields, policy: Policy, time: float) -> Expected:
    """Say what the policy decides about an event at this time: the strictest rule that applies, else the default.

    A rule applies if all its conditions hold and none of its exceptions covers the event.
    """
    return _expected(fields, _ready(policy), time)


def _expected(fields: Fields, ready: _Ready, time: float) -> Expected:
    wrong = breaches(fields, ready.clearances)
    terms = ready.by_action.get(fields.get("event.action", ""))
    if terms is None:
        return Expected(violations=tuple(wrong))
    met = []
    for term in terms:
        for test in term.tests:
            if not test(fields):
                break
        else:
            met.append(term)
    if met or wrong:
        return _decide(ready, fields, time, met=met, wrong=wrong)
    return ready.default


def policy_facts(fields: Fields, policy: Policy, time: float) -> Fields:
    """Give what the policy adds to an event: the expected decision with its reason, violations, and the exception."""
    ready = _ready(policy)
    found = _expected(fields, ready, time)
    if found is ready.default:
        return ready.plain
    if found.decision is None and not found.violations:
        return {}
    return _told(found, policy)


def _told(found: Expected, policy: Policy) -> Fields:
    adds: Fields = {"ai.policy.id": policy.id, "ai.policy.version": policy.version}
    if found.decision is not None:
        plain = found.rule == DEFAULT and not found.exception
        adds["ai.policy.expected"] = found.decision
        adds["ai.policy.reason"] = DEFAULT if plain else found.reason
    if found.violations:
        adds["ai.policy.violations"] = list(found.violations)
    if found.exception:
        adds["ai.policy.exception"] = found.exception
    return adds


def drift(fields: Fields) -> Reason | None:
    """Say that something was allowed which the policy forbids, or which nobody was asked for."""
    wanted = fields.get("ai.policy.expected")
    if fields.get("ai.policy.decision") != "allow" or wanted not in STOPS:
        return None
    if wanted == "require_approval" and fields.get("ai.approval.state") in ASKED:
        return None
    sentence = f"it was allowed, but the policy says {wanted} ({fields.get('ai.policy.reason')})"
    shown = (
        "ai.policy.expected",
        "ai.policy.decision",
        "ai.policy.id",
        "ai.policy.version",
        "ai.approval.state",
    )
    return Reason(
        "policy", "drift", sentence, DRIFT, {name: fields[name] for name in shown if name in fields}
    )


def weigh(fields: Fields, policy: Policy, time: float) -> tuple[Weighed, ...]:
    """Show how every rule of the policy, in its order, stands to an event."""
    terms = _ready(policy).terms
    return tuple(_weigh(rule, terms.get(rule.id), fields, time) for rule in policy.rules)


def _weigh(rule: PolicyRule, term: Term | None, fields: Fields, time: float) -> Weighed:
    if term is None:
        return Weighed(rule, "it never applies: it lacks a decision or has a condition that nobody knows")
    if fields.get("event.action") not in term.actions:
        return Weighed(rule, unmet("actions", sorted(term.actions), fields))
    for condition in term.conditions:
        if not condition.holds(fields):
            return Weighed(rule, unmet(condition.key, condition.values, fields))
    leave = coverage(term, fields, time).exception
    return Weighed(rule, exception=leave.id if leave else "")


def _decide(
    ready: _Ready, fields: Fields, time: float, *, met: Sequence[Term], wrong: Sequence[str]
) -> Expected:
    policy, found = ready.policy, ready.default
    asked = [(term.rule, coverage(term, fields, time)) for term in met]
    applies = [rule for rule, leave in asked if leave.exception is None]
    aside = [(leave.exception, rule) for rule, leave in asked if leave.exception]
    noted = {*wrong, *(name for _, leave in asked for name in leave.violations)}
    if applies:
        decides = applies[0]
        found = Expected(decides.decision, decides.id, rule_sentence(decides, policy, fields))
    elif aside:
        found = Expected(policy.default, DEFAULT, leave_sentence(*aside[0], policy))
    violations = tuple(name for name in VIOLATIONS if name in noted)
    return Expected(found.decision, found.rule, found.reason, violations, aside[0][0].id if aside else "")


def _ready(policy: Policy) -> _Ready:
    ready = _READY.get(id(policy))
    if ready is None:
        if len(_READY) >= MOST_READY:
            _READY.clear()
        terms = terms_of(policy)
        default = Expected(policy.default, DEFAULT, default_sentence(policy))
        named = {term.rule.id: term for term in terms}
        told = _told(default, policy)
        ready = _Ready(policy, named, by_action(policy, terms), clearances_of(policy), default, told)
        _READY[id(policy)] = ready
    return ready
