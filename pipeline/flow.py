"""The whole story: a record becomes events, an event a verdict, verdicts become alerts. Read this first.

    Record --understand--> Event --suspect--> Verdict, Signal --decide--> Alert, Standing

`understand` has no memory. `suspect` has the Memory of one home, `decide` the Docket of one subject. Everything else in
this project is detail: what an act needs stands in the folder of its name, what the world needs in `edges/`.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from functools import partial
from operator import attrgetter
from typing import Any

from msgspec.structs import replace

from enrichers import ENRICHERS
from enrichers.reference import Reference
from pipeline.alert import Alert, Standing
from pipeline.arrival import Input, arrivals, merged
from pipeline.decide import Docket, answer, close_days, concluded, decay, heard, opens, remember, spoken
from pipeline.errors import BadRecord
from pipeline.event import Event, Verdict, home_of
from pipeline.pack import Pack
from pipeline.record import Record, Reject, Swap, Tick
from pipeline.signal import Signal
from pipeline.states import AllStates, States
from pipeline.suspect import Memory, drift, learn, matched, policy_facts, recall, rest, speak, verdict, wakes
from pipeline.turn import Act, Packs, in_force, turn
from pipeline.understand import is_idle, read, redact, sketch

Output = Verdict | Alert | Standing | Reject


def understand(record: Record, pack: Pack, reference: Reference) -> Iterator[Event | Reject]:
    """Read, enrich, sketch, redact. No memory: any worker may repeat it with the same result."""
    try:
        for time, fields in read(record):
            for enricher in ENRICHERS:
                fields.update(enricher(fields, reference))
            fields.update(sketch(fields, pack.key))
            redact(fields)
            yield Event(fields["event.id"], time, home_of(fields), is_idle(fields, pack.counted), fields)
    except BadRecord as error:
        yield Reject(record.place, str(error))


def suspect(event: Event, memory: Memory, pack: Pack) -> Iterator[Verdict | Signal]:
    """Recall, judge, then learn; what concerns another entity leaves as a signal.

    A second sighting of an act gives no verdict: what it adds is judged and leaves as signals.
    """
    act, adds = recall(event, memory)
    fields = event.fields | adds
    fields.update(policy_facts(fields, pack.policy, event.time))
    event = replace(event, fields=fields)

    matches, broken = matched(fields, pack), drift(fields)
    if act is None:
        yield verdict(event, matches, broken, pack)
    yield from speak(
        event, [match for match in matches if act is None or match.rule.digest not in act.fired], broken, pack
    )
    yield from learn(event, [match.rule.digest for match in matches], memory)


def decide(signal: Signal, docket: Docket, pack: Pack) -> Iterator[Alert | Standing | Signal]:
    """Fold a signal into its subject's windows; give the alerts it changes and what others must hear."""
    for firing in (*spoken(signal, pack), *heard(signal, docket, pack)):
        yield from answer(firing, docket, pack)
    if signal.rule is None:
        yield from remember(signal, docket)


def lapse(subject: str, docket: Docket, tick: Tick, pack: Pack) -> Iterator[Alert | Standing | Signal]:
    """Conclude what only passing time proves: absence, averages, `not`, decay; drop what no window needs."""
    for firing in concluded(docket, subject, tick, pack):
        yield from answer(firing, docket, pack)
    if tick.depth == 0:
        yield from decay(subject, docket, tick.time)
    close_days(docket, tick)


SUSPECT: Act[Event, Memory] = Act(Memory, attrgetter("home"), suspect, wakes, rest, 0)
DECIDE: Act[Signal, Docket] = Act(Docket, attrgetter("subject"), decide, opens, lapse, 1)


def fresh_states() -> AllStates:
    """Give empty memories for both acts."""
    return AllStates(States("suspect", Memory), States("decide", Docket))


def judge(inputs: Iterable[Input], states: AllStates, packs: Packs) -> Iterator[Output]:
    """Run both turns over understood inputs in one process; signals are fed back until none is left."""
    for given in inputs:
        if isinstance(given, Reject):
            yield given
        elif isinstance(given, Swap):
            yield from (
                *turn(SUSPECT, (given,), states.suspect, packs),
                *turn(DECIDE, (given,), states.decide, packs),
            )
        elif not (isinstance(given, Event) and given.idle):
            for output in turn(SUSPECT, (given,), states.suspect, packs):
                if isinstance(output, Verdict):
                    yield output
                else:
                    yield from _settled(output, states, packs)


def process(
    streams: Sequence[Iterable[Record | Tick | Swap]], states: AllStates, packs: Packs, reference: Reference
) -> Iterator[Output]:
    """Run the whole way in one process: understand, merge by time, both turns, signals fed back."""
    pack = in_force(packs, states.suspect.clock.digest)
    reading = partial(understand, pack=pack, reference=reference)
    for arrival in merged(arrivals(stream, reading) for stream in streams):
        yield from judge(arrival.inputs, states, packs)


def _settled(output: Any, states: AllStates, packs: Packs) -> Iterator[Output]:
    depth, waiting = in_force(packs, states.decide.clock.digest).depth, deque([output])
    while waiting:
        given = waiting.popleft()
        if isinstance(given, Alert | Standing):
            yield given
        elif isinstance(given, Signal) or given.depth <= depth:
            waiting.extend(turn(DECIDE, (given,), states.decide, packs))
