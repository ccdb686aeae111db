import json
from functools import cache

import pytest
from click.testing import CliRunner

from pipeline.cli import main
from pipeline.cli.filled import Value, named, rendered, values
from pipeline.cli.playbookpage import _missed
from pipeline.pack import Playbook

BODY = {
    "decision_0": [{"ask": "Did it succeed (event.outcome)?", "if_no": "Ask jonas.weber, see acme.example."}],
    "contain": [
        {"action": "Stop", "handle": "user.id", "verify": "ai.policy.decision", "undo": "Start ai.task.id"}
    ],
    "roles": {"owner": "ai.agent.owner"},
    "notify": ["ai.app.id"],
}
PLAYBOOK = Playbook(id="PB-EXF-009", title="t", path="p", body=BODY)


@cache
def called(*words):
    found = CliRunner().invoke(main, ["playbooks", *words], env={"COLUMNS": "100"})
    return found.exit_code, found.stdout, found.stderr


def documents(*words):
    code, out, err = called(*words, "--json")
    assert (code, err) == (0, "")
    return [json.loads(line) for line in out.splitlines()]


@cache
def chain():
    (told,) = documents("drill", "agent_secret_exfil")
    return told


def test_the_list_names_triggers_and_scenarios_of_each():
    told = {one["playbook"]: one for one in documents("list")}
    assert {"AGT-004", "AGT-005"} <= set(told["PB-AGT-005"]["triggers"])
    assert told["PB-AGT-005"]["scenarios"] == ["poisoned_page", "agent_secret_exfil"]
    code, out, _ = called("list")
    assert code == 0
    assert all(name in out and one["title"] in out for name, one in told.items())


@pytest.mark.parametrize("name", ["PB-AGT-005", "pb-agt-005", "poisoned_page"])
def test_a_playbook_is_shown_by_id_or_scenario(name):
    code, out, err = called("show", name)
    assert (code, err) == (0, "")
    assert out.startswith("PB-AGT-005  Agent read a secret")
    assert "     By: ai.tool.destination\n" in out
    (body,) = documents("show", name)
    assert body["id"] == "PB-AGT-005"


def test_a_drill_says_which_rule_found_the_attack_how_bad_and_how_soon():
    told = chain()
    assert (told["playbook"], told["scenario"], told["detected"]) == (
        "PB-AGT-005",
        "agent_secret_exfil",
        True,
    )
    assert (told["rule"], told["level"]) == ("AGT-005", "critical")
    assert 10 < told["seconds"] < 60


def test_a_drill_counts_the_lines_of_the_attack_that_are_evidence():
    told = chain()
    assert told["lines"] == 6
    assert told["named"] + len(told["unnamed"]) == 6
    assert told["named"] >= 5


def test_a_drill_fills_in_the_steps_and_names_what_is_missing():
    told = chain()
    assert told["fields"]["ai.tool.destination"] == {
        "value": "licence.quickstart-hub.example",
        "source": "alert",
    }
    assert told["missing"]
    assert not set(told["missing"]) & set(told["fields"])
    handles = [step["handle"] for step in told["steps"]["contain"]]
    assert "ai.tool.destination = licence.quickstart-hub.example" in handles
    assert f"{told['missing'][0]} = ?" in json.dumps(told["steps"])


def test_a_drill_is_a_page_for_people():
    code, out, err = called("drill", "agent_secret_exfil")
    assert (code, err) == (0, "")
    assert "detected    critical, risk" in out
    assert f"{chain()['named']} of 6 lines of the attack" in out
    assert "MISSING" in out
    assert "By: ai.tool.destination = licence.quickstart-hub.example" in out


def test_a_playbook_is_drilled_with_each_of_its_scenarios():
    assert [one["scenario"] for one in documents("drill", "PB-EXF-001")] == [
        "key_in_prompt",
        "leaking_answer",
    ]


def test_what_is_not_detected_is_said_loudly_and_is_no_failure(tmp_path, monkeypatch):
    from pipeline.content import CONTENT

    (tmp_path / "detections").mkdir()
    (tmp_path / "enrichers").mkdir()
    for name in ("detections/playbooks", "detections/policy", "enrichers/data"):
        if (CONTENT / name).exists():
            (tmp_path / name).symlink_to(CONTENT / name)
    monkeypatch.setenv("SHADOWGRAPH_CONTENT", str(tmp_path))
    found = CliRunner().invoke(main, ["playbooks", "drill", "key_in_prompt"], env={"COLUMNS": "200"})
    assert found.exit_code == 0
    assert "NOT DETECTED by EXF-001, in 1 lines of the attack; no rule for EXF-001" in found.stdout


def test_other_rules_that_spoke_are_told_with_a_miss():
    told = {"expects": ["EXF-001"], "lines": 2, "unwritten": [], "others": ["POL-001"]}
    assert _missed(told) == "NOT DETECTED by EXF-001, in 2 lines of the attack; other rules spoke: POL-001"


def test_a_playbook_that_no_scenario_tries_is_no_success():
    code, out, _ = called("drill", "PB-INT-001")
    assert code == 0
    assert out.startswith("NOT DRILLED")
    (told,) = documents("drill", "PB-INT-001")
    assert (told["scenario"], told["detected"]) == (None, None)


@pytest.mark.parametrize("command", ["show", "drill"])
@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("PB-AGT-05", "did you mean PB-AGT-005"),
        ("key_in_promt", "did you mean key_in_prompt"),
        ("", "`playbooks list`"),
    ],
)
def test_an_unknown_name_is_told_with_the_nearest(command, name, told):
    code, out, err = called(command, name)
    assert (code, out) == (2, "")
    assert told in err
    assert "Traceback" not in err


def test_only_fields_of_the_steps_count_and_not_those_of_what_is_to_come():
    assert named(PLAYBOOK) == ["ai.app.id", "event.outcome", "user.id"]


def test_a_value_is_the_alerts_own_or_else_that_of_its_events():
    events = [{"user.id": "x", "ai.app.id": "a"}, {"ai.app.id": "b"}, {"ai.app.id": "a"}]
    found = values(["user.id", "ai.app.id", "event.outcome"], {"user.id": "ada.lind"}, events)
    assert found == {"user.id": Value("ada.lind", "alert"), "ai.app.id": Value(["a", "b"], "events")}


def test_steps_are_written_with_values_and_hide_nothing_that_a_terminal_obeys():
    known = {"user.id": Value("a\x1b[2Jb", "alert"), "event.outcome": Value(True, "events")}
    done = rendered(BODY, known)
    assert done["decision_0"][0] == {
        "ask": "Did it succeed (event.outcome = true)?",
        "if_no": BODY["decision_0"][0]["if_no"],
    }
    assert done["contain"][0] == {**BODY["contain"][0], "handle": "user.id = a\\x1b[2Jb"}
    assert done["notify"] == ["ai.app.id = ?"]
