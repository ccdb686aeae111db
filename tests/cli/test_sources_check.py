import json
from collections import Counter

import pytest
from click.testing import CliRunner

from pipeline.cli import main
from pipeline.cli.checked import Found, report
from pipeline.cli.checkpage import page
from pipeline.cli.shown import terminal
from pipeline.pack import Pack

HOOK = {
    "hook_event_name": "UserPromptSubmit",
    "session_id": "nl-s1",
    "timestamp": "2026-03-04T09:07:00Z",
    "user_email": "ada.lind@fernwood.example",
    "prompt": "What is a thermocouple? Zq7-do-not-copy",
    "mood": "sunny-do-not-copy",
}
NOBODY = {key: value for key, value in HOOK.items() if key != "user_email"} | {"session_id": "nl-s2"}
SQUID = "1772614020.123 45 192.0.2.7 TCP_MISS/200 512 GET http://weather.example/ ada.lind HIER_DIRECT/198.51.100.9 text/html"


def called(*words, stdin=None):
    found = CliRunner().invoke(
        main, [str(word) for word in words], input=stdin, env={"SHADOWGRAPH_KEY": "k" * 40}
    )
    return found.exit_code, found.stdout, found.stderr


def lines(*records):
    return "".join((one if isinstance(one, str) else json.dumps(one)) + "\n" for one in records)


def checked(source, *records):
    code, out, _ = called("sources", "check", source, "-", "--json", stdin=lines(*records))
    (line,) = out.splitlines()
    return code, json.loads(line)


def test_a_log_that_can_be_read_is_summed_up():
    code, told = checked("claude_code", HOOK, NOBODY)
    assert (code, told["records"], told["parsed"], told["events"]) == (0, 2, 2, {"prompt": 2})
    assert (told["evidence"], told["idle"], told["rejected"], told["nearest"]) == ("L2", 0, [], [])


def test_a_record_of_two_events_is_read_once():
    tool = {
        "hook_event_name": "PostToolUse",
        "tool_name": "Read",
        "tool_use_id": "nl-t1",
        "tool_response": {"text": "x"},
    }
    _, told = checked("claude_code", {**HOOK, **tool, "tool_input": {"file_path": "notes.txt"}}, HOOK)
    assert (told["records"], told["parsed"], sum(told["events"].values())) == (2, 2, 3)


def test_shares_count_the_events_that_can_have_something():
    _, told = checked("auto", HOOK, NOBODY, NOBODY | {"session_id": "nl-s3"}, SQUID)
    assert (told["carried"]["person"], told["carried"]["text"]) == (0.5, 0.75)
    assert "tool" not in told["carried"]


def test_a_tool_is_asked_of_tool_calls_alone():
    event = {
        "@timestamp": HOOK["timestamp"],
        "event.id": "1",
        "event.action": "prompt",
        "gen_ai.tool.name": ["x"],
    }
    call = {"@timestamp": HOOK["timestamp"], "event.id": "2", "event.action": "tool_call"}
    assert checked("normalised", event, call)[1]["carried"]["tool"] == 0.0


def test_a_time_that_is_none_is_not_counted():
    _, told = checked("claude_code", HOOK, {**HOOK, "session_id": "nl-s3", "timestamp": "soon"})
    assert told["carried"]["time"] == 0.5


def test_what_cannot_be_read_is_told_by_reason_with_the_first_place():
    code, told = checked("auto", HOOK, "{broken", "{worse", {"weather": 1})
    assert code == 1
    assert [(one["count"], one["first"]) for one in told["rejected"]] == [(2, "-:2"), (1, "-:4")]


def test_unmapped_fields_are_told_without_their_values():
    code, out, _ = called("sources", "check", "auto", "-", stdin=lines(HOOK))
    assert code == 0
    assert "mood (string)" in out
    assert "do-not-copy" not in out


def test_rules_that_cannot_work_name_what_they_miss():
    _, told = checked("squid", SQUID)
    assert told["evidence"] == "L0"
    missed = {one["rule"]: one["misses"] for one in told["rules"]["unable"]}
    assert "ai.intent.score" in missed["INJ-001"]
    assert not set(missed) & set(told["rules"]["able"])


