from math import inf

import msgspec
import pytest

from pipeline.errors import Outage
from pipeline.record import Swap, Tick
from pipeline.states import States
from pipeline.turn import Act, turn
from tests.packs import pack


class Heard(msgspec.Struct):
    values: list = []


class Said(msgspec.Struct, frozen=True):
    key: str
    time: float


def take(said, state, content):
    state.values.append(said.time)
    yield f"{said.key} at {said.time} by {content.digest}"


def wait(key, state, tick, _content):
    yield f"{key} woke before {tick.time}"
    state.values.clear()


ACT = Act(Heard, lambda said: said.key, take, lambda state: min(state.values, default=inf) + 10, wait, 1)
PACKS = {"pack-1": pack(), "pack-2": msgspec.structs.replace(pack(), digest="pack-2")}


def states():
    found = States("here", Heard)
    found.clock.digest = "pack-1"
    return found


def test_inputs_are_taken_in_order_by_the_state_of_their_key():
    kept = states()

    outputs = list(turn(ACT, [Said("a", 1.0), Said("b", 2.0), Said("a", 3.0)], kept, PACKS))

    assert outputs == ["a at 1.0 by pack-1", "b at 2.0 by pack-1", "a at 3.0 by pack-1"]
    assert kept.get("a").values == [1.0, 3.0]


def test_a_tick_wakes_what_is_due_drops_what_is_empty_and_goes_on_deeper():
    kept = states()

    outputs = list(
        turn(ACT, [Said("a", 1.0), Said("b", 5.0), Tick("log", 12.0), Tick("log", 12.0)], kept, PACKS)
    )

    assert outputs[2:] == ["a woke before 12.0", Tick("here", 12.0, 1)]
    assert kept.get("a") is None
    assert kept.get("b").values == [5.0]


def test_a_swap_changes_the_pack_from_there_on():
    outputs = list(turn(ACT, [Said("a", 1.0), Swap("pack-2"), Said("a", 2.0)], states(), PACKS))

    assert outputs == ["a at 1.0 by pack-1", "a at 2.0 by pack-2"]


def test_an_unknown_digest_is_an_outage_not_a_guess():
    with pytest.raises(Outage, match="no pack with the digest pack-9"):
        list(turn(ACT, [Swap("pack-9")], states(), PACKS))
