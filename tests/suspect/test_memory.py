import pytest

from pipeline.event import Event, home_of
from pipeline.record import Tick
from pipeline.suspect.learning import entities, learn
from pipeline.suspect.memory import Memory, rest, short, wakes
from pipeline.suspect.recalling import recall
from tests.packs import pack

PACK = pack()


def event(number, time=0.0, **fields):
    fields = {"event.id": f"e{number}", "event.action": "prompt", "user.id": "ada"} | fields
    return Event(fields["event.id"], time, home_of(fields), idle=False, fields=fields)


def tool(number, time, risk, **fields):
    return event(
        number, time, **{"event.action": "tool_call", "ai.tool.risk": risk, "ai.task.id": "t"} | fields
    )


def learned(memory, *events):
    return [signal for each in events for signal in learn(each, [], memory)]


def test_an_act_is_known_the_second_time_with_the_rules_that_fired():
    memory = Memory()
    assert recall(event(1), memory) == (None, {})
    list(learn(event(1), ["x"], memory))
    list(learn(event(1), ["y"], memory))

    act, _ = recall(event(1), memory)

    assert act.fired == ["x", "y"]


def test_a_second_sighting_is_not_counted_again():
    memory = Memory()
    learned(memory, event(1), event(1))

    (signal,) = rest("user.id=ada", memory, Tick("f", 3600.0), PACK)

    assert signal.facts["ai.standing.events"] == 1


def test_a_result_takes_its_tool_from_the_call():
    memory = Memory()
    learned(
        memory, tool(1, 1.0, ["read_private"], **{"gen_ai.tool.call.id": "c", "gen_ai.tool.name": "lookup"})
    )
    result = event(2, 2.0, **{"event.action": "tool_result", "gen_ai.tool.call.id": "c", "ai.task.id": "t"})

    _, adds = recall(result, memory)

    assert adds == {"ai.taint": ["private"], "gen_ai.tool.name": "lookup", "ai.tool.risk": ["read_private"]}


def test_a_second_sighting_of_a_call_knows_what_was_asked_before():
    memory = Memory()
    call = {"gen_ai.tool.call.id": "c", "gen_ai.tool.name": "rm"}
    learned(memory, tool(1, 1.0, ["destructive"], **call, **{"ai.approval.state": "pending"}))

    act, adds = recall(tool(1, 2.0, ["destructive"], **call), memory)

    assert act is not None
    assert adds == {"ai.approval.state": "pending"}


def test_a_result_has_the_risk_of_its_call():
    memory = Memory()
    learned(memory, tool(1, 1.0, ["read_secret"], **{"gen_ai.tool.call.id": "c"}))
    result = event(
        2,
        2.0,
        **{
            "event.action": "tool_result",
            "gen_ai.tool.call.id": "c",
            "ai.task.id": "t",
            "ai.tool.risk": ["read"],
        },
    )

    assert recall(result, memory)[1]["ai.tool.risk"] == ["read_secret"]


def test_taint_is_what_was_touched_before_and_not_refused():
    memory = Memory()
    refused = tool(1, 1.0, ["read_secret"], **{"ai.policy.decision": "block"})
    page = tool(2, 5.0, ["read"], **{"ai.content.origin": "web"})
    secret = tool(3, 9.0, ["read"], **{"event.action": "tool_result", "ai.data.classes": ["secret"]})
    learned(memory, refused, page, secret)

    assert recall(event(4, 4.0), memory)[1] == {}
    assert recall(event(4, 6.0), memory)[1] == {"ai.taint": ["untrusted"]}
    assert recall(event(4, 9.0), memory)[1] == {"ai.taint": ["secret", "untrusted"]}


def test_subjects_hear_at_once_when_a_home_meets_them():
    memory = Memory()
    app = {"ai.app.id": "glacier", "ai.app.name": "Glacier"}

    first = learned(memory, event(1, 5.0, **app))
    second = learned(memory, event(2, 6.0, **app))

    assert [signal.subject for signal in first] == ["user.id=ada", "ai.app.id=glacier"]
    assert first[1].facts == {
        "ai.standing.first_seen": 5.0,
        "user.id": "ada",
        "ai.app.id": "glacier",
        "ai.app.name": "Glacier",
    }
    assert second == []


def test_hours_are_summed_when_they_close():
    memory = Memory()
    learned(memory, event(1, 10.0, **{"ai.data.units": 2.0}), event(2, 3599.0), event(3, 3600.0))

    closed = list(rest("user.id=ada", memory, Tick("f", 3600.0), PACK))

    assert [(s.subject, s.time, s.facts) for s in closed] == [
        ("user.id=ada", 3600.0, {"ai.standing.events": 2, "ai.standing.units": 2.0})
    ]
    assert wakes(memory) == 7200.0


def test_acts_are_forgotten_after_a_day_and_a_home_after_a_month():
    memory = Memory()
    learned(memory, tool(1, 10.0, ["read_private"], **{"gen_ai.tool.call.id": "c"}))
    list(rest("h", memory, Tick("f", 7200.0), PACK))
    assert wakes(memory) == 10.0 + 86400

    list(rest("h", memory, Tick("f", 86500.0), PACK))
    assert memory.acts == {}
    assert memory.taint

    list(rest("h", memory, Tick("f", wakes(memory) + 1), PACK))
    assert memory == Memory()


@pytest.mark.parametrize(
    ("name", "limit"), [("acts", "MOST_ACTS"), ("calls", "MOST_CALLS"), ("known", "MOST_SUBJECTS")]
)
def test_every_part_is_bounded(monkeypatch, name, limit):
    monkeypatch.setattr(f"pipeline.suspect.learning.{limit}", 3)
    memory = Memory()
    learned(
        memory,
        *(tool(n, 1.0, ["read"], **{"gen_ai.tool.call.id": f"c{n}", "ai.app.id": f"a{n}"}) for n in range(9)),
    )

    assert len(getattr(memory, name)) == 3


def test_a_person_is_the_user_id_else_the_address():
    assert list(entities({"user.id": "ada", "user.email": "ada@x.example"})) == ["user.id=ada"]
    assert list(entities({"user.email": "ada@x.example"})) == ["user.email=ada@x.example"]


def test_ids_that_are_hashes_and_ids_that_only_look_so_are_told_apart():
    ids = ["0" * 31 + "1", "0" * 31 + "2", "-" * 32, "+" * 32, "e1", ""]

    assert len({short(one) for one in ids}) == len(ids)
    assert all(0 <= short(one) < 2**64 for one in ids)
