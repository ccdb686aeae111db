"""The whole way over a real broker, disturbed: what comes out is what an undisturbed run of one process gives."""

import json
import random
import shutil
import signal
from collections import Counter

import pytest
from msgspec.structs import replace

from pipeline.edges.kafka.routes import owner
from pipeline.edges.kafka.wire import FORM, POSITION, Position, saved_position
from tests.services.kafkapython import KafkaProducer
from tests.services.scene import Scene, Story, ended, frozen, scene, until, wrong
from tests.services.way import ROOT, command

pytestmark = [
    pytest.mark.xdist_group("services"),
    pytest.mark.filterwarnings("ignore::DeprecationWarning"),  # kafka-python's own
]

KILL, STOP, CONT, TERM = signal.SIGKILL, signal.SIGSTOP, signal.SIGCONT, signal.SIGTERM
REASONS = {
    "broken JSON",
    "a line of text in no known format",
    "no known format; keys: @timestamp, event.action",
}


@pytest.fixture(scope="module")
def story(tmp_path_factory):
    return Story(tmp_path_factory.mktemp("story"), 1200, poison=100)


def test_workers_that_die_at_any_moment_leave_no_trace(broker, prefix, story, tmp_path):
    chance = random.Random(5)
    first = {"understand": "sent", "suspect": "done", "decide": "begin"}
    with scene(tmp_path, broker, prefix, checkpoint=60) as stage:
        fated = [
            stage.worker(act, act=act, moment=moment, call=chance.randint(2, 6), signal=KILL)
            for act, moment in first.items()
        ]
        stage.produce(story.lines, rate=400)
        assert all(map(ended, fated))
        again = [
            stage.worker(act, act=act, moment="sent", call=chance.randint(2, 4), signal=KILL)
            for act in ("understand", "suspect")
        ]
        stage.worker("decide")
        assert all(map(ended, again))
        stage.worker("understand", "suspect")
        stage.drained()
        letters = stage.letters()
        assert not wrong(story.told, stage)
    assert [letter["offset"] for letter in letters] == story.poisoned
    assert {letter["log"] for letter in letters} == {stage.log_of("raw.auto")}
    assert {letter["reason"] for letter in letters} == REASONS


def test_a_worker_frozen_in_a_checkpoint_wakes_to_find_that_another_took_over(
    broker, prefix, story, tmp_path
):
    with scene(tmp_path, broker, prefix, checkpoint=60) as stage:
        sleeper = stage.worker(act="suspect", moment="sent", call=6, signal=STOP)
        stage.produce(story.lines)
        assert frozen(sleeper)
        stage.worker()
        assert stage.came(len(story.lines), "raw.auto")
        sleeper.send_signal(CONT)
        stage.drained()
        assert not wrong(story.told, stage)
        assert sleeper.poll() is None


def test_a_pack_pushed_midway_judges_from_its_swap_on_and_every_alert_names_its_own(broker, prefix, tmp_path):
    changed = tmp_path / "detections"
    shutil.copytree(ROOT / "detections", changed)
    rule = changed / "sha" / "sha_002_banned_app.yml"
    rule.write_text(rule.read_text().replace("title: Banned AI app used", "title: Banned AI app"))
    with scene(tmp_path, broker, prefix) as stage:
        stage.worker()
        stage.produce([banned("ada.lind", n) for n in range(30)], end=False)
        assert stage.came(30, "raw.auto")
        pushed = json.loads(command("rules", "push", changed, "-c", stage.config, "--json").stdout)
        stage.produce([banned("ben.okoro", n) for n in range(30, 60)])
        stage.drained()
        documents, times = stage.found()
    packs = {
        (alert["user.name"], alert["rule.name"]): alert["ai.pack.digest"] == pushed["digest"]
        for alert in documents["alerts"].values()
        if alert["rule.id"] == "SHA-002"
    }
    assert packs == {
        ("ada.lind@fernwood.example", "Banned AI app used"): False,
        ("ben.okoro@fernwood.example", "Banned AI app"): True,
    }
    assert len(documents["scored"]) == 60
    assert Counter(times[name] for name in times if name[0] == "scored") == {1: 60}


def banned(user, number):
    told = {
        "@timestamp": f"2026-03-04T09:{number:02}:00Z",
        "event.id": f"e{number}",
        "event.action": "prompt",
        "user.email": f"{user}@fernwood.example",
        "ai.surface": "browser",
        "url.domain": "chat.deepseek.com",
    }
    return json.dumps(told).encode()


def test_a_worker_without_its_topics_says_which_are_missing_and_what_to_do(broker, prefix, tmp_path):
    stage = Scene(tmp_path, broker, prefix)
    done = command("worker", "-c", stage.config, check=False)
    assert done.returncode == 2
    assert f"{stage.prefix}ai.raw.auto:1: does not exist" in done.stderr
    assert "shadowgraph setup kafka" in done.stderr


def test_a_worker_refuses_topics_with_other_partitions_and_a_changelog_of_another_form(
    broker, prefix, tmp_path
):
    with scene(tmp_path, broker, prefix) as stage:
        log, topic = stage.log_of("raw.auto"), f"{stage.prefix}ai.positions"
        wrote_position(stage, topic, log, replace(Position(FORM, 7), form=FORM + 1))
        stage.produce([banned("ada.lind", 1)])
        done = command("worker", "-c", stage.config, check=False)
        assert (done.returncode, f"the changelog has form {FORM + 1}" in done.stderr) == (2, True)
        assert log in done.stderr
        stage.config.write_text(stage.config.read_text().replace("partitions = 4", "partitions = 3"))
        done = command("worker", "-c", stage.config, check=False)
    assert done.returncode == 2
    assert f"{stage.prefix}ai.events:1: has 4 partitions, not 3" in done.stderr


def wrote_position(stage, topic, log, position):
    producer = KafkaProducer(bootstrap_servers=stage.address, acks="all")
    place = owner(log, stage.partitions)
    producer.send(topic, saved_position(position), POSITION + log.encode(), partition=place)
    producer.flush()
    producer.close()


def test_a_worker_that_reaches_no_broker_says_so_and_ends_when_told_to(prefix, tmp_path):
    stage = Scene(tmp_path, "127.0.0.1:1", prefix)
    process = stage.worker()
    try:
        assert until(lambda: any("no broker answers" in line["message"] for line in stage.said()), 60)
        process.send_signal(TERM)
        assert ended(process, 10)
    finally:
        stage.close()
