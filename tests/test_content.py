import shutil
from pathlib import Path

import pytest

from pipeline.content import CONTENT, load_pack, policy_files, read_placeholders
from pipeline.errors import ContentError

KEY = b"an invented key of some length"
OWN = CONTENT / "detections"
PROOF = "exf/exf_001_live_credential.cases.yaml"
PARTS = ("exf/exf_001_live_credential.yml", "playbooks/pb_exf_001.yaml", "placeholders.yaml")
POLICY = "id: acme-ai\nrules:\n- {id: P1, decision: block}\n"


@pytest.fixture
def detections(tmp_path):
    folder = tmp_path / "detections"
    for part in (*PARTS, PROOF):
        (folder / part).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(OWN / part, folder / part)
    return folder


def data(tmp_path, **files):
    folder = tmp_path / "data"
    folder.mkdir()
    for name, text in files.items():
        (folder / f"{name}.yaml").write_text(text)
    return folder


def faults(*folders, **more):
    with pytest.raises(ContentError) as caught:
        load_pack(*folders, key=KEY, **more)
    return [f"{Path(problem.path).name}: {problem.fault}" for problem in caught.value.problems]


def test_the_built_in_pack_is_sound_wherever_one_works(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    pack = load_pack(key=KEY)
    assert pack.rules
    assert pack.policy.id == "fernwood-ai"
    assert pack.playbooks["PB-EXF-001"].title
    assert "secret" in pack.placeholders["sensitive"]
    assert (pack.key, pack.notes) == (KEY, ())
    assert {rule.digest for rule in pack.rules} <= pack.known.keys()


def test_a_pack_of_other_detections_holds_those_alone(detections):
    pack = load_pack(None, detections, key=KEY)
    assert [rule.about.catalogue for rule in pack.rules] == ["EXF-001"]
    assert [*pack.playbooks] == ["PB-EXF-001"]


def test_a_content_folder_replaces_ours(tmp_path, detections):
    assert detections.parent == tmp_path
    company = tmp_path / "enrichers" / "data" / "company"
    company.mkdir(parents=True)
    (company / "policy.yaml").write_text(POLICY)
    pack = load_pack(key=KEY, content=tmp_path)
    assert (pack.policy.id, pack.policy.exceptions, len(pack.rules)) == ("acme-ai", (), 1)


def test_data_replaces_policy_and_exceptions_file_by_file(tmp_path, detections):
    folder = data(tmp_path, policy=POLICY)
    pack = load_pack(folder, detections, key=KEY)
    assert (pack.policy.id, [leave.id for leave in pack.policy.exceptions]) == ("acme-ai", ["X1"])
    (folder / "exceptions.yaml").write_text("exceptions: [{id: X7, moon_phase: full}]")
    pack = load_pack(folder, detections, key=KEY)
    assert [leave.id for leave in pack.policy.exceptions] == ["X7"]
    assert "has the condition moon_phase, which nobody knows" in pack.notes[0]


def test_every_fault_of_every_kind_is_listed_in_one_go(tmp_path, detections):
    (detections / "exf" / "exf_002_broken.yml").write_text("title: [")
    (detections / "playbooks" / "pb_exf_002.yaml").write_text("id: PB-EXF-002")
    (detections / "placeholders.yaml").write_text("sensitive: []")
    said = faults(data(tmp_path, policy="id: acme\nrules: [{id: P1, decision: no way}]"), detections)
    assert {line.split(":")[0] for line in said} == {
        "exf_002_broken.yml",
        "pb_exf_002.yaml",
        "placeholders.yaml",
        "policy.yaml",
    }


def test_a_rule_that_its_playbook_does_not_know_is_a_fault(detections):
    playbook = detections / "playbooks" / "pb_exf_001.yaml"
    playbook.write_text(playbook.read_text().replace("EXF-001, ", "", 1))
    assert faults(None, detections) == [
        "exf_001_live_credential.yml: the playbook PB-EXF-001 does not name EXF-001 among its triggers"
    ]


def test_folders_that_are_not_there_are_named(tmp_path):
    assert faults(tmp_path / "data", tmp_path / "detections") == [
        "data: is no folder",
        "detections: cannot be read: No such file or directory",
    ]


def test_a_content_folder_without_a_policy_is_a_fault(tmp_path, detections):
    assert detections.exists()
    assert faults(content=tmp_path) == ["policy.yaml: cannot be read: No such file or directory"]


def test_what_lies_apart_is_no_rule(detections):
    for name in ("policy", "controls", "pipelines"):
        (detections / name).mkdir()
        (detections / name / "other.yml").write_text("title: [")
    assert len(load_pack(None, detections, key=KEY).rules) == 1


def test_a_rule_beside_the_folders_is_a_fault_not_silence(detections):
    (detections / "other.yml").write_text("title: [")

    with pytest.raises(ContentError, match=r"other\.yml:1: lies beside the folders of rules"):
        load_pack(None, detections, key=KEY)


def test_a_pack_needs_neither_placeholders_nor_playbooks(tmp_path):
    (tmp_path / "detections").mkdir()
    pack = load_pack(None, tmp_path / "detections", key=KEY)
    assert (pack.rules, pack.playbooks, pack.placeholders) == ((), {}, {})


def test_the_digest_is_that_of_all_content_and_of_nothing_else(tmp_path, detections):
    folder = data(tmp_path, policy=POLICY)
    first = load_pack(folder, detections, key=KEY).digest
    elsewhere = tmp_path / "elsewhere"
    shutil.copytree(detections, elsewhere)
    assert load_pack(folder, elsewhere, key=b"another key").digest == first

    seen = {first}
    for part in (*(detections / part for part in PARTS), folder / "policy.yaml"):
        part.write_text(part.read_text() + "\n")
        seen.add(load_pack(folder, detections, key=KEY).digest)
    (folder / "exceptions.yaml").write_text("exceptions: []")
    seen.add(load_pack(folder, detections, key=KEY).digest)
    (detections / "exf").rename(detections / "fxe")
    seen.add(load_pack(folder, detections, key=KEY).digest)
    assert len(seen) == len(PARTS) + 4


def test_placeholders_are_lists_of_texts_by_name(tmp_path):
    path = tmp_path / "placeholders.yaml"
    path.write_text("night: [marlis, 'svc_*', 5]\nday: one\n")
    assert read_placeholders(path) == {"night": ("marlis", "svc_*", "5"), "day": ("one",)}
    path.write_text("night: []\nday: [{}]\n")
    with pytest.raises(ContentError) as caught:
        read_placeholders(path)
    assert [problem.line for problem in caught.value.problems] == [1, 2]
    path.write_text("- a\n")
    with pytest.raises(ContentError, match="is no mapping"):
        read_placeholders(path)


def test_without_exceptions_anywhere_there_are_none(tmp_path):
    assert policy_files(None, tmp_path) == (tmp_path / "enrichers/data/company/policy.yaml", None)
