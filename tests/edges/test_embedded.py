"""Files in, a store out: an interrupted run ends like a calm one."""

from contextlib import closing

import orjson
import pytest

from enrichers.reference import load_reference
from pipeline.edges.embedded import Content, run
from pipeline.edges.sqlite import SqliteStore
from pipeline.errors import Outage
from tests.packs import correlation, pack, rule

PACK = pack(
    rule("loud"),
    rule("read", listed=False),
    rule("send", listed=False),
    correlation("leak", "temporal_ordered", "read", "send", group_by=("ai.task.id",)),
)
CODES = ("loud", "read", "calm", "send", "calm")


@pytest.fixture(scope="module")
def content():
    return Content(PACK, load_reference(None))


@pytest.fixture
def files(tmp_path):
    for name in ("a", "b"):
        (tmp_path / f"{name}.jsonl").write_bytes(b"".join(line(name, number) for number in range(60)))
    return [str(tmp_path / "a.jsonl"), str(tmp_path / "b.jsonl")]


def line(name, number):
    event = {
        "@timestamp": f"2026-03-04T{9 + number // 60:02}:{number % 60:02}:{ord(name) % 60:02}Z",
        "event.id": f"{name}{number}",
        "event.action": "tool_call",
        "event.code": CODES[number % 5],
        "gen_ai.tool.name": "x",
        "gen_ai.agent.id": "bot",
        "ai.task.id": f"t{number % 3}",
    }
    return orjson.dumps(event) + b"\n"


def ended(path):
    store = SqliteStore(path)
    events = {
        event["event.id"]: clockless(event)
        for event in store.find("events", "") or [] or store.events(all_ids(store))
    }
    found = events, [clockless(alert) for alert in store.alerts()], store.standings(), store.counts()
    store.close()
    return found


def all_ids(store):
    return [key for (key,) in store._base.execute("SELECT id FROM events")]


def clockless(fields):
    return {name: value for name, value in fields.items() if name != "event.ingested"}


def go(files, content, path, size=7, stop=None):
    store = SqliteStore(path)
    batches = []
    running = run(files, "auto", content, store=store, size=size)
    for number, batch in enumerate(running):
        batches.append(batch)
        if number == stop:
            break
    running.close()
    store.close()
    return batches


@pytest.mark.parametrize("stops", [[0], [3], [2, 2, 2], [16]])
def test_an_interrupted_run_ends_like_a_calm_one(files, content, tmp_path, stops):
    go(files, content, tmp_path / "calm.db", size=1000)
    for stop in stops:
        go(files, content, tmp_path / "cut.db", stop=stop)
    go(files, content, tmp_path / "cut.db")

    assert ended(tmp_path / "cut.db") == ended(tmp_path / "calm.db")
    assert len(all_of(tmp_path / "calm.db")) == 120


def all_of(path):
    store = SqliteStore(path)
    found = all_ids(store)
    store.close()
    return found


def test_a_finished_run_changes_nothing(files, content, tmp_path):
    go(files, content, tmp_path / "s.db")
    before = (tmp_path / "s.db").read_bytes()

    batches = go(files, content, tmp_path / "s.db")

    assert all(batch.outputs == () for batch in batches)
    with closing(SqliteStore(tmp_path / "s.db")) as store:
        assert store.counts()["records"] == 120
    assert len(before) == len((tmp_path / "s.db").read_bytes())


def test_a_failed_commit_takes_the_run_down_and_nothing_with_it(files, content, tmp_path, monkeypatch):
    def fail(*_):
        raise Outage("no room")

    store = SqliteStore(tmp_path / "s.db")
    monkeypatch.setattr(store, "commit", fail)
    with pytest.raises(Outage):
        list(run(files, "auto", content, store=store))
    store.close()
    go(files, content, tmp_path / "s.db")
    go(files, content, tmp_path / "calm.db")

    assert ended(tmp_path / "s.db") == ended(tmp_path / "calm.db")


def test_while_following_new_lines_are_judged_as_they_come(files, content, tmp_path):
    store = SqliteStore(tmp_path / "s.db")
    running = run(files[:1], "auto", content, store=store, follow=True)
    counts = [next(running).counts["events"], next(running).counts["events"]]
    with open(files[0], "ab") as stream:  # noqa: PTH123 - as short as it can be
        stream.write(line("c", 61))
    counts.append(next(running).counts["events"])
    running.close()
    store.close()

    assert counts == [60, 0, 1]


def test_without_a_store_the_outputs_are_the_same(files, content, tmp_path):
    kept = [type(output) for batch in go(files, content, tmp_path / "s.db") for output in batch.outputs]
    loose = [type(output) for batch in run(files, "auto", content, size=7) for output in batch.outputs]

    assert loose == kept


def test_a_followed_log_that_is_silent_lets_time_pass(files, content, tmp_path):
    store = SqliteStore(tmp_path / "s.db")
    running = run(files, "auto", content, store=store, follow=True, idle=0.0, lateness=-3600.0)
    next(running)
    before = len(store.standings())
    next(running)
    running.close()

    sums = [standing["ai.standing.events"] for _, standing in store.standings()]
    store.close()
    assert before
    assert sums == [120]
