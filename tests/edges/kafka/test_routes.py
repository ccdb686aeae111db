from zlib import crc32

from pipeline.alert import Alert
from pipeline.edges.kafka.routes import Row, owner
from pipeline.event import Event, Verdict
from pipeline.record import Place, Reject, Swap, Tick
from tests.edges.kafka.fetched import ROUTES


def test_a_key_belongs_to_the_partition_of_its_crc():
    assert owner("user.id=ada", 4) == crc32(b"user.id=ada") % 4
    assert {owner(f"user.id=u{number}", 4) for number in range(40)} == {0, 1, 2, 3}


def test_a_lone_surrogate_has_an_owner_too():
    assert 0 <= owner("user.id=\ud800", 4) < 4


def test_outputs_go_to_their_topics_behind_the_prefix():
    rows = list(ROUTES.rows([Alert("a1", 1.0, {}), Reject(Place("raw-0", 1), "broken")]))

    assert [(row.topic, row.key) for row in rows] == [("p-ai.alerts", b"a1"), ("p-ai.deadletter", b"raw-0")]
    assert rows[0].partition == owner("a1", 2)


def test_ticks_and_swaps_reach_every_partition():
    assert [row.partition for row in ROUTES.spread("ai.events", Tick("raw-0", 1.0))] == [0, 1]
    assert {row.value for row in ROUTES.spread("ai.signals", Swap("d"))} == {b'{"digest":"d"}'}


def test_logs_are_named_by_topic_and_partition():
    assert ROUTES.logs("ai.events") == ("p-ai.events-0", "p-ai.events-1")
    assert isinstance(next(iter(ROUTES.spread("ai.events", Swap("d")))), Row)


def told(**policy):
    fields = {"event.id": "e1", "ai.content.text": "private"} | {
        f"ai.policy.{name}": value for name, value in policy.items()
    }
    return list(ROUTES.enforced(Verdict(Event("e1", 1.0, "user.id=ada", idle=False, fields=fields), (), 0.0)))


def test_enforcers_hear_what_the_policy_asks_and_nothing_of_the_content():
    (row,) = told(expected="block", reason="P1")

    assert (row.topic, row.key) == ("p-ai.verdicts", b"e1")
    assert row.value == b'{"event.id":"e1","ai.policy.expected":"block","ai.policy.reason":"P1"}'


def test_what_may_be_is_not_told_to_enforcers():
    assert told(expected="allow") == told() == []
