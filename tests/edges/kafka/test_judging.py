import json

import pytest

from pipeline.edges.kafka.bulletin import KnownPacks
from pipeline.edges.kafka.routes import owner
from pipeline.edges.kafka.wire import (
    FORM,
    POSITION,
    Position,
    encoded,
    saved_position,
    signal_of,
    swap_record,
    tick_record,
)
from pipeline.errors import ContentError
from pipeline.event import Event
from pipeline.record import Swap, Tick
from pipeline.signal import Signal
from tests.edges.kafka.fetched import PACK, RAW, Fetched, judging, saved_of

HOME = next(f"user.id=u{number}" for number in range(9) if owner(f"user.id=u{number}", 2) == 0)
SUSPECT_LOG = POSITION + b"p-ai.events-0"


def event(offset, code="loud", time=1_000_000.0):
    fields = {"event.id": f"e{offset}", "event.action": "tool_call", "event.code": code, "user.id": HOME[8:]}
    key, value = encoded(Event(f"e{offset}", time, HOME, idle=False, fields=fields | {"ai.app.id": "app"}))
    return Fetched(offset, value, key=key.encode())


def tick(offset, log, time, depth=0):
    key, value = tick_record(Tick(log, time, depth))
    return Fetched(offset, value, key=key)


def of(rows, topic):
    return [row for row in rows if row.topic == topic]


def test_verdicts_signals_memory_and_position_leave_together():
    rows = judging().prepare([event(0)])

    assert json.loads(of(rows, "p-ai.scored")[0].value)["event.id"] == "e0"
    assert any(isinstance(signal_of(row.key, row.value), Signal) for row in of(rows, "p-ai.signals"))
    assert [row.key for row in of(rows, "p-ai.memory")] == [HOME.encode(), SUSPECT_LOG]
    assert rows[-1].key == SUSPECT_LOG


def test_another_holder_goes_on_from_the_changelog_as_if_nothing_had_been():
    first = judging()
    saved = saved_of(first.prepare([event(0)]), "p-ai.memory")
    second = judging(saved=saved)

    assert second.position == 1
    assert second.prepare([event(1)]) == first.prepare([event(1)])


def test_nobody_outside_sees_time_pass_before_every_raw_log_has_spoken():
    rows = judging().prepare([event(0), tick(1, "p-ai.raw.other-0", 5_000_000.0)])

    assert not any(isinstance(signal_of(row.key, row.value), Tick) for row in of(rows, "p-ai.signals"))


def test_time_that_passed_goes_to_every_partition_of_signals():
    rows = judging().prepare([event(0), tick(1, RAW[0], 2_000_000.0)])
    ticks = [signal_of(row.key, row.value) for row in of(rows, "p-ai.signals")]

    assert [given for given in ticks if isinstance(given, Tick)] == [Tick("p-ai.events-0", 2_000_000.0)] * 2


def test_a_signal_becomes_an_alert_and_time_beyond_the_depth_of_the_pack_goes_nowhere():
    signals = of(judging().prepare([event(0)]), "p-ai.signals")
    decider = judging("decide")
    own = [
        Fetched(number, row.value, key=row.key) for number, row in enumerate(signals) if row.partition == 0
    ]
    marks = [tick(90 + n, f"p-ai.events-{n}", 2_000_000.0) for n in range(2)]
    marks += [tick(95 + n, f"p-ai.signals-{n}", 2_000_000.0, depth=1) for n in range(2)]

    rows = decider.prepare([*own, *marks])

    assert of(rows, "p-ai.alerts") or of(rows, "p-ai.standing")
    ticks = [signal_of(row.key, row.value) for row in of(rows, "p-ai.signals")]
    assert {given.depth for given in ticks if isinstance(given, Tick)} == {1}


def test_of_the_ticks_of_a_batch_the_last_says_all():
    rows = judging().prepare([tick(n, RAW[0], 2_000_000.0 + 60 * n) for n in range(5)])
    ticks = [signal_of(row.key, row.value) for row in of(rows, "p-ai.signals")]

    assert [given.time for given in ticks if isinstance(given, Tick)] == [2_000_240.0] * 2


def test_a_record_over_which_judging_falls_leaves_its_place_and_nothing_else():
    held = judging()
    rows = held.reject(event(4), "cannot be judged: KeyError")

    assert json.loads(of(rows, "p-ai.deadletter")[0].value)["offset"] == 4
    assert judging(saved=saved_of(rows, "p-ai.memory")).position == held.position == 5


def test_a_record_that_is_no_event_is_a_dead_letter_and_the_others_are_judged():
    rows = judging().prepare([Fetched(0, b"{"), event(1)])
    letter = json.loads(of(rows, "p-ai.deadletter")[0].value)

    assert (letter["log"], letter["offset"], letter["reason"]) == ("p-ai.events-0", 0, "no event")
    assert len(of(rows, "p-ai.scored")) == 1


def test_a_changelog_of_another_form_is_refused():
    saved = {SUSPECT_LOG: saved_position(Position(FORM + 1, 3))}

    with pytest.raises(ContentError, match=r"p-ai\.events-0:1: the changelog has form"):
        judging(saved=saved)


def test_a_swap_to_a_pack_that_cannot_judge_is_a_dead_letter_and_the_old_one_goes_on():
    packs = KnownPacks(PACK)
    packs.take("bad", b"nonsense", 5.0)
    key, value = swap_record(Swap("bad"))
    held = judging(packs=packs)

    rows = held.prepare([Fetched(0, value, key=key), event(1)])

    assert "cannot be used here" in json.loads(of(rows, "p-ai.deadletter")[0].value)["reason"]
    assert len(of(rows, "p-ai.scored")) == 1
    assert held.digest == PACK.digest
