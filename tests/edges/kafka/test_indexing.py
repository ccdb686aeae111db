import asyncio
import json

import pytest

from pipeline.alert import Alert, Standing
from pipeline.edges.elastic.settle import Letter, Refused
from pipeline.edges.kafka.indexing import Indexing
from pipeline.edges.kafka.wire import POSITION, encoded, position_of
from pipeline.event import Event, Verdict
from tests.edges.kafka.fetched import ROUTES, Fetched, saved_of

EVENT = {"event.id": "e1", "event.action": "prompt"}
ALERT = {"event.id": "a1", "ai.risk.level": "high"}
STANDING = {"@timestamp": "2026-03-04T09:07:00.250000Z", "ai.entity.id": "ada"}


class FakeSink:
    def __init__(self, refused=(), fault=None):
        self.batches, self._refused, self._fault = [], refused, fault

    def __call__(self, letter):
        self.letter = letter
        return self

    async def index(self, outputs, *, first):
        if self._fault:
            raise self._fault
        self.batches.append((list(outputs), first))
        for name in self._refused:
            self.letter(Letter(name, "a mapping fault"))

    async def close(self):
        pass


def holder(sink, topic="ai.scored", saved=None):
    return Indexing(topic, f"p-{topic}-0", saved=saved or {}, open_sink=sink, routes=ROUTES)


def fetched(offset, noun):
    key, value = encoded(noun)
    return Fetched(offset, value, key=key.encode())


def verdict(offset=0):
    return fetched(offset, Verdict(Event("e1", 0.0, "user.id=ada", idle=False, fields=EVENT), (), 0.0))


def taken(held, *records):
    rows = held.prepare(records)
    return rows, asyncio.run(held.outward())


def test_documents_reach_the_sink_as_what_they_were():
    for topic, noun in (
        ("ai.scored", Verdict(Event("e1", 0.0, "user.id=ada", idle=False, fields=EVENT), (), 0.0)),
        ("ai.alerts", Alert("a1", 0.0, ALERT)),
        ("ai.standing", Standing("user.id=ada", 1_772_615_220.25, STANDING)),
    ):
        sink = FakeSink()
        taken(holder(sink, topic), fetched(0, noun))

        assert sink.batches == [([noun], True)]


def test_only_the_first_batch_may_have_come_before():
    sink = FakeSink()
    held = holder(sink)
    taken(held, verdict(0))
    taken(held, verdict(1))

    assert [first for _, first in sink.batches] == [True, False]


def test_the_position_is_kept_and_another_holder_goes_on_there():
    rows, _ = taken(holder(FakeSink()), verdict(6))
    saved = saved_of(rows, "p-ai.positions")

    assert position_of(saved[POSITION + b"p-ai.scored-0"], "").offset == 7
    assert holder(FakeSink(), saved=saved).position == 7


def test_what_is_no_document_is_a_dead_letter_and_the_rest_is_indexed():
    sink = FakeSink()
    rows, _ = taken(holder(sink), Fetched(0, b"{"), Fetched(1, b"{}"), Fetched(2, None), verdict(3))
    letters = [json.loads(row.value) for row in rows if row.topic == "p-ai.deadletter"]

    assert [(letter["offset"], letter["reason"]) for letter in letters] == [
        (n, "no document") for n in range(3)
    ]
    assert len(sink.batches[0][0]) == 1


def test_what_the_index_can_never_take_is_a_dead_letter():
    other = fetched(5, Verdict(Event("e2", 0.0, "h", idle=False, fields={"event.id": "e2"}), (), 0.0))
    _, rows = taken(holder(FakeSink(refused=["e1"])), verdict(4), other)
    letter = json.loads(rows[0].value)

    assert (letter["offset"], letter["reason"]) == (4, "a mapping fault")


def test_what_only_an_operator_can_mend_is_not_swallowed():
    held = holder(FakeSink(fault=Refused("who are you")))
    held.prepare([verdict(0)])

    with pytest.raises(Refused):
        asyncio.run(held.outward())
