from pathlib import Path

import pytest

from pipeline.content import CONTENT
from pipeline.errors import ContentError
from pipeline.pack import About, Rule
from pipeline.playbooks import read_playbooks, unanswered

SOUND = """\
id: PB-EXF-001
title: Credential in a prompt
triggers: [EXF-001, OUT-001]
severity_entry: high
decision_0:
- ask: Is ai.data.secret_valid true?
  if_no: Close it.
contain:
- action: Revoke it
  handle: ai.data.secret_fingerprints
  verify: A call with it fails
  undo: None
preserve: [The prompt]
scope: [Who else sent it (ai.data.secret_fingerprints)]
notify: [Its owner]
drill: {last_run: 2026-11-01, time_to_contain_min: 14}
"""


def read(folder, **texts):
    files = [folder / f"{name}.yaml" for name in texts]
    for file, text in zip(files, texts.values(), strict=True):
        file.write_text(text)
    return read_playbooks(files)


def faults(folder, **texts):
    with pytest.raises(ContentError) as caught:
        read(folder, **texts)
    assert all(problem.remedy for problem in caught.value.problems)
    return [f"{Path(problem.path).stem}:{problem.line}: {problem.fault}" for problem in caught.value.problems]


def test_a_playbook_is_read_by_its_id(tmp_path):
    found = read(tmp_path, pb_exf_001=SOUND)["PB-EXF-001"]
    assert (found.title, found.path) == ("Credential in a prompt", str(tmp_path / "pb_exf_001.yaml"))
    assert found.body["triggers"] == ["EXF-001", "OUT-001"]


def test_our_own_playbooks_are_sound():
    assert read_playbooks((CONTENT / "detections" / "playbooks").glob("*.yaml"))


def test_every_fault_of_every_playbook_is_listed_at_its_line(tmp_path):
    broken = """\
id: PB-EXF-002
titel: Bulk data
triggers: [EXF-002, exf-3, EXF-001]
severity_entry: severe
decision_0: Ask around
contain:
- {action: Revoke it, handle: ai.key.rotated_at}
- 5
preserve: []
scope: [{why: gen_ai.nothing.known}]
notify: [Their owner, ai.data]
"""
    assert faults(tmp_path, pb_exf_001=SOUND, pb_exf_002=broken, pb_exf_009=SOUND, pb_exf_010="- a") == [
        "pb_exf_002:1: has nothing under the heading title",
        "pb_exf_002:2: nobody knows the heading titel",
        "pb_exf_002:3: the trigger EXF-001 belongs to PB-EXF-001",
        "pb_exf_002:3: the trigger exf-3 is no catalogue id",
        "pb_exf_002:4: nobody knows the severity_entry severe",
        "pb_exf_002:5: decision_0 is no list",
        "pb_exf_002:6: a step of contain is neither a sentence nor a mapping",
        "pb_exf_002:6: contain names the field ai.key.rotated_at, which nothing writes",
        "pb_exf_002:7: a step of contain has no verify and no undo",
        "pb_exf_002:9: has nothing under the heading preserve",
        "pb_exf_002:10: scope names the field gen_ai.nothing.known, which nothing writes",
        "pb_exf_009:1: the id PB-EXF-001 does not fit the file",
        "pb_exf_009:3: the trigger EXF-001 belongs to PB-EXF-002",
        "pb_exf_009:3: the trigger OUT-001 belongs to PB-EXF-001",
        "pb_exf_010:1: is no mapping",
    ]


@pytest.mark.parametrize(
    "name", ["id", "title", "triggers", "decision_0", "contain", "preserve", "scope", "notify"]
)
def test_a_playbook_must_have_its_headings(tmp_path, name):
    assert (
        f"has nothing under the heading {name}"
        in faults(tmp_path, pb_exf_001=SOUND.replace(f"{name}:", "learn:", 1))[0]
    )


def rule(catalogue, playbook):
    return Rule(
        id="r",
        name="r",
        title="t",
        digest="d",
        path="r.yml",
        line=3,
        level="high",
        fields=frozenset(),
        matches=bool,
        met=lambda _: (),
        about=About(catalogue=catalogue, playbook=playbook),
    )


def test_a_rule_must_be_a_trigger_of_the_playbook_that_it_names(tmp_path):
    playbooks = read(tmp_path, pb_exf_001=SOUND)
    named = [rule("EXF-001", "PB-EXF-001"), rule("EXF-001", "PB-NOT-001"), rule("EXF-001", "")]
    assert [*unanswered(named, playbooks)] == []
    problem = next(unanswered([rule("EXF-002", "PB-EXF-001")], playbooks))
    assert (problem.path, problem.line) == ("r.yml", 3)
    assert problem.fault == "the playbook PB-EXF-001 does not name EXF-002 among its triggers"
