import pytest
import yaml

from pipeline.errors import ContentError
from pipeline.rules.read import read_rules
from tests.rules.writing import read

RULE = {
    "title": "A phrase in a prompt",
    "id": "5d2c5b54-6e0a-4c41-9d63-0c9b5c9a6a01",
    "description": "Detects a phrase.",
    "tags": ["attack.exfiltration", "attack.t1567.002"],
    "logsource": {"category": "ai_interaction"},
    "detection": {"selection": {"event.action": "prompt"}, "condition": "selection"},
    "falsepositives": ["Unlikely"],
    "level": "medium",
    "ai": {"id": "EXF-001", "evidence": "L0", "playbook": "PB-EXF-001"},
}
BASE = {key: RULE[key] for key in ("title", "logsource", "detection")} | {
    "name": "base",
    "id": "5d2c5b54-6e0a-4c41-9d63-0c9b5c9a6a02",
}
COUNTING = {
    **{key: RULE[key] for key in ("title", "id", "description", "falsepositives", "level", "ai")},
    "correlation": {
        "type": "event_count",
        "rules": ["base"],
        "group-by": ["user.id"],
        "timespan": "5m",
        "condition": {"gte": 3},
    },
}


@pytest.fixture
def linted(tmp_path):
    def lint(*documents, name="exf_001_phrase.yml", cases=True, playbooks=("PB-EXF-001",)):
        (tmp_path / name).write_text(yaml.safe_dump_all(documents, sort_keys=False), "utf-8")
        if cases:
            (tmp_path / name).with_suffix(".cases.yaml").write_text("")
        try:
            read_rules([tmp_path / name], placeholders={}, lint=True, playbooks=playbooks)
        except ContentError as error:
            return [problem.fault for problem in error.problems]
        return []

    return lint


def changed(document, **change):
    return {key: value for key, value in (document | change).items() if value is not ...}


def looking(**lines):
    return RULE | {"detection": {"selection": {"event.action": "prompt"} | lines, "condition": "selection"}}


def test_a_rule_that_says_all_it_must_is_sound(linted):
    assert linted(RULE) == []
    assert linted(COUNTING, BASE) == []
    assert linted(RULE, playbooks=None) == []


@pytest.mark.parametrize(
    ("change", "fault"),
    [
        ({"id": "exf-1"}, "the id is not a UUID"),
        ({"id": ...}, "the id is not a UUID"),
        ({"level": ...}, "there is no level"),
        ({"description": "Finds a phrase."}, "the description does not begin with `Detects`"),
        ({"description": ...}, "the description does not begin with `Detects`"),
        ({"falsepositives": ...}, "there are no false positives"),
        ({"tags": ["attack.t15"]}, "'attack.t15' is no tag of ATT&CK"),
        ({"tags": ["cve.2026-1"]}, "'cve.2026-1' is no tag of ATT&CK"),
        ({"tags": [5]}, "5 is no tag of ATT&CK"),
        ({"logsource": {"category": "proxy"}}, "the rule looks at other events than ours"),
        ({"ai": ...}, "the rule speaks for itself but has no attribute `ai`"),
        ({"ai": RULE["ai"] | {"id": "EXF-002"}}, "the file of EXF-002 is not named by it"),
        ({"ai": RULE["ai"] | {"playbook": "PB-EXF-009"}}, "there is no playbook PB-EXF-009"),
    ],
)
def test_what_a_rule_of_our_own_lacks_is_told(linted, change, fault):
    assert linted(changed(RULE, **change)) == [fault]


@pytest.mark.parametrize(
    "wrong",
    [
        {"id": "EXF-1"},
        {"id": "XXX-001"},
        {"evidence": "L3"},
        {"owner": "x"},
        {"raise": {"grave": "a"}},
        {"owasp": "LLM01"},
    ],
)
def test_an_attribute_of_the_wrong_form_is_told(linted, wrong):
    (fault,) = linted(RULE | {"ai": RULE["ai"] | wrong})

    assert fault.startswith("the attribute `ai` is wrong: ")
    assert not read(RULE | {"ai": RULE["ai"] | wrong}).notes


def test_a_rule_is_proved_beside_its_file(linted):
    assert linted(RULE, name="exf_001_other.yml", cases=False) == ["the rule has no cases"]


@pytest.mark.parametrize(
    ("lines", "fault"),
    [
        ({"ai.content.txt": "a"}, "no source writes the field 'ai.content.txt'"),
        ({"ai.content.text|fieldref": "qqqq"}, "no source writes the field 'qqqq'"),
        ({"event.outcome": "failed"}, "the field 'event.outcome' is never 'failed'"),
        ({"ai.surface": ["ide", "fridge"]}, "the field 'ai.surface' is never 'fridge'"),
    ],
)
def test_what_can_never_match_is_told(linted, lines, fault):
    assert linted(looking(**lines)) == [fault]


