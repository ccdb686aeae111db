import pytest

from pipeline.fields import FIELDS
from pipeline.suspect.features import BY_NAME, FEATURES, features, scored, told


def steps(**fields):
    return {feature.name: step for feature, step, _ in features({"event.action": "prompt", **fields})}


def test_every_feature_has_its_own_name_and_a_field_that_we_write():
    assert len(BY_NAME) == len(FEATURES)
    assert {feature.field for feature in FEATURES} <= FIELDS.keys()


def test_an_event_that_says_nothing_has_no_features():
    assert (
        steps(**{"ai.app.status": "sanctioned", "ai.policy.expected": "allow", "ai.data.subjects": 1}) == {}
    )


@pytest.mark.parametrize(
    ("fields", "name", "step"),
    [
        ({"ai.data.max_class": "source_code"}, "data_class", 1),
        ({"ai.data.max_class": "secret"}, "data_class", 3),
        ({"ai.data.label": "restricted"}, "label", 2),
        ({"ai.data.subjects": 9}, "subjects", 1),
        ({"ai.data.subjects": 10}, "subjects", 2),
        ({"ai.data.subjects": 1_000_000}, "subjects", 4),
        ({"ai.data.secret_valid": True}, "live_secret", 1),
        ({"ai.data.decoded_classes": ["personal"]}, "hidden", 1),
        ({"ai.policy.violations": ["expired", "class_above_app"]}, "above_app", 1),
        ({"ai.policy.expected": "block"}, "expected", 2),
        ({"ai.app.status": "unknown"}, "app", 2),
        ({"ai.device.managed": False}, "device", 1),
        ({"ai.tool.risk": ["external_send"]}, "sending", 1),
        (
            {"ai.tool.risk": ["external_send"], "ai.taint": ["private", "secret", "untrusted", "x"]},
            "sending",
            4,
        ),
        ({"ai.intent.score": 0.5}, "intent", 1),
        ({"ai.baseline.first_app": True}, "first_app", 1),
        ({"ai.baseline.volume_z": 11.0}, "volume", 2),
    ],
)
def test_a_feature_climbs_its_steps(fields, name, step):
    assert steps(**fields) == {name: step}


@pytest.mark.parametrize(
    "fields",
    [
        {"ai.data.secret_valid": False},
        {"ai.data.decoded_classes": []},
        {"ai.device.managed": True},
        {"ai.tool.risk": ["read_private"], "ai.taint": ["secret"]},
        {"ai.policy.violations": ["self_approval"]},
    ],
)
def test_what_only_looks_like_a_feature_is_none(fields):
    assert steps(**fields) == {}


@pytest.mark.parametrize(
    ("action", "decision", "is_scored"),
    [
        ("prompt", None, True),
        ("prompt", "override", True),
        ("tool_call", "allow", True),
        ("prompt", "block", False),
        ("file_upload", "redact", False),
        ("completion", "allow", False),
        ("web_visit", "allow", False),
    ],
)
def test_only_what_goes_out_and_was_not_stopped_is_scored(action, decision, is_scored):
    fields = {"event.action": action} | ({"ai.policy.decision": decision} if decision else {})
    assert scored(fields) is is_scored


def test_a_feature_says_what_it_found():
    assert told(BY_NAME["subjects"], 4, 1240) == "1,240 distinct data subjects"
    assert told(BY_NAME["sending"], 1, ["external_send"]) == "a call that sends something out"
    assert "has met 2 of" in told(BY_NAME["sending"], 3, ["external_send"])
    assert all(told(feature, 1, 7) for feature in FEATURES)
