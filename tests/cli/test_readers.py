import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from pipeline.cli import main

VISIT = {
    "@timestamp": "2026-03-04T09:07:00.000000Z",
    "event.id": "nl-1",
    "event.kind": "event",
    "event.action": "web_visit",
    "user.email": "ada.lind@fernwood.example",
    "url.domain": "chatgpt.com",
}
WEATHER = {**VISIT, "event.id": "nl-2", "url.domain": "weather.example"}
RULE = """
title: A word
id: 4889052b-927f-49da-9021-fc6865d53527
logsource: {category: ai_interaction}
detection: {selection: {note|contains: zebra}, condition: selection}
level: low
"""


def called(*words, stdin=None):
    found = CliRunner().invoke(main, [str(word) for word in words], input=stdin)
    return found.exit_code, found.stdout, found.stderr


def lines(*documents):
    return "".join((d if isinstance(d, str) else json.dumps(d)) + "\n" for d in documents)


def answered(out):
    return [json.loads(line) for line in out.splitlines()]


def rejected(said):
    return [json.loads(line)["line"] for line in said.splitlines() if line.startswith("{")]


@pytest.fixture
def rules(tmp_path):
    folder = tmp_path / "rules"
    folder.mkdir()
    (folder / "word.yml").write_text(RULE)
    return folder


def test_normalise_gives_every_record_an_event_or_a_reject(tmp_path):
    path = tmp_path / "x.jsonl"
    path.write_text(lines(VISIT, "broken", "", WEATHER))
    code, out, said = called("normalise", path, "--json")
    assert (code, rejected(said)) == (1, [2])
    assert [
        (event["event.id"], event["log.offset"], event.get("ai.idle", False)) for event in answered(out)
    ] == [
        ("nl-1", 1, False),
        ("nl-2", 4, True),
    ]
    assert {event["log.file.path"] for event in answered(out)} == {str(path)}


def test_normalise_keeps_the_order_of_its_paths_and_reads_each_once(tmp_path):
    paths = [tmp_path / "b.jsonl", tmp_path / "a.jsonl"]
    for path in paths:
        path.write_text(lines({**VISIT, "event.id": path.name}))
    _, out, _ = called("normalise", *paths, paths[0], "--json")
    assert [event["event.id"] for event in answered(out)] == ["b.jsonl", "a.jsonl"]


def test_normalise_gives_a_record_without_a_time_the_last_good_one():
    timeless = {key: value for key, value in WEATHER.items() if key != "@timestamp"}
    _, out, _ = called("normalise", "-", "--source", "normalised", "--json", stdin=lines(VISIT, timeless))
    assert [event["@timestamp"][:19] for event in answered(out)] == ["2026-03-04T09:07:00"] * 2


def test_normalise_tells_people_one_line_an_event():
    code, out, _ = called(
        "normalise", "-", stdin=lines(VISIT, {**WEATHER, "url.domain": "odd\x1b[2J.example"})
    )
    assert code == 0
    assert out.splitlines()[0].split() == ["09:07:00", "ada.lind", "web_visit", "ChatGPT"]
    assert out.splitlines()[1].split()[-1] == "idle"
    assert "\x1b" not in out


def test_remarks_about_the_data_go_to_stderr_in_words(tmp_path):
    leave = (
        "{id: E2, what: w, classes: [secret], moon_phase: full, owner: o, reason: r, expires: '2026-12-31'}"
    )
    (tmp_path / "exceptions.yaml").write_text(f"exceptions:\n- {leave}\n")
    code, _, said = called("normalise", "-", "--data", tmp_path, "--json", stdin=lines(VISIT))
    assert code == 0
    assert "moon_phase" in said
    assert rejected(said) == []


def test_classify_answers_every_text_in_order_and_sets_broken_lines_aside():
    texts = [
        {"id": "a", "text": ""},
        "no json",
        "[]",
        {"id": "b"},
        {"id": 7, "text": "x"},
        {"id": "c", "text": "write to q@x.example"},
    ]
    code, out, said = called("classify", "-", "--json", stdin=lines(*texts))
    assert (code, rejected(said)) == (1, [2, 3, 4, 5])
    assert [answer["id"] for answer in answered(out)] == ["a", "c"]
    assert [span["type"] for span in answered(out)[1]["spans"]] == ["email"]


def test_classify_tells_people_what_was_found_and_how_often():
    text = "write to q@x.example or r@x.example"
    code, out, _ = called(
        "classify", "-", stdin=lines({"id": "a\x1b", "text": text}, {"id": "b", "text": ""})
    )
    assert code == 0
    assert [line.split(None, 1) for line in out.splitlines()] == [
        ["a\\x1b", "personal: email (2 times)"],
        ["b", "nothing"],
    ]


def test_classify_rejects_a_line_that_is_too_long(tmp_path):
    path = tmp_path / "long.jsonl"
    path.write_text(lines({"id": "a", "text": "x" * (16 * 1024 * 1024)}, {"id": "b", "text": ""}))
    code, out, said = called("classify", path, "--json")
    assert (code, rejected(said)) == (1, [1])
    assert [answer["id"] for answer in answered(out)] == ["b"]


def test_rejects_echo_nothing_of_the_line():
    for words in (["classify", "-", "--json"], ["classify", "-"]):
        assert "zebra" not in called(*words, stdin='{"zebra": \n')[2]


def test_match_answers_every_line_with_its_rules(rules):
    code, out, said = called(
        "match", "--rules", rules, "-", "--generic", "--json", stdin=lines({"note": "a ZEBRA"}, "broken", {})
    )
    assert (code, rejected(said)) == (1, [2])
    assert answered(out) == [
        {"line": 1, "rules": ["4889052b-927f-49da-9021-fc6865d53527"]},
        {"line": 3, "rules": []},
    ]


def test_match_tells_people_the_titles(rules):
    out = called("match", "--rules", rules, "-", "--generic", stdin=lines({"note": "zebra"}, {}))[1]
    assert [line.split(None, 1) for line in out.splitlines()] == [["1", "A word"], ["2", "-"]]


def test_match_refuses_a_faulty_rule_by_file(rules):
    (rules / "torn.yml").write_text("title: [")
    code, out, said = called("match", "--rules", rules, "-", "--generic", "--json", stdin=lines({}))
    assert (code, out) == (2, "")
    assert "torn.yml:" in said


def test_match_refuses_rules_that_are_not_there():
    code, _, said = called("match", "--rules", "/no/such/rules", "-", stdin="")
    assert code == 2
    assert "/no/such/rules" in said


def test_sources_are_listed_with_what_they_show():
    found = answered(called("sources", "list", "--json")[1])
    assert {"litellm", "claude_code", "squid", "normalised"} <= {source["name"] for source in found}
    for source in found:
        assert all(source[key] for key in ("reads", "transport", "evidence", "suffix")), source["name"]


def test_people_see_sources_and_their_aliases():
    out = called("sources", "list")[1]
    assert "litellm_standard_logging" in out
    assert "L0 shows" in out


def test_the_recorded_day_has_a_file_of_every_kind_that_is_listed_but_rows():
    suffixes = {source["suffix"] for source in answered(called("sources", "list", "--json")[1])} - {".csv"}
    day = Path(__file__).parents[2] / "pipeline" / "simulate" / "day"
    assert {
        suffix for suffix in suffixes if not any(path.name.endswith(suffix) for path in day.iterdir())
    } == set()
