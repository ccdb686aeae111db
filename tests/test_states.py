from math import inf

import msgspec

from pipeline.record import Tick
from pipeline.states import Clock, States


class Note(msgspec.Struct):
    text: str = ""


def test_states_come_back_from_what_was_saved():
    states = States("act", Note)
    states.keep("a", Note("x"), 5.0, 3.0)
    states.keep("b", Note("y"), inf)
    saved = states.changes()

    again = States("act", Note, {k: (saved.due[k], v) for k, v in saved.states.items()}, saved.clock)

    assert (again.get("a"), again.get("b"), again.get("c"), len(again)) == (Note("x"), Note("y"), None, 2)
    assert again.clock.latest == 3.0
    assert [key for key, _ in again.due(6.0)] == ["a"]


def test_only_changes_are_saved_and_a_dropped_state_is_named():
    states = States("act", Note)
    states.keep("a", Note(), inf)
    states.changes()
    states.keep("b", Note(), inf)
    states.drop("a")

    assert {key: state is None for key, state in states.changes().states.items()} == {"a": True, "b": False}
    assert states.changes().states == {}


def test_a_state_that_nobody_asked_for_is_saved_as_it_came():
    states = States("act", Note, {"a": (1.0, msgspec.msgpack.encode(Note("x")))})
    states.keep("a", states._states["a"], 2.0)

    assert states.changes().states["a"] == msgspec.msgpack.encode(Note("x"))


def test_each_due_state_wakes_once_in_order_of_time():
    states = States("act", Note)
    for key, due in (("late", 9.0), ("b", 2.0), ("a", 2.0), ("early", 1.0)):
        states.keep(key, Note(), due)
    states.keep("early", Note(), 3.0)
    states.keep("early", Note(), 1.0)

    assert [key for key, _ in states.due(5.0)] == ["early", "a", "b"]
    assert list(states.due(5.0)) == []
    assert states.wake_at("late") == 9.0


def test_a_dropped_state_does_not_wake():
    states = States("act", Note)
    states.keep("a", Note(), 1.0)
    states.drop("a")

    assert list(states.due(5.0)) == []


def test_the_watermark_is_the_least_over_the_logs_that_are_known():
    clock = Clock()
    clock.expect(("f", "g"))

    assert clock.move(Tick("f", 10.0)) is None
    assert clock.move(Tick("g", 5.0)) == 5.0
    assert clock.move(Tick("g", 5.0)) is None
    assert clock.move(Tick("g", 50.0)) == 10.0


def test_an_ended_log_leaves_the_minimum_and_the_last_one_the_latest_event():
    clock = Clock(latest=42.0)
    clock.expect(("f", "g"))
    clock.move(Tick("f", inf))

    assert clock.move(Tick("g", 7.0)) == 7.0
    end = clock.move(Tick("g", inf))
    assert end is not None
    assert 42.0 < end < 42.001
    assert clock.move(Tick("g", inf)) is None


def test_logs_that_are_no_longer_read_hold_nothing_back():
    clock = Clock()
    clock.expect(("f", "g"))
    clock.move(Tick("f", 10.0))
    clock.expect(("f",))

    assert clock.move(Tick("f", 11.0)) == 11.0


def test_depths_have_watermarks_of_their_own():
    clock = Clock()

    assert clock.move(Tick("f", 10.0, 0)) == 10.0
    assert clock.move(Tick("f", 3.0, 1)) == 3.0
