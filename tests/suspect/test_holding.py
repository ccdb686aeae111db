import random

import pytest

from pipeline.event import Event, home_of
from pipeline.record import Tick
from pipeline.suspect import Memory, rest
from pipeline.suspect.holding import MOST_KEPT, found
from tests.packs import correlation, pack, rule

HOUR = 3600.0
CALL, OFF, USE = rule("call"), rule("off"), rule("use")
MANY = correlation("many", "event_count", "call", group_by=("ai.task.id",), condition=(("gte", 3.0),))
BOTH = correlation("both", "temporal", "off", "use", group_by=("ai.task.id",))
AFTER = correlation("after", "temporal_ordered", "off", "use", span=24 * HOUR, group_by=("host.name",))
ANYWHERE = correlation("anywhere", "event_count", "call", group_by=("user.id",), condition=(("gte", 3.0),))


def event(name, time, **fields):
    fields = {"event.id": name, "event.action": "tool_call", "user.id": "ada", "host.name": "pc"} | fields
    return Event(name, time, home_of(fields), idle=False, fields=fields)


def task(name, time, **fields):
    return event(name, time, **{"ai.task.id": "t"} | fields)


def told(memory, one, given, *hearers):
    return [signal.event for signal in found(one, given, hearers, memory)]


def rested(memory, time):
    return [signal.event for signal in rest("h", memory, Tick("f", time), pack())]


def test_a_task_tells_its_finds_when_there_are_enough_and_from_then_on_each():
    memory = Memory()

    assert [told(memory, CALL, task(name, at), MANY) for at, name in enumerate("abcd")] == [
        [],
        [],
        ["a", "b", "c"],
        ["d"],
    ]


def test_what_is_told_late_says_its_time_and_group():
    memory = Memory()
    told(memory, CALL, task("a", 1.0), MANY)
    told(memory, CALL, task("b", 2.0), MANY)

    first, *_ = found(CALL, task("c", 3.0), (MANY,), memory)

    assert (first.subject, first.time, first.rule, first.facts) == (
        "ai.task.id=t",
        1.0,
        CALL.digest,
        {"ai.task.id": "t"},
    )


def test_finds_that_lie_too_far_apart_are_not_added_up():
    memory = Memory()

    assert [told(memory, CALL, task(f"e{n}", n * 2000.0), MANY) for n in range(5)] == [[]] * 5


def test_an_earlier_find_that_comes_late_counts():
    memory = Memory()

    assert [told(memory, CALL, task(f"e{t}", t), MANY) for t in (900.0, 300.0, 899.0)][-1] == [
        "e900.0",
        "e300.0",
        "e899.0",
    ]


def test_groups_of_one_task_are_counted_apart():
    by_tool = correlation(
        "tools", "event_count", "call", group_by=("ai.task.id", "gen_ai.tool.name"), condition=(("gt", 1.0),)
    )
    memory = Memory()

    assert told(memory, CALL, task("a", 1.0, **{"gen_ai.tool.name": "x"}), by_tool) == []
    assert told(memory, CALL, task("b", 2.0, **{"gen_ai.tool.name": "y"}), by_tool) == []
    assert told(memory, CALL, task("c", 3.0, **{"gen_ai.tool.name": "x"}), by_tool) == ["a", "c"]


def test_what_others_may_count_too_is_told_at_once():
    assert told(Memory(), CALL, task("a", 1.0), ANYWHERE) == ["a"]
    assert told(Memory(), CALL, event("a", 1.0), ANYWHERE) == ["a"]


def test_a_chain_within_a_task_is_told_when_every_step_has_been_seen():
    memory = Memory()

    assert told(memory, USE, task("a", 1.0, **{"ai.app.id": "claude"}), BOTH) == []
    signals = list(found(OFF, task("b", 2.0), (BOTH,), memory))

    assert [(signal.event, signal.rule) for signal in signals] == [("a", USE.digest), ("b", OFF.digest)]
    assert signals[0].facts["ai.app.id"] == "claude"
    assert told(memory, USE, task("c", 3.0), BOTH) == ["c"]


def test_finds_that_no_group_needs_any_more_are_forgotten():
    memory = Memory()
    told(memory, CALL, task("a", 1.0), MANY)

    assert rested(memory, 601.0) == []
    assert memory.kept
    assert rested(memory, 1501.0) == []
    assert memory.kept == {}


