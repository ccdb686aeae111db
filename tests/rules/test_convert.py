import json

import pytest
from click.testing import CliRunner

from pipeline.cli.rules import rules
from pipeline.rules import pysigma
from pipeline.rules.dialects import CASED, RAISED

ELASTIC = "sigma.backends.elasticsearch"

RULE = """
title: Prompt to a pilot app
id: 5c7c1b1e-3b0f-4a53-9b5e-5f0d4c8f6a21
logsource: {category: ai_interaction}
detection:
  selection:
    event.action: prompt
    ai.app.id|expand: '%pilots%'
  condition: selection
level: informational
"""


def rule(detection, *, source="category: ai_interaction", number=1, head=""):
    return f"""
title: Rule {number}
id: 00000000-0000-4000-8000-{number:012}
logsource: {{{source}}}
{head}
detection:
  selection: {detection}
  condition: selection
"""


CORRELATION = """
title: Many
id: 00000000-0000-4000-8000-000000000099
correlation:
  type: TYPE
  rules: [part]
  group-by: [user.id]
  timespan: 5m
  condition: {gte: 10}
"""


@pytest.fixture
def convert(tmp_path):
    pytest.importorskip(ELASTIC)

    def converted(*documents, target="lucene", lists="pilots: [claude, poe]"):
        (tmp_path / "rules").mkdir()
        (tmp_path / "rules" / "rules.yml").write_text("---".join(documents), "utf-8")
        (tmp_path / "lists.yaml").write_text(lists, "utf-8")
        words = ["convert", str(tmp_path / "rules"), "--target", target, "--json"]
        done = CliRunner().invoke(
            rules, [*words, "--placeholders", str(tmp_path / "lists.yaml")], standalone_mode=False
        )
        found = [json.loads(line) for line in done.stdout.splitlines()]
        assert done.return_value == int(any("refused" in one for one in found))
        return found

    return converted


def test_a_rule_becomes_a_query_with_the_values_of_our_lists(convert):
    (found,) = convert(RULE)
    assert found["query"] == "event.action:prompt AND (ai.app.id:(claude OR poe))"


def test_a_query_of_esql_looks_at_our_events(convert):
    (found,) = convert(RULE, target="esql")
    assert found["query"].startswith("from logs-shadowgraph.event-* ")


def test_a_product_asks_what_it_asks_here(convert):
    (found,) = convert(rule("{event.action: prompt}", source="category: ai_interaction, product: litellm"))
    assert "event.module:litellm" in found["query"]


def test_filters_are_laid_over_the_rules(convert):
    only = """
title: Not Bo
logsource: {category: ai_interaction}
filter:
  rules: any
  selection: {user.id: bo}
  condition: not selection
"""
    (found,) = convert(rule("{event.action: prompt}"), only)
    assert "NOT user.id:bo" in found["query"]


def test_a_detection_rule_is_off_and_has_a_severity_that_kibana_knows(convert):
    (found,) = convert(RULE, target="siem_rule")
    made = found["query"]
    assert (made["enabled"], made["severity"], made["language"]) == (False, "low", "lucene")
    assert made["rule_id"] == "5c7c1b1e-3b0f-4a53-9b5e-5f0d4c8f6a21"


@pytest.mark.parametrize(
    ("target", "document", "reason"),
    [
        ("esql", rule("{ai.data.classes: secret}"), "looks at ai.data.classes"),
        ("lucene", rule("{ai.content.text|re: 'x.*y'}"), "must cover the whole value"),
        ("eql", rule("{user.id|exists: true}"), "exists expressions are not supported"),
        (
            "lucene",
            rule("{Image: x}", source="category: process_creation"),
            "log source is not ai_interaction",
        ),
        ("lucene", "title: Nothing\n", "neither a rule nor a correlation nor a filter"),
    ],
)
def test_what_would_be_wrong_there_is_refused_with_the_reason(convert, target, document, reason):
    (found,) = convert(document, target=target)
    assert reason in found["refused"]


def test_a_list_may_be_asked_for_everywhere(convert):
    (found,) = convert(rule("{ai.data.classes|exists: true}"), target="esql")
    assert "ai.data.classes is not null" in found["query"]


