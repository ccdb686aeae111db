"""Every vector of the Sigma conformance set: single events, filters, refusals, correlations."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import orjson
import pytest
import yaml

from pipeline.cli.matching import match_file
from pipeline.errors import ContentError
from pipeline.record import Place, Record
from pipeline.rules.read import read_rules

VECTORS = [
    json.loads(line)
    for line in Path(__file__).with_name("sigma_vectors.jsonl").read_text("utf-8").splitlines()
]
START = datetime(2026, 3, 4, 9, tzinfo=UTC)
SOURCE = {"category": "test"}


def of_kind(*kinds):
    return [pytest.param(vector, id=vector["id"]) for vector in VECTORS if vector["kind"] in kinds]


def rules_of(folder, documents, placeholders=None, *, together=False):
    parts = [documents] if together else [[document] for document in documents]
    for number, part in enumerate(parts):
        (folder / f"{number}.yml").write_text(
            yaml.safe_dump_all(part, allow_unicode=True, sort_keys=False), "utf-8"
        )
    return read_rules(folder.glob("*.yml"), placeholders=placeholders or {}, lint=False, generic=True)


def matched(rules, events):
    records = [
        Record(Place("events", line), "auto", None, None, orjson.dumps(event))
        for line, event in enumerate(events, 1)
    ]
    return {answer.line: answer.rules for answer in match_file(records, rules)}


def timed(events):
    return [{"@timestamp": (START + timedelta(seconds=event["t"])).isoformat(), **event} for event in events]


@pytest.mark.parametrize("vector", of_kind("detection"))
def test_an_event_is_matched_as_sigma_says(vector, tmp_path):
    rule = {"title": "r", "logsource": SOURCE, "detection": vector["detection"]}
    rules = rules_of(tmp_path, [rule], vector.get("placeholders"))

    found = [rules.rules[0].matches(case["event"]) for case in vector["cases"]]
    explained = [
        bool(rules.rules[0].met(case["event"])) or not hit
        for case, hit in zip(vector["cases"], found, strict=True)
    ]

    assert found == [case["expect"] for case in vector["cases"]]
    assert all(explained) or "not" in str(vector["detection"]["condition"])


@pytest.mark.parametrize("vector", of_kind("detection", "filter"))
def test_what_verb_and_keys_leave_of_a_rule_says_the_same(vector, tmp_path):
    rule = vector.get("rule") or {"title": "r", "logsource": SOURCE, "detection": vector["detection"]}
    laid = [rule, vector["filter"]] if vector["kind"] == "filter" else [rule]
    rules = rules_of(tmp_path, laid, vector.get("placeholders"))

    for case in vector["cases"]:
        event = {"event.action": "prompt", **case["event"]}
        left = rules.rules[0].narrowed("prompt", event.keys())
        assert (left if isinstance(left, bool) else left(event)) is rules.rules[0].matches(event)


@pytest.mark.parametrize("vector", of_kind("filter"))
def test_a_filter_is_laid_over_a_rule_as_sigma_says(vector, tmp_path):
    rules = rules_of(tmp_path, [vector["rule"], vector["filter"]])

    assert [rules.rules[0].matches(case["event"]) for case in vector["cases"]] == [
        case["expect"] for case in vector["cases"]
    ]


@pytest.mark.parametrize("vector", of_kind("reject"))
def test_a_rule_is_refused_as_sigma_says(vector, tmp_path):
    with pytest.raises(ContentError) as refused:
        rules_of(tmp_path, [{"title": "r", "logsource": SOURCE, "detection": vector["detection"]}])

    assert refused.value.problems[0].line > 1


@pytest.mark.parametrize("together", [True, False], ids=["in one file", "in a file each"])
@pytest.mark.parametrize("vector", of_kind("correlation"))
def test_a_correlation_fires_as_sigma_says(vector, together, tmp_path):
    rules = rules_of(tmp_path, vector["rules"], together=together)
    answers = matched(rules, timed(vector["events"]))

    last = (
        rules.correlations[-1]
        if together
        else next(c for c in rules.correlations if c.path.endswith(f"{len(vector['rules']) - 1}.yml"))
    )
    fired = [vector["events"][line - 1]["t"] for line, ids in answers.items() if last.id in ids]
    assert sorted(fired) == vector["expect_fires_at"]


@pytest.mark.parametrize("vector", of_kind("generate"))
def test_a_base_rule_is_listed_as_generate_says(vector, tmp_path):
    rules = rules_of(tmp_path, vector["rules"])
    base = rules.rules[0].id

    assert (
        sum(base in ids for ids in matched(rules, timed(vector["events"])).values())
        == vector["expect_detections"]
    )


def test_the_set_is_whole():
    assert len(VECTORS) == 173
    assert sum(len(vector.get("cases", [0])) for vector in VECTORS) == 268