def test_labels_without_text_are_the_evidence_between():
    event = {
        "@timestamp": HOOK["timestamp"],
        "event.id": "1",
        "event.action": "file_upload",
        "ai.data.label": "Secret",
    }
    assert checked("normalised", event)[1]["evidence"] == "L1"


def test_a_log_of_another_format_names_the_nearest_ones():
    code, told = checked("litellm", HOOK)
    assert (code, told["parsed"], told["nearest"][0]) == (1, 0, "claude_code")
    _, out, _ = called("sources", "check", "litellm", "-", stdin=lines(HOOK))
    assert "the nearest formats are claude_code" in out


@pytest.mark.parametrize(
    ("stdin", "told"),
    [
        ("", "There is nothing in it to read"),
        ('{"weather": 1}\n', "Nothing could be read; no known format comes near"),
        (json.dumps([HOOK, HOOK], indent=2), "JSON over several lines must come as one record a line"),
    ],
)
def test_a_log_of_which_nothing_can_be_read_fails_and_says_why(stdin, told):
    code, out, _ = called("sources", "check", "auto", "-", stdin=stdin)
    assert code == 1
    assert told in " ".join(out.split())


@pytest.mark.parametrize(("idle", "told"), [(3, True), (2, False)])
def test_a_log_without_any_ai_says_so(idle, told, capsys):
    found = Found(records=3, parsed=3, idle=idle, verbs=Counter(web_visit=3))
    said = {"source": "squid", "path": "-", "nearest": [], **report(found, Pack(digest="d"))}
    page(terminal(), said, found)
    assert ("All of them are idle" in capsys.readouterr().out) is told


def test_an_unknown_source_is_refused_with_the_nearest_name():
    code, out, said = called("sources", "check", "zcaler", "-", stdin="")
    assert (code, out) == (2, "")
    assert "did you mean zscaler?" in said


def test_a_missing_file_is_a_usage_error(tmp_path):
    code, out, said = called("sources", "check", "auto", tmp_path / "none.log")
    assert (code, out) == (2, "")
    assert "none.log" in said


def test_the_own_directory_tells_who_is_known(tmp_path):
    (tmp_path / "people.csv").write_text(
        "user.id,user.email,ai.user.department\nzoe,zoe@other.example,sales\n"
    )
    shares = []
    for data in ((), ("--data", tmp_path)):
        _, out, _ = called("sources", "check", "auto", "-", "--json", *data, stdin=lines(HOOK))
        shares.append(json.loads(out)["carried"]["person in the directory"])
    assert shares == [1.0, 0.0]


def test_people_see_every_section(tmp_path):
    path = tmp_path / "odd\x1b[2J.jsonl"
    path.write_text(lines(HOOK, "{broken"))
    code, out, _ = called("sources", "check", "auto", path)
    assert code == 1
    assert "\x1b" not in out
    assert [
        part for part in ("Rejected", "Events", "evidence L2", "Rules: ", "100%  person") if part not in out
    ] == []


def test_normalise_counts_unmapped_fields_as_lines_of_json():
    code, out, said = called("normalise", "-", "--unmapped", "--json", stdin=lines(HOOK, HOOK, "{broken"))
    assert code == 1
    assert [json.loads(line) for line in out.splitlines()] == [
        {"source": "claude_code", "field": "mood", "count": 2, "type": "string"}
    ]
    assert json.loads(said)["line"] == 3


def test_normalise_shows_unmapped_fields_to_people():
    code, out, _ = called("normalise", "-", "--unmapped", stdin=lines(HOOK, SQUID))
    assert code == 0
    assert out.splitlines()[1].split() == ["claude_code", "1", "string", "mood"]
    assert "6 fields looked at, 1 unmapped; 1 line of text, without names of fields" in " ".join(out.split())
    assert "do-not-copy" not in out


def test_normalise_says_where_there_was_nothing_to_look_at():
    assert called("normalise", "-", "--unmapped", stdin="{broken")[1] == "nothing could be read\n"
