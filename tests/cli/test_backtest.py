import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from pipeline import simulate
from pipeline.cli import main
from tests.rules.writing import write

DAY = Path(simulate.__file__).parent / "day"
AI = {"id": "EXF-901", "evidence": "L0", "playbook": "PB-EXF-001", "next_step": "Look."}
PROMPT = {
    "@timestamp": "2026-03-04T09:07:00Z",
    "event.kind": "event",
    "event.action": "prompt",
    "user.email": "ada.lind@fernwood.example",
    "ai.surface": "browser",
    "host.name": "fw-w-ada",
    "url.domain": "chatgpt.com",
    "ai.content.text": "Write a haiku about rain.",
}
BEN = {"user.email": "ben.okoro@fernwood.example", "host.name": "fw-w-ben"}
NEXT = {"@timestamp": "2026-03-05T09:07:00Z"}
POEM = {"url.domain": "poe.com"}


def rule(number, app, level="medium", **more):
    return {
        "title": f"Prompt to {app}",
        "id": f"5c7c1b1e-3b0f-4a53-9b5e-5f0d4c8f6a{number:02}",
        "status": "test",
        "logsource": {"category": "ai_interaction"},
        "detection": {
            "selection": {"event.action": "prompt", "ai.app.id": app},
            "condition": "selection",
        },
        "level": level,
        "ai": AI,
    } | more


def called(*words, stdin=None):
    found = CliRunner().invoke(
        main, [str(word) for word in words], input=stdin, env={"SHADOWGRAPH_KEY": "k" * 40}
    )
    return found.exit_code, found.stdout, found.stderr


def tried(*words):
    code, out, said = called("rules", "backtest", *words, "--json")
    (line,) = out.splitlines()
    return code, json.loads(line), said


@pytest.fixture
def log(tmp_path):
    """Two days: Ada three times at ChatGPT, Ben once; Ada once at Poe."""
    changes = ({}, {}, NEXT, BEN | NEXT, POEM)
    events = [
        PROMPT | change | {"event.id": f"nl-{at}", "ai.content.text": f"Write haiku {at} about rain."}
        for at, change in enumerate(changes)
    ]
    path = tmp_path / "sensors.jsonl"
    path.write_text("".join(json.dumps(event) + "\n" for event in events))
    return path


@pytest.fixture
def rules(tmp_path):
    folder = tmp_path / "rules"
    folder.mkdir()
    return lambda *documents: write(folder, *documents)


@pytest.fixture
def store(log, tmp_path):
    url = f"sqlite:///{tmp_path / 'kept.db'}"
    assert called("run", log, "--store", url)[0] == 0
    return url


def test_a_trial_counts_events_hits_and_alerts(log, rules):
    code, told, said = tried(*rules(rule(1, "chatgpt")), "--on", log)
    assert (code, said) == (0, "")
    assert (told["events"], told["hits"], told["alerts"]) == (5, 4, 3)
    assert (told["hit_rate"], told["days"], told["alerts_per_day"]) == (0.8, 2, 1.5)
    assert told["per_day"] == [
        {"day": "2026-03-04", "events": 3, "hits": 2, "alerts": 1},
        {"day": "2026-03-05", "events": 2, "hits": 2, "alerts": 2},
    ]
    assert told["entities"] == [
        {"name": "ada.lind", "alerts": 2, "hits": 3},
        {"name": "ben.okoro", "alerts": 1, "hits": 1},
    ]


def test_only_the_rule_on_trial_judges(log, rules):
    _, told, _ = tried(*rules(rule(1, "poe")), "--on", log)
    assert [one["rule"] for one in told["strongest"]] == ["EXF-901"]


def test_another_version_shows_what_is_gained_and_lost_by_day(log, rules):
    new, old = rules(rule(1, "chatgpt"), rule(1, "poe"))
    _, told, _ = tried(new, "--on", log, "--against", old)
    assert [(one["day"], one["who"]) for one in told["gained"]] == [
        ("2026-03-05", "ada.lind"),
        ("2026-03-05", "ben.okoro"),
    ]
    assert told["lost"] == []
    _, told, _ = tried(old, "--on", log, "--against", new)
    assert (len(told["gained"]), len(told["lost"])) == (0, 2)
    assert [(one["day"], one["lost"]) for one in told["per_day"]] == [("2026-03-04", 0), ("2026-03-05", 2)]


