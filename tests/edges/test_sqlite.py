import sqlite3
from collections import Counter
from contextlib import closing
from math import inf

import pytest

from pipeline.alert import Alert, Standing
from pipeline.arrival import Progress
from pipeline.decide import Docket
from pipeline.edges.checkpoint import Checkpoint
from pipeline.edges.embedded import Position
from pipeline.edges.sqlite import SqliteStore
from pipeline.errors import ContentError, Outage
from pipeline.event import Event, Verdict
from pipeline.flow import fresh_states
from pipeline.record import Place, Reject
from pipeline.suspect import Memory


@pytest.fixture
def store(tmp_path):
    found = SqliteStore(tmp_path / "s.db")
    yield found
    found.close()


def alert(key, risk, message="somebody sent it", **fields):
    return Alert(key, 1.0, {"event.id": key, "ai.risk.score": risk, "message": message} | fields)


def verdict(key, **fields):
    return Verdict(Event(key, 1.0, "h", idle=False, fields={"event.id": key} | fields), (), 0.0)


def commit(store, *outputs, states=None, **counts):
    store.commit(Checkpoint(outputs, (states or fresh_states()).changes(), {}), {}, Counter(counts))


def test_memories_positions_and_outputs_come_back_together(store):
    states, _ = store.load()
    states.begin("pack", ("f",))
    states.suspect.keep("h", Memory(last=5.0), 7.0, 5.0)
    states.decide.keep("s", Docket(), inf)
    position = Position(Progress(3, 5.0, 5.0), None)
    store.commit(Checkpoint((verdict("e"),), states.changes(), {}), {"f": position}, Counter(records=1))

    with closing(SqliteStore(store.path)) as other:
        again, positions = other.load()

    assert again.suspect.get("h") == Memory(last=5.0)
    assert again.suspect.wake_at("h") == 7.0
    assert again.decide.get("s") == Docket()
    assert again.suspect.clock.latest == 5.0
    assert positions == {"f": position}
    assert store.counts() == {"records": 1}


def test_a_dropped_memory_is_gone(store):
    states, _ = store.load()
    states.suspect.keep("h", Memory(), 7.0)
    commit(store, states=states)
    states.suspect.drop("h")
    commit(store, states=states)

    assert store.load()[0].suspect.get("h") is None


def test_the_first_document_of_an_event_stands_and_the_last_of_an_alert(store):
    commit(store, verdict("e", n=1), alert("a", 50.0, "old"))
    commit(store, verdict("e", n=2), alert("a", 80.0, "new words"))

    assert [event["n"] for event in store.events(["e"])] == [1]
    assert [each["message"] for each in store.alerts()] == ["new words"]
    assert store.searched("new words") == {"a"}


def test_alerts_come_with_the_greatest_risk_first_and_with_what_analysts_said(store):
    commit(store, alert("a", 50.0), alert("b", 80.0, **{"ai.alert.events": ["e"]}))
    store.say("a", {"ai.alert.status": "acknowledged"})
    store.say("a", {"ai.alert.analyst": "jo"})

    assert [each["event.id"] for each in store.alerts()] == ["b", "a"]
    (said,) = store.find("alerts", "a")
    assert (said["ai.alert.status"], said["ai.alert.analyst"]) == ("acknowledged", "jo")
    assert [each["event.id"] for each in store.alerts_of("e")] == ["b"]


def test_every_event_is_given_and_the_newest_time(store):
    assert (list(store.every_event()), store.newest()) == ([], None)

    late = Verdict(Event("b", 9.0, "h", idle=False, fields={"event.id": "b"}), (), 0.0)
    commit(store, late, verdict("a"))

    assert {event["event.id"] for event in store.every_event()} == {"a", "b"}
    assert store.newest() == 9.0


def test_a_prefix_finds_and_an_exact_id_wins(store):
    commit(store, verdict("ab"), verdict("abc"), verdict("b"))

    assert [event["event.id"] for event in store.find("events", "ab")] == ["ab"]
    assert [event["event.id"] for event in store.find("events", "a")] == ["ab", "abc"]
    assert store.find("events", "x") == []


def test_words_to_search_are_never_syntax(store):
    commit(store, alert("a", 50.0, 'he said "stop" AND left'))

    assert store.searched('"stop" AND') == {"a"}
    assert store.searched('"') == set()
    assert store.searched("  ") == set()


def test_standings_and_dead_letters_are_kept(store):
    commit(
        store,
        Standing("p", 1.0, {"ai.entity.risk": 5.0}),
        Standing("q", 1.0, {"ai.entity.risk": 9.0}),
        Reject(Place("f", 3), "why"),
    )

    assert [subject for subject, _ in store.standings()] == ["q", "p"]
    assert store.rejects() == [("f", 3, "why")]


def test_a_failed_commit_leaves_nothing_and_is_an_outage(store):
    commit(store, verdict("e"))
    broken = Alert("a", 1.0, {"ai.risk.score": 1.0, "message": object()})

    with pytest.raises((TypeError, Outage)):
        commit(store, verdict("f"), broken)

    with sqlite3.connect(store.path) as base:
        assert base.execute("SELECT id FROM events").fetchall() == [("e",)]
    base.close()


def test_a_locked_store_is_an_outage(store):
    store._base.execute("PRAGMA busy_timeout = 1")
    other = sqlite3.connect(store.path, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")

    with pytest.raises(Outage, match=r"s\.db cannot be written"):
        commit(store, verdict("e"))
    other.close()


def test_what_is_no_store_is_refused_by_name(tmp_path):
    text, other = tmp_path / "text.db", tmp_path / "other.db"
    text.write_bytes(b"no database, but some text that is long enough" * 50)
    with sqlite3.connect(other) as base:
        base.execute("PRAGMA user_version = 99")
    base.close()
    empty = tmp_path / "empty.db"
    empty.touch()

    for path, create in ((text, True), (other, True), (tmp_path / "none.db", False), (empty, False)):
        with pytest.raises(ContentError, match=path.name):
            SqliteStore(path, create=create)
