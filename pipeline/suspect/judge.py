"""What an event is suspected of: the rules that match it, and what that means for it and for others."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache

from msgspec import Struct
from msgspec.structs import replace

from pipeline.event import Event, Fields, Reason, Verdict, subject
from pipeline.fields import SHOWN
from pipeline.pack import Correlation, Pack, Rule
from pipeline.risk import WEIGHTS, assess
from pipeline.signal import Signal


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
    """Sum up the reasons to suspect an event: its rules, and the policy where it was not kept."""
    said = [reason(match, event.fields) for match in matches if match.rule.listed]
    if drift:
        said.append(drift)
    if not said:
        return Verdict(event, (), 0.0)
    risk = assess(said, event.fields)
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


def speak(event: Event, matches: list[Match], drift: Reason | None, pack: Pack) -> Iterator[Signal]:
    """Tell subjects what they must hear: rules that speak for themselves, and finds that only correlations count."""
    fields = event.fields
    for match in matches:
        rule = match.rule
        if rule.listed and (group := _group(rule, event, fields)):
            said = reason(match, fields)
            risk = assess((said, drift) if drift else (said,), fields)
            facts = shown(fields) | {"ai.risk.reasons": risk.told}
            yield Signal(group, event.time, event.id, rule.digest, said, facts, risk.score)
        if hearers := pack.heard.get(rule.digest):
            yield from _found(rule, event, hearers)


def shown(fields: Fields) -> Fields:
    """Keep what an alert may show."""
    return {field: fields[field] for field in _shown(tuple(fields))}


@lru_cache(512)
def _shown(keys: tuple[str, ...]) -> tuple[str, ...]:
    """Choose among the keys of an event, for those of many others too."""
    return tuple(key for key in keys if key in SHOWN)


def _level(rule: Rule, fields: Fields) -> str:
    return next((level for level, test in rule.raises if test(fields)), rule.level)


def _group(rule: Rule, event: Event, fields: Fields) -> str | None:
    if not rule.group_by:
        return event.home
    values = [(field, fields.get(field)) for field in rule.group_by]
    return None if any(value is None for _, value in values) else subject(*values)


def _found(rule: Rule, event: Event, hearers: tuple[Correlation, ...]) -> list[Signal]:
    """Tell each subject once that a rule which correlations count has found this event."""
    fields = event.fields
    heard: dict[str, Fields] = {}
    for correlation in hearers:
        if (name := correlation.subject(rule.digest, fields)) is None:
            continue
        if (facts := heard.get(name)) is None:
            facts = heard[name] = shown(fields)
        facts.update(correlation.counts(rule.digest, fields))
    return [Signal(name, event.time, event.id, rule.digest, None, facts) for name, facts in heard.items()]