def test_a_version_with_another_id_is_compared_all_the_same(log, rules):
    new, old = rules(rule(1, "chatgpt"), rule(2, "chatgpt"))
    _, told, _ = tried(new, "--on", log, "--against", old)
    assert (told["alerts"], told["gained"], told["lost"]) == (3, [], [])


def test_a_store_says_what_its_logs_said(log, rules, store):
    (path,) = rules(rule(1, "chatgpt"))
    from_logs, from_store = tried(path, "--on", log)[1], tried(path, "--on", store)[1]
    assert from_store["alerts"] == 3
    assert {**from_store, "on": ""} == {**from_logs, "on": ""}


def test_stored_events_are_judged_by_the_policy_of_today(rules, store, tmp_path):
    expecting = {"selection": {"ai.policy.expected": "allow"}, "condition": "selection"}
    (path,) = rules(rule(1, "any", detection=expecting))
    data = tmp_path / "data"
    data.mkdir()
    (data / "policy.yaml").write_text("id: strict\nversion: 1\ndefault: block\n")
    assert tried(path, "--on", store)[1]["hits"] == 5
    assert tried(path, "--on", store, "--data", data)[1]["hits"] == 0


def test_the_risk_that_a_store_kept_is_forgotten(rules, tmp_path):
    path, url = tmp_path / "secret.jsonl", f"sqlite:///{tmp_path / 'kept.db'}"
    text = "deploy fails:\naws_access_key_id = AKIAY3NRDL7QWZ5KXH2P\n"
    path.write_text(json.dumps(PROMPT | {"event.id": "nl-1", "ai.content.text": text}) + "\n")
    assert called("run", path, "--store", url)[0] == 0
    risky = {"selection": {"ai.risk.level|exists": True}, "condition": "selection"}
    assert tried(*rules(rule(1, "any", detection=risky)), "--on", url)[1]["hits"] == 0
    assert tried("EXF-001", "--on", url)[1]["hits"] == 1


def test_a_trial_on_a_store_changes_nothing_in_it(rules, store):
    def kept():
        return called("alerts", "list", "--store", store, "--json")[1]

    before = kept()
    tried(*rules(rule(1, "chatgpt")), "--on", store)
    assert kept() == before


def counting(**condition):
    """A correlation over prompts to ChatGPT, and the part that it listens to."""
    part = {key: value for key, value in rule(2, "chatgpt").items() if key != "ai"} | {"name": "at_chatgpt"}
    body = {
        "type": "event_count",
        "rules": ["at_chatgpt"],
        "group-by": ["user.id"],
        "timespan": "1h",
        "condition": condition,
    }
    whole = {key: value for key, value in rule(1, "x").items() if key not in {"logsource", "detection"}}
    return [whole | {"correlation": body}, part]


def test_a_correlation_brings_its_parts_which_do_not_alert(log, rules, store):
    (path,) = rules(counting(gte=2))
    for place in (log, store):
        _, told, _ = tried(path, "--on", place)
        assert (told["hits"], [one["day"] for one in told["strongest"]]) == (4, ["2026-03-04"])
        assert "a part of the rule" in told["told"]


def test_what_only_passing_time_proves_is_found_in_a_store_too(log, rules, store):
    (path,) = rules(counting(eq=2))
    from_logs, from_store = (tried(path, "--on", place)[1] for place in (log, store))
    assert from_store["alerts"] == 1
    assert from_store["strongest"] == from_logs["strongest"]


def test_a_rule_out_of_use_can_be_tried(log, rules):
    assert tried(*rules(rule(1, "chatgpt", status="deprecated")), "--on", log)[1]["alerts"] == 3


def test_a_rule_of_the_pack_is_called_by_its_catalogue_id(log):
    code, told, _ = tried("agt-005", "--on", log)
    assert (code, told["events"], told["alerts"]) == (0, 5, 0)
    assert tried("POL-001", "--on", log)[0] == 0


