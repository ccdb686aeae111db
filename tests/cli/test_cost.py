import json

import pytest
from click.testing import CliRunner

from pipeline.cli import costs
from pipeline.cli.rules import rules
from pipeline.pack import About, Rule

RULE = """
title: Every prompt
id: 5c7c1b1e-3b0f-4a53-9b5e-5f0d4c8f6a21
logsource: {category: ai_interaction}
detection:
  selection: {event.action: prompt}
  condition: selection
"""

PROMPT = {"@timestamp": "2026-03-04T09:00:00Z", "event.id": "1", "event.action": "prompt", "user.id": "ada"}


@pytest.fixture
def cost(tmp_path):
    (tmp_path / "rule.yml").write_text(RULE, "utf-8")

    def measured(*events):
        logs = tmp_path / "logs.jsonl"
        logs.write_text("".join(json.dumps(event) + "\n" for event in events), "utf-8")
        words = ["cost", str(tmp_path / "rule.yml"), "--on", str(logs), "--source", "normalised", "--json"]
        return CliRunner().invoke(rules, words, standalone_mode=False, catch_exceptions=False)

    return measured


def rule(name, matches):
    return Rule(
        id=name,
        name=name,
        title=name,
        digest=name,
        path="x.yml",
        line=1,
        level="low",
        fields=frozenset(),
        matches=matches,
        met=lambda _: (),
        narrowed=lambda _verb, _keys: matches,
        about=About(),
    )


def test_the_cost_of_the_pack_and_of_each_rule_is_told(cost):
    done = cost(PROMPT, PROMPT | {"event.id": "2", "event.action": "signin"})
    told = json.loads(done.stdout)
    assert (done.return_value, told["events"], told["rules"]) == (0, 2, 1)
    assert told["us"] > 0
    (dear,) = told["dearest"]
    assert (dear["title"], dear["hits"]) == ("Every prompt", 1)


def test_without_an_event_there_is_nothing_to_measure(cost):
    assert cost().return_value == 1


def test_the_dearest_rules_come_first_and_no_more_than_ten(monkeypatch):
    now = [0.0]
    monkeypatch.setattr(costs, "process_time", lambda: now[0])

    def taking(seconds):
        def matches(_fields):
            now[0] += seconds
            return True

        return matches

    found = costs.dearest([rule(str(n), taking(n)) for n in range(1, 41)], [{}, {}])
    assert [one.rule.id for one in found] == [str(n) for n in range(40, 30, -1)]
    assert (found[0].cost, found[0].hits) == (40e6, 2)
