"""What a home keeps to itself: finds that cannot matter to a correlation yet, and finds that say what was said before."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache

from pipeline.event import HOMES, Event, Fields
from pipeline.fields import SHOWN
from pipeline.pack import Correlation, Rule
from pipeline.signal import Signal
from pipeline.suspect.memory import HOUR, PAUSE, SLACK, Find, Kept, Memory, Said, bound, hashed

MOST_KEPT = 100
CROWD = 0
"""Where it is kept that there are more groups than we can hold: those that do not fit are told at once."""
MOST_SAID = 20
MOST_FINDS = 1000
MOST_STEPS = 20

BRIEF = (
    *("event.action", "event.outcome", "user.id", "user.email", "user.name", "host.name", "ai.surface"),
    *("ai.app.id", "ai.app.name", "ai.app.status", "gen_ai.agent.id", "url.domain"),
    *("gen_ai.tool.name", "ai.tool.risk", "ai.tool.destination", "ai.tool.server", "ai.data.classes"),
    *("ai.data.secret_types", "ai.data.secret_fingerprints"),
)
"""What is remembered of a find that waits: enough to tell it in a sentence."""

_TASK = HOMES[0]


def waits(correlation: Correlation, event: Event) -> bool:
    """Say whether finds of this event's group can wait in its home: only a task has them all, grouped by task."""
    return (
        event.home.startswith(_TASK)
        and _TASK in correlation.group_by
        and not correlation.aliases
        and correlation.monotone
        and correlation.span <= HOUR
        and (correlation.needed > 1 or _is_chain(correlation))
    )


def _is_chain(correlation: Correlation) -> bool:
    return (
        correlation.kind in ("temporal", "temporal_ordered")
        and correlation.expression is None
        and not correlation.condition
        and len(correlation.rules) > 1
    )


def _suffices(finds: list[Find], correlation: Correlation) -> bool:
    """Say whether a window over these finds may hold; too many to keep count as enough."""
    if _is_chain(correlation):
        return len(finds) >= MOST_STEPS or len({find[2] for find in finds}) == len(set(correlation.rules))
    return len(finds) >= min(correlation.needed, MOST_FINDS)


def is_last(correlation: Correlation, rule: Rule) -> bool:
    """Say whether the finds of this rule only end a chain of two; then one of them in a pause is as good as all."""
    return (
        correlation.kind == "temporal_ordered"
        and correlation.expression is None
        and len(correlation.rules) == 2
        and correlation.rules[0] != rule.digest
        and correlation.span >= PAUSE
    )


def held(
    name: str, correlation: Correlation, rule: Rule, event: Event, memory: Memory
) -> list[Signal] | None:
    """Hold a find back until its group has as many as it needs; give those to tell before it, None while it waits."""
    key = _place(correlation.digest, name)
    kept = memory.kept.get(key)
    if kept is None:
        if _is_crowded(event.time, memory):
            return []
        facts = correlation.counts(rule.digest, event.fields)
        kept = memory.kept[key] = Kept(name, event.time, correlation.span, facts)
    kept.last = max(kept.last, event.time)
    if kept.told:
        return []

    if kept.finds and kept.finds[0][0] < (oldest := kept.last - correlation.span - SLACK):
        kept.finds = [find for find in kept.finds if find[0] >= oldest]
    facts = _brief(event.fields) if _is_chain(correlation) else {}
    kept.finds.append((event.time, event.id, rule.digest, facts))
    if _suffices(kept.finds, correlation):
        kept.finds.pop()
        kept.told = True
        return list(_freed(kept))
    return None


def _is_crowded(time: float, memory: Memory) -> bool:
    """Say whether no new group is held: from when there are too many until no find told at once can be needed.

    If one were held sooner, the finds of it that were told already would be missing from those it waits for.
    """
    crowd = memory.kept.get(CROWD)
    if crowd is None:
        if len(memory.kept) < MOST_KEPT:
            return False
        crowd = memory.kept[CROWD] = Kept("", time, HOUR, {}, told=True)
    crowd.last = max(crowd.last, time)
    return True


def _freed(kept: Kept) -> Iterator[Signal]:
    for time, event, rule, facts in kept.finds:
        yield Signal(kept.subject, time, event, rule, None, kept.facts | facts)
    kept.finds = []


def _brief(fields: Fields) -> Fields:
    return {field: fields[field] for field in _briefed(tuple(fields))}


def repeated(
    name: str, correlation: Correlation, rule: Rule, event: Event, memory: Memory
) -> list[Signal] | None:
    """Tell the first find of a pause at once; of the others the last waits until the pause is over.

    So every earlier step still meets a find that follows it, if there was one. Gives what is to be told before this
    find, None if it waits.
    """
    key, pause = _place(correlation.digest, name), int(event.time // PAUSE)
    said = memory.said.get(key)
    if said is None or pause > said.pause:
        before = list(ended(memory.said.pop(key))) if said else []
        memory.said[key] = Said(pause, name, rule.digest)
        bound(memory.said, MOST_SAID)
        return before
    if pause < said.pause:
        return []
    if event.time >= said.time:
        said.time, said.event = event.time, event.id
        said.facts = _brief(event.fields) | correlation.counts(rule.digest, event.fields)
    return None


def ended(said: Said) -> Iterator[Signal]:
    """Tell the find that has waited for the end of its pause, if one has."""
    if said.event:
        yield Signal(said.subject, said.time, said.event, said.rule, None, said.facts)


def found(rule: Rule, event: Event, hearers: tuple[Correlation, ...], memory: Memory) -> Iterator[Signal]:
    """Tell each subject once that a rule which correlations count has found this event; what can wait, waits."""
    fields = event.fields
    heard: dict[str, Fields] = {}
    for correlation in hearers:
        if (name := correlation.subject(rule.digest, fields)) is None:
            continue
        before: list[Signal] | None = []
        if waits(correlation, event):
            before = held(name, correlation, rule, event, memory)
        elif is_last(correlation, rule):
            before = repeated(name, correlation, rule, event, memory)
        elif memory.said and correlation.kind == "temporal_ordered":
            said = memory.said.pop(_place(correlation.digest, name), None)
            before = list(ended(said)) if said else []  # the next find that ends the chain is news again
        if before is None:
            continue
        yield from before
        if (facts := heard.get(name)) is None:
            facts = heard[name] = shown(fields)
        facts.update(correlation.counts(rule.digest, fields))
    for name, facts in heard.items():
        yield Signal(name, event.time, event.id, rule.digest, None, facts)


def let_go(memory: Memory, time: float) -> Iterator[Signal]:
    """Tell what has waited for the end of a pause that is over, and forget what no group can need any more."""
    for key in [key for key, said in memory.said.items() if (said.pause + 1) * PAUSE <= time]:
        yield from ended(memory.said.pop(key))
    for key in [key for key, kept in memory.kept.items() if kept.last + kept.span + SLACK <= time]:
        del memory.kept[key]


@lru_cache(1024)
def _place(correlation: str, name: str) -> int:
    """Give the key of a group; a home that finds anything mostly finds it again and again, hence the cache."""
    return hashed(f"{correlation} {name}")


def shown(fields: Fields) -> Fields:
    """Keep what an alert may show."""
    return {field: fields[field] for field in _shown(tuple(fields))}


@lru_cache(512)
def _shown(keys: tuple[str, ...]) -> tuple[str, ...]:
    """Choose among the keys of an event, for those of many others too."""
    return tuple(key for key in keys if key in SHOWN)


@lru_cache(512)
def _briefed(keys: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(key for key in BRIEF if key in keys)
