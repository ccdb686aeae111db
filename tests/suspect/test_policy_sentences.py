import pytest

from pipeline.pack import Policy, PolicyException, PolicyRule
from pipeline.suspect.policy import expected, weigh

NOON = 1772625600.0


def policy(*rules, **more):
    return Policy(id="acme-ai", version="2", rules=rules, **more)


def rule(name="P1", decision="block", **conditions):
    return PolicyRule(id=name, decision=decision, **conditions)


def event(action="prompt", **fields):
    return {"event.action": action} | {name.replace("__", "."): value for name, value in fields.items()}


SECRET = event(ai__data__classes=["secret"])
BANNED = event(ai__app__id="deepseek", ai__app__status="banned")


def failing(fields, **conditions):
    return weigh(fields, policy(rule(**conditions)), NOON)[0].failed


def test_weighing_names_the_first_condition_that_fails_and_the_value_that_fails_it():
    assert failing(event(), actions=("web_visit",)) == "action prompt is not web_visit"
    assert failing(SECRET, classes=("card", "health")) == "class secret is not card or health"
    assert failing(event(), classes=("card",)) == "it has no class, card is needed"
    assert failing(SECRET, classes=("secret",), apps=("poe",)) == "it has no app, poe is needed"
    assert failing(BANNED, except_apps=("deepseek",)) == "app deepseek is excepted"
    assert failing(event(user__roles=["a", "b"]), except_roles=("b",)) == "role b is excepted"
    assert failing(event(), except_roles=("*",)) == "everybody is excepted"
    assert "never applies" in failing(event(), dead=True)


def test_weighing_shows_every_rule_in_order_and_the_exception_that_covers_it():
    rules = (rule("P1", "warn"), rule("P2", exceptions=("X1",)), rule("P3", classes=("secret",)))
    shown = weigh(BANNED, policy(*rules, exceptions=(PolicyException(id="X1"),)), NOON)
    assert [(one.rule.id, bool(one.failed), one.exception) for one in shown] == [
        ("P1", False, ""),
        ("P2", False, "X1"),
        ("P3", True, ""),
    ]


@pytest.mark.parametrize(
    ("decision", "conditions", "fields", "sentence"),
    [
        ("block", {"classes": ("secret",)}, SECRET, "class secret may not go to any app"),
        ("warn", {"classes": ("secret",)}, SECRET, "class secret may go to any app with a warning"),
        ("allow", {"classes": ("secret",)}, SECRET, "class secret may go to any app"),
        (
            "redact",
            {"apps": ("poe",)},
            event(ai__app__id="poe"),
            "a prompt must be redacted before going to the app poe",
        ),
        (
            "require_approval",
            {"except_apps": ("a", "b")},
            event("file_upload"),
            "a file upload needs an approval before going to any app other than a or b",
        ),
        (
            "block",
            {"app_status": ("unknown", "banned"), "except_apps": ("a",), "except_roles": ("security", "it")},
            event("approval", ai__app__status="unknown"),
            "an approval may not go to an unknown app other than a, unless the role is security or it",
        ),
        (
            "require_approval",
            {"tool_risks": ("payment", "admin")},
            event("tool_call", ai__tool__risk=["payment", "admin", "read"]),
            "approval is needed for a call of a payment or admin tool",
        ),
        (
            "block",
            {"tool_risks": ("write",), "classes": ("card", "secret"), "apps": ("poe",)},
            event(
                "tool_call", ai__tool__risk=["write"], ai__data__classes=["secret", "card"], ai__app__id="poe"
            ),
            "nobody may call a write tool with class secret and card at the app poe",
        ),
    ],
)
def test_a_rule_tells_in_one_sentence_why_it_decides(decision, conditions, fields, sentence):
    found = expected(fields, policy(rule("P1", decision, **conditions)), NOON)
    assert found.reason == f"P1 of acme-ai v2: {sentence}"


def test_a_sentence_names_five_of_many():
    many = rule(except_apps=tuple("abcdefghij"))
    assert expected(event(), policy(many), NOON).reason.endswith("any app other than a, b, c, d, e or 5 more")
