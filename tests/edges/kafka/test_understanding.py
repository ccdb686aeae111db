import json
from math import inf

import pytest

from pipeline.edges.kafka.bulletin import KnownPacks
from pipeline.edges.kafka.wire import POSITION, event_of, position_of, swap_record, tick_record
from pipeline.errors import Outage
from pipeline.record import Swap, Tick
from pipeline.understand.settle import stamp
from tests.edges.kafka.fetched import PACK, RAW, Fetched, saved_of, understanding

DAY = "2026-03-04T09:{:02}:00Z"


def raw(offset, minute=0, **more):
    told = {"event.id": f"e{offset}", "@timestamp": DAY.format(minute), "event.action": "prompt"}
    told |= {"user.id": "ada.lind", "ai.content.text": "Hello", "url.domain": "claude.ai"}
    return Fetched(offset, json.dumps(told | more).encode())


def events(rows):
    return [event_of(row.key, row.value) for row in rows if row.topic == "p-ai.events"]


def position(rows):
    return position_of(saved_of(rows, "p-ai.positions")[POSITION + RAW[0].encode()], RAW[0])


def test_a_record_becomes_an_event_at_the_place_behind_it():
    holder = understanding()

    rows = holder.prepare([raw(7)])
    event = events(rows)[0]

    assert (event.id, event.fields["log.offset"], event.fields["log.file.path"]) == ("e7", 8, RAW[0])
    assert holder.position == position(rows).offset == 8


def test_time_goes_to_every_partition_of_events():
    ticks = [given for given in events(understanding().prepare([raw(0, 5)])) if isinstance(given, Tick)]

    assert len(ticks) == 2
    assert {tick.log for tick in ticks} == {RAW[0]}


def test_of_the_minutes_of_a_batch_the_last_says_all_and_the_depth_is_ours():
    key, value = tick_record(Tick("whatever", 5.0, 3))
    minutes = understanding().prepare([raw(0, 5), raw(1, 9), raw(2, 20)])
    told = events(understanding().prepare([Fetched(0, value, key=key)]))

    assert len([given for given in events(minutes) if isinstance(given, Tick)]) == 2
    assert set(told) == {Tick(RAW[0], 5.0)}


def test_a_broken_record_is_a_dead_letter_with_its_offset():
    rows = understanding().prepare([Fetched(3, b"{"), Fetched(4, b"x", key=b"\0tick")])
    letters = [json.loads(row.value) for row in rows if row.topic == "p-ai.deadletter"]

    assert [(letter["log"], letter["offset"]) for letter in letters] == [(RAW[0], 3), (RAW[0], 4)]
    assert all(letter["reason"] for letter in letters)


def test_an_idle_event_goes_nowhere():
    idle = Fetched(
        0, json.dumps({"@timestamp": DAY.format(0), "event.action": "signin", "user.id": "ada.lind"}).encode()
    )

    assert not any(isinstance(given, Tick) is False for given in events(understanding().prepare([idle])))


def test_it_goes_on_where_the_changelog_says():
    first = understanding()
    saved = saved_of(first.prepare([raw(0, 10)]), "p-ai.positions")
    second = understanding(saved)

    assert second.position == 1
    assert events(second.prepare([raw(1, 10)])) == events(first.prepare([raw(1, 10)]))


def test_a_silent_log_lets_time_pass_and_one_that_never_spoke_holds_nobody_back():
    holder = understanding()
    never = events(holder.silent(100.0))
    holder.prepare([raw(0, 10)])
    before = {given.time for given in events(holder.silent(0.0))}
    after = {given.time for given in events(holder.silent(600.0))}

    assert {given.time for given in never} == {inf}
    assert {time - 600.0 for time in after} == before


def test_a_log_whose_end_was_told_says_no_more_until_it_speaks_again():
    holder = understanding()
    key, value = tick_record(Tick("whatever", inf))
    rows = holder.prepare([raw(0), Fetched(1, value, key=key)])

    assert Tick(RAW[0], inf) in events(rows)
    assert holder.silent(1000.0) == []
    assert understanding(saved_of(rows, "p-ai.positions")).silent(1000.0) == []
    holder.prepare([raw(2)])
    assert holder.silent(1000.0) != []


def test_a_swap_changes_the_pack_and_is_remembered():
    key, value = swap_record(Swap("other"))
    holder = understanding(packs={PACK.digest: PACK, "other": PACK})

    rows = holder.prepare([Fetched(0, value, key=key), raw(1)])

    assert position(rows).digest == "other"


def test_a_pack_that_is_not_here_is_an_outage():
    key, value = swap_record(Swap("unknown"))

    with pytest.raises(Outage):
        understanding().prepare([Fetched(0, value, key=key)])


def test_a_swap_to_a_pack_that_cannot_judge_changes_nothing():
    packs = KnownPacks(PACK)
    packs.take("bad", b"nonsense", 5.0)
    key, value = swap_record(Swap("bad"))

    rows = understanding(packs=packs).prepare([Fetched(0, value, key=key), raw(1)])

    assert position(rows).digest == PACK.digest
    assert [row.topic for row in rows].count("p-ai.deadletter") == 1


def test_the_end_of_a_log_says_first_how_far_it_came():
    key, value = tick_record(Tick("whatever", inf))
    holder = understanding()
    holder.prepare([raw(0, 10)])

    told = [
        given for given in events(holder.prepare([Fetched(1, value, key=key)])) if isinstance(given, Tick)
    ]

    assert [given.time == inf for given in told] == [False, False, True, True]
    assert stamp(told[0].time) == "2026-03-04T09:10:00.000000Z"


def test_a_log_that_speaks_behind_its_end_has_not_ended():
    key, value = tick_record(Tick("whatever", inf))
    holder = understanding()

    rows = holder.prepare([raw(0, 10), Fetched(1, value, key=key), raw(2, 20)])

    assert Tick(RAW[0], inf) not in events(rows)
    assert holder.silent(1000.0) != []
