"""What docs/operators.md has people install is what its reader understands."""

import json
import os
import re
import subprocess
import time

import pytest
from click.testing import CliRunner

from pipeline.cli import main
from pipeline.understand.sources.claude_code_hooks import HOOKS, TOOL_HOOKS
from tests.docs import pages

_, _, BELOW = pages.text("docs/operators.md").partition("## Follow a coding agent on this machine\n")
SECTION = BELOW.partition("\n## ")[0]
SCRIPT, SETTINGS = (re.search(rf"```{kind}\n(.*?)```", SECTION, re.DOTALL)[1] for kind in ("python", "json"))
COMMANDS = {name: entry["hooks"][0] for name, (entry,) in json.loads(SETTINGS)["hooks"].items()}
CALL = {
    "session_id": "5f0c2a7e-8a11",
    "cwd": "/home/ada/src",
    "hook_event_name": "PreToolUse",
    "tool_name": "Bash",
    "tool_input": {"command": "make test; echo 'Grüße'"},
    "tool_use_id": "toolu_01",
}


@pytest.fixture
def home(tmp_path):
    (tmp_path / ".claude").mkdir()
    (tmp_path / ".claude" / "to_shadowgraph.py").write_text(SCRIPT, "utf-8")
    return tmp_path


def hooked(home, hook, name="PreToolUse"):
    """Run the command of a hook as the agent does."""
    return subprocess.run(
        COMMANDS[name]["command"],
        shell=True,
        env=os.environ | {"HOME": str(home)},
        input=json.dumps(hook, ensure_ascii=False).encode(),
        capture_output=True,
        check=False,
    )


def test_a_hook_becomes_a_line_that_is_read_with_person_device_and_time(home):
    began = time.time()
    done = hooked(home, CALL)
    assert (done.returncode, done.stdout, done.stderr) == (0, b"", b"")
    hooked(home, CALL | {"hook_event_name": "PostToolUse", "tool_response": "é" * 100_000}, "PostToolUse")

    log = home / "hooks.jsonl"
    (line, _) = [json.loads(text) for text in log.read_text("utf-8").splitlines()]
    assert began <= line["timestamp"] <= time.time()
    assert log.stat().st_mode & 0o077 == 0
    found = CliRunner().invoke(main, ["normalise", str(log), "--json"])
    call, _, result = map(json.loads, found.stdout.splitlines())
    assert (call["event.module"], call["event.action"], call["user.id"]) == (
        "claude_code",
        "tool_call",
        "ada.lind",
    )
    assert call["host.name"] == line["hostname"]
    assert call["process.command_line"] == "make test; echo 'Grüße'"
    assert "ai.quality.problems" not in call
    assert (result["event.action"], result["event.outcome"]) == ("tool_result", "success")


def test_a_fault_never_stops_the_agent(home):
    assert hooked(home, ["no hook"]).returncode == 1
    (home / ".claude" / "to_shadowgraph.py").unlink()
    done = hooked(home, CALL)
    assert (done.returncode, done.stdout) == (1, b"")


def test_every_hook_that_is_installed_is_one_that_is_read():
    assert COMMANDS.keys() <= HOOKS.keys() | TOOL_HOOKS.keys()
    assert {tuple(command) for command in COMMANDS.values()} == {("type", "command")}
