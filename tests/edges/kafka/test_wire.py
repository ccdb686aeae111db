from math import inf

import pytest

from pipeline.alert import Alert, Standing
from pipeline.edges.kafka.wire import (
    FORM,
    SWAP,
    TICK,
    Position,
    encoded,
    event_of,
    position_of,
    saved_position,
    signal_of,
    swap_record,
    tick_record,
)
from pipeline.errors import BadRecord, ContentError
from pipeline.event import Event, Reason, Verdict
from pipeline.record import Place, Reject, Swap, Tick
from pipeline.signal import Signal

EVENT = Event(
    "e1", 12.5, "user.id=ada", idle=False, fields={"event.id": "e1", "ai.data.classes": ["secret"], "n": 1.0}
)
SIGNAL = Signal(
    "app=x", 3.0, "e1", "digest", Reason("rule", "EXF-001", "So.", 0.5, {"a": [1]}, ("T1",)), {"b": 2}, 7.5
)


@pytest.mark.parametrize("tick", [Tick("a-0", 12.0, 2), Tick("a-0", inf)])
def test_a_tick_comes_back_as_it_went(tick):
    assert event_of(*tick_record(tick)) == tick
    assert signal_of(*tick_record(tick)) == tick


def test_a_swap_comes_back_as_it_went():
    assert event_of(*swap_record(Swap("d"))) == Swap("d")


def test_events_and_signals_come_back_whole():
    key, value = encoded(EVENT)
    assert (key, event_of(key.encode(), value)) == ("user.id=ada", EVENT)
    key, value = encoded(SIGNAL)
    assert (key, signal_of(key.encode(), value)) == ("app=x", SIGNAL)


def test_documents_go_as_sinks_keep_them():
    assert encoded(Verdict(EVENT, (), 0.0)) == (
        "user.id=ada",
        b'{"event.id":"e1","ai.data.classes":["secret"],"n":1.0}',
    )
    assert encoded(Alert("a1", 1.0, {"rule.id": "X"})) == ("a1", b'{"rule.id":"X"}')
    assert encoded(Standing("app=x", 1.0, {"n": 2})) == ("app=x", b'{"n":2}')


def test_a_dead_letter_names_the_offset_of_its_record():
    assert encoded(Reject(Place("raw-0", 8), "broken")) == (
        "raw-0",
        b'{"log":"raw-0","offset":7,"reason":"broken"}',
    )


@pytest.mark.parametrize(
    ("key", "value"),
    [
        (b"user.id=ada", b"{"),
        (b"user.id=ada", None),
        (None, b"[]"),
        (b"user.id=ada", b'{"id":"e1"}'),
        (TICK, b"{}"),
        (TICK, b'{"log":"a","time":"soon","depth":0}'),
        (TICK, None),
        (TICK, b'{"log":"a","time":"nan","depth":0}'),
        (TICK, b'{"log":"a","time":NaN,"depth":0}'),
        (TICK, b'{"log":7,"time":1.0,"depth":0}'),
        (TICK, b'{"log":"a","time":1.0,"depth":"1"}'),
        (SWAP, b"7"),
    ],
)
def test_what_nobody_can_read_is_a_bad_record(key, value):
    with pytest.raises(BadRecord):
        event_of(key, value)
    with pytest.raises(BadRecord):
        signal_of(key, value)


def test_a_position_comes_back_as_it_went():
    position = Position(FORM, 42, clock=b"c", last=1.5, high=2.5, digest="d", ended=True)

    assert position_of(saved_position(position), "log") == position


@pytest.mark.parametrize("value", [saved_position(Position(FORM + 1, 42)), b"\xc1", b""])
def test_a_position_of_another_form_is_told_with_its_remedy(value):
    with pytest.raises(
        ContentError, match=f"ai.raw-0:1: the changelog has .*this is form {FORM} .*another prefix"
    ):
        position_of(value, "ai.raw-0")
