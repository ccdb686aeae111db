"""The model test of exactly-once effects: machines that crash, freeze and wake must end like one calm machine."""

import random
from collections import Counter
from functools import partial

import pytest

from pipeline.alert import Alert, Standing
from pipeline.decide import Docket
from pipeline.edges.checkpoint import step
from pipeline.event import Event, Verdict, home_of
from pipeline.flow import DECIDE, SUSPECT
from pipeline.record import Place, Tick
from pipeline.signal import Signal
from pipeline.states import States
from pipeline.suspect import Memory
from pipeline.turn import turn
from tests.packs import correlation, pack, rule

PARTITIONS = 2
CODES = ("read", "send", "loud", "calm")
PACK = pack(
    rule("loud"),
    rule("read", listed=False),
    rule("send", listed=False),
    correlation("leak", "temporal_ordered", "read", "send"),
    correlation("leaks", "event_count", "leak", span=3600.0, condition=(("gte", 2.0),), depth=1),
    correlation("two", "event_count", "read", condition=(("eq", 2.0),), monotone=False),
)
PACKS = {PACK.digest: PACK}


def event(number, chance):
    person = f"u{chance.randrange(4)}"
    fields = {
        "event.id": f"e{number}",
        "event.action": "tool_call",
        "event.code": chance.choice(CODES),
        "user.id": person,
    }
    fields |= {"ai.task.id": f"{person}-task{chance.randrange(2)}", "ai.app.id": "app"}
    return Event(fields["event.id"], 1_000_000.0 + 40 * number, home_of(fields), idle=False, fields=fields)


class World:
    """Logs that only grow, and what each partition has saved: position, states, clock, and who may write."""

    def __init__(self, chance):
        self.logs = {(act, p): [] for act in ("events", "signals") for p in range(PARTITIONS)}
        self.saved = {(act, p): (0, {}, b"") for act in ("suspect", "decide") for p in range(PARTITIONS)}
        self.epochs = Counter()
        self.verdicts, self.signals, self.alerts, self.standings = Counter(), Counter(), {}, {}
        for number in range(60):
            given = event(number, chance)
            self.logs["events", spread(given.home)].append(given)
            if number % 7 == 6:
                self.tick(given.time)
        self.tick(2_000_000.0)

    def tick(self, time):
        for p in range(PARTITIONS):
            self.logs["events", p].append(Tick(f"raw-{p}", time))

    def take(self, act, output):
        if isinstance(output, Verdict):
            self.verdicts[output.event.id] += 1
        elif isinstance(output, Alert):
            self.alerts[output.id] = output.fields
        elif isinstance(output, Standing):
            self.standings[output.subject] = output.fields["ai.standing.events"]
        elif isinstance(output, Signal):
            if act == "suspect":
                self.signals[output.subject, output.event, output.rule, output.time] += 1
            self.logs["signals", spread(output.subject)].append(output)
        elif output.depth <= PACK.depth:
            for p in range(PARTITIONS):
                self.logs["signals", p].append(output)

    def end(self):
        return self.verdicts, self.signals, self.alerts, self.standings


def spread(key):
    return sum(key.encode()) % PARTITIONS


class Holder:
    """A machine that holds one partition of one act."""

    def __init__(self, world, act, p):
        self.world, self.key = world, (act, p)
        world.epochs[self.key] += 1
        self.epoch = world.epochs[self.key]
        self.source = world.logs["events" if act == "suspect" else "signals", p]
        self.position, saved, clock = world.saved[self.key]
        kind, self.act = (Memory, SUSPECT) if act == "suspect" else (Docket, DECIDE)
        self.states = States(f"{act}-{p}", kind, dict(saved), clock)
        self.states.clock.digest = PACK.digest
        if act == "suspect":
            self.states.clock.expect((f"raw-{p}",))
        elif not clock:
            self.states.clock.marks = {
                str(depth): {f"{name}-{q}": float("-inf") for q in range(PARTITIONS)}
                for depth, name in enumerate(["suspect"] + ["decide"] * PACK.depth)
            }

    def prepare(self, size):
        end = min(self.position + size, len(self.source))
        batch = [(Place("log", at + 1), self.source[at]) for at in range(self.position, end)]
        work = partial(turn, self.act, states=self.states, packs=PACKS)
        self.checkpoint = step(batch, work, self.states)
        self.position = end

    def commit(self):
        """Everything in one transaction; false if another holder has taken over."""
        if self.epoch != self.world.epochs[self.key]:
            return False
        self.put_outputs()
        self.put_states()
        return True

    def put_outputs(self):
        for output in self.checkpoint.outputs:
            self.world.take(self.key[0], output)

    def put_states(self):
        _, saved, _ = self.world.saved[self.key]
        changed = self.checkpoint.changed
        saved = saved | {key: (changed.due[key], state) for key, state in changed.states.items()}
        self.world.saved[self.key] = (
            self.position,
            {k: v for k, v in saved.items() if v[1] is not None},
            changed.clock,
        )

    def behind(self):
        return self.position < len(self.source)