def test_groups_are_bounded_and_what_does_not_fit_is_told():
    by_tool = correlation(
        "tools", "event_count", "call", group_by=("ai.task.id", "gen_ai.tool.name"), condition=(("gte", 2.0),)
    )
    memory = Memory()
    names = [
        told(memory, CALL, task(f"e{n}", 1.0, **{"gen_ai.tool.name": f"x{n}"}), by_tool)
        for n in range(MOST_KEPT + 1)
    ]

    assert names[-1] == [f"e{MOST_KEPT}"]
    assert not any(names[:-1])
    assert len(memory.kept) == MOST_KEPT + 1


def test_each_find_of_more_groups_than_can_be_held_is_told_once_and_none_is_missing():
    by_tool = correlation(
        "tools", "event_count", "call", group_by=("ai.task.id", "gen_ai.tool.name"), condition=(("gte", 3.0),)
    )
    memory, tools = Memory(), [f"x{n}" for n in range(MOST_KEPT + 5)]
    heard = []
    for at in range(3):
        for tool in tools:
            given = task(f"{tool}-{at}", 2000.0 * (at > 0) + at, **{"gen_ai.tool.name": tool})
            heard += told(memory, CALL, given, by_tool)
        rested(memory, 1600.0)

    late = {f"{tool}-{at}" for tool in tools[MOST_KEPT:] for at in range(3)}
    assert late <= set(heard)
    assert len(heard) == len(set(heard))
    rested(memory, 2002.0 + HOUR + 900)
    assert memory.kept == {}


def test_of_finds_that_only_end_a_chain_the_first_and_the_last_of_a_pause_are_told():
    memory = Memory()

    assert [
        told(memory, USE, event(name, at), AFTER) for name, at in (("a", 0.0), ("b", 60.0), ("c", 90.0))
    ] == [
        ["a"],
        [],
        [],
    ]
    assert rested(memory, 2 * HOUR - 1) == []
    assert rested(memory, 2 * HOUR) == ["c"]
    assert rested(memory, 3 * HOUR) == []


def test_the_last_of_a_pause_is_told_before_the_next_pause_whether_or_not_a_tick_came_first():
    memory = Memory()
    told(memory, USE, event("a", 0.0), AFTER)
    told(memory, USE, event("b", 60.0), AFTER)

    assert told(memory, USE, event("c", 2 * HOUR), AFTER) == ["b", "c"]


def test_a_first_step_makes_the_next_find_news_again():
    memory = Memory()
    told(memory, USE, event("a", 0.0), AFTER)

    assert told(memory, OFF, event("off", 60.0), AFTER) == ["off"]
    assert told(memory, USE, event("b", 61.0), AFTER) == ["b"]


def test_a_find_that_waited_is_told_before_a_first_step_makes_news():
    memory = Memory()
    told(memory, USE, event("a", 0.0), AFTER)
    told(memory, USE, event("b", 60.0), AFTER)

    assert told(memory, OFF, event("off", 90.0), AFTER) == ["b", "off"]


def test_a_find_of_an_earlier_pause_that_comes_late_is_told():
    memory = Memory()
    told(memory, USE, event("a", 2 * HOUR), AFTER)

    assert told(memory, USE, event("late", 2 * HOUR - 60), AFTER) == ["late"]


def test_a_find_of_the_same_pause_that_comes_late_leaves_the_last_one_waiting():
    memory = Memory()
    for name, at in (("a", 0.0), ("last", 60.0), ("late", 30.0)):
        told(memory, USE, event(name, at), AFTER)

    assert rested(memory, 2 * HOUR) == ["last"]


def test_what_comes_late_meets_what_had_been_held_for_it():
    memory = Memory()
    told(memory, CALL, task("old", 350.0), MANY)
    told(memory, CALL, task("new", 1000.0), MANY)

    assert told(memory, CALL, task("between", 500.0), MANY) == ["old", "new", "between"]


@pytest.mark.parametrize("seed", range(20))
def test_every_earlier_step_still_meets_a_find_that_follows_it(seed):
    chance, memory = random.Random(seed), Memory()
    times = sorted(float(chance.randrange(30 * 3600)) for _ in range(chance.randrange(1, 40)))
    heard = [
        signal.time for time in times for signal in found(USE, event(f"e{time}", time), (AFTER,), memory)
    ]
    heard += [signal.time for signal in rest("h", memory, Tick("f", 1e6), pack())]

    for off in (float(chance.randrange(30 * 3600)) for _ in range(200)):
        follows = [time for time in times if off <= time <= off + AFTER.span]
        assert bool(follows) == any(off <= time <= off + AFTER.span for time in heard)
    assert len(heard) <= 2 * 15
