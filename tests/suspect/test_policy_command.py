import json

import pytest
from click.testing import CliRunner

from pipeline.cli import main

EXPLAIN = ("explain", "--action", "prompt")


@pytest.fixture(autouse=True)
def nothing_is_set(monkeypatch):
    for name in ("SHADOWGRAPH_SETTINGS", "SHADOWGRAPH_KEY", "SHADOWGRAPH_KEY_FILE", "SHADOWGRAPH_STORE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.delenv("SHADOWGRAPH_CONTENT", raising=False)


def run(*words):
    return CliRunner().invoke(main, ["policy", *map(str, words)])


def folder(tmp_path, **files):
    for name, text in files.items():
        (tmp_path / f"{name}.yaml").write_text(text)
    return tmp_path


def test_the_built_in_policy_is_sound():
    done = run("check")
    assert (done.exit_code, done.stderr) == (0, "")
    assert done.stdout == "ok: fernwood-ai v7, 6 rules, 1 exception\n"


def test_remarks_are_told_and_are_no_fault(tmp_path):
    done = run(
        "check", folder(tmp_path, policy="id: acme-ai\nrules: [{id: P1, moon_phase: full, decision: block}]")
    )
    assert (done.exit_code, done.stdout) == (0, "ok: acme-ai v0, 1 rule, 1 exception\n")
    assert "policy.yaml:2: rule P1 has the condition moon_phase, which nobody knows" in done.stderr


def test_every_fault_is_told_with_its_remedy_and_ends_with_2(tmp_path):
    broken = folder(
        tmp_path, policy="id: a\ndefault: no way\n", exceptions="exceptions: [{id: X1, starts: soon}]"
    )
    done = run("check", broken)
    assert (done.exit_code, done.stdout) == (2, "")
    assert [line.split(": ")[1].split(" (")[0] for line in done.stderr.splitlines()] == [
        "starts is no date",
        "nobody knows the default no way",
    ]


def test_a_folder_without_a_policy_is_a_mistake(tmp_path):
    done = run("check", tmp_path)
    assert done.exit_code == 2
    assert f"{tmp_path} holds neither policy.yaml nor exceptions.yaml" in done.stderr


def test_wrong_settings_are_told_too(monkeypatch):
    monkeypatch.setenv("SHADOWGRAPH_CONTENT", "/no/such/folder")
    done = run("check")
    assert (done.exit_code, "SHADOWGRAPH_CONTENT" in done.stderr) == (2, True)


def test_explaining_says_which_rule_decides_and_what_each_other_lacks():
    done = run(*EXPLAIN, "--class", "secret", "--app", "chatgpt", "--status", "tolerated", "--role", "staff")
    assert done.exit_code == 0
    assert done.stdout.splitlines() == [
        "block: P1 of fernwood-ai v7: class secret may not go to any app",
        "violations: class_above_app",
        "  P1 (block): met, and decides",
        "  P2 (block): not met, app status tolerated is not banned",
        "  P3 (redact): not met, class secret is not personal, health or card",
        "  P4 (block): not met, class secret is not source_code",
        "  P5 (require_approval): not met, action prompt is not tool_call",
        "  P6 (block): not met, class secret is not restricted",
    ]


def test_explaining_knows_the_app_and_the_person():
    words = (*EXPLAIN, "--app", "DeepSeek", "--user", "kira.novak", "--at", "2026-03-04")
    assert "block: P2 of" in run(*words).stdout
    assert "violations: exception_violated" in run(*words).stdout
    in_the_lab = run(*words, "--group", "lab").stdout
    assert "allow: X1 of fernwood-ai v7: P2 is set aside until 2026-12-31" in in_the_lab
    assert "P2 (block): met, but set aside by exception X1" in in_the_lab
    assert (
        "allow: default of fernwood-ai v7" in run(*EXPLAIN, "--app", "deepseek", "--role", "security").stdout
    )


def test_explaining_takes_this_moment_unless_told_another():
    words = (*EXPLAIN, "--app", "deepseek", "--user", "kira.novak", "--group", "lab")
    assert "exception_expired" in run(*words, "--at", "2027-01-01").stdout
    assert "exception_expired" not in run(*words, "--at", "2026-12-31T23:59:59").stdout
    assert run(*words).exit_code == 0


def test_an_app_that_nobody_knows_has_the_status_unknown():
    assert "block: P4 of" in run(*EXPLAIN, "--class", "source_code", "--app", "zugvogel").stdout


def test_of_two_rules_that_are_met_one_decides():
    assert (
        "P2 (block): met, but P1 decides" in run(*EXPLAIN, "--class", "secret", "--status", "banned").stdout
    )


def test_what_the_policy_does_not_judge_is_said_to_be_so():
    done = run("explain", "--action", "completion", "--class", "malicious_code", "--model", "glacier-4")
    assert done.stdout.startswith("the policy does not judge this action\n")
    assert "P2 (block): not met, action completion is not approval, file_upload" in done.stdout


def test_scripts_get_one_object():
    done = run("explain", "--action", "tool_call", "--tool-risk", "payment", "--json")
    (line,) = done.stdout.splitlines()
    told = json.loads(line)
    rules = told.pop("rules")
    assert told == {
        "decision": "require_approval",
        "rule": "P5",
        "reason": "P5 of fernwood-ai v7: approval is needed for a call of a payment tool",
        "violations": [],
        "exception": "",
    }
    assert rules[4] == {
        "id": "P5",
        "decision": "require_approval",
        "met": True,
        "failed": None,
        "exception": None,
    }
    assert rules[0]["failed"] == "action tool_call is not file_upload or prompt"


@pytest.mark.parametrize(
    "words",
    [
        ("explain",),
        (*EXPLAIN, "--class", "secrets"),
        ("check", "/no/such/folder"),
        (*EXPLAIN, "--data", "/no/such"),
    ],
)
def test_a_wrong_call_ends_with_2(words):
    assert run(*words).exit_code == 2


def test_faulty_reference_data_ends_with_2(tmp_path):
    done = run(*EXPLAIN, "--data", folder(tmp_path, apps="apps: ["))
    assert (done.exit_code, "apps.yaml" in done.stderr) == (2, True)


@pytest.mark.parametrize("name", ["check", "explain"])
def test_help_shows_an_example(name):
    assert f"Example: shadowgraph policy {name}" in run(name, "--help").stdout
