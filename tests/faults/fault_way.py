"""What may happen in a long night, one thing after the other; every test ends with the documents of a quiet one."""

import json
import random
import signal
import sys
import time
from threading import Thread

import pytest

from tests.services.scene import Story, Watch, ended, frozen, scene, until, wrong

pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning")  # kafka-python's own

KILL, STOP, CONT, TERM = signal.SIGKILL, signal.SIGSTOP, signal.SIGCONT, signal.SIGTERM
READS = {"understand": "ai.raw.auto", "suspect": "ai.events", "decide": "ai.signals"}


@pytest.fixture(scope="module")
def story(tmp_path_factory):
    return Story(tmp_path_factory.mktemp("story"), 3000, poison=100)


@pytest.fixture(scope="module")
def epic(tmp_path_factory):
    return Story(tmp_path_factory.mktemp("epic"), 50_000, seed=12, poison=100)


def tell(text):
    """Tell on the terminal what happened, as figures (`-s`)."""
    sys.stdout.write(f"\n{text}\n")


def openings(stage, topic="ai."):
    return [line for line in stage.said() if line["message"] == "opened" and topic in line["log"]]


def opened(stage):
    """Give the positions above 0 from which each log was gone on with."""
    found = {}
    for line in openings(stage):
        if line["position"]:
            found.setdefault(line["log"], set()).add(line["position"])
    return found


def test_twenty_kills_of_each_act_while_fifty_thousand_records_come(broker, prefix, epic, tmp_path):
    def killed_again_and_again(act):
        chance = random.Random(act)
        for _ in range(20):
            before = len(openings(stage, READS[act]))
            process = stage.worker(act, slow=0.05)
            assert until(lambda before=before: len(openings(stage, READS[act])) > before, 60)
            time.sleep(chance.uniform(0, 3))
            process.kill()
        stage.worker(act)

    with scene(tmp_path, broker, prefix, checkpoint=200) as stage:
        stage.produce(epic.lines, rate=len(epic.lines) / 200)
        killers = [Thread(target=killed_again_and_again, args=(act,), daemon=True) for act in READS]
        for killer in killers:
            killer.start()
        for killer in killers:
            killer.join()
        stage.drained(300)
        report("kills", stage)
        assert not wrong(epic.told, stage)
        assert len(opened(stage)[stage.log_of("raw.auto")]) > 5
        assert len(opened(stage)[stage.log_of("events")]) > 5


def report(name, stage):
    """Tell where workers went on."""
    positions = {log.partition("ai.")[2]: len(found) for log, found in opened(stage).items()}
    again = sum(line["message"] == "opening again" for line in stage.said())
    tell(f"{name}: opened from different positions {positions}, opened again after an error {again}")


