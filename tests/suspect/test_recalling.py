import json

import msgspec
import pytest

from enrichers.reference import load_reference
from pipeline.event import Event, home_of
from pipeline.flow import understand
from pipeline.record import Place, Record, Tick
from pipeline.suspect import Memory, learn, recall, rest, wakes
from pipeline.suspect.memory import FORGET_LINKS
from tests.packs import pack
from tests.understand.samples import HOOK_CALL, HOOK_RESULT, claude_log

PACK = pack()


@pytest.fixture(scope="module")
def reference():
    return load_reference(None)


def event(name, verb, time=0.0, **fields):
    fields = {
        "event.id": name,
        "event.action": verb,
        "event.dataset": "claude_code.hook",
        "user.id": "ada",
        **{key.replace("__", "."): value for key, value in fields.items()},
    }
    return Event(name, time, home_of(fields), idle=False, fields=fields)


def known(memory, *events):
    """Take events; give the fields of each as they are judged."""
    judged = []
    for one in events:
        _, adds = recall(one, memory)
        judged.append(one.fields | adds)
        list(learn(msgspec.structs.replace(one, fields=judged[-1]), [], memory))
    return judged


def counted(memory):
    return [total.events for hour in memory.hours.values() for total in hour.values()]


def tool(name, verb, **fields):
    return event(name, verb, gen_ai__tool__call__id="toolu-1", **fields)


def chunk(number, *classes, last=None, turn="1", **fields):
    ends = {} if last is None else {"ai__content__chunk_last": last}
    found = {"ai__data__classes": [*classes], "ai__data__units": 1.0} if classes else {}
    name = f"{turn}-{number}"
    return event(name, "completion", ai__turn__id=turn, ai__content__chunk=number, **(ends | found | fields))


def test_what_was_decided_stands_at_the_result_and_at_later_sightings_of_the_call():
    call = tool("c", "tool_call", gen_ai__tool__name="rm", ai__approval__state="pending")
    approval = tool("a", "approval", ai__approval__state="denied", ai__approval__approver="ben")

    *_, asked, result, again = known(Memory(), call, approval, tool("r", "tool_result"), call)

    assert asked["gen_ai.tool.name"] == "rm"
    assert (result["gen_ai.tool.name"], result["ai.approval.state"]) == ("rm", "denied")
    assert (again["ai.approval.state"], again["ai.approval.approver"]) == ("denied", "ben")


def test_a_question_that_comes_late_overrides_no_decision():
    call = tool("c", "tool_call", gen_ai__tool__name="rm", ai__approval__state="pending")
    approval = tool("a", "approval", ai__approval__state="approved")

    _, late, result = known(Memory(), approval, call, tool("r", "tool_result"))

    assert late["ai.approval.state"] == "approved"
    assert (result["gen_ai.tool.name"], result["ai.approval.state"]) == ("rm", "approved")


def test_a_result_that_tells_of_the_decision_tells_it_to_the_call():
    result = tool("r", "tool_result", ai__approval__state="auto_approved")

    _, call = known(Memory(), result, tool("c", "tool_call", ai__approval__state="pending"))

    assert call["ai.approval.state"] == "auto_approved"


def test_what_an_event_says_itself_stays_as_it_is():
    call = tool("c", "tool_call", gen_ai__tool__name="rm", ai__approval__state="approved")

    _, again = known(
        Memory(), call, tool("c", "tool_call", gen_ai__tool__name="mv", ai__approval__state="denied")
    )

    assert (again["gen_ai.tool.name"], again["ai.approval.state"]) == ("mv", "denied")


def test_an_approval_without_a_call_is_joined_with_none():
    memory = Memory()
    known(memory, event("a", "approval", ai__approval__state="pending"), event("c", "tool_call"))

    assert memory.calls == {}


def test_the_chunks_of_one_act_count_once_and_their_units_together():
    memory = Memory()
    known(memory, chunk(0, "personal", last=False), chunk(1, "health", last=False), chunk(2, last=True))
    known(memory, chunk(0, last=False, turn="2"))

    assert counted(memory) == [2]
    assert memory.hours[0]["user.id=ada"].units == 2.0


