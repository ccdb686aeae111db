import contextlib
import shlex
import subprocess
import sys

import pytest
from click.testing import CliRunner

from pipeline.cli import main
from pipeline.cli.day import day_files, run_day
from pipeline.cli.demo import FILE, program


def called(folder, *words):
    with contextlib.chdir(folder):
        return CliRunner().invoke(main, words)


@pytest.fixture(scope="module")
def shown(tmp_path_factory):
    folder = tmp_path_factory.mktemp("a folder")
    found = called(folder, "demo")
    assert (found.exit_code, "Traceback" in found.stderr) == (0, False)
    return folder, found


def suggestions(out):
    lines = out.partition("What to type next\n")[2].splitlines()
    return [shlex.split(line) for line in lines if line.startswith("    ")]


def test_the_demo_shows_the_table_a_chain_a_drift_and_what_could_not_be_seen(shown):
    out = shown[1].stdout
    places = [
        out.index(part)
        for part in (
            "ID  ",
            "One chain, explained",
            "Step by step",
            "One policy drift: POL-001",
            "What could not be seen",
            "What to type next",
        )
    ]
    assert places == sorted(places)


def test_two_demos_print_the_same_whatever_was_there(shown):
    folder, first = shown
    again = called(folder, "demo")
    assert again.stdout == first.stdout
    assert "events/s" in again.stderr


def test_the_demo_writes_its_store_and_nothing_else(shown):
    folder, _ = shown
    assert {str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file()} == {str(FILE)}


def test_a_file_that_is_no_store_stays(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "build").mkdir()
    (tmp_path / FILE).write_text("my own notes")
    found = CliRunner().invoke(main, ["demo"])
    assert found.exit_code == 2
    assert str(FILE) in found.stderr
    assert (tmp_path / FILE).read_text() == "my own notes"


def test_every_suggestion_runs_as_it_is_printed(shown):
    folder, found = shown
    lines = suggestions(found.stdout)
    assert 5 <= len(lines) <= 8
    assert {line[1] for line in lines} >= {"explain", "alerts", "run", "normalise", "rules"}
    for line in lines:
        if line[0] == "cp":
            subprocess.run(line, cwd=folder, check=True)
        else:
            done = called(folder, *line[1:])
            assert done.exit_code == 0, (line, done.stderr)


def test_the_program_is_named_as_it_can_be_typed(tmp_path, monkeypatch):
    script = tmp_path / "my tools" / "shadowgraph"
    script.parent.mkdir()
    script.touch(mode=0o755)
    monkeypatch.setattr(sys, "argv", [str(script)])
    monkeypatch.setenv("PATH", "/nowhere")
    monkeypatch.chdir(tmp_path)
    assert program() == "'my tools/shadowgraph'"
    monkeypatch.chdir("/")
    monkeypatch.setenv("PATH", str(script.parent))
    monkeypatch.setattr("pipeline.cli.demo.Path.cwd", lambda: tmp_path / "elsewhere")
    assert program() == "shadowgraph"
    monkeypatch.setenv("PATH", "/nowhere")
    assert program() == shlex.quote(str(script))
    monkeypatch.setattr(sys, "argv", ["pytest"])
    assert program() == "shadowgraph"


def test_the_day_is_all_raw_logs_and_never_the_truth():
    assert "truth.yaml" not in {path.name for path in day_files()}
    assert sum(batch.counts["records"] for batch in run_day()) > 500
