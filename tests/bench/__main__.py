"""What the way costs, as multiples of a floor measured in the same run: JSON in, JSON out and one hash of the record."""

import gc
import random
import sys
import tempfile
from collections.abc import Callable
from functools import partial
from hashlib import sha256
from pathlib import Path
from time import process_time

import orjson

from enrichers.reference import load_reference
from pipeline.arrival import together
from pipeline.content import load_pack
from pipeline.edges.embedded import Content, run
from pipeline.edges.sqlite import SqliteStore
from pipeline.event import Event, Verdict
from pipeline.flow import DECIDE, SUSPECT, fresh_states, understand
from pipeline.record import Place, Record
from pipeline.signal import Signal
from pipeline.states import States
from pipeline.turn import turn
from pipeline.understand import read_all
from tests.bench.records import records, text

COUNT, ROUNDS = 4000, 3
BUDGETS = {
    "read": 1.5,
    "understand": 3.0,
    "suspect": 2.0,
    "encode": 0.7,
    "decide": 1.5,
    "classify": 2.5,
    "whole": 12.0,
}
BINDING = ("whole",)
"""Only these fail the run; the others are what later work must reach."""


def best(work: Callable[[], int]) -> float:
    """Give the least CPU seconds for one of what the work counts: what neighbours do on the machine does not show."""
    found = []
    for _ in range(ROUNDS):
        began = process_time()
        count = work()
        found.append((process_time() - began) / max(count, 1))
    return min(found)


def floor(bodies: list[bytes]) -> int:
    """Do the least that any pipeline does with a record."""
    for body in bodies:
        orjson.dumps(orjson.loads(body))
        sha256(body).digest()
    return len(bodies)


def main() -> int:
    """Measure each act and the whole way, print the table, and fail if the whole is too slow."""
    pack, reference = load_pack(key=b"bench"), load_reference(None)
    kinds = records(COUNT)
    bodies = [body for _, body in kinds]
    given = [
        Record(Place("bench", n + 1), source, None, None, body) for n, (source, body) in enumerate(kinds)
    ]
    unit = best(lambda: floor(bodies))
    events = [
        event for inputs in understand(given, pack, reference) for event in inputs if isinstance(event, Event)
    ]
    outputs = list(turned(events, pack))
    signals = [output for output in outputs if isinstance(output, Signal)]
    verdicts = [output.event.fields for output in outputs if isinstance(output, Verdict)]
    prose = [text(random.Random(n), 1500) for n in range(500)]

    gc.collect()
    gc.freeze()  # what the bench itself holds must not slow down what it measures
    costs = {
        "read": best(lambda: sum(len(reading.events) for reading in read_all(given))),
        "understand": best(lambda: sum(map(len, understood(given, pack, reference)))),
        "suspect": best(lambda: len(events) * bool(list(turned(events, pack)))),
        "decide": best(
            lambda: (
                len(signals) * bool([*turn(DECIDE, signals, states_of("decide", pack), {pack.digest: pack})])
            )
        ),
        "encode": best(lambda: len([orjson.dumps(fields) for fields in verdicts])),
        "classify": best(partial(classified, prose)),
        "whole": whole(given, Content(pack, reference)),
    }
    size = sum(map(len, bodies)) / len(bodies)
    sys.stdout.write(f"floor F = {unit * 1e6:.2f} us for a record of {size:.0f} bytes\n")
    sys.stdout.write(f"{len(events)} events and {len(signals)} signals from {len(given)} records\n")
    for name, cost in costs.items():
        ratio, budget = cost / unit, BUDGETS[name]
        mark = "" if ratio <= budget else "  over its budget"
        sys.stdout.write(f"{name:11}{cost * 1e6:8.1f} us {ratio:6.2f} F   budget {budget:4.1f} F{mark}\n")
    sys.stdout.write(f"signals per event {len(signals) / len(events):.2f}, budget 0.3\n")
    return int(any(costs[name] / unit > BUDGETS[name] for name in BINDING))


def understood(given, pack, reference):
    """Understand records as many at once as the way does."""
    for some in together(given, alone=()):
        yield from understand(some, pack, reference)


def states_of(act, pack):
    kinds = fresh_states()
    states: States = getattr(kinds, act)
    states.clock.digest = pack.digest
    return states


def turned(events, pack):
    return turn(SUSPECT, events, states_of("suspect", pack), {pack.digest: pack})


def classified(prose):
    from enrichers.classify.answer import answer

    return len([answer("x", each) for each in prose])


def whole(given, content):
    """Run files into a store, as the command does, per event that was kept."""
    with tempfile.TemporaryDirectory() as folder:
        for source in {record.source for record in given}:
            lines = [record.body for record in given if record.source == source]
            Path(folder, f"{source}.jsonl").write_bytes(b"\n".join(lines) + b"\n")
        paths = sorted(map(str, Path(folder).glob("*.jsonl")))
        numbers = iter(range(ROUNDS))

        def work():
            store = SqliteStore(Path(folder, f"{next(numbers)}.db"))
            counts = [batch.counts for batch in run(paths, "auto", content, store=store)]
            store.close()
            return sum(count["events"] for count in counts)

        return best(work)


if __name__ == "__main__":
    sys.exit(main())
