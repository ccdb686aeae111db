"""What rules cost: CPU time of the pack for an event, and of each rule alone."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from time import process_time

from msgspec import Struct

from pipeline.cli.normalise import understood
from pipeline.edges.embedded import Content
from pipeline.event import Event, Fields, Verdict
from pipeline.flow import SUSPECT, fresh_states
from pipeline.pack import Rule
from pipeline.turn import turn

MOST_EVENTS = 5000
"""Events that are measured on, the first of the logs."""

ROUNDS = 3
DEAREST = 10
CANDIDATES = 3 * DEAREST
"""Rules that are measured again: those that one round shows to be the dearest."""

MICRO = 1e6


class Dear(Struct, frozen=True):
    """What one rule costs alone: CPU microseconds for an event, and the events that it meets."""

    rule: Rule
    cost: float
    hits: int


def judged_events(files: Iterable[str], source: str, content: Content) -> list[Fields]:
    """Read events as rules see them, with what policy and memory have added; no more than MOST_EVENTS."""
    states = fresh_states().suspect
    states.clock.digest = content.pack.digest
    events = (one for path in files for one in understood(path, source, content) if isinstance(one, Event))
    found: list[Fields] = []
    for output in turn(SUSPECT, events, states, {content.pack.digest: content.pack}):
        if isinstance(output, Verdict):
            found.append(output.event.fields)
            if len(found) >= MOST_EVENTS:
                break
    return found


def pack_cost(find: Callable[[Fields], object], events: Sequence[Fields]) -> float:
    """Give the CPU microseconds of finding the rules of an event, memories warm: the least of some rounds."""

    def once() -> None:
        for fields in events:
            find(fields)

    return _least(once, ROUNDS) / len(events) * MICRO


def dearest(rules: Iterable[Rule], events: Sequence[Fields]) -> list[Dear]:
    """Give the rules that cost most when each is asked alone about every event, without the index; the dearest first."""
    rough = sorted(((_cost(rule, events, 1), rule.id, rule) for rule in rules), key=lambda one: -one[0])
    fine = [(_cost(rule, events, ROUNDS), rule) for _, _, rule in rough[:CANDIDATES]]
    fine.sort(key=lambda one: -one[0])
    return list(_dear(fine[:DEAREST], events))


def _dear(measured: Iterable[tuple[float, Rule]], events: Sequence[Fields]) -> Iterator[Dear]:
    for cost, rule in measured:
        yield Dear(rule, cost, sum(map(rule.matches, events)))


def _cost(rule: Rule, events: Sequence[Fields], rounds: int) -> float:
    rule.matches(events[0])  # compiled when first asked
    matches = rule.matches

    def once() -> None:
        for fields in events:
            matches(fields)

    return _least(once, rounds) / len(events) * MICRO


def _least(work: Callable[[], None], rounds: int) -> float:
    """Give the least CPU seconds of some rounds: what neighbours do on the machine does not show."""
    costs = []
    for _ in range(rounds):
        began = process_time()
        work()
        costs.append(process_time() - began)
    return min(costs)
