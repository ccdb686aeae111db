import pytest
import yaml

from pipeline.errors import ContentError
from pipeline.rules.read import read_rules, rule_files
from pipeline.rules.scaffold import scaffold


def names(paths, folder):
    return [str(path.relative_to(folder)) for path in paths]


def test_a_new_rule_has_cases_and_a_playbook_and_is_sound(tmp_path):
    paths = scaffold("EXF-014", 'A "project: name" in a prompt', tmp_path)

    assert names(paths, tmp_path) == [
        "exf/exf_014_a_project_name_in_a_prompt.yml",
        "exf/exf_014_a_project_name_in_a_prompt.cases.yaml",
        "playbooks/pb_exf_014.yaml",
    ]
    (rule,) = read_rules(
        rule_files(tmp_path / "exf"), placeholders={}, lint=True, playbooks=["PB-EXF-014"]
    ).rules
    assert rule.title == 'A "project: name" in a prompt'
    assert rule.about.catalogue == "EXF-014"


def test_the_cases_of_a_new_rule_say_what_it_does(tmp_path):
    rule_path, cases_path, _ = scaffold("EXF-014", "Phrase", tmp_path)
    (rule,) = read_rules([rule_path], placeholders={}, lint=False).rules
    cases = yaml.safe_load(cases_path.read_text())

    assert [rule.matches(cases["record"] | case["change"]) for case in cases["cases"]] == [
        bool(case["fires"]) for case in cases["cases"]
    ]


def test_the_same_id_and_title_give_the_same_rule(tmp_path):
    first, second = (scaffold("EXF-014", "Phrase", tmp_path / name)[0].read_text() for name in "ab")

    assert first == second


def test_a_playbook_that_answers_the_id_already_is_named(tmp_path):
    (tmp_path / "playbooks").mkdir()
    (tmp_path / "playbooks" / "pb_exf_001.yaml").write_text("id: PB-EXF-001\ntriggers: [EXF-001, EXF-014]\n")
    (tmp_path / "playbooks" / "empty.yaml").write_text("[]\n")
    paths = scaffold("EXF-014", "Phrase", tmp_path)

    assert len(paths) == 2
    assert "playbook: PB-EXF-001\n" in paths[0].read_text()


@pytest.mark.parametrize("taken", ["exf/exf_014_other.yml", "playbooks/pb_exf_014.yaml"])
def test_nothing_is_overwritten(tmp_path, taken):
    (tmp_path / taken).parent.mkdir()
    (tmp_path / taken).write_text("title: mine\n")

    with pytest.raises(ContentError) as refused:
        scaffold("EXF-014", "Phrase", tmp_path)

    assert taken in str(refused.value)
    assert [path.read_text() for path in tmp_path.rglob("*.y*ml")] == ["title: mine\n"]


@pytest.mark.parametrize(
    ("catalogue", "title"),
    [("exf-014", "Phrase"), ("EXF-14", "Phrase"), ("EXF-014", "!"), ("EXF-014", "a\nb")],
)
def test_what_is_no_id_or_no_title_is_refused(tmp_path, catalogue, title):
    with pytest.raises(ContentError):
        scaffold(catalogue, title, tmp_path)

    assert not list(tmp_path.iterdir())


def test_a_long_title_gives_a_short_name_of_whole_words(tmp_path):
    path, *_ = scaffold("EXF-014", "Prompt with a phrase that must stay inside the house", tmp_path)
    other, *_ = scaffold("EXF-015", "x" * 100, tmp_path)

    assert path.stem == "exf_014_prompt_with_a_phrase_that_must_stay"
    assert other.stem == "exf_015_" + "x" * 40
