import io

import pytest
from rich.console import Console

from pipeline.cli.explanation import contributions, of_alert, of_event
from pipeline.cli.page import page
from pipeline.pack import Playbook
from tests.cli.documents import alert, event
from tests.packs import correlation, pack, rule

REASONS = [
    {"who": "rule", "id": "EXF-001", "sentence": "Live credential", "points": 70.0},
    {"who": "context", "id": "context", "sentence": "the app is banned", "points": 5.5},
]
PLAYBOOK = Playbook(
    id="PB-EXF-001",
    title="Credential in a prompt",
    path="pb.yaml",
    body={
        "decision_0": [{"ask": "Is it live?", "if_no": "Close it."}],
        "contain": [
            {"action": "Revoke it", "handle": "ai.data.secret_fingerprints", "verify": "v", "undo": "u"}
        ],
    },
)


def told(made, events=(), known=None):
    return of_alert(made, list(events), known or pack(rule("secret"), playbooks={PLAYBOOK.id: PLAYBOOK}))


def shown(explanation, standing=None, width=100):
    file = io.StringIO()
    page(
        Console(file=file, width=width, highlight=False, markup=False),
        explanation,
        lambda name: name[:8],
        standing,
    )
    return file.getvalue()


@pytest.mark.parametrize(
    ("points", "score", "expected"),
    [
        ([("rule", 70.0), ("context", 5.5)], 75.5, [70.0, 5.5]),
        ([("rule", 70.0), ("rule", 30.0), ("context", -9.0)], 70.0, [70.0, 9.0, -9.0]),
        ([("rule", 70.0), ("rule", 45.0), ("policy", 30.0)], 88.5, [70.0, 13.5, 5.0]),
        ([("rule", 70.0), ("context", 5.5)], 75.6, [70.0, 5.6]),
        ([], 0.0, []),
    ],
)
def test_contributions_sum_up_to_the_risk(points, score, expected):
    found = contributions([{"who": who, "points": value} for who, value in points], score)
    assert [reason["points"] for reason in found] == expected
    assert sum(reason["points"] for reason in found) == pytest.approx(score)


def test_an_alert_is_explained_by_the_conditions_that_its_events_met():
    found = told(alert("a"), [event("e1", event__code="other"), event("e2")])
    assert found["conditions"] == [
        {
            "rule": found["conditions"][0]["rule"],
            "name": "Rule secret",
            "event": "e2",
            "field": "event.code",
            "condition": "is secret",
            "value": "secret",
        }
    ]


def test_of_several_events_that_met_a_rule_the_one_with_the_greatest_risk_is_told():
    events = [
        event("e1", ai__risk__score=10.0),
        event("e2", ai__risk__score=80.0),
        event("e3", ai__risk__score=20.0),
    ]
    assert [condition["event"] for condition in told(alert("a"), events)["conditions"]] == ["e2"]


def test_a_correlation_is_explained_by_every_rule_below_it():
    known = pack(
        rule("secret", listed=False),
        rule("send", listed=False),
        correlation("chain", "temporal_ordered", "secret", "send"),
    )
    found = told(
        alert("a", rule__version="digest-chain"), [event("e1"), event("e2", event__code="send")], known
    )
    assert [(c["event"], c["value"]) for c in found["conditions"]] == [("e1", "secret"), ("e2", "send")]


def test_a_rule_in_another_version_is_not_recomputed():
    assert told(alert("a", rule__version="digest-older"), [event("e1")])["conditions"] == []


def test_a_detection_that_lifts_the_level_is_told():
    lifting = rule("secret")
    lifting = type(lifting)(
        **{name: getattr(lifting, name) for name in lifting.__struct_fields__}
        | {"raises": (("critical", lambda _: True),)}
    )
    conditions = told(alert("a"), [event("e1")], pack(lifting))["conditions"]
    assert conditions[-1]["condition"] == "raises the level to critical"


def test_the_page_of_an_alert_answers_why_who_what_and_what_next():
    made = alert(
        "3f2a91c0aa",
        risk=75.5,
        ai__risk__reasons=REASONS,
        ai__policy__expected="block",
        ai__policy__decision="allow",
        ai__policy__reason="P1 of fernwood-ai v7: class secret may not go to any app",
        ai__alert__next_step="Revoke the credential.",
        ai__alert__playbook="PB-EXF-001",
        ai__alert__false_positives=["A drill"],
        ai__alert__pivots=[
            {
                "name": "the person's day",
                "field": "user.id",
                "value": "ada.lind",
                "from": "2026-03-04T",
                "to": "",
            }
        ],
        ai__alert__steps=[
            {
                "time": 1772615220.0,
                "event": "e1",
                "event.action": "tool_call",
                "gen_ai.tool.name": "Bash",
                "ai.tool.risk": ["read_secret"],
                "ai.tool.destination": "203.0.113.9",
            }
        ],
        ai__app__name="DeepSeek",
        ai__app__status="banned",
    )
    found = shown(told(made, [event("e1")]), {"ai.entity.risk": 61.0, "ai.entity.id": "ada.lind"})
    for line in (
        "high  risk 76",
        "Why 76",
        "   +70.0  Live credential (rule EXF-001)",
        "    +5.5  the app is banned",
        "    75.5  high",
        "    event.code  secret (is secret)",
        "  1. 09:07:00  tool_call of Bash to 203.0.113.9 which is read_secret (e1)",
        "  expected block, decided allow",
        "  P1 of fernwood-ai v7: class secret may not go to any app",
        "  person     ada.lind",
        "  app        DeepSeek (banned)",
        "  risk held  61 of ada.lind",
        "  Revoke the credential.",
        "  It may be harmless: A drill",
        "Playbook PB-EXF-001: Credential in a prompt",
        "  decide   Is it live?",
        "  contain  Revoke it (ai.data.secret_fingerprints = ?)",
        "  the person's day  user.id = ada.lind, on 2026-03-04",
        "  e1",
    ):
        assert f"\n{line}\n" in f"\n{found}", line


def test_an_event_is_explained_with_the_alerts_that_name_it():
    seen = event(
        "e1",
        ai__risk__score=70.0,
        ai__risk__level="high",
        ai__risk__reasons=REASONS[:1],
        ai__content__excerpt="my key is [secret]",
    )
    explanation = of_event(seen, [alert("3f2a91c0aa")], pack(rule("secret"), rule("other")))
    found = shown(explanation)
    assert [condition["field"] for condition in explanation["conditions"]] == ["event.code"]
    assert "sensors.jsonl:7" in found
    assert "my key is [secret]" in found
    assert "  3f2a91c0  high  EXF-001\n            3f2a91c0aa in a sentence" in found


def test_a_harmless_event_is_explained_too():
    explanation = of_event(event("e1", event__code="nothing"), [], pack(rule("secret")))
    assert (explanation["risk"], explanation["level"], explanation["reasons"]) == (0.0, "none", [])
    assert "Who, what, where" in shown(explanation)


def test_what_attackers_write_cannot_reach_the_terminal():
    made = alert(
        "a",
        ai__alert__title="\x1b[31mred",
        user__id="\x9b2J",
        ai__policy__expected="block\x07",
        gen_ai__tool__name="\u202e",
    )
    assert not set("\x1b\x9b\x07\u202e") & set(shown(told(made, [event("e1")])))