@pytest.mark.parametrize(
    "lines", [{"ai.surface|contains": "fri"}, {"event.outcome": "Failure"}, {"ai.surface|exists": True}]
)
def test_what_may_match_is_left_alone(linted, lines):
    assert linted(looking(**lines)) == []


def test_the_line_of_a_misspelt_field_and_the_nearest_one_are_told(tmp_path):
    path = tmp_path / "exf_001_phrase.yml"
    path.with_suffix(".cases.yaml").write_text("")
    detection = {"one": [{"ai.app.id": "x"}, {"ai.app.stauts": "banned"}], "condition": "one"}
    path.write_text(yaml.safe_dump(RULE | {"detection": detection}, sort_keys=False))

    with pytest.raises(ContentError) as refused:
        read_rules([path], placeholders={}, lint=True)

    (problem,) = refused.value.problems
    assert (problem.line, problem.remedy) == (12, "did you mean ai.app.status?")


def test_an_identifier_that_nobody_uses_is_told(linted):
    unused = {
        "selection": {"event.action": "prompt"},
        "other": {"ai.surface": "ide"},
        "condition": "selection",
    }

    assert linted(RULE | {"detection": unused}) == ["the identifier 'other' is not used"]
    assert linted(RULE | {"detection": unused, "ai": RULE["ai"] | {"raise": {"high": "other"}}}) == []


@pytest.mark.parametrize(
    ("raises", "fault"),
    [
        ({"high": "missing"}, "'missing' would raise the level to high, but is not there"),
        ({"medium": "selection"}, "raising to medium raises nothing"),
    ],
)
def test_a_level_is_raised_by_an_identifier_above_the_rules_own(linted, raises, fault):
    assert linted(RULE | {"ai": RULE["ai"] | {"raise": raises}}) == [fault]


def test_levels_are_raised_strongest_first():
    detection = {"s": {"F": "a"}, "big": {"G": 1}, "huge": {"G": 1, "H": 1}, "condition": "s"}
    (found,) = read(
        RULE | {"detection": detection, "ai": RULE["ai"] | {"raise": {"high": "big", "critical": "huge"}}}
    ).rules

    assert [(level, test({"G": 1})) for level, test in found.raises] == [("critical", False), ("high", True)]
    assert found.fields == {"F", "G", "H"}


def test_a_base_rule_needs_no_more_than_an_id_and_known_fields(linted):
    strange = BASE | {"detection": {"selection": {"event.acton": "prompt"}, "condition": "selection"}}

    assert linted(COUNTING, strange) == ["no source writes the field 'event.acton'"]


@pytest.mark.parametrize(
    ("parts", "fault"),
    [
        ({"group-by": ["user.idd"]}, "no source writes the field 'user.idd'"),
        (
            {"group-by": ["who"], "aliases": {"who": {"base": "user.idd"}}},
            "no source writes the field 'user.idd'",
        ),
        (
            {"type": "value_sum", "condition": {"field": "ai.dat.units", "gt": 1}},
            "no source writes the field 'ai.dat.units'",
        ),
    ],
)
def test_fields_of_a_correlation_are_known_too(linted, parts, fault):
    assert linted(COUNTING | {"correlation": COUNTING["correlation"] | parts}, BASE) == [fault]


def test_an_alias_is_no_field(linted):
    aliased = {"group-by": ["who"], "aliases": {"who": {"base": "user.id"}}}

    assert linted(COUNTING | {"correlation": COUNTING["correlation"] | aliased}, BASE) == []


def test_a_filter_is_linted_by_its_fields_and_its_log_source(linted):
    filter_ = {
        "title": "A filter",
        "id": "5d2c5b54-6e0a-4c41-9d63-0c9b5c9a6a03",
        "logsource": {"category": "proxy"},
        "filter": {"rules": "any", "s": {"user.idd": "x"}, "condition": "not s"},
    }

    assert linted(RULE, filter_) == [
        "the rule looks at other events than ours",
        "no source writes the field 'user.idd'",
    ]


def test_what_our_attribute_says_is_told_with_the_rule():
    ai = RULE["ai"] | {
        "atlas": ["AML.T0025"],
        "owasp": ["LLM02"],
        "controls": ["DLP"],
        "group_by": ["user.id"],
        "next_step": " Ask. ",
    }
    (found,) = read(RULE | {"ai": ai}).rules

    assert found.group_by == ("user.id",)
    assert (found.about.catalogue, found.about.evidence, found.about.playbook) == (
        "EXF-001",
        "L0",
        "PB-EXF-001",
    )
    assert (found.about.atlas, found.about.owasp, found.about.controls) == (
        ("AML.T0025",),
        ("LLM02",),
        ("DLP",),
    )
    assert (found.about.next_step, found.about.techniques) == ("Ask.", ("T1567.002",))


def test_rules_out_of_use_are_linted_but_need_no_correlation(linted):
    assert linted(changed(RULE, ai=..., status="deprecated")) == []
