"""A simulated day with one and with four partitions of events and signals, in several orders: the same alerts, word for word."""

import random
from functools import cache, partial
from math import inf
from zlib import crc32

import orjson
import pytest

from enrichers.reference import load_reference
from pipeline.alert import Alert, Standing
from pipeline.arrival import arrivals, merged
from pipeline.content import load_pack
from pipeline.decide import Docket
from pipeline.event import Event, Verdict
from pipeline.flow import DECIDE, SUSPECT, fresh_states, process, understand
from pipeline.record import Place, Record, Reject, Tick
from pipeline.settings import DEMO_KEY
from pipeline.signal import Signal
from pipeline.simulate.agentday import agentday
from pipeline.simulate.companyfiles import write_company
from pipeline.simulate.story import ATTACKS, LOOKALIKES, happen, stories
from pipeline.simulate.surfaces import FILES
from pipeline.simulate.workday import workday
from pipeline.states import States
from pipeline.suspect import Memory
from pipeline.turn import turn
from tests.simulate.simulated import COMPANY

EVERY = 6
"""Every so many-th person has an ordinary day; agents have theirs, and every story happens."""

MOST_AT_ONCE = 400


@pytest.fixture(scope="module")
def content(tmp_path_factory):
    folder = tmp_path_factory.mktemp("company")
    write_company(COMPANY, folder)
    return load_pack(folder, key=DEMO_KEY), load_reference(folder)


@cache
def streams():
    """The raw logs of a smaller company, each with its end."""
    lines = [line for person in COMPANY.people[::EVERY] for line in workday(COMPANY, person, 0)]
    lines += [line for agent in COMPANY.agents.values() for line in agentday(COMPANY, agent, 0)]
    told = [*stories(ATTACKS), *stories(LOOKALIKES)]
    lines += [line for story in told for line, _ in happen(COMPANY, story, 0)]
    logs = {name: [] for name in FILES}
    for line in sorted(lines, key=lambda line: line.at):
        body = line.body.encode() if isinstance(line.body, str) else orjson.dumps(line.body)
        log = logs[line.file]
        log.append(Record(Place(line.file, len(log) + 1), "auto", None, None, body))
    return [[*log, Tick(name, inf)] for name, log in logs.items()]


@pytest.fixture(scope="module")
def inputs(content):
    """What is understood of the day, in order of time: events, and how far each log has come."""
    pack, reference = content
    reading = partial(understand, pack=pack, reference=reference)
    arrived = merged(arrivals(stream, reading) for stream in streams())
    given = [given for arrival in arrived for given in arrival.inputs]
    assert not any(isinstance(one, Reject) for one in given)
    return [one for one in given if not (isinstance(one, Event) and one.idle)]


class Partitions:
    """So many partitions of both acts: logs that only grow, and a turn over each of them."""

    def __init__(self, count, pack, inputs):
        self.count, self.pack = count, pack
        names = [(act, number) for act in ("suspect", "decide") for number in range(count)]
        self.logs = {name: [] for name in names}
        self.states = {name: self._states(*name) for name in names}
        self.read = dict.fromkeys(names, 0)
        self.verdicts, self.alerts, self.standings = {}, {}, {}
        for given in inputs:
            self._send("suspect", given, getattr(given, "home", ""))

    def _states(self, act, number):
        states = States(f"{act}-{number}", Memory if act == "suspect" else Docket)
        states.clock.digest = self.pack.digest
        if act == "suspect":
            states.clock.expect(FILES)
        else:
            logs = ["suspect"] + ["decide"] * self.pack.depth
            states.clock.marks = {
                str(depth): {f"{name}-{p}": -inf for p in range(self.count)}
                for depth, name in enumerate(logs)
            }
        return states

    def _send(self, act, given, key):
        """Put an input into the partition of its key, a Tick into every one."""
        owners = range(self.count) if isinstance(given, Tick) else (crc32(key.encode()) % self.count,)
        for owner in owners:
            self.logs[act, owner].append(given)

    def _take(self, output):
        match output:
            case Verdict():
                assert output.event.id not in self.verdicts
                self.verdicts[output.event.id] = output.event.fields | {"risk": output.risk}
            case Alert():
                self.alerts[output.id] = output.fields
            case Standing():
                self.standings[output.subject] = output.fields
            case Signal():
                self._send("decide", output, output.subject)
            case Tick() if output.depth <= self.pack.depth:
                self._send("decide", output, "")

    def step(self, name, most):
        """Let one partition take its next inputs."""
        begins = self.read[name]
        some = self.logs[name][begins : begins + most]
        self.read[name] += len(some)
        act = SUSPECT if name[0] == "suspect" else DECIDE
        for output in turn(act, some, self.states[name], {self.pack.digest: self.pack}):
            self._take(output)

    def waiting(self):
        return [name for name, log in self.logs.items() if self.read[name] < len(log)]

    def end(self):
        return self.verdicts, self.alerts, self.standings


def ran(count, content, inputs, seed):
    """Run partitions that each go on at their own pace, and give verdicts, alerts and standings."""
    chance, world = random.Random(seed), Partitions(count, content[0], inputs)
    while there := world.waiting():
        world.step(chance.choice(there), chance.randrange(1, MOST_AT_ONCE))
    return world.end()


@pytest.fixture(scope="module")
def embedded(content):
    """What the way in one process gives."""
    pack, reference = content
    states = fresh_states()
    states.begin(pack.digest, FILES)
    last = {}
    for output in process(streams(), states, {pack.digest: pack}, reference):
        if isinstance(output, Alert):
            last[output.id] = output.fields
    return last


@pytest.fixture(scope="module")
def one(content, inputs):
    return ran(1, content, inputs, seed=0)


def test_the_day_is_rich_enough_to_be_a_proof(content, inputs, one):
    verdicts, alerts, standings = one
    assert len(verdicts) > 1500
    assert len(standings) > 60
    wanted = {rule for story in stories(ATTACKS) for rule in story.expects}
    shipped = {rule.about.catalogue for rule in content[0].rules}
    assert wanted & shipped <= {alert["rule.id"] for alert in alerts.values()}
    homes = {crc32(given.home.encode()) % 4 for given in inputs if isinstance(given, Event)}
    assert homes == {0, 1, 2, 3}


def test_one_partition_gives_the_alerts_of_one_process(one, embedded):
    assert one[1] == embedded


@pytest.mark.parametrize("seed", range(3))
def test_four_partitions_give_the_same_as_one_in_whatever_order_they_run(content, inputs, one, seed):
    four = ran(4, content, inputs, seed)
    for found, wanted in zip(four, one, strict=True):
        assert found.keys() == wanted.keys()
        assert [key for key in wanted if found[key] != wanted[key]] == []
