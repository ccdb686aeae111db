import random

import msgspec
import pytest

from pipeline.event import Event, home_of
from pipeline.flow import suspect
from pipeline.record import Tick
from pipeline.suspect import Memory, habits, rest
from pipeline.suspect.baseline import MOST_MET, MOST_OPEN, MOST_ROWS, WARM, unusual
from tests.packs import pack

HOUR = 3600.0
PACK = pack()


def event(time, **fields):
    fields = {
        "event.id": f"e{time}",
        "event.action": "prompt",
        "user.id": "ada",
        "ai.content.length": 400,
    } | fields
    return Event(fields["event.id"], time, home_of(fields), idle=False, fields=fields)


def lived(memory, *events):
    """Let a home live through events; give what its baseline says of the last."""
    adds = {}
    for one in events:
        adds = habits(one, one.fields, memory)
    return adds


def lived_through(*events):
    memory = Memory()
    lived(memory, *events)
    return memory


def warm(hours=WARM, each=5, *, ticks=True, **fields):
    memory = Memory()
    for hour in range(hours):
        lived(memory, *(event(hour * HOUR + n, **fields) for n in range(each)))
        if ticks:
            list(rest("user.id=ada", memory, Tick("f", (hour + 1) * HOUR), PACK))
    return memory


def burst(hour, many, **fields):
    return [event(hour * HOUR + n, **fields) for n in range(many)]


def test_much_more_than_usual_is_told_with_what_it_is_compared_to():
    adds = lived(warm(each=5), *burst(30, 90))

    assert adds == {
        "ai.baseline.volume_z": 34.0,
        "ai.baseline.measure": "interactions",
        "ai.baseline.times": 18.0,
        "ai.baseline.usual": 5.0,
        "ai.baseline.hours": 20,
    }
    said = unusual(adds)
    assert (said.who, said.sentence) == (
        "baseline",
        "18 times the usual acts of an hour, over 20 hours of learning",
    )


@pytest.mark.parametrize(
    ("measure", "fields"),
    [
        ("characters", {"ai.content.length": 40_000}),
        ("bytes", {"event.action": "file_upload", "file.size": 50_000_000}),
        ("subjects", {"ai.data.subjects": 60}),
    ],
)
def test_one_act_alone_can_be_too_much(measure, fields):
    assert lived(warm(), event(30 * HOUR, **fields))["ai.baseline.measure"] == measure


def test_many_apps_and_destinations_and_calls_are_unusual():
    apps = [event(30 * HOUR + n, **{"ai.app.id": f"a{n}"}) for n in range(9)]
    places = [event(30 * HOUR + n, **{"ai.tool.destination": f"{n}.example"}) for n in range(9)]
    calls = burst(30, 120, **{"event.action": "tool_call", "ai.content.length": 0})

    assert lived(warm(), *apps)["ai.baseline.measure"] == "apps"
    assert lived(warm(), *places)["ai.baseline.measure"] == "destinations"
    assert lived(warm(each=40), *calls)["ai.baseline.measure"] == "tool_calls"


def test_what_there_usually_is_none_of_is_said_so():
    said = unusual(lived(warm(), event(30 * HOUR, **{"ai.data.subjects": 60})))

    assert (
        said.sentence
        == "60 persons in the data in an hour, where there are usually none, over 20 hours of learning"
    )


def test_nothing_is_unusual_before_enough_hours_are_learnt():
    assert lived(warm(WARM - 1), *burst(30, 500)) == {}


def test_below_the_floor_nothing_is_unusual():
    assert lived(warm(each=1), *burst(30, 19)) == {}


def test_who_always_works_much_is_not_unusual():
    assert lived(warm(each=60), *burst(30, 100)) == {}


def test_one_wild_hour_does_not_move_the_usual():
    memory = warm()
    lived(memory, *burst(25, 5000))

    assert lived(memory, *burst(30, 90))["ai.baseline.usual"] == 5.0


def test_it_makes_no_difference_whether_hours_were_closed():
    assert lived(warm(ticks=False), *burst(30, 90)) == lived(warm(), *burst(30, 90))


def test_a_baseline_is_the_same_after_a_restart():
    memory = warm()
    again = msgspec.msgpack.decode(msgspec.msgpack.encode(memory), type=Memory)

    assert again == memory
    assert lived(again, *burst(30, 90)) == lived(memory, *burst(30, 90))


def test_an_event_that_comes_after_its_hour_was_closed_joins_it():
    memory = warm()
    lived(memory, event(19 * HOUR + 50))
    list(rest("user.id=ada", memory, Tick("f", 20 * HOUR), PACK))

    assert len(memory.rows) + len(memory.busy) == WARM
    assert memory.busy[19].interactions == 6


def test_an_hour_that_was_closed_is_opened_again_with_what_it_had():
    apps = [event(10 * HOUR + n, **{"ai.app.id": f"a{n}"}) for n in range(3)]
    memory = lived_through(*apps, *(event(hour * HOUR) for hour in range(20, 20 + MOST_OPEN)))
    assert memory.rows == [(10, 3, 1200, 0, 0, 0, 3, 0)]

    lived(memory, *apps[1:], event(10 * HOUR + 9))
    assert (memory.busy[10].interactions, len(memory.busy[10].apps)) == (6, 3)
    lived(memory, *(event(10 * HOUR + n, **{"ai.app.id": f"b{n}"}) for n in range(2)))
    assert len(memory.busy[10].apps) == 4


