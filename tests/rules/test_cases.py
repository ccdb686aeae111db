import json

import pytest
import yaml

from enrichers.reference import load_reference
from pipeline.cli import main
from pipeline.cli.cases import Case, CaseFile, Failure, _records, proved, read_cases
from pipeline.content import load_pack
from pipeline.edges.embedded import Content
from pipeline.errors import ContentError
from pipeline.rules.scaffold import scaffold


@pytest.fixture
def scaffolded(tmp_path):
    """A pack of one new rule; gives a function that changes its cases and proves it."""
    rule, path, _ = scaffold("EXF-014", "A phrase", tmp_path)
    cases = yaml.safe_load(path.read_text())

    def prove(*, of_rule=None, **change):
        path.write_text(yaml.safe_dump(cases | change, sort_keys=False))
        rule.write_text(yaml.safe_dump(yaml.safe_load(rule.read_text()) | (of_rule or {})))
        content = Content(load_pack(None, tmp_path, key=b"a key for tests"), load_reference())
        return path, proved("EXF-014", path, content)

    prove.cases = cases["cases"]
    return prove


def test_a_new_rule_is_proved_by_its_cases(scaffolded):
    _, proof = scaffolded()

    assert (proof.hits, proof.near_misses, proof.evasions, proof.failures) == (3, 3, 1, ())


def test_a_case_that_comes_out_otherwise_is_told_with_its_line(scaffolded):
    first, *others = scaffolded.cases
    path, proof = scaffolded(
        cases=[first | {"fires": []}, *others, first | {"because": "a level", "level": "high"}]
    )

    assert proof.failures == (
        Failure(str(path), 9, first["because"], "nothing", "EXF-014"),
        Failure(str(path), 49, "a level", "level high", "level medium"),
    )


def test_a_level_that_was_raised_is_the_level_of_the_rule(scaffolded):
    first, *others = scaffolded.cases
    detection = {
        "s": {"event.action": "prompt", "ai.content.text|contains": "heron"},
        "ide": {"ai.surface": "ide"},
        "condition": "s",
    }
    ai = {"id": "EXF-014", "evidence": "L2", "playbook": "PB-EXF-014", "raise": {"critical": "ide"}}
    raised = first | {"change": first["change"] | {"ai.surface": "ide"}, "level": "critical"}
    _, proof = scaffolded(
        cases=[raised, first | {"level": "medium"}, *others], of_rule={"detection": detection, "ai": ai}
    )

    assert not proof.failures


def test_too_few_cases_prove_nothing(scaffolded):
    path, proof = scaffolded(cases=scaffolded.cases[:2])

    assert [(failure.expected, failure.got) for failure in proof.failures] == [
        ("3 hits at least", "2"),
        ("3 near misses at least", "0"),
        ("1 evasions at least", "0"),
    ]
    assert {failure.file for failure in proof.failures} == {str(path)}


def test_events_of_a_case_come_in_order_and_null_takes_a_key_away(scaffolded):
    hit, *others = scaffolded.cases
    text = hit["change"]["ai.content.text"]
    several = {
        "because": "one of two",
        "events": [{"ai.content.text": "no"}, {"ai.content.text": text, "host.name": None}],
        "fires": ["EXF-014"],
    }
    silent = {"because": "no text", "change": {"ai.content.text": None}, "fires": []}

    assert not scaffolded(cases=[several, silent, hit, *others])[1].failures


def test_a_record_is_its_change_over_the_base_with_a_time_and_an_id_of_its_own():
    base = CaseFile(rule="EXF-014", record={"a": 1, "b": 2}, cases=())
    chain = Case(because="x", fires=(), events=({"a": None}, {"b": 3, "event.id": "mine"}))

    assert list(_records(base, chain, "file-1")) == [
        {"b": 2, "@timestamp": "2026-03-04T09:00:00Z", "event.id": "file-1-1"},
        {"a": 1, "b": 3, "@timestamp": "2026-03-04T09:01:00Z", "event.id": "mine"},
    ]


def test_records_of_other_sources_are_read_by_their_reader(scaffolded):
    hook = {
        "timestamp": "2026-03-04T09:00:00Z",
        "user_email": "ada.lind@fernwood.example",
        "session_id": "s1",
        "hook_event_name": "UserPromptSubmit",
    }
    text = {"prompt": "What is project cobalt heron?"}
    hits = [
        {"because": f"hook {number}", "change": text | {"session_id": f"s{number}"}, "fires": ["EXF-014"]}
        for number in range(3)
    ]
    misses = [
        {"because": f"miss {number}", "change": {"prompt": "Hello"}, "fires": []} for number in range(3)
    ]
    evasion = {"because": "spelt", "evasion": True, "change": {"prompt": "h e r o n"}, "fires": []}

    assert not scaffolded(source="claude_code", record=hook, cases=[*hits, *misses, evasion])[1].failures


def test_a_record_that_cannot_be_read_is_no_near_miss(scaffolded):
    broken = {"because": "broken", "change": {"event.action": None}, "fires": []}
    _, proof = scaffolded(cases=[*scaffolded.cases, broken])

    assert [failure.got[:9] for failure in proof.failures] == ["a reject "]


@pytest.mark.parametrize(
    ("change", "line", "fault"),
    [
        ({"rule": "EXF-001"}, 1, "the cases are of EXF-001, but lie beside EXF-014"),
        ({"because": "x"}, 1, "unknown field `because`"),
        ({"cases": [{"because": "x", "fires": []}, {"because": "x", "fire": []}]}, 11, "`$.cases[1]`"),
        ({"cases": [5]}, 1, "`$.cases[0]`"),
        ({"record": None}, 1, "`$.record`"),
    ],
)
def test_what_is_no_file_of_cases_is_refused_at_its_line(scaffolded, change, line, fault):
    with pytest.raises(ContentError) as refused:
        scaffolded(**change)

    (problem,) = refused.value.problems
    assert fault in problem.fault
    assert problem.line == line


def test_a_list_is_no_file_of_cases(tmp_path):
    (tmp_path / "a.cases.yaml").write_text("[]\n")

    with pytest.raises(ContentError) as refused:
        read_cases(tmp_path / "a.cases.yaml", "EXF-001")

    assert refused.value.problems[0].line == 1


def called(capsys, *words):
    with pytest.raises(SystemExit) as ended:
        main(words)
    told = capsys.readouterr()
    return ended.value.code or 0, told.out, told.err


@pytest.mark.parametrize("name", ["EXF-002", "exf-002", "exf_002_bulk_personal", "exf_002_bulk_personal.yml"])
def test_a_rule_is_named_in_many_ways(capsys, name):
    code, out, _ = called(capsys, "rules", "test", name)

    assert code == 0
    assert out.startswith("EXF-002  4 hits, 4 near misses, 1 evasion")


def test_scripts_get_an_object_for_each_rule(capsys):
    code, out, _ = called(capsys, "rules", "test", "EXF-002", "AGT-005", "--json")

    assert code == 0
    assert [json.loads(line)["rule"] for line in out.splitlines()] == ["EXF-002", "AGT-005"]
    assert json.loads(out.splitlines()[0])["failures"] == []


def test_a_rule_that_is_not_there_is_named(capsys):
    code, _, err = called(capsys, "rules", "test", "EXF-999")

    assert code == 2
    assert "EXF-999" in err
