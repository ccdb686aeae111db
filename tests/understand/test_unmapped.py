import json

import pytest

from pipeline.record import Place, Record
from pipeline.understand import unmapped as module
from pipeline.understand.leaves import DEEPEST, GONE, altered, another, leaves, type_of, written
from pipeline.understand.sources import Draft, Source
from pipeline.understand.unmapped import MOST_PATHS, Strange, take, unexamined, unmapped

HOOK = {
    "hook_event_name": "UserPromptSubmit",
    "session_id": "nl-s1",
    "timestamp": "2026-03-04T09:07:00Z",
    "user_email": "ada.lind@fernwood.example",
    "prompt": "What is a thermocouple?",
}
SENSED = {
    "@timestamp": "2026-03-04T09:07:00Z",
    "event.id": "nl-1",
    "event.action": "prompt",
    "user.email": "ada.lind@fernwood.example",
}


class Spent(module.Survey):
    effort: int = 0


def surveyed(*records, source="auto"):
    surveys, strange = {}, Strange()
    for number, record in enumerate(records, 1):
        body = record if isinstance(record, bytes) else json.dumps(record).encode()
        take(Record(Place("x.jsonl", number), source, 0.0, None, body), surveys, strange)
    return surveys, strange


def fields(*records, source="auto"):
    return [(one.field, one.count, one.type) for one in unmapped(surveyed(*records, source=source)[0])]


def test_a_field_that_no_event_takes_anything_from_is_unmapped():
    assert fields({**HOOK, "mood": "sunny"}) == [("mood", 1, "string")]


def test_the_fields_of_events_are_mapped_whatever_a_reader_declares():
    assert fields(HOOK) == []


def test_the_most_frequent_comes_first_and_the_first_type_counts():
    assert fields({**HOOK, "b": 1, "a": True}, {**HOOK, "b": "x", "c": 1.5}) == [
        ("b", 2, "number"),
        ("a", 1, "boolean"),
        ("c", 1, "number"),
    ]


def test_a_field_that_told_something_in_one_record_is_mapped_for_all():
    visit = {"datetime": "2026-03-04 09:07:00", "user": "ada.lind@fernwood.example", "action": "Allowed"}
    visit |= {"url": "chatgpt.com/", "hostname": "chatgpt.com", "ClientIP": "192.0.2.7"}
    both, one = {**visit, "department": "Sales", "dept": "S1"}, {**visit, "dept": "S1"}
    assert "dept" in {field for field, _, _ in fields(both, source="zscaler")}
    assert "dept" not in {field for field, _, _ in fields(both, one, source="zscaler")}


def test_a_field_that_only_repeats_another_one_is_not_lost():
    both = {**HOOK, "hostname": "fw-w-ada", "agent_id": "fw-w-ada"}
    assert fields(both) == []


def test_a_field_of_our_own_format_that_nobody_knows_is_unmapped():
    assert fields({**SENSED, "ai.mood": "sunny"}) == [("ai.mood", 1, "string")]


def test_what_names_the_format_and_the_act_is_mapped():
    frame = {
        "jsonrpc": "2.0",
        "id": "call-0007",
        "method": "tools/list",
        "params": {},
        "timestamp": SENSED["@timestamp"],
    }
    assert fields({**frame, "extra": 1}) == [("extra", 1, "number")]


INVENTED = Source(
    name="invented",
    claims=lambda value, _hints: type(value) is dict and value.get("kind") == "invented",
    read=lambda value, _hints: iter(
        [
            Draft(
                {
                    "event.action": "prompt",
                    "file.size": value.get("size", value.get("bytes")),
                    "event.outcome": "failure" if "failed" in value else "success",
                }
            )
        ]
    ),
    keys=frozenset(),
)


@pytest.mark.parametrize(
    ("more", "expected"),
    [
        ({}, []),
        ({"size": 5}, []),
        ({"bytes": 5}, []),
        ({"size": 5, "bytes": 5}, ["bytes"]),
        ({"failed": 1}, []),
        ({"size": 5, "other": 5}, ["other"]),
    ],
)
def test_a_field_counts_by_its_value_by_its_presence_or_as_the_mark_of_a_format(more, expected, monkeypatch):
    monkeypatch.setattr(module, "READERS", (INVENTED,))
    assert [field for field, _, _ in fields({"kind": "invented", **more})] == expected


