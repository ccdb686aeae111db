"""What an event is suspected of: the rules that match it, and what that means for it and for others."""

from __future__ import annotations

from collections.abc import Iterator

from msgspec import Struct
from msgspec.structs import replace

from pipeline.event import Event, Fields, Reason, Verdict, subject
from pipeline.pack import Pack, Rule
from pipeline.risk import WEIGHTS
from pipeline.signal import Signal
from pipeline.suspect.baseline import unusual
from pipeline.suspect.holding import found, shown
from pipeline.suspect.memory import Memory
from pipeline.suspect.scorecard import with_model


class Match(Struct, frozen=True):
    """A rule that matches an event, at the level that it reaches there."""

    rule: Rule
    level: str


def matched(fields: Fields, pack: Pack) -> list[Match]:
    """Give the rules that match an event."""
    if pack.find:
        return [Match(rule, _level(rule, fields)) for rule in pack.find(fields)]
    return [Match(rule, _level(rule, fields)) for rule, test in pack.plan(fields) if test(fields)]


def verdict(event: Event, matches: list[Match], drift: Reason | None, pack: Pack) -> Verdict:
    """Sum up the reasons to suspect an event: its rules, the policy where it was not kept, its hour and the scorecard."""
    said = [reason(match, event.fields) for match in matches if match.rule.listed]
    said += filter(None, (drift, unusual(event.fields)))
    likely = pack.weigh(event.fields) if pack.weigh else None
    if not (said or likely):
        return Verdict(event, (), 0.0)
    said, risk = with_model(said, likely, event.fields)
    judged = {"ai.risk.score": risk.score, "ai.risk.level": risk.level, "ai.risk.reasons": risk.told}
    return Verdict(
        replace(event, fields=event.fields | judged | {"ai.pack.digest": pack.digest}),
        tuple(said),
        risk.score,
    )


def reason(match: Match, fields: Fields) -> Reason:
    """Put a match into words and values."""
    rule = match.rule
    met = {met.field: met.value for met in rule.met(fields)}
    name = rule.about.catalogue or rule.id
    return Reason("rule", name, rule.title, WEIGHTS[match.level], met, rule.about.techniques)


def speak(
    event: Event, matches: list[Match], drift: Reason | None, pack: Pack, memory: Memory
) -> Iterator[Signal]:
    """Tell subjects what they must hear: rules that speak for themselves, and finds that only correlations count."""
    fields = event.fields
    for match in matches:
        rule = match.rule
        if rule.listed and (group := _group(rule, event, fields)):
            said, likely = reason(match, fields), pack.weigh(fields) if pack.weigh else None
            _, risk = with_model([said, drift] if drift else [said], likely, fields)
            facts = shown(fields) | {"ai.risk.reasons": risk.told}
            yield Signal(group, event.time, event.id, rule.digest, said, facts, risk.score)
        if hearers := pack.heard.get(rule.digest):
            yield from found(rule, event, hearers, memory)


def _level(rule: Rule, fields: Fields) -> str:
    for level, test in rule.raises:
        if test(fields):
            return level
    return rule.level


def _group(rule: Rule, event: Event, fields: Fields) -> str | None:
    if not rule.group_by:
        return event.home
    values = [(field, fields.get(field)) for field in rule.group_by]
    return None if any(value is None for _, value in values) else subject(*values)
