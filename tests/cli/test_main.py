import importlib
import os
import subprocess
import sys
from pathlib import Path

import click
import pytest
from click.testing import CliRunner

from pipeline.cli import COMMANDS, INTERRUPTED, ended, main
from pipeline.errors import ContentError, Outage, Problem

OURS = ("demo", "run", "alerts", "explain", "normalise", "classify", "match", "sources")
SECRET = "the words of a prompt"


def called(*words):
    return CliRunner().invoke(main, words)


def fails(error):
    def work():
        raise error

    return work


def shell(*words, **more):
    program = [sys.executable, "-c", "from pipeline.cli import main; main()", *words]
    return subprocess.run(program, capture_output=True, text=True, check=False, **more)


def test_help_names_every_command_without_loading_one():
    script = "import sys; from pipeline.cli import main\ntry: main(['--help'])\nfinally: print(sorted(sys.modules))"
    found = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True).stdout
    assert [name for name in COMMANDS if f"\n  {name} " not in found] == []
    for heavy in ("msgspec", "orjson", "rich", "yaml", "hyperscan", "pipeline.cli.run"):
        assert f"'{heavy}'" not in found


@pytest.mark.parametrize("name", OURS)
def test_the_list_of_commands_tells_what_each_says_of_itself(name):
    command = getattr(importlib.import_module(f"pipeline.cli.{name}"), name)
    assert command.help.partition("\n")[0].split() == COMMANDS[name].split()


@pytest.mark.parametrize("name", OURS)
def test_every_command_shows_an_example_of_itself(name):
    command = getattr(importlib.import_module(f"pipeline.cli.{name}"), name)
    for words in [[name, sub] for sub in getattr(command, "commands", {})] or [[name]]:
        found = called(*words, "--help")
        assert found.exit_code == 0
        assert f"Example: shadowgraph {' '.join(words)}" in found.stdout


def test_no_words_at_all_show_the_help_on_stderr():
    found = called()
    assert (found.exit_code, found.stdout) == (2, "")
    assert "shadowgraph demo" in found.stderr


def test_the_version_is_told():
    assert called("--version").stdout == "shadowgraph 0.1.0\n"


@pytest.mark.parametrize(
    "words",
    [["run", "x", "--no-such-option"], ["no-such-command"], ["run", "x", "--source", "no-such-source"]],
)
def test_what_nobody_knows_is_named_on_stderr_with_2(words):
    found = called(*words)
    assert (found.exit_code, found.stdout) == (2, "")
    assert words[-1] in found.stderr


def test_a_command_that_is_not_there_fails_alone(monkeypatch):
    monkeypatch.setitem(COMMANDS, "later", "Do it later.")
    assert "the command later is not part of this version" in called("later").stderr
    assert called("--help").exit_code == 0


def test_a_fault_of_ours_is_one_line_with_its_kind_and_place_and_no_content(capsys):
    assert ended(fails(KeyError(SECRET))) == 2
    said = capsys.readouterr().err
    assert said.startswith("error: KeyError ")
    assert said.count("\n") == 1
    assert SECRET not in said


def test_a_fault_of_ours_names_our_own_last_line(capsys):
    ended(lambda: importlib.import_module("pipeline.cli.shown").moment(SECRET))
    assert "error: ValueError at pipeline/cli/shown.py:" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (
            ContentError([Problem("b.yml", 3, "is odd", "mend it"), Problem("a.yml", 1, "is torn")]),
            "a.yml:1: is torn\nb.yml:3: is odd (mend it)\n",
        ),
        (Outage("the disk is full"), "error: the disk is full\n"),
        (OSError(13, "Permission denied", "build"), "error: build: Permission denied\n"),
        (OSError(13, "Permission denied", b"build"), "error: build: Permission denied\n"),
        (click.ClickException("no"), "error: no\n"),
    ],
)
def test_every_kind_of_failure_ends_with_2_and_its_own_words(error, words, capsys):
    assert ended(fails(error)) == 2
    assert capsys.readouterr().err == words


@pytest.mark.parametrize(
    ("work", "code"),
    [
        (lambda: None, 0),
        (lambda: 1, 1),
        (fails(click.exceptions.Exit(2)), 2),
        (fails(SystemExit(2)), 2),
        (fails(SystemExit(None)), 0),
        (fails(KeyboardInterrupt()), INTERRUPTED),
    ],
)
def test_the_exit_code_is_what_the_command_says(work, code):
    assert ended(work) == code


@pytest.mark.parametrize("unbuffered", ["", "1"])
def test_a_closed_stdout_ends_quietly(unbuffered):
    reading, writing = os.pipe()
    os.close(reading)
    script = "from pipeline.cli import main; main(['--help'])"
    environ = {**os.environ, "PYTHONUNBUFFERED": unbuffered}
    found = subprocess.run(
        [sys.executable, "-c", script], stdout=writing, stderr=subprocess.PIPE, check=False, env=environ
    )
    os.close(writing)
    assert (found.returncode, found.stderr) == (0, b"")


def test_control_characters_of_arguments_do_not_reach_the_terminal():
    found = called("normalise", "no\x1b[31m\u202esuch.log")
    assert "no\\x1b[31m\\u202esuch.log" in found.stderr


def test_names_that_the_locale_cannot_write_do_not_break_the_command(tmp_path):
    found = shell(
        "classify",
        str(tmp_path / "größe.jsonl"),
        env={**os.environ, "PYTHONIOENCODING": "ascii", "PYTHONPATH": str(Path.cwd())},
    )
    assert (found.returncode, "Traceback" in found.stderr) == (2, False)
    assert "gr\\xf6\\xdfe.jsonl" in found.stderr
