from contextlib import closing
from pathlib import Path

import pytest

from enrichers import ENRICHERS
from pipeline.cli.able import Occurring, abilities, missing
from pipeline.cli.day import built_in, day_files
from pipeline.cli.derived import _ROWS, derived
from pipeline.edges.files import LogFile
from pipeline.errors import BadRecord
from pipeline.fields import FIELDS
from pipeline.pack import Pack, linked
from pipeline.record import Record
from pipeline.rules.read import read_rules
from pipeline.understand import read

RULES = """
title: A paste
name: paste
id: 4889052b-927f-49da-9021-fc6865d53521
logsource: {category: ai_interaction}
detection:
  selection: {event.action: prompt, ai.content.channel: paste}
  other: {ai.app.status: sanctioned}
  condition: selection and not other
level: low
---
title: A tool
name: tool
id: 4889052b-927f-49da-9021-fc6865d53522
logsource: {category: ai_interaction}
detection: {selection: {event.action: tool_call}, condition: selection}
level: low
---
title: A tool or its answer
name: either
id: 4889052b-927f-49da-9021-fc6865d53525
logsource: {category: ai_interaction}
detection: {selection: {event.action: [tool_call, tool_result]}, condition: selection}
level: low
---
title: A tool, then any
id: 4889052b-927f-49da-9021-fc6865d53526
correlation: {type: temporal, rules: [tool, either], group-by: [host.name], timespan: 5m}
level: low
---
title: Both
id: 4889052b-927f-49da-9021-fc6865d53523
correlation: {type: temporal, rules: [paste, tool], group-by: [host.name], timespan: 5m}
level: low
---
title: Many of either
id: 4889052b-927f-49da-9021-fc6865d53524
correlation: {type: event_count, rules: [paste, tool], group-by: [user.id], timespan: 5m, condition: {gte: 2}}
level: low
"""


@pytest.fixture
def pack(tmp_path):
    (tmp_path / "r.yml").write_text(RULES)
    found = read_rules([tmp_path / "r.yml"], placeholders={}, lint=False)
    return linked(Pack(digest="d", rules=found.rules, correlations=found.correlations))


def misses(pack, fields):
    return {one.title: one.misses for one in abilities(pack, fields, {})}


def test_a_correlation_of_all_needs_all_and_one_of_any_the_easiest(pack):
    told = misses(pack, {"tool_call": ["event.action", "user.id"]})
    assert told["Both"] == ("ai.content.channel", "event.action: prompt", "host.name")
    assert told["Many of either"] == ()


def test_rules_that_only_feed_others_are_not_told(pack):
    assert misses(pack, {}).keys() == {"Both", "Many of either", "A tool, then any"}


def test_fields_of_other_verbs_do_not_help(pack):
    fields = {"prompt": ["event.action", "host.name"], "tool_call": ["event.action", "ai.content.channel"]}
    assert misses(pack, fields)["Both"] == ("ai.content.channel",)


def test_a_choice_is_not_missed_besides_the_one_that_is_missed_in_any_case(pack):
    told = misses(pack, {"prompt": ["event.action", "host.name"]})
    assert told["A tool, then any"] == ("event.action: tool_call",)


def test_without_events_every_rule_misses_something(pack):
    assert all(misses(pack, {}).values())


def tree_of(detection, tmp_path):
    from pipeline.rules.collection import read_documents
    from pipeline.rules.event_rule import read_event_rule
    from pipeline.rules.faults import Faults

    path, faults = Path(tmp_path / "one.yml"), Faults()
    path.write_text(f"title: t\nlogsource: {{category: ai_interaction}}\ndetection: {detection}\n")
    (document,) = read_documents([path], faults)
    return read_event_rule(document, {}, faults, lint=False).tree


@pytest.mark.parametrize(
    ("detection", "expected"),
    [
        ("{s: {a: x}, condition: s}", ()),
        ("{s: {b: x}, condition: s}", ("b",)),
        ("{s: {b: x, c: y}, condition: s}", ("b", "c")),
        ("{s: [{b: x, c: y}, {d: z}], condition: s}", ("d",)),
        ("{s: {a: x}, n: {b: y}, condition: s and not n}", ()),
        ("{s: {a: x}, n: {b: null}, condition: s and not n}", ("b",)),
        ("{s: {b: null}, condition: s}", ()),
        ("{s: {b|exists: false}, condition: s}", ()),
        ("{s: {b|exists: true}, condition: s}", ("b",)),
        ("{s: {a: x}, n: {b: null, c: null}, condition: s and not n}", ("b",)),
        ("{s: {a|fieldref: b}, condition: s}", ("b",)),
        ("{s: [word], condition: s}", ()),
        ("{s: {event.module: mcp}, condition: s}", ("event.module: mcp",)),
        ("{s: {event.module: [mcp, LiteLLM]}, condition: s}", ()),
        ("{s: {event.module|startswith: m}, condition: s}", ()),
    ],
)
def test_only_what_a_detection_cannot_do_without_is_missed(detection, expected, tmp_path):
    seen = Occurring(frozenset({"a", "event.module"}), {"event.module": frozenset({"litellm"})})
    assert tuple(sorted(missing(tree_of(detection, tmp_path), seen))) == expected


def test_every_name_of_the_derivations_is_a_field():
    for made, given in _ROWS:
        assert [name for name in given.split() if name not in FIELDS] == []
        assert [start for start in made.split() if not any(name.startswith(start) for name in FIELDS)] in (
            [],
            ["ai.baseline."],
        )


def test_what_the_source_alone_can_say_is_never_derived():
    everything = derived(
        ["event.action", "ai.content.text", "user.id", "url.domain", "gen_ai.tool.name", "file.name"]
    )
    assert everything.isdisjoint(
        {
            "ai.content.channel",
            "ai.data.label",
            "ai.approval.state",
            "gen_ai.request.model",
            "ai.policy.override",
        }
    )


def test_all_that_enrichers_add_on_the_recorded_day_is_derivable():
    reference, strange = built_in().reference, set()
    for path in day_files():
        with closing(LogFile(str(path), "auto")) as file:
            for record in file.records():
                if isinstance(record, Record):
                    strange |= set(underivable(record, reference))
    assert strange == set()


def underivable(record, reference):
    try:
        for _, fields in read(record):
            before = set(fields)
            for enricher in ENRICHERS:
                fields.update(enricher(fields, reference))
            yield from fields.keys() & FIELDS.keys() - derived(before)
    except BadRecord:
        return