def test_an_empty_value_is_no_field():
    assert fields({**HOOK, "mood": "", "weather": None, "list": [], "none": "N/A"}) == []


def test_lists_are_one_path_and_texts_with_json_are_not_opened():
    found = fields({**HOOK, "rows": [{"x": 1}, {"x": 2}], "text": '{"y": 1}'})
    assert found == [("rows[].x", 1, "number"), ("text", 1, "json")]


def test_no_value_is_ever_told():
    secret = "Zq7-do-not-copy"
    told = repr(
        fields({**HOOK, "mood": secret, "deep": [{"a": secret}], secret + "4711": 1, "ada@x.example": secret})
    )
    assert secret not in told
    assert "@" not in told
    assert "('*', 1, 'number')" in told


def test_records_without_events_and_records_of_nobody_are_left_out():
    surveys, strange = surveyed({"weather": "fine", "wind": 3}, b"{broken", {**SENSED, "event.action": 7})
    assert unmapped(surveys) == []
    assert (strange.unclaimed, strange.keys) == (2, {"weather", "wind"})


def test_lines_of_text_are_only_counted():
    line = b"1772614020.123 45 192.0.2.7 TCP_MISS/200 512 GET http://chatgpt.com/ ada.lind HIER_DIRECT/198.51.100.9 text/html"
    surveys, strange = surveyed(line)
    assert (unmapped(surveys), strange.lines, strange.unclaimed) == ([], 1, 0)


def test_a_named_source_surveys_its_own_records_only():
    surveys, strange = surveyed({**HOOK, "mood": "sunny"}, source="litellm")
    assert (unmapped(surveys), strange.unclaimed) == ([], 1)


def test_the_paths_of_a_source_are_bounded():
    surveys, _ = surveyed(
        {**HOOK, **{f"k{chr(97 + n // 26)}{chr(97 + n % 26)}": 1 for n in range(MOST_PATHS + 50)}}
    )
    assert len(surveys["claude_code"].paths) == MOST_PATHS
    assert unexamined(surveys) == 50 + len(HOOK)


def test_work_that_is_spent_leaves_paths_unexamined(monkeypatch):
    monkeypatch.setattr(module, "Survey", Spent)
    surveys, _ = surveyed({**HOOK, "mood": "sunny"})
    assert unmapped(surveys) == []
    assert unexamined(surveys) == len(HOOK) + 1


def test_a_path_is_looked_at_in_few_records():
    surveys, _ = surveyed(*[{**HOOK, "mood": "sunny"}] * 9)
    tally = surveys["claude_code"].paths[("mood",)]
    assert (tally.count, tally.looks) == (9, module.MOST_LOOKS)


@pytest.mark.parametrize("deep", [b'{"a":' * 200 + b"1" + b"}" * 200, b"[" * 200 + b"1" + b"]" * 200])
def test_depth_does_no_harm(deep):
    record = json.dumps(HOOK).encode()[:-1] + b', "deep": ' + deep + b', "times": ' + deep + b"}"
    surveys, _ = surveyed(record)
    assert max(len(path) for path in surveys["claude_code"].paths) == DEEPEST


def test_attributes_are_known_by_their_names():
    record = {
        "attributes": [
            {"key": "gen_ai.x", "value": {"intValue": "7"}},
            {"key": "y", "value": {"boolValue": True}},
        ]
    }
    found = leaves(record)
    assert {written(path): type_of(value) for path, value in found.items()} == {
        "attributes[gen_ai.x]": "string",
        "attributes[y]": "boolean",
    }
    path = next(path for path in found if path[-1] == "[y]")
    assert altered(record, path, lambda _: GONE) == {"attributes": record["attributes"][:1]}
    assert altered(record, path, another)["attributes"][1] == {"key": "y", "value": {"boolValue": False}}


def test_leaving_out_a_path_touches_all_members_and_nothing_else():
    record = {"rows": [{"x": 1, "y": 2}, {"y": 3}, 7], "y": 4}
    assert altered(record, ("rows", "[]", "y"), lambda _: GONE) == {"rows": [{"x": 1}, {}, 7], "y": 4}
    assert record["rows"][0] == {"x": 1, "y": 2}