def test_the_sample_day_has_its_secret_that_was_read_and_sent():
    _, told, _ = tried("AGT-005", "--on", DAY / "hooks.claude_code.jsonl")
    assert [one["rule"] for one in told["strongest"]] == ["AGT-005"]


def test_the_ten_strongest_alerts_and_the_five_busiest_people_are_told(rules, tmp_path):
    path = tmp_path / "many.jsonl"
    people = [f"person{at}@fernwood.example" for at in range(12)]
    records = [PROMPT | {"event.id": f"nl-{name}", "user.email": name} for name in people]
    path.write_text("".join(json.dumps(record) + "\n" for record in records))
    _, told, _ = tried(*rules(rule(1, "chatgpt")), "--on", path)
    assert (told["alerts"], len(told["strongest"]), len(told["entities"])) == (12, 10, 5)


def test_people_see_the_rate_in_words_that_promise_nothing(log, rules):
    new, old = rules(rule(1, "chatgpt"), rule(1, "poe"))
    code, out, _ = called("rules", "backtest", new, "--on", log, "--against", old)
    assert code == 0
    assert "4 of 5 events met the rule" in out
    assert "2 gained, 0 lost" in out
    assert "2026-03-05" in out
    assert "false" not in out.lower()


def test_an_informational_rule_says_why_there_is_no_alert(log, rules):
    _, out, _ = called("rules", "backtest", *rules(rule(1, "chatgpt", "informational")), "--on", log)
    assert "4 of 5 events" in out
    assert "raises no alert" in out


@pytest.mark.parametrize("as_old", [False, True])
def test_a_bad_rule_is_refused_with_its_line_and_a_remedy(log, rules, as_old):
    good, bad = rules(
        rule(1, "chatgpt"), rule(1, "x", detection={"s": {"ai.app.id|lt": "a"}, "condition": "s"})
    )
    words = (good, "--against", bad) if as_old else (bad,)
    code, out, said = called("rules", "backtest", *words, "--on", log)
    assert (code, out) == (2, "")
    assert said == f"{bad}:8: 'lt' compares with numbers (write a number, without quotes)\n"


@pytest.mark.parametrize(
    ("name", "place", "word"),
    [
        ("EXF-999", "{log}", "EXF-999 is no file with a rule"),
        ("EXF-001", "{log}-gone", "sensors.jsonl-gone"),
        ("EXF-001", "sqlite:///{log}.db", "no such store"),
        ("EXF-001", "sqlite:", "names no store"),
    ],
)
def test_what_is_not_there_is_refused(log, name, place, word):
    code, out, said = called("rules", "backtest", name, "--on", place.format(log=log))
    assert (code, out) == (2, "")
    assert word in said


def test_a_broken_record_is_told_and_the_others_are_judged(log, rules):
    with log.open("a") as file:
        file.write("{broken\n")
    code, told, said = tried(*rules(rule(1, "chatgpt")), "--on", log)
    assert (code, told["rejected"], told["hits"]) == (1, 1, 4)
    assert json.loads(said) == {"file": str(log), "line": 6, "reason": "broken JSON"}


def test_a_log_with_nothing_in_it_is_no_success(rules, tmp_path):
    (tmp_path / "empty.jsonl").touch()
    code, told, _ = tried(*rules(rule(1, "chatgpt")), "--on", tmp_path / "empty.jsonl")
    assert (code, told["alerts_per_day"], told["told"]) == (1, 0.0, "There was no event to look at.")


def test_a_field_that_no_event_has_is_named(log, rules):
    selection = {"selection": {"ai.app.idd": "chatgpt"}, "condition": "selection"}
    (path,) = rules(rule(1, "x", detection=selection))
    _, told, said = tried(path, "--on", log)
    assert told["hits"] == 0
    assert f"{path}:1: no event has the field ai.app.idd" in said


def test_standard_input_is_read(log, rules):
    words = ("rules", "backtest", *rules(rule(1, "chatgpt")), "--on", "-", "--json")
    _, out, _ = called(*words, stdin=log.read_text())
    assert json.loads(out)["alerts"] == 3
