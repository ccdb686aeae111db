import json

import pytest
from click.testing import CliRunner

from pipeline.cli import main

KEY = "AKIAY3NRDL7QWZ5KXH2P"
ADA = {"user.email": "ada.lind@fernwood.example", "ai.surface": "browser", "host.name": "fw-w-ada"}
SAID = {"event.action": "prompt", "url.domain": "chatgpt.com"}
LINES = (
    ADA
    | SAID
    | {"event.id": "visit-0001", "event.action": "web_visit", "@timestamp": "2026-03-03T16:00:00Z"},
    ADA
    | SAID
    | {"event.id": "leak-0001", "@timestamp": "2026-03-04T09:07:00Z", "ai.content.text": f"key: {KEY}"},
    {
        "event.id": "call-0001",
        "@timestamp": "2026-03-04T09:30:00Z",
        "event.action": "tool_call",
        "gen_ai.agent.id": "support-agent",
        "ai.task.id": "task-7",
        "gen_ai.tool.name": ["send_mail"],
        "ai.tool.destination": "stranger.example",
    },
)


@pytest.fixture(scope="module")
def store(tmp_path_factory):
    folder = tmp_path_factory.mktemp("store")
    log = folder / "sensors.jsonl"
    log.write_text("".join(json.dumps(line) + "\n" for line in LINES), "utf-8")
    url = f"sqlite:///{folder}/s.db"
    CliRunner().invoke(main, ["run", str(log), "--store", url, "--json"])
    return url


def asked(store, *words):
    found = CliRunner().invoke(main, ["investigate", *words, "--store", store])
    return found.exit_code, found.stdout, found.stderr


def ids(store, *words):
    documents = [json.loads(line) for line in asked(store, *words, "--json")[1].splitlines()]
    return [document["event.id"] for document in documents if document["event.kind"] == "event"]


@pytest.mark.parametrize("name", ["ada.lind", "ADA.LIND@fernwood.example", "fw-w-ada"])
def test_a_person_or_device_is_found_by_any_of_its_names(store, name):
    assert ids(store, name) == ["visit-0001", "leak-0001"]


@pytest.mark.parametrize("name", ["support-agent", "task-7", "call-0001", "call-"])
def test_an_agent_a_task_and_an_event_of_it_give_the_same(store, name):
    assert ids(store, name) == ["call-0001"]


def test_alerts_stand_behind_the_events_they_arose_from(store):
    documents = [json.loads(line) for line in asked(store, "ada.lind", "--json")[1].splitlines()]
    kinds = [document["event.kind"] for document in documents]

    assert kinds[:2] == ["event", "event"]
    assert set(kinds[2:]) == {"alert"}
    assert {"EXF-001", "POL-001"} <= {document.get("rule.id") for document in documents}


def test_an_alert_leads_to_the_person_it_is_about(store):
    alert = next(
        document["event.id"]
        for document in map(json.loads, asked(store, "ada.lind", "--json")[1].splitlines())
        if document["event.kind"] == "alert"
    )

    assert ids(store, alert) == ["visit-0001", "leak-0001"]


def test_people_see_days_acts_data_and_decisions_but_no_credential(store):
    code, out, _ = asked(store, "leak-0001")

    assert code == 0
    assert "person ada.lind" in out
    assert out.index("\n2026-03-03\n") < out.index("\n2026-03-04\n")
    assert "\n>09:07:00  browser    prompt" in out
    assert "with secret" in out
    assert "the policy says block" in " ".join(out.split())
    assert "EXF-001" in out
    assert KEY not in out


def test_a_long_timeline_ends_with_what_came_last(store):
    _, out, _ = asked(store, "ada.lind", "--most", "1")

    assert "before these" in out
    assert "web_visit" not in out


def test_where_a_tool_sends_is_told(store):
    assert "by support-agent; to stranger.example" in asked(store, "task-7")[1]


def test_nobody_of_that_name_is_told_with_the_nearest(store):
    code, _, said = asked(store, "ada.lint")

    assert code == 2
    assert "no person, agent, task or event is named 'ada.lint': did you mean ada.lind?" in said


def test_what_names_nobody_matches_no_part_of_a_text(store):
    assert asked(store, "prompt")[0] == 2
