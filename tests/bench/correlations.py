"""What correlations cost: `python -m tests.bench.correlations [SIGNALS]`; signals a second of each type, and multiples of a floor.

The floor is what any stream does with a signal: JSON in, JSON out, one hash. No threshold is reached, as on most days.
"""

import gc
import sys
from hashlib import sha256
from time import process_time

import orjson

from pipeline.decide.correlate import hear
from pipeline.decide.statistics import Found, Window
from pipeline.flow import DECIDE
from pipeline.pack import Pack, linked
from pipeline.record import Tick
from pipeline.signal import Signal
from pipeline.states import States
from pipeline.turn import turn
from tests.packs import correlation

COUNT, ROUNDS, BETWEEN, EVERY = 200_000, 3, 0.0075, 1000
"""Signals, rounds, seconds between signals, and signals between Ticks."""

LATE = 60.0
"""Seconds that a Tick stays behind: the lateness of a log."""

SPAN = 300.0
NEVER = 1e9
KINDS = {
    "event_count": (("a",), 1000),
    "value_count": (("a",), 20),
    "temporal_ordered": (("a", "b", "c"), 1000),
}
"""Rules of each type, and groups; a window of `value_count` holds 2,000 distinct values."""

FIRES = 3
"""Of how many signals one does not come in order, in the lane of late signals."""


def main(count: int = COUNT) -> int:
    """Measure each type in order, late and with the windows alone; print the table."""
    unit = best(floor, [*signals("event_count", count)])
    say(f"floor F = {unit * 1e6:.2f} us a signal; {count} signals, {SPAN:.0f} s windows")
    for kind in KINDS:
        one = made(kind)
        given = [*signals(kind, count)]
        alone = best(lambda given, one=one: windows(one, given), given)
        whole = best(lambda given, one=one: way(one, given), given)
        late = best(lambda given, one=one: way(one, given), shuffled(given))
        say(
            f"  {kind:17} windows {1 / alone:9.0f} signals/s {alone / unit:5.2f} F   "
            f"decide {1 / whole:9.0f} signals/s {whole / unit:5.2f} F   late {late / unit:5.2f} F"
        )
    return 0


def made(kind):
    rules, _ = KINDS[kind]
    return correlation(
        "c",
        kind,
        *rules,
        span=SPAN,
        group_by=("user.id",),
        fields=("ai.app.id",) if kind == "value_count" else (),
        condition=() if kind == "temporal_ordered" else (("gte", NEVER),),
    )


def signals(kind, count):
    """Give signals of this correlation in order; an ordered chain lacks its last rule."""
    one = made(kind)
    _, groups = KINDS[kind]
    steps = one.rules[:2]
    for at in range(count):
        facts = {"user.id": f"u{at % groups}", "ai.app.id": f"v{at}", "event.action": "prompt"}
        rule = steps[at // groups % len(steps)]
        yield Signal(one.subject(rule, facts), 1e9 + at * BETWEEN, f"e{at}", rule, None, facts)


def shuffled(given):
    """Let every third signal come a third of a minute late."""
    order = sorted(range(len(given)), key=lambda at: given[at].time + 20.0 * (at % FIRES == 0))
    return [given[at] for at in order]


def windows(one, given):
    """Give the signals to windows alone, without expiry but for what the window itself does."""
    held = {}
    for signal in given:
        window = held.setdefault(signal.subject, Window())
        found = Found(signal.time, signal.event, one.counted(signal.facts))
        for _ in hear(window, one, signal.rule, found):
            pass


def way(one, given):
    """Take the signals the whole way of `decide`, Ticks and expiry included."""
    pack = linked(Pack(digest="bench", correlations=(one,)))
    states = States("bench", DECIDE.fresh().__class__)
    states.clock.digest = pack.digest
    states.clock.expect(("log",))
    for _ in turn(DECIDE, ticked(given), states, {pack.digest: pack}):
        pass


def ticked(given):
    for at, signal in enumerate(given):
        yield signal
        if at % EVERY == 0:
            yield Tick("log", signal.time - LATE)


def floor(given):
    for signal in given:
        body = orjson.dumps([signal.subject, signal.time, signal.event, signal.facts])
        orjson.loads(body)
        sha256(body).digest()


def best(work, given):
    """Give the least CPU seconds for one signal."""
    costs = []
    gc.collect()
    gc.freeze()
    for _ in range(ROUNDS):
        began = process_time()
        work(given)
        costs.append((process_time() - began) / len(given))
    return min(costs)


def say(text):
    sys.stdout.write(f"{text}\n")


if __name__ == "__main__":
    sys.exit(main(*map(int, sys.argv[1:])))