@pytest.mark.parametrize(
    ("target", "kind", "told"),
    [
        ("esql", "event_count", "fixed buckets"),
        ("eql", "event_count", "one sequence"),
        ("eql", "temporal_ordered", "no form"),
        ("lucene", "event_count", "no form"),
        ("siem_rule", "event_count", "no form"),
    ],
)
def test_a_correlation_converts_where_the_language_has_a_form_for_it(convert, target, kind, told):
    part = rule("{event.action: prompt}", head="name: part")
    (found,) = convert(CORRELATION.replace("TYPE", kind), part, target=target)
    assert told in found.get("refused", "") + "".join(found.get("notes", ()))


def test_a_correlation_is_refused_for_what_it_listens_to(convert):
    part = rule("{ai.data.classes: secret}", head="name: part")
    (found,) = convert(CORRELATION.replace("TYPE", "event_count"), part, target="esql")
    assert "ai.data.classes" in found["refused"]


def test_a_sequence_knows_no_other_threshold_than_gte(convert):
    many = CORRELATION.replace("TYPE", "event_count").replace("gte", "gt")
    (found,) = convert(many, rule("{event.action: prompt}", head="name: part"), target="eql")
    assert "knows gte alone" in found["refused"]


def test_what_another_tool_does_not_read_is_refused_with_its_reason_and_the_rest_converts(convert):
    long = rule("{event.action: prompt}").replace("Rule 1", "x" * 300)
    sound, refused = convert(long, rule("{event.action: approval}", number=2))
    assert (sound["title"], sound["query"]) == ("Rule 2", "event.action:approval")
    assert "title length" in refused["refused"]


def test_a_correlation_is_refused_alone_where_another_tool_does_not_read_its_rule(convert):
    long = rule("{event.action: prompt}", head="name: part").replace("Rule 1", "x" * 300)
    sound = rule("{event.action: approval}", number=2)
    found = convert(CORRELATION.replace("TYPE", "event_count"), long, sound, target="esql")
    told = {one["title"]: one.get("refused") for one in found}
    assert told == {"Many": "Rule 'part' not found in rule collection", "Rule 2": None}


def test_a_correlation_is_refused_where_its_rule_is_read_and_does_not_convert(convert):
    part = rule("{user.id|exists: true}", head="name: part")
    (found,) = convert(CORRELATION.replace("TYPE", "event_count"), part, target="eql")
    assert found["refused"] == "a rule that it listens to does not convert"


@pytest.mark.parametrize(("target", "notes"), [("eql", [RAISED]), ("lucene", [CASED, RAISED])])
def test_a_raised_level_is_noted_and_case_only_where_it_counts(convert, target, notes):
    ours = "level: low\nai: {id: EXF-001, evidence: L1, playbook: PB-EXF-001, raise: {high: grave}}"
    raising = rule("{event.action: prompt}\n  grave: {user.id: bo}", head=ours)
    (found,) = convert(raising, target=target)
    assert found["notes"] == notes


def test_a_denial_is_noted_where_it_leaves_out_events_without_the_field(convert):
    denied = rule("{event.action: prompt}").replace("condition: selection", "condition: not selection")
    (found,) = convert(denied, target="esql")
    assert any("`not` leaves out" in note for note in found["notes"])


def test_without_pysigma_the_extra_is_named(monkeypatch, tmp_path):
    def absent(name):
        raise ImportError(name)

    monkeypatch.setattr(pysigma, "import_module", absent)
    (tmp_path / "rule.yml").write_text(RULE.replace("|expand: '%pilots%'", ": poe"), "utf-8")
    with pytest.raises(pysigma.ContentError, match=r"shadowgraph\[sigma\]"):
        CliRunner().invoke(
            rules,
            ["convert", "--target", "eql", str(tmp_path)],
            standalone_mode=False,
            catch_exceptions=False,
        )


@pytest.mark.usefixtures("convert")
def test_a_faulty_pipeline_is_named(tmp_path):
    (tmp_path / "own.yml").write_text("transformations: 7", "utf-8")
    (tmp_path / "rule.yml").write_text(rule("{event.action: prompt}"), "utf-8")
    words = [
        "convert",
        "--target",
        "eql",
        str(tmp_path / "rule.yml"),
        "--pipeline",
        str(tmp_path / "own.yml"),
    ]
    with pytest.raises(pysigma.ContentError, match="is no pipeline"):
        CliRunner().invoke(rules, words, standalone_mode=False, catch_exceptions=False)