@pytest.mark.parametrize("seed", range(20))
def test_what_is_unusual_does_not_depend_on_when_time_was_told(seed):
    chance = random.Random(seed)
    events = [
        event(hour * HOUR + chance.randrange(3600), **{"ai.app.id": f"a{chance.randrange(9)}"})
        for hour in range(90)
        for _ in range(chance.choice((1, 2, 5, 60)))
    ]
    events.sort(key=lambda one: one.time + chance.choice((0, 0, 0, 5)) * HOUR)
    calm, disturbed = Memory(), Memory()

    for one in events:
        if chance.random() < 0.3:
            list(rest("user.id=ada", disturbed, Tick("f", one.time - chance.randrange(7200)), PACK))
        assert lived(disturbed, one) == lived(calm, one)
    assert any("ai.baseline.volume_z" in lived(calm, one) for one in burst(95, 600))


def test_it_learns_from_the_last_hours_alone():
    memory = lived_through(*(event(hour * HOUR) for hour in range(MOST_ROWS + 10)))

    assert lived(memory, *burst(99, 90))["ai.baseline.hours"] == MOST_ROWS


def test_hours_after_that_of_a_late_event_are_not_learnt_from():
    memory = warm(WARM + 10)

    assert lived(memory, *burst(WARM - 1, 90)) == {}
    assert lived(memory, *burst(WARM, 90))["ai.baseline.hours"] == WARM


def test_an_earlier_hour_that_grows_changes_what_is_usual():
    memory = warm(each=5)
    lived(memory, *burst(30, 90))
    lived(memory, *(one for hour in range(WARM) for one in burst(hour, 55)))

    assert lived(memory, *burst(30, 1)) == {}


@pytest.mark.parametrize(
    ("field", "fact"),
    [
        ("ai.app.id", "new_app"),
        ("gen_ai.request.model", "new_model"),
        ("gen_ai.tool.name", "new_tool"),
        ("ai.tool.destination", "new_destination"),
        ("url.domain", "new_destination"),
        ("source.geo.country_iso_code", "new_country"),
        ("host.name", "new_host"),
    ],
)
def test_what_no_earlier_hour_has_is_new_as_long_as_its_hour_lasts(field, fact):
    memory = warm(**{field: "old"})
    new = {field: "new"}

    assert lived(memory, event(30 * HOUR, **{field: "old"})) == {}
    assert lived(memory, event(30 * HOUR + 1, **new)) == {f"ai.baseline.{fact}": True}
    assert lived(memory, event(30 * HOUR + 2, **new)) == {f"ai.baseline.{fact}": True}
    assert lived(memory, event(31 * HOUR, **new)) == {}


def test_a_network_is_new_too():
    assert lived(warm(), event(30 * HOUR, **{"source.as.number": 64500})) == {"ai.baseline.new_network": True}


def test_what_was_not_met_for_a_month_is_new_again():
    memory = warm(**{"ai.app.id": "claude"})

    assert lived(memory, event(1000 * HOUR, **{"ai.app.id": "claude"})) == {"ai.baseline.new_app": True}


def test_lists_of_tools_are_no_tool():
    assert lived(warm(), event(30 * HOUR, **{"gen_ai.tool.name": ["a", "b"]})) == {}


def test_a_task_is_too_short_to_have_habits():
    memory = Memory()
    lived(memory, event(0.0, **{"ai.task.id": "t"}))

    assert memory == Memory()


def test_the_first_use_of_an_app_that_nobody_sanctioned_is_told_once_in_a_month():
    memory, app = Memory(), {"ai.app.id": "glacier", "ai.app.status": "unsanctioned"}

    assert lived(memory, event(0.0, **app)) == {"ai.baseline.first_app": True}
    assert lived(memory, event(1.0, **app)) == {}
    assert lived(memory, event(29 * 24 * HOUR, **app)) == {}
    assert lived(memory, event(31 * 24 * HOUR, **app)) == {"ai.baseline.first_app": True}


@pytest.mark.parametrize("fields", [{"ai.app.status": "tolerated"}, {"event.action": "completion"}])
def test_other_sights_of_an_app_are_no_first_use(fields):
    app = {"ai.app.id": "glacier", "ai.app.status": "unknown"}

    assert lived(Memory(), event(0.0, **app | fields)) == {}


def test_a_verdict_has_the_reason_and_a_second_sighting_counts_nothing():
    memory = warm()
    crowd = burst(30, 90)
    *_, last = (output for one in crowd for output in suspect(one, memory, PACK))
    list(suspect(crowd[0], memory, PACK))

    assert [reason.who for reason in last.reasons] == ["baseline"]
    assert memory.busy[30].interactions == 90


def test_a_baseline_is_bounded():
    memory = warm(MOST_ROWS + 20)
    lived(
        memory,
        *(event(200 * HOUR + n, **{"ai.app.id": f"a{n}", "url.domain": f"{n}.example"}) for n in range(99)),
    )

    assert len(memory.rows) == MOST_ROWS
    assert len(memory.met["ai.app.id"]) == MOST_MET
    assert len(memory.busy[200].apps) == MOST_MET
    assert len(msgspec.msgpack.encode(memory)) < 6000


def test_a_home_that_was_away_for_long_learns_anew():
    memory = warm()
    list(rest("user.id=ada", memory, Tick("f", 2000 * HOUR), PACK))

    assert memory == Memory()
