import json
import re
from datetime import UTC, datetime
from functools import cache
from pathlib import Path

import pytest
import yaml

from pipeline.alert import Alert
from pipeline.cli.day import run_day
from pipeline.errors import BadRecord
from pipeline.record import Place, Record, Reject
from pipeline.understand import read

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


def events(name, number):
    """Give the ids of the events of a line; none for a line that cannot be read."""
    body = lines(name)[number - 1].encode()
    try:
        return [
            fields["event.id"] for _, fields in read(Record(Place(name, number), "auto", None, None, body))
        ]
    except BadRecord:
        return []


@cache
def told():
    """Give the places that tell of each event: an act that is told twice has two."""
    found = {}
    for name in TIME:
        for number in range(1, len(lines(name)) + 1):
            for event in events(name, number):
                found.setdefault(event, set()).add((name, number))
    return found


@cache
def outputs():
    return [output for batch in run_day() for output in batch.outputs]


@cache
def alerts():
    """Give the last version of every alert, and the places of its events."""
    last = {output.id: output.fields for output in outputs() if isinstance(output, Alert)}
    return [
        (alert, set().union(*(told()[event] for event in alert["ai.alert.events"])))
        for alert in last.values()
    ]


def rank(alert):
    return LEVELS.index(alert["ai.risk.level"])


def high():
    return [(alert, where) for alert, where in alerts() if rank(alert) >= LEVELS.index("high")]


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


def test_exactly_the_broken_lines_cannot_be_read():
    rejects = {(Path(out.place.log).name, out.place.offset) for out in outputs() if isinstance(out, Reject)}
    assert rejects == broken()


@pytest.mark.parametrize("entry", truth()["repeats"], ids=lambda entry: entry["what"])
def test_lines_that_tell_of_the_same_act_give_the_same_event(entry):
    first, second = (set(events(*place)) for place in sorted(places(entry)))
    assert first
    assert first <= second


@pytest.mark.parametrize("attack", truth()["attacks"], ids=lambda attack: attack["id"])
def test_every_attack_is_found_at_its_level_or_above(attack):
    found = [
        rank(alert)
        for alert, where in alerts()
        if alert["rule.id"] == attack["rule"] and where & places(attack)
    ]
    assert max(found, default=-1) >= LEVELS.index(attack["level"])


@pytest.mark.parametrize("lookalike", truth()["lookalikes"], ids=lambda lookalike: lookalike["id"])
def test_no_look_alike_is_taken_for_an_attack(lookalike):
    loud = high() if lookalike["must"] == "below_high" else alerts()
    assert [alert["message"] for alert, where in loud if where & places(lookalike)] == []


def test_nothing_but_attacks_reaches_the_level_high():
    attacks = {place for attack in truth()["attacks"] for place in places(attack)}
    assert [alert["message"] for alert, where in high() if where - attacks] == []


def test_ten_visits_to_a_banned_app_are_one_alert_with_a_count():
    visits = [
        alert for alert, _ in alerts() if alert["rule.id"] == "SHA-002" and alert["user.id"] == "ines.duarte"
    ]
    assert [alert["ai.alert.count"] for alert in visits] == [10]
