"""Judge logs or a store by one rule alone; by two versions of it side by side where both are given."""

from __future__ import annotations

from collections import Counter
from collections.abc import Generator, Iterable, Iterator
from functools import partial
from math import floor, inf
from pathlib import Path
from typing import TYPE_CHECKING

import click
from msgspec import Struct, field
from msgspec.structs import replace

from pipeline.arrival import START, TICK, Arrival, arrivals, merged, together
from pipeline.cli.people import who
from pipeline.cli.seen import Seen, take
from pipeline.cli.shown import moment
from pipeline.edges.checkpoint import step
from pipeline.edges.embedded import Batch
from pipeline.edges.files import LogFile
from pipeline.event import Event, Fields, home_of
from pipeline.flow import fresh_states, judge, understand
from pipeline.pack import JUDGED, Correlation, Pack, Rule, linked
from pipeline.record import Place, Reject, Tick
from pipeline.rules.read import RuleSet, read_rules

if TYPE_CHECKING:
    from pipeline.cli.stores import Kept
    from pipeline.edges.embedded import Content
    from pipeline.states import AllStates

DIGEST = "backtest"
"""What stands for the digest of a pack that judges nothing but a trial."""

MOST_PEOPLE = 100_000
AT_ONCE = 500
"""Stored events that are fetched together."""

ANEW = ("event.ingested", "ai.pack.digest", "ai.risk.", *sorted(JUDGED - {"ai.taint"}))
"""How the fields begin that the first judgement added to a stored event and another one replaces; what its task had touched
stays, as a store does not hold every sighting."""


class Tally(Struct):
    """What a rule was shown and what it met: events and hits, both by UTC day too, and hits by who acted."""

    events: int = 0
    hits: int = 0
    days: dict[str, list[int]] = {}
    people: Counter[str] = field(default_factory=Counter)


class Side(Struct, frozen=True):
    """One version of a rule on trial: the pack of it alone, its memories, and what came of it."""

    rules: RuleSet
    pack: Pack
    states: AllStates
    tally: Tally
    seen: Seen


def chosen(name: str, pack: Pack) -> RuleSet:
    """Give the rules of a file, or those of the pack with this catalogue id, Sigma id or file name, and their parts.

    Raises ContentError with every fault of the file, UsageError where there is neither file nor rule.
    """
    path = Path(name)
    if path.is_file():
        found = read_rules([path], placeholders=pack.placeholders, lint=False, retired=True)
    else:
        found = _of_pack(name, pack)
    if not (found.rules or found.correlations):
        words = f"{name} is no file with a rule, and no rule of the pack is called so: name a file, or an id such as EXF-001"
        raise click.UsageError(words, click.get_current_context(silent=True))
    return found


def side(rules: RuleSet, pack: Pack, logs: tuple[str, ...]) -> Side:
    """Put rules on trial by themselves, under the policy of the pack."""
    alone = replace(pack, digest=DIGEST, rules=rules.rules, correlations=rules.correlations)
    alone, tally, states = linked(alone), Tally(), fresh_states()
    states.begin(DIGEST, logs)
    return Side(rules, replace(alone, find=partial(_find, alone, tally)), states, tally, Seen())


def replay(arrived: Iterable[Arrival], sides: Iterable[Side], size: int) -> Iterator[list[Reject]]:
    """Show every side the same inputs, batch by batch; give what could not be read of each."""
    for batch in together(arrived, alone=(), most=size):
        given = [(arrival.place, one) for arrival in batch for one in arrival.inputs]
        counts = _counted(batch)
        for one in sides:
            work = partial(judge, states=one.states, packs={DIGEST: one.pack})
            take(one.seen, Batch(step(given, work, one.states).outputs, counts))
        yield [one for _, one in given if isinstance(one, Reject)]


def of_files(
    files: Iterable[str], source: str, judged: Content, sets: Iterable[RuleSet], lateness: float
) -> Generator[Arrival, None, None]:
    """Read logs as `run` does, merged by time; what only a rule on trial counts is not idle either."""
    pack = judged.pack
    rules = [rule for one in sets for rule in one.rules]
    counting = [correlation for one in sets for correlation in one.correlations]
    whole = linked(replace(pack, rules=(*pack.rules, *rules), correlations=(*pack.correlations, *counting)))
    understood = partial(understand, pack=whole, reference=judged.reference)
    opened = [LogFile(path, source) for path in files]
    try:
        yield from merged(arrivals(file.records(), understood, lateness=lateness) for file in opened)
    finally:
        for file in opened:
            file.close()


def of_store(store: Kept, log: str) -> Iterator[Arrival]:
    """Give the events of a store in order of time, without what the first judgement made of them."""
    before, number = -inf, 0
    for number, stored in enumerate(_ordered(store), 1):
        fields = {name: value for name, value in stored.items() if not name.startswith(ANEW)}
        event = Event(fields["event.id"], moment(fields["@timestamp"]), home_of(fields), False, fields)
        minute = floor(event.time / TICK) * TICK
        passed = (Tick(log, minute),) if minute > before else ()
        before = max(before, minute)
        yield Arrival(Place(log, number), START, (*passed, event))
    yield Arrival(Place(log, number), START, (Tick(log, inf),))


def _of_pack(name: str, pack: Pack) -> RuleSet:
    everything: tuple[Rule | Correlation, ...] = (*pack.rules, *pack.correlations)
    called = {one.digest for one in everything if name.lower() in _names(one)}
    wanted = set(called)
    for correlation in sorted(pack.correlations, key=lambda one: -one.depth):
        if correlation.digest in wanted:
            wanted.update(correlation.rules)
    return RuleSet(
        tuple(replace(one, listed=one.digest in called) for one in pack.rules if one.digest in wanted),
        tuple(replace(one, listed=one.digest in called) for one in pack.correlations if one.digest in wanted),
    )


def _names(one: Rule | Correlation) -> set[str]:
    if not one.about.catalogue:
        return set()
    return {one.about.catalogue.lower(), one.id.lower(), Path(one.path).stem, Path(one.path).name}


def _find(pack: Pack, tally: Tally, fields: Fields) -> list[Rule]:
    """Give the rules that match, and count."""
    met = [rule for rule, test in pack.plan(fields) if test(fields)]
    of_day = tally.days.setdefault(fields["@timestamp"][:10], [0, 0])
    tally.events += 1
    of_day[0] += 1
    if met:
        tally.hits += 1
        of_day[1] += 1
        name = who(fields)
        if name in tally.people or len(tally.people) < MOST_PEOPLE:
            tally.people[name] += 1
    return met


def _ordered(store: Kept) -> Iterator[Fields]:
    """Give stored events in order of time; only their times and ids are held at once."""
    ids = sorted((moment(fields["@timestamp"]), fields["event.id"]) for fields in store.every_event())
    for some in together(ids, alone=(), most=AT_ONCE):
        yield from store.events([name for _, name in some])


def _counted(batch: Iterable[Arrival]) -> Counter[str]:
    counts: Counter[str] = Counter()
    for arrival in batch:
        counts["records"] += any(isinstance(given, Event | Reject) for given in arrival.inputs)
        for given in arrival.inputs:
            if isinstance(given, Event):
                counts["idle" if given.idle else "events"] += 1
            elif isinstance(given, Reject):
                counts["rejects"] += 1
    return counts
