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
from pipeline.arrival import Input, arrivals, merged, together
from pipeline.decide import Docket, answer, close_days, concluded, decay, heard, opens, remember, spoken
from pipeline.event import Event, Verdict, home_of
from pipeline.pack import Pack
from pipeline.record import Record, Reject, Swap, Tick
from pipeline.signal import Signal
from pipeline.states import AllStates, States
from pipeline.suspect import (
    Memory,
    drift,
    habits,
    learn,
    matched,
    policy_facts,
    recall,
    rest,
    speak,
    verdict,
    wakes,
)
from pipeline.turn import Act, Packs, in_force, turn
from pipeline.understand import Reading, is_idle, read_all, redact, sketch

Output = Verdict | Alert | Standing | Reject


def understand(
    records: Iterable[Record], pack: Pack, reference: Reference, last: float | None = None
) -> list[list[Event | Reject]]:
    """Read, enrich, sketch, redact; give what each record says. No memory: any worker may repeat it with the same result.

    Each step goes over all records before the next one begins: a processor that stays with one thing is far quicker.
    `last` is the last good time of the log before them.
    """
    readings = read_all(records, last)
    everything = [fields for reading in readings for _, fields in reading.events]
    for enricher in ENRICHERS:
        for fields in everything:
            fields.update(enricher(fields, reference))
    for fields in everything:
        fields.update(sketch(fields, pack.key))
    for fields in everything:
        redact(fields)
    return [[*_events(reading, pack), *reading.faults] for reading in readings]


def suspect(event: Event, memory: Memory, pack: Pack) -> Iterator[Verdict | Signal]:
    """Recall, judge, then learn; what concerns another entity leaves as a signal.

    A second sighting of an act gives no verdict: what it adds is judged and leaves as signals.
    """
    act, adds = recall(event, memory)
    fields = event.fields | adds
    if act is None:
        fields.update(habits(event, fields, memory))
    fields.update(policy_facts(fields, pack.policy, event.time))
    event = replace(event, id=fields["event.id"], fields=fields)

    matches, broken = matched(fields, pack), drift(fields)
    if act is None:
        yield verdict(event, matches, broken, pack)
    yield from speak(
        event,
        [match for match in matches if act is None or match.rule.digest not in act.fired],
        broken,
        pack,
        memory,
    )
    yield from learn(event, [match.rule.digest for match in matches], memory)


def decide(signal: Signal, docket: Docket, pack: Pack) -> Iterator[Alert | Standing | Signal]:
    """Fold a signal into its subject's windows; give the alerts it changes and what others must hear."""
    for firing in (*spoken(signal, pack), *heard(signal, docket, pack)):
        yield from answer(firing, docket, pack)
    if signal.rule is None:
        yield from remember(signal, docket)


def lapse(subject: str, docket: Docket, tick: Tick, pack: Pack) -> Iterator[Alert | Standing | Signal]:
    """Conclude what only passing time proves: absence, averages, `not`, decay; drop what no window needs.

    Risk fades when alerts of every depth have been told: a Tick one deeper than the deepest rule says so.
    """
    for firing in concluded(docket, subject, tick, pack):
        yield from answer(firing, docket, pack)
    if tick.depth == pack.depth + 1:
        yield from decay(subject, docket, tick.time)
    close_days(docket, tick)


SUSPECT: Act[Event, Memory] = Act(Memory, attrgetter("home"), suspect, wakes, rest, 0)
DECIDE: Act[Signal, Docket] = Act(Docket, attrgetter("subject"), decide, opens, lapse, 1)


def fresh_states() -> AllStates:
    """Give empty memories for both acts."""
    return AllStates(States("suspect", Memory), States("decide", Docket))


def judge(inputs: Iterable[Input], states: AllStates, packs: Packs) -> Iterator[Output]:
    """Run both turns over understood inputs in one process; signals are fed back until none is left."""
    for some in together(inputs, alone=Swap):
        yield from (given for given in some if isinstance(given, Reject))
        telling = [
            given
            for given in some
            if not (isinstance(given, Reject) or (isinstance(given, Event) and given.idle))
        ]
        outputs = [*turn(SUSPECT, telling, states.suspect, packs)]
        swaps = [given for given in some if isinstance(given, Swap)]
        yield from turn(DECIDE, swaps, states.decide, packs)
        for output in outputs:
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
    arrived = merged(arrivals(stream, reading) for stream in streams)
    yield from judge((given for arrival in arrived for given in arrival.inputs), states, packs)


def _settled(output: Any, states: AllStates, packs: Packs) -> Iterator[Output]:
    depth, waiting = in_force(packs, states.decide.clock.digest).depth, deque([output])
    while waiting:
        given = waiting.popleft()
        if isinstance(given, Alert | Standing):
            yield given
        elif isinstance(given, Signal) or given.depth <= depth + 1:
            waiting.extend(turn(DECIDE, (given,), states.decide, packs))


def _events(reading: Reading, pack: Pack) -> Iterator[Event]:
    for time, fields in reading.events:
        yield Event(fields["event.id"], time, home_of(fields), is_idle(fields, pack.counts), fields)
