"""What `match` answers: for every line of a file the Sigma ids of the rules that fire there."""

from __future__ import annotations

import itertools
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, datetime
from itertools import groupby
from pathlib import Path
from typing import Any, NamedTuple

import orjson
from msgspec import UNSET

from pipeline.content import read_placeholders
from pipeline.decide.correlate import expire
from pipeline.decide.statistics import Found, Window, holds
from pipeline.edges.files import MOST_LINE
from pipeline.errors import BadRecord
from pipeline.event import Fields
from pipeline.pack import Correlation
from pipeline.record import Record, Reject, Tick
from pipeline.rules.index import indexed
from pipeline.rules.read import RuleSet, read_rules, rule_files
from pipeline.rules.values import reader
from pipeline.scalars import key_of

Group = tuple[str | None, ...]

_TIME = reader("@timestamp")


class Answer(NamedTuple):
    """The Sigma ids of the rules that fire on a line, sorted."""

    line: int
    rules: tuple[str, ...]


class Find(NamedTuple):
    """An event that a rule found, or the firing of a correlation: when, which, on which line, and what it says."""

    time: float
    event: str
    rule: str
    line: int
    facts: Fields


def load(folder: Path, placeholders: Path | None, *, generic: bool) -> RuleSet:
    """Read the rules that `match` is given, retired ones too; raise ContentError with every fault of them."""
    values = read_placeholders(placeholders) if placeholders else {}
    return read_rules(rule_files(folder), placeholders=values, lint=False, generic=generic, retired=True)


def match_file(records: Iterable[Record | Tick], rules: RuleSet) -> Iterator[Answer | Reject]:
    """Answer every line of one file, in order; rejects come as soon as they are met.

    Without correlations each answer comes with its line. With them a late line may complete a window that ends on an
    earlier one, so answers wait for the end of the file; kept are the lines and what correlations look at.
    """
    heard = {digest for correlation in rules.correlations for digest in correlation.rules}
    matching, facts_of = indexed(rules.rules).matching, _facts(rules.correlations)
    answers: dict[int, tuple[str, ...]] = {}
    finds: dict[str, list[Find]] = defaultdict(list)

    for record in records:
        if isinstance(record, Tick):
            continue
        try:
            fields = _event(record.body)
        except BadRecord as error:
            yield Reject(record.place, str(error))
            continue
        line, met = record.place.offset, matching(fields)
        listed = tuple(sorted({rule.id for rule in met if rule.listed}))
        if not rules.correlations:
            yield Answer(line, listed)
            continue
        answers[line] = listed
        found = [rule.digest for rule in met if rule.digest in heard]
        if found and (time := epoch(fields)) is not None:
            facts = facts_of(fields)
            for digest in found:
                finds[digest].append(Find(time, str(line), digest, line, facts))

    for line, rule in _correlated(rules.correlations, finds):
        answers[line] = tuple(sorted({*answers[line], rule}))
    yield from itertools.starmap(Answer, answers.items())


def epoch(fields: Fields) -> float | None:
    """Give the event time in epoch seconds; None where there is none, or no time."""
    value = _TIME(fields)
    if not isinstance(value, str):
        return None
    try:
        time = datetime.fromisoformat(value)
        return (time if time.tzinfo else time.replace(tzinfo=UTC)).timestamp()
    except (ValueError, OverflowError):
        return None


def _event(body: bytes) -> Fields:
    if len(body) > MOST_LINE:
        raise BadRecord("the line is longer than 16 MiB")
    try:
        fields = orjson.loads(body)
    except orjson.JSONDecodeError as error:
        raise BadRecord("the line is not JSON") from error
    if not isinstance(fields, dict):
        raise BadRecord("the line is not a JSON object")
    return fields


def _facts(correlations: Iterable[Correlation]) -> Callable[[Fields], Fields]:
    """Give a function that keeps of an event what these correlations group and count."""
    named = {
        field
        for correlation in correlations
        for fields in (
            correlation.group_by,
            correlation.fields,
            *(fields.values() for fields in correlation.aliases.values()),
        )
        for field in fields
    }
    readers = [(field, reader(field)) for field in sorted(named)]

    def facts(fields: Fields) -> Fields:
        return {field: value for field, read in readers if (value := read(fields)) not in (None, UNSET)}

    return facts


def _correlated(
    correlations: Iterable[Correlation], finds: dict[str, list[Find]]
) -> Iterator[tuple[int, str]]:
    """Give the lines on which correlations fire; the firings of inner ones are finds of outer ones."""
    for correlation in sorted(correlations, key=lambda correlation: correlation.depth):
        groups = _groups(correlation, (find for rule in correlation.rules for find in finds.get(rule, ())))
        for group, members in groups.items():
            for same in _firings(correlation, members):
                if correlation.listed:
                    yield max(find.line for find in same), correlation.id
                finds[correlation.digest] += _as_finds(correlation, group, same)


def _as_finds(correlation: Correlation, group: Group, same: list[Find]) -> list[Find]:
    """Make a firing an event of outer correlations: the group's values under its names, else what its events say."""
    event = f"{correlation.digest} {group} {same[0].time!r}"
    return [
        Find(find.time, event, correlation.digest, find.line, find.facts | _grouped(correlation, find))
        for find in same
    ]


def _grouped(correlation: Correlation, find: Find) -> Fields:
    """Give what a find says of the group: the fields of `group-by`, under their aliases where they have one."""
    sources = (
        (field, correlation.aliases.get(field, {}).get(find.rule, field)) for field in correlation.group_by
    )
    return {field: find.facts.get(source) for field, source in sources}


def _groups(correlation: Correlation, finds: Iterable[Find]) -> dict[Group, list[tuple[Find, Any]]]:
    """Sort finds into groups, with what the correlation counts of each; one event of one rule stands in a group once."""
    groups: dict[Group, dict[tuple[str, str], tuple[Find, Any]]] = defaultdict(dict)
    for find in finds:
        group = tuple(map(key_of, _grouped(correlation, find).values()))
        value = correlation.counted(find.facts)
        if None not in group and (value is not None or not correlation.fields):
            groups[group][find.rule, find.event] = find, value
    return {group: sorted(members.values(), key=_order) for group, members in groups.items()}


def _firings(correlation: Correlation, members: list[tuple[Find, Any]]) -> Iterator[list[Find]]:
    """Give the finds of each time at which the window that ends there holds."""
    window = Window()
    for time, ties in groupby(members, key=lambda member: member[0].time):
        same = []
        for find, value in ties:
            window.found.setdefault(find.rule, []).append(Found(time, find.event, value))
            same.append(find)
        expire(window, correlation, time)
        if holds(window, correlation, time):
            yield same


def _order(member: tuple[Find, Any]) -> tuple[float, str]:
    return member[0].time, member[0].event