def calm(seed):
    world = World(random.Random(seed))
    holders = [Holder(world, act, p) for act in ("suspect", "decide") for p in range(PARTITIONS)]
    while any(holder.behind() for holder in holders):
        for holder in holders:
            holder.prepare(1000)
            assert holder.commit()
    return world.end()


def disturbed(seed, *, split=False):
    world, chance = World(random.Random(seed)), random.Random(seed + 1)
    keys = list(world.saved)
    holders = {key: Holder(world, *key) for key in keys}
    frozen = []
    while any(holder.behind() for holder in holders.values()) or frozen:
        if frozen and chance.random() < 0.3:
            frozen.pop().commit()
            continue
        key = chance.choice(keys)
        holder = holders[key]
        holder.prepare(chance.randrange(1, 9))
        fate = chance.random()
        if fate < 0.1:
            holders[key] = Holder(world, *key)
        elif fate < 0.2:
            frozen.append(holder)
            holders[key] = Holder(world, *key)
        elif split:
            holder.put_outputs()
            if fate < 0.3:
                holders[key] = Holder(world, *key)
            else:
                holder.put_states()
        else:
            assert holder.commit()
            if fate < 0.3:
                holders[key] = Holder(world, *key)
    return world.end()


@pytest.mark.parametrize("seed", range(25))
def test_a_disturbed_run_ends_like_the_calm_one(seed):
    assert disturbed(seed) == calm(seed)


def test_the_model_world_is_rich_enough_to_be_a_proof():
    verdicts, signals, alerts, standings = calm(0)
    fired = {alert["rule.uuid"] for alert in alerts.values()}

    assert len(verdicts) == 60
    assert fired == {"id-loud", "id-leak", "id-leaks", "id-two"}
    assert len(signals) > 60
    assert sum(standings[subject] for subject in standings if subject.startswith("user.id")) == 60


def test_commits_split_in_two_are_found_out():
    assert any(disturbed(seed, split=True) != calm(seed) for seed in range(10))


def test_of_several_versions_of_an_alert_only_the_last_leaves():
    versions = [Alert("a", 1.0, {"n": 1}), Alert("b", 1.0, {}), Alert("a", 2.0, {"n": 2})]
    states = States("suspect", Memory)

    checkpoint = step([(Place("f", 3), None)], lambda _: iter(versions), states)

    assert [(alert.id, alert.fields) for alert in checkpoint.outputs] == [("b", {}), ("a", {"n": 2})]
    assert checkpoint.position == {"f": 3}


def test_every_level_that_an_alert_reaches_within_a_batch_leaves():
    told = (("low", 1), ("low", 2), ("high", 3), ("high", 4))
    versions = [Alert("a", 1.0, {"ai.risk.level": level, "n": number}) for level, number in told]

    checkpoint = step([(Place("f", 3), None)], lambda _: iter(versions), States("suspect", Memory))

    assert [alert.fields["n"] for alert in checkpoint.outputs] == [2, 4]


def test_of_several_versions_of_a_standing_only_the_last_leaves():
    versions = [Standing("a", 1.0, {"ai.risk.level": "low"}), Standing("a", 2.0, {"ai.risk.level": "high"})]

    checkpoint = step([(Place("f", 3), None)], lambda _: iter(versions), States("suspect", Memory))

    assert checkpoint.outputs == (versions[1],)
