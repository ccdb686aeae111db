import json

import pytest

from pipeline.cli import main
from tests.rules.writing import line, write

SOUND = line("F", "a") | {"id": "1", "status": "test"}


@pytest.fixture
def shadowgraph(capsys):
    def run(*words):
        with pytest.raises(SystemExit) as ended:
            main([str(word) for word in words])
        told = capsys.readouterr()
        return ended.value.code or 0, told.out, told.err

    return run


def test_our_own_rules_are_sound(shadowgraph):
    code, out, _ = shadowgraph("rules", "check")

    assert code == 0
    assert out.startswith("ok: ")


def test_of_sound_files_nothing_is_said(shadowgraph, tmp_path):
    write(tmp_path, SOUND)

    assert shadowgraph("rules", "check", tmp_path, "--generic") == (0, "ok: 1 rule, 0 correlations\n", "")
    assert shadowgraph("rules", "check", tmp_path, "--generic", "--json") == (0, "", "")


def test_every_fault_is_told_with_its_file_in_one_piece(shadowgraph, tmp_path):
    folder = tmp_path / ("long_" * 30)
    folder.mkdir()
    good, bad = write(folder, SOUND, line("F|sounds_like", "a"))
    code, out, _ = shadowgraph("rules", "check", tmp_path, "--generic")

    assert code == 2
    assert f"{bad}:6: Sigma has no modifier 'sounds_like'" in out
    assert str(good) not in out


def test_faults_are_told_to_scripts_as_objects(shadowgraph, tmp_path):
    (bad,) = write(tmp_path, line("F|lt", "a"))
    code, out, err = shadowgraph("rules", "check", tmp_path, "--generic", "--json")

    assert (code, err) == (2, "")
    assert json.loads(out) == {
        "file": str(bad),
        "line": 6,
        "fault": "'lt' compares with numbers",
        "remedy": "write a number, without quotes",
    }


def test_without_generic_our_own_lint_is_asked(shadowgraph, tmp_path):
    write(tmp_path, SOUND)
    code, out, _ = shadowgraph("rules", "check", tmp_path)

    assert code == 2
    assert "the rule looks at other events than ours" in out


def test_a_placeholder_needs_values(shadowgraph, tmp_path):
    folder, lists = tmp_path / "rules", tmp_path / "lists.yaml"
    folder.mkdir()
    write(folder, line("F|expand", "%x%"))
    lists.write_text("x: [a]\n")

    assert shadowgraph("rules", "check", folder, "--generic")[0] == 2
    assert shadowgraph("rules", "check", folder, "--generic", "--placeholders", lists)[0] == 0


def test_a_folder_that_is_not_there_is_named(shadowgraph):
    code, out, err = shadowgraph("rules", "check", "/no/such/folder", "--generic")

    assert code == 2
    assert "/no/such/folder" in out + err


def test_a_new_rule_passes_the_check_and_is_not_written_twice(shadowgraph, tmp_path):
    code, out, _ = shadowgraph("rules", "new", "EXF-014", tmp_path, "--title", "A phrase")

    assert (code, len(out.splitlines())) == (0, 3)
    assert shadowgraph("rules", "check", tmp_path)[0] == 0
    assert shadowgraph("rules", "new", "EXF-014", tmp_path)[0] == 2


@pytest.mark.parametrize("command", ["check", "test", "new"])
def test_help_shows_an_example(shadowgraph, command):
    code, out, _ = shadowgraph("rules", command, "--help")

    assert code == 0
    assert f"Example: shadowgraph rules {command}" in out
