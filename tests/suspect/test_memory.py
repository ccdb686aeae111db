import pytest

from pipeline.event import Event, home_of
from pipeline.record import Tick
from pipeline.suspect import Memory, learn, recall, rest, wakes
from pipeline.suspect.memory import PAUSE, SLACK, Kept, Said, short
from pipeline.suspect.tally import MOST_NAMES, entities
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

    told = {"events": 2, "units": 2.0, "first_seen": 10.0, "last_seen": 3599.0}
    assert [(s.subject, s.time, s.facts) for s in closed] == [
        ("user.id=ada", 3600.0, {f"ai.standing.{name}": value for name, value in told.items()})
    ]
    assert wakes(memory) == 7200.0


def test_an_app_hears_who_used_it_and_how():
    memory = Memory()
    app = {
        "ai.app.id": "glacier",
        "ai.app.name": "Glacier",
        "ai.app.vendor": "Ice",
        "ai.app.tenant": "personal",
    }
    said = {"ai.data.classes": ["card"], "gen_ai.request.model": "g-2", "ai.surface": "browser"}
    learned(memory, event(1, 1.0, **app, **said), event(2, 2.0, **app), event(3, 3.0, **app, **said))

    glacier, _ = rest("user.id=ada", memory, Tick("f", 3600.0), PACK)

    assert glacier.facts == {
        "ai.standing.events": 3,
        "ai.standing.units": 0.0,
        "ai.standing.first_seen": 1.0,
        "ai.standing.last_seen": 3.0,
        "ai.standing.people": ["ada"],
        "ai.standing.classes": {"card": 2},
        "ai.standing.models": ["g-2"],
        "ai.standing.surfaces": ["browser"],
        "ai.standing.tenants": ["personal"],
        "ai.app.name": "Glacier",
        "ai.app.vendor": "Ice",
    }


def test_an_app_names_no_more_than_so_many_of_a_kind():
    memory = Memory()
    models = [f"g-{n:02}" for n in range(MOST_NAMES + 5)]
    learned(
        memory,
        *(event(n, 1.0, **{"ai.app.id": "a", "gen_ai.request.model": m}) for n, m in enumerate(models)),
    )

    app, _ = rest("user.id=ada", memory, Tick("f", 3600.0), PACK)

    assert app.facts["ai.standing.models"] == models[:MOST_NAMES]


def test_a_home_wakes_for_what_waits_and_for_what_no_group_needs_any_more():
    said = Said(pause=3, subject="h", rule="r")
    kept = {n: Kept("h", last, 600.0, {}) for n, last in enumerate((50.0, 20.0))}

    assert wakes(Memory(said={1: said, 2: Said(pause=2, subject="h", rule="r")}, kept=kept)) == 3 * PAUSE
    assert wakes(Memory(kept=kept)) == 620.0 + SLACK


def test_a_task_tells_at_once_only_what_may_be_news():
    memory, task = Memory(), {"ai.task.id": "t", "gen_ai.agent.id": "bot"}
    known = {"ai.app.id": "claude", "ai.app.status": "sanctioned"}
    unknown = {"ai.app.id": "glacier", "ai.app.status": "unknown"}

    told = learned(memory, event(1, 1.0, **task, **known), event(2, 2.0, **task, **unknown))

    assert [signal.subject for signal in told] == ["gen_ai.agent.id=bot", "ai.app.id=glacier"]
    assert {s.subject for s in rest("h", memory, Tick("f", 3600.0), PACK)} == {
        *("user.id=ada", "gen_ai.agent.id=bot", "ai.app.id=claude", "ai.app.id=glacier")
    }


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
    ("name", "limit"),
    [("acts", "learning.MOST_ACTS"), ("calls", "learning.MOST_CALLS"), ("known", "tally.MOST_SUBJECTS")],
)
def test_every_part_is_bounded(monkeypatch, name, limit):
    monkeypatch.setattr(f"pipeline.suspect.{limit}", 3)
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


def approval(number, time, **fields):
    return tool(
        number, time, ["payment"], **{"event.action": "approval", "gen_ai.tool.call.id": "c"} | fields
    )


def test_an_approval_takes_as_long_as_its_source_says_or_as_the_call_was_waiting():
    memory = Memory()
    learned(memory, tool(1, 10.0, ["payment"], **{"gen_ai.tool.call.id": "c"}))
    said = {
        "ai.approval.requested_at": "2026-03-04T09:00:00.000000Z",
        "ai.approval.decided_at": "2026-03-04T09:00:01.500000Z",
    }

    assert recall(approval(2, 12.5), memory)[1]["ai.approval.latency_s"] == 2.5
    assert recall(approval(3, 12.5, **said), memory)[1]["ai.approval.latency_s"] == 1.5
    assert "ai.approval.latency_s" not in recall(approval(4, 12.5), Memory())[1]


def test_a_time_that_nobody_can_read_counts_as_none():
    memory = Memory()
    learned(memory, tool(1, 10.0, ["payment"], **{"gen_ai.tool.call.id": "c"}))
    said = {"ai.approval.requested_at": "soon", "ai.approval.decided_at": "later"}

    assert recall(approval(2, 12.5, **said), memory)[1]["ai.approval.latency_s"] == 2.5


def test_a_result_is_not_told_when_its_call_was_asked_for():
    memory = Memory()
    learned(memory, tool(1, 10.0, ["payment"], **{"gen_ai.tool.call.id": "c"}))

    adds = recall(approval(2, 12.5, **{"event.action": "tool_result"}), memory)[1]

    assert adds.keys() == {"ai.tool.risk"}


def test_equal_calls_have_the_same_fingerprint_and_others_another():
    prints = [
        recall(tool(1, 1.0, ["read"], **{"ai.tool.arguments": said}), Memory())[1]["ai.tool.fingerprint"]
        for said in ("{}", "{}", '{"a": 1}')
    ]

    assert prints[0] == prints[1] != prints[2]
