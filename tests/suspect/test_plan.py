"""Which rules an event is shown to: those that its verb and keys leave open, and no others."""

from pipeline.pack import Pack, linked
from pipeline.rules.read import read_rules
from pipeline.suspect import matched

RULES = """
title: Shell in a tool call
name: shells
logsource: {category: ai_interaction}
detection:
  call: {event.action: tool_call, ai.tool.kind: shell}
  known: {ai.approval.state: approved}
  condition: call and not known
---
title: Prompt without a person
logsource: {category: ai_interaction}
detection:
  said: {event.action: prompt}
  somebody: {user.id|exists: true}
  condition: said and not somebody
---
title: Words anywhere
logsource: {category: ai_interaction}
detection:
  words: ['*launch codes*']
  condition: words
"""
COUNT = """---
title: Many shells
correlation: {type: event_count, rules: [shells], group-by: [user.id], timespan: 1h, condition: {gte: 3}}
"""


def pack(folder):
    (folder / "rules.yml").write_text(RULES, "utf-8")
    return linked(
        Pack(digest="d", rules=read_rules([folder / "rules.yml"], placeholders={}, lint=False).rules)
    )


def shown(content, fields):
    return [rule.title for rule, _ in content.plan(fields)]


def test_an_event_sees_only_rules_that_its_verb_and_keys_leave_open(tmp_path):
    content = pack(tmp_path)

    assert shown(content, {"event.action": "tool_call", "ai.tool.kind": "shell"}) == [
        "Shell in a tool call",
        "Words anywhere",
    ]
    assert shown(content, {"event.action": "tool_call"}) == ["Words anywhere"]
    assert shown(content, {"event.action": "completion", "user.id": "ada"}) == ["Words anywhere"]


def test_what_is_left_of_a_rule_still_looks_at_values(tmp_path):
    content = pack(tmp_path)
    call = {"event.action": "tool_call", "ai.tool.kind": "shell", "ai.approval.state": "pending"}

    assert [match.rule.title for match in matched(call, content)] == ["Shell in a tool call"]
    assert matched(call | {"ai.approval.state": "approved"}, content) == []
    assert [match.rule.title for match in matched({"event.action": "prompt"}, content)] == [
        "Prompt without a person"
    ]


def test_plans_are_bounded_and_made_again(tmp_path, monkeypatch):
    monkeypatch.setattr("pipeline.pack.MOST_PLANS", 2)
    content = pack(tmp_path)

    for number in range(7):
        assert (
            shown(content, {"event.action": "prompt", f"labels.{number}": "x"})[0]
            == "Prompt without a person"
        )
        assert len(content.plans) <= 2


def test_a_correlation_counts_events_that_its_rules_can_match_and_no_others(tmp_path):
    (tmp_path / "rules.yml").write_text(f"{RULES}{COUNT}", "utf-8")
    found = read_rules([tmp_path / "rules.yml"], placeholders={}, lint=False)
    content = linked(Pack(digest="d", rules=found.rules, correlations=found.correlations))

    assert content.counts({"event.action": "tool_call", "ai.tool.kind": "shell"})
    assert not content.counts({"event.action": "tool_call"})
    assert not content.counts({"event.action": "prompt"})