@pytest.mark.parametrize("fate", ["lives", "dies"])
@pytest.mark.parametrize(
    "fatal",
    [
        ("suspect", "begin", 9),
        ("suspect", "sent", 9),
        ("suspect", "done", 9),
        ("suspect", "open", 2),
        ("understand", "sent", 4),
        ("decide", "sent", 4),
    ],
    ids=lambda fatal: f"{fatal[0]}-{fatal[1]}",
)
def test_a_frozen_worker_is_woken_while_others_work_and_what_was_compacted_is_restored(  # noqa: PLR0917 - fixtures
    broker, prefix, story, tmp_path, fatal, fate
):
    act, moment, call = fatal
    half = len(story.lines) // 2
    with scene(tmp_path, broker, prefix, checkpoint=50) as stage:
        sleeper = stage.worker(act=act, moment=moment, call=call, signal=STOP)
        stage.produce(story.lines[:half], end=False)
        assert frozen(sleeper)
        before = len(openings(stage))
        successor = stage.worker(slow=0.1)
        assert until(lambda: len(openings(stage)) >= before + 5, 90)
        sleeper.send_signal(CONT)
        if fate == "dies":
            time.sleep(0.4)
            sleeper.kill()
        stage.produce(story.lines[half : half + half // 2], end=False)
        assert not Watch(stage).until_done(90)
        for process in (sleeper, successor):
            process.terminate()
        assert ended(successor)
        assert ended(sleeper)
        time.sleep(8)  # files are closed and compacted meanwhile
        stage.worker()
        stage.produce(story.lines[half + half // 2 :])
        stage.drained()
        report(f"frozen in {act} at {moment}, {fate}", stage)
        assert not wrong(story.told, stage)


def test_workers_come_and_go_every_twenty_seconds(broker, prefix, epic, tmp_path):
    chance, lines = random.Random(3), epic.lines
    with scene(tmp_path, broker, prefix, checkpoint=200) as stage:
        stage.produce(lines, rate=len(lines) / 170)
        crew = [stage.worker()]
        for round_ in range(9):
            time.sleep(20)
            if round_ % 2:
                crew.pop(chance.randrange(len(crew))).send_signal(chance.choice((TERM, KILL)))
            else:
                crew.append(stage.worker(slow=0.02))
        stage.drained(300)
        report("churn", stage)
        assert not wrong(epic.told, stage)


def test_a_worker_slower_than_the_poll_interval_stays_and_finishes(broker, prefix, story, tmp_path):
    with scene(tmp_path, broker, prefix, checkpoint=1000) as stage:
        stage.worker("understand", "decide")
        stage.worker("suspect", slow=15, poll=8)
        stage.produce(story.lines)
        stage.drained(200)
        report("slow", stage)
        assert not wrong(story.told, stage)


def test_a_partition_without_traffic_holds_nobody_back_for_longer_than_agreed(
    broker, prefix, story, tmp_path
):
    with scene(tmp_path, broker, prefix, raw=2, idle=4) as stage:
        stage.worker()
        stage.produce(story.lines)
        stage.drained(45, quiet=15)
        assert not wrong(story.told, stage)


def test_a_broker_that_is_away_for_a_minute_is_waited_for(own, prefix, story, tmp_path):
    with scene(tmp_path, own.address, prefix, checkpoint=50) as stage:
        process = stage.worker(slow=0.2)
        stage.produce(story.lines)
        assert stage.came(len(story.lines) // 3, "raw.auto")
        own.stop()
        lines = len(stage.said())
        time.sleep(60)
        said = len(stage.said()) - lines
        own.start()
        began = time.monotonic()
        stage.drained(200)
        tell(f"broker away: {said} lines logged in a minute, done {time.monotonic() - began:.0f} s later")
        assert not wrong(story.told, stage)
        assert process.poll() is None
        assert said < 200


def test_a_restart_with_a_hundred_thousand_entities_in_memory_is_ready_in_fifteen_seconds(
    broker, prefix, tmp_path
):
    with scene(tmp_path, broker, prefix, checkpoint=2000) as stage:
        first = stage.worker()
        stage.produce([visit(number) for number in range(100_000)])
        stage.drained(400)
        first.terminate()
        assert ended(first)
        stage.produce([visit(number) for number in range(200)])
        before, began = len(openings(stage, "ai.events")), time.monotonic()
        stage.worker()
        assert until(lambda: len(openings(stage, "ai.events")) == before + 4, 60)
        seconds = time.monotonic() - began
        tell(f"100,000 entities: all partitions open after {seconds:.1f} s")
        assert seconds < 15


def visit(number):
    told = {
        "@timestamp": 1_772_611_200 + number / 10,
        "event.id": f"v{number}",
        "event.action": "prompt",
        "user.email": f"u{number}@fernwood.example",
        "ai.surface": "browser",
        "url.domain": "chatgpt.com",
    }
    return json.dumps(told).encode()


def test_without_transactions_the_same_death_doubles_what_was_written(broker, prefix, story, tmp_path):
    with scene(tmp_path, broker, prefix, checkpoint=50) as stage:
        stage.worker("understand", "decide", split=True)
        fated = stage.worker("suspect", act="suspect", moment="sent", call=5, signal=KILL, split=True)
        stage.produce(story.lines)
        assert ended(fated)
        stage.worker("suspect", split=True)
        stage.drained()
        faults = wrong(story.told, stage)
        tell(f"without transactions, killed: {faults}")
        assert any("scored doubled" in fault for fault in faults)


def test_without_transactions_a_frozen_worker_writes_over_its_successor(broker, prefix, story, tmp_path):
    with scene(tmp_path, broker, prefix, checkpoint=50) as stage:
        sleeper = stage.worker(act="suspect", moment="begin", call=9, signal=STOP, split=True)
        stage.produce(story.lines)
        assert frozen(sleeper)
        stage.worker(split=True)
        assert stage.came(len(story.lines), "raw.auto")
        stage.drained()
        sleeper.send_signal(CONT)
        time.sleep(10)
        faults = wrong(story.told, stage)
        tell(f"without transactions, frozen: {faults}")
        assert any("scored doubled" in fault for fault in faults)
