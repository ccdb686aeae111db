import json
import re
from datetime import UTC, datetime
from functools import cache
from pathlib import Path

import pytest
import yaml

DAY = Path(__file__).parent.parent / "pipeline" / "simulate" / "day"
OPENS = datetime(2026, 3, 4, 7, 30, tzinfo=UTC).timestamp()
CLOSES = datetime(2026, 3, 4, 18, 30, tzinfo=UTC).timestamp()
LEVELS = ("low", "medium", "high", "critical")
SQUID = re.compile(
    r"(\d+\.\d+)\s+\d+\s+\S+\s+[A-Z_]+/\d{3}\s+\d+\s+\S+\s+\S+\s+\S+\s+[A-Z_]+/\S+\s*\S*"
    r'(?:\s+"[^"]*"\s+"[^"]*")?\s*'
)


def iso(text):
    time = datetime.fromisoformat(text)
    return (time if time.tzinfo else time.replace(tzinfo=UTC)).timestamp()


def squid(line):
    found = SQUID.fullmatch(line)
    assert found
    return float(found[1])


def spans(record):
    starts = (
        int(span["startTimeUnixNano"])
        for resource in record["resourceSpans"]
        for scope in resource["scopeSpans"]
        for span in scope["spans"]
    )
    return min(starts) / 1e9


TIME = {
    "agents.otlp.jsonl": lambda line: spans(json.loads(line)),
    "copilot.m365.jsonl": lambda line: iso(json.loads(line)["CreationTime"]),
    "gateway.litellm.jsonl": lambda line: json.loads(line)["startTime"],
    "hooks.claude_code.jsonl": lambda line: iso(json.loads(line)["timestamp"]),
    "proxy.squid.log": squid,
    "proxy.zscaler.jsonl": lambda line: iso(json.loads(line)["event"]["datetime"]),
    "sensors.normalised.jsonl": lambda line: iso(json.loads(line)["@timestamp"]),
    "tools.mcp.jsonl": lambda line: iso(json.loads(line)["timestamp"]),
}
"""When a line of each file happened, read without any of our readers."""


@cache
def lines(name):
    return (DAY / name).read_text("utf-8").splitlines()


@cache
def truth():
    return yaml.safe_load((DAY / "truth.yaml").read_text("utf-8"))


def places(entry):
    return {(name, number) for name, numbers in entry["lines"].items() for number in numbers}


def broken():
    return {place for entry in truth()["broken"] for place in places(entry)}


def whole(name):
    return [line for number, line in enumerate(lines(name), 1) if (name, number) not in broken()]


def test_the_truth_says_of_every_attack_who_did_what_and_how_high_it_must_rise():
    for attack in truth()["attacks"]:
        assert attack.keys() - {"also"} == {"id", "rule", "level", "who", "what", "lines"}
        assert re.fullmatch(r"[A-Z]{3}-\d{3}", attack["rule"])
        assert attack["level"] in LEVELS


def test_the_truth_says_of_every_look_alike_why_it_is_harmless():
    for lookalike in truth()["lookalikes"]:
        assert lookalike.keys() == {"id", "must", "what", "why", "lines"}
        assert lookalike["must"] in ("silent", "below_high")


def test_no_two_entries_of_the_truth_have_the_same_id():
    ids = [entry["id"] for part in ("attacks", "lookalikes") for entry in truth()[part]]
    assert len(ids) == len(set(ids))


def test_every_rule_of_the_pack_has_its_attack():
    rules = {
        document["ai"]["id"]
        for path in (DAY.parents[2] / "detections").glob("*/*_*.yml")
        for document in yaml.safe_load_all(path.read_text("utf-8"))
        if "id" in document.get("ai", {})
    }
    assert rules <= {attack["rule"] for attack in truth()["attacks"]}


def test_every_line_that_the_truth_names_exists():
    named = {
        place
        for part in ("attacks", "lookalikes", "repeats", "broken")
        for entry in truth()[part]
        for place in places(entry)
    }
    assert [place for place in named if not 1 <= place[1] <= len(lines(place[0]))] == []


def test_no_line_is_an_attack_and_a_look_alike():
    attacks = {place for attack in truth()["attacks"] for place in places(attack)}
    assert [entry["id"] for entry in truth()["lookalikes"] if attacks & places(entry)] == []


def test_the_day_has_no_other_files():
    assert {path.name for path in DAY.iterdir()} == {*TIME, "truth.yaml"}


@pytest.mark.parametrize("name", TIME)
def test_times_lie_within_the_day_and_never_go_back(name):
    times = [TIME[name](line) for line in whole(name)]
    assert times == sorted(times)
    assert times[0] >= OPENS
    assert times[-1] <= CLOSES


@pytest.mark.parametrize(("name", "number"), sorted(broken()))
def test_a_broken_line_is_really_broken(name, number):
    with pytest.raises((AssertionError, json.JSONDecodeError)):
        TIME[name](lines(name)[number - 1])


def test_few_lines_are_broken():
    assert 1 <= len(broken()) <= 4


@pytest.mark.parametrize(
    "shape",
    [
        r"gh[pousr]_\w{36}",
        r"github_pat_\w{22}",
        r"xox[abeprs]-[\w-]{10}",
        r"[rs]k_live_\w{16}",
        r"AIza[\w-]{35}",
        r"sk-[\w-]{20}",
        r"glpat-[\w-]{20}",
        r"SG\.[\w-]{22}\.",
        r"npm_\w{36}",
        r"-----BEGIN [A-Z ]*PRIVATE KEY",
        r"aws_secret_access_key",
    ],
)
def test_no_line_holds_a_credential_that_would_stop_a_push(shape):
    assert [name for name in TIME if re.search(shape, "\n".join(lines(name)))] == []