def test_the_last_chunk_has_what_was_found_in_all_of_them():
    first = chunk(0, "secret", last=False, ai__data__label="internal", ai__data__canary=["c"])
    second = chunk(1, "personal", last=False)
    third = chunk(2, "malicious_code", last=True, ai__data__label="restricted")

    _, middle, end = known(Memory(), first, second, third)

    assert middle["ai.data.classes"] == ["personal"]
    assert end["ai.data.classes"] == ["malicious_code", "personal", "secret"]
    assert (end["ai.data.max_class"], end["ai.data.label"]) == ("secret", "restricted")
    assert end["ai.data.canary"] == ["c"]


def test_a_text_whose_end_nobody_tells_knows_its_chunks_at_each_of_them():
    memory = Memory()
    _, second, third = known(memory, chunk(0, "personal"), chunk(1, "health"), chunk(2))

    assert second["ai.data.classes"] == third["ai.data.classes"] == ["health", "personal"]
    assert counted(memory) == [1]


def test_a_text_that_has_ended_tells_the_next_one_of_its_turn_nothing():
    memory = Memory()
    known(memory, chunk(0, "secret", last=False), chunk(1, last=True))
    again = [
        msgspec.structs.replace(one, id=f"n{one.id}", fields=one.fields | {"event.id": f"n{one.id}"})
        for one in (chunk(0, last=False), chunk(1, last=True))
    ]

    assert known(memory, *again) == [one.fields for one in again]
    assert counted(memory) == [2]


def test_chunks_in_which_nothing_was_found_add_nothing():
    first, end = chunk(0, last=False), chunk(1, last=True)

    assert known(Memory(), first, end) == [first.fields, end.fields]


def test_several_texts_in_the_first_chunk_are_acts_of_their_own():
    memory = Memory()
    more = msgspec.structs.replace(chunk(0), id="x", fields=chunk(0).fields | {"event.id": "x"})
    known(memory, chunk(0), more, chunk(1))

    assert counted(memory) == [2]


def test_a_text_of_another_turn_or_speaker_goes_on_with_nothing():
    first = chunk(0, "secret", last=False)
    others = [
        chunk(1, last=True, turn="2"),
        chunk(1, last=True, ai__content__role="user"),
        event("p", "prompt", ai__turn__id="1"),
    ]

    assert all("ai.data.classes" not in fields for fields in known(Memory(), first, *others)[1:])


def test_texts_that_never_end_are_bounded_in_number_and_time(monkeypatch):
    monkeypatch.setattr("pipeline.suspect.learning.MOST_CHUNKED", 3)
    memory = Memory()
    known(memory, *(chunk(0, last=False, turn=str(turn)) for turn in range(9)))
    assert len(memory.chunks) == 3

    memory.hours.clear()
    assert wakes(memory) == FORGET_LINKS
    list(rest("h", memory, Tick("f", FORGET_LINKS + 1), PACK))
    assert memory.chunks == {}


def test_a_hook_a_decision_and_a_result_stand_together(reference):
    decision = claude_log(
        "tool_decision", tool_name="Bash", tool_use_id="toolu-1", decision="accept", source="user_temporary"
    )
    memory = Memory()
    for record in (HOOK_CALL, decision, HOOK_RESULT):
        body = json.dumps(record).encode()
        (events,) = understand([Record(Place("f", 1), "auto", None, None, body)], PACK, reference)
        *_, last = known(memory, *events)

    assert (last["event.action"], last["ai.approval.state"]) == ("tool_result", "approved")
    assert last["ai.tool.risk"] == memory.calls["toolu-1"]["ai.tool.risk"]


def test_a_message_that_a_hook_shows_piece_by_piece_is_judged_as_a_whole(reference):
    pieces = ("The card is 4556 7375 8689 9855, valid until 09/27.", "Then sleep well.")
    memory = Memory()
    for number, text in enumerate(pieces):
        hook = {
            **{key: value for key, value in HOOK_CALL.items() if not key.startswith("tool_")},
            "hook_event_name": "MessageDisplay",
            "turn_id": "t-1",
            "message_id": "m-1",
            "index": number,
            "final": number == 1,
            "delta": text,
        }
        body = json.dumps(hook).encode()
        (events,) = understand([Record(Place("f", 1), "auto", None, None, body)], PACK, reference)
        (last,) = known(memory, *events)

    assert last["ai.data.classes"] == ["card"]
    assert set(counted(memory)) == {1}
