from math import inf

import msgspec
import orjson
import pytest

from pipeline.edges.admin import lag
from pipeline.edges.admin.deadletters import letters, original, replayed
from pipeline.edges.admin.nouns import Slot
from pipeline.edges.admin.records import dead_letter
from pipeline.edges.admin.state import looked
from pipeline.edges.kafka.wire import FORM, POSITION, Position, saved_position
from pipeline.errors import ContentError
from pipeline.settings import Kafka
from pipeline.states import Clock
from tests.edges.admin.fake import FakeCluster

KAFKA = Kafka(partitions=2, raw={"squid": 1})
RAW, EVENTS = Slot("ai.raw.squid", 0), Slot("ai.events", 1)


@pytest.fixture
def cluster():
    return FakeCluster(KAFKA)


def filled(cluster, slot, count):
    for number in range(count):
        cluster.send(slot.topic, b"%d" % number, partition=slot.partition)


def positioned(cluster, changelog, slot, offset, *, passed=None, digest="d1"):
    clock = msgspec.msgpack.encode(Clock(passed={"0": passed}, digest=digest)) if passed is not None else b""
    value = saved_position(Position(FORM, offset, clock=clock, digest=digest))
    cluster.send(changelog, value, POSITION + str(slot).encode(), partition=slot.partition)


def letter(cluster, log="ai.raw.squid-0", offset=1, reason="no time"):
    value = orjson.dumps({"log": log, "offset": offset, "reason": reason})
    cluster.send("ai.deadletter", value, log.encode(), partition=0)


def test_what_no_act_has_read_is_all_behind(cluster):
    filled(cluster, RAW, 5)
    found = {(one.act, one.slot): (one.position, one.behind) for one in looked(cluster, KAFKA).lags}
    assert found == {
        ("understand", RAW): (None, 5),
        **{("suspect", Slot("ai.events", n)): (None, 0) for n in (0, 1)},
        **{("decide", Slot("ai.signals", n)): (None, 0) for n in (0, 1)},
    }


def test_lag_is_counted_from_the_positions_in_the_changelogs(cluster):
    filled(cluster, RAW, 5)
    filled(cluster, EVENTS, 4)
    positioned(cluster, "ai.positions", RAW, 3)
    positioned(cluster, "ai.memory", EVENTS, 1)
    positioned(cluster, "ai.memory", EVENTS, 4)
    found = {(one.act, one.slot): (one.position, one.behind) for one in looked(cluster, KAFKA).lags}
    assert (found["understand", RAW], found["suspect", EVENTS]) == ((3, 2), (4, 0))


def test_an_act_without_a_position_of_its_own_is_known_by_its_consumer_group(cluster):
    scored = Slot("ai.scored", 0)
    filled(cluster, scored, 3)
    filled(cluster, RAW, 3)
    positioned(cluster, "ai.positions", RAW, 3)
    cluster.offsets = {
        "shadowgraph-index": {scored: 1},
        "shadowgraph-understand": {RAW: 1},
        "another": {RAW: 0},
    }
    found = {(one.act, one.slot): one.behind for one in looked(cluster, KAFKA).lags}
    assert found["index", scored] == 2
    assert found["understand", RAW] == 0, "the group's offset is only a hint"
    assert {act for act, _ in found} == {"understand", "suspect", "decide", "index"}


def test_the_last_position_is_found_behind_many_other_records(cluster, monkeypatch):
    monkeypatch.setattr(lag, "TAIL", 2)
    memory = Slot("ai.memory", 1)
    positioned(cluster, "ai.memory", EVENTS, 7)
    filled(cluster, memory, 50)
    assert [one.position for one in looked(cluster, KAFKA).lags if one.slot == EVENTS] == [7]


@pytest.mark.parametrize("few", [0, 200])
def test_records_that_retention_took_are_not_behind(cluster, monkeypatch, few):
    monkeypatch.setattr(lag, "FEW", few)
    filled(cluster, RAW, 9)
    cluster.gone[RAW] = 6
    positioned(cluster, "ai.positions", RAW, 2)
    assert [one.behind for one in looked(cluster, KAFKA).lags if one.slot == RAW] == [3]


def test_watermark_and_pack_are_those_of_the_clock(cluster):
    positioned(cluster, "ai.memory", EVENTS, 1, passed=1_772_614_800.0, digest="d2")
    positioned(cluster, "ai.dockets", Slot("ai.signals", 0), 1, passed=inf)
    positioned(cluster, "ai.memory", Slot("ai.events", 0), 1)
    positioned(cluster, "ai.positions", RAW, 1)
    found = {(one.act, one.slot.partition): (one.passed, one.digest) for one in looked(cluster, KAFKA).marks}
    assert found == {
        ("suspect", 0): (-inf, "d1"),
        ("suspect", 1): (1_772_614_800.0, "d2"),
        ("decide", 0): (inf, "d1"),
    }


def test_a_changelog_of_another_version_is_named(cluster):
    value = saved_position(Position(FORM + 1, 3))
    cluster.send("ai.memory", value, POSITION + b"ai.events-0", partition=0)
    with pytest.raises(ContentError, match=f"has form {FORM + 1}, this is form {FORM}"):
        looked(cluster, KAFKA)


def test_missing_topics_are_named_and_the_rest_is_told(cluster):
    del cluster.there["ai.memory"]
    assert looked(cluster, KAFKA).missing == ("ai.memory",)


def test_dead_letters_are_counted_by_reason_and_source(cluster):
    for offset in range(3):
        letter(cluster, offset=offset)
    letter(cluster, log="ai.events-1", reason="no event")
    cluster.send("ai.deadletter", b"nonsense", partition=0)
    assert looked(cluster, KAFKA).rejects == (("no time", "squid", 3), ("no event", "ai.events", 1))


def test_packs_and_reference_data_that_were_deleted_are_not_there(cluster):
    for value, key in ((b"x", b"d1"), (b"x", b"d2"), (None, b"d1")):
        cluster.send("ai.packs", value, key, partition=0)
    cluster.send("ai.ref.people", b"x", b"people.csv", partition=0)
    state = looked(cluster, KAFKA)
    assert (state.packs, state.files["people"], state.files["apps"]) == (("d2",), 1, 0)


def test_a_replayed_original_goes_into_its_own_partition_as_it_was(cluster):
    cluster.send(RAW.topic, b"first", partition=0)
    cluster.send(RAW.topic, b"second", b"key", headers=[("a", b"b")], partition=0)
    letter(cluster, offset=1)
    (found,) = letters(cluster, KAFKA)
    assert replayed(cluster, found)
    _, second, again = cluster.records[RAW]
    assert (again.key, again.value, again.headers, again.offset) == (
        second.key,
        second.value,
        second.headers,
        2,
    )


@pytest.mark.parametrize("offset", [0, 7])
def test_an_original_that_is_gone_or_never_was_is_not_replayed(cluster, offset):
    filled(cluster, RAW, 3)
    cluster.gone[RAW] = 1
    letter(cluster, offset=offset)
    (found,) = letters(cluster, KAFKA)
    assert (original(cluster, found), replayed(cluster, found)) == (None, False)
    assert len(cluster.records[RAW]) == 3


@pytest.mark.parametrize(
    "value", [None, b"", b"[]", b'{"log": "x", "offset": 1}', b'{"log": "a-0", "offset": "1"}']
)
def test_what_is_no_dead_letter_is_passed_over(cluster, value):
    cluster.send("ai.deadletter", value, partition=0)
    assert dead_letter(cluster.records["ai.deadletter", 0][0]) is None
