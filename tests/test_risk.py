import pytest

from pipeline.event import Reason
from pipeline.risk import assess, combined, level_of


def reason(weight, *techniques, name="r"):
    return Reason("rule", name, "because", weight, {}, techniques)


def test_the_strongest_of_one_technique_counts_and_others_are_independent():
    assert assess([reason(0.5, "T1567"), reason(0.4, "T1567")], {}).score == 50.0
    assert assess([reason(0.5, "T1567"), reason(0.4, "T1552")], {}).score == 70.0


def test_context_moves_the_risk_and_says_by_how_much():
    bare = assess([reason(0.7)], {})
    refused = assess([reason(0.7)], {"ai.policy.decision": "block"})
    leaver = assess([reason(0.7)], {"ai.user.hr_state": "notice", "ai.data.units": 200.0})

    assert (bare.level, refused.level, leaver.level) == ("high", "medium", "high")
    assert refused.score < bare.score < leaver.score
    for risk in (bare, refused, leaver):
        assert sum(told["points"] for told in risk.told) == pytest.approx(risk.score, abs=0.3)


def test_no_context_makes_a_low_reason_high():
    worst = {
        "ai.app.status": "banned",
        "ai.app.tenant": "personal",
        "ai.device.managed": False,
        "ai.user.hr_state": "left",
        "ai.data.units": 1e9,
    }

    assert assess([reason(0.2)], worst).level == "medium"


def test_nothing_and_certainty_stay_what_they_are():
    assert assess([], {"ai.policy.decision": "block"}).score == 0.0
    assert assess([reason(1.0)], {"ai.policy.decision": "block"}).score == 100.0


def test_levels_and_combined_doubts():
    assert [level_of(score) for score in (0, 35, 60, 85)] == ["low", "medium", "high", "critical"]
    assert combined([0.5, 0.5]) == 75.0
