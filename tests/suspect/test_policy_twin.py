"""The policy again, slow and obvious, from its text alone; it shares no code with the one that judges."""

from hypothesis import given, settings
from hypothesis import strategies as some

from pipeline.pack import Policy, PolicyException, PolicyRule
from pipeline.suspect.policy import expected

STRICTNESS = ["allow", "warn", "redact", "require_approval", "block"]
BEHAVIOUR = ["prompt", "tool_call", "file_upload", "web_visit", "share", "grant", "approval"]
NOW = 1000.0


def holds(values, *found):
    return not values or "*" in values or any(one in values for one in found)


def applies(rule, event):
    action = event["event.action"]
    named = action in rule.actions or (action in BEHAVIOUR and holds(rule.actions, action))
    return (
        named
        and not rule.dead
        and holds(rule.classes, *event["ai.data.classes"])
        and holds(rule.apps, event["ai.app.id"])
        and holds(rule.app_status, event["ai.app.status"])
        and holds(rule.tool_risks, *event["ai.tool.risk"])
        and not (rule.except_apps and holds(rule.except_apps, event["ai.app.id"]))
        and not (rule.except_roles and holds(rule.except_roles, *event["user.roles"]))
    )


def covers(leave, rule, event):
    objected = [one for one in event["ai.data.classes"] if holds(rule.classes, one)]
    classes = holds(leave.classes) or (objected and all(one in leave.classes for one in objected))
    dated = (leave.starts is None or leave.starts <= NOW) and (leave.expires is None or leave.expires > NOW)
    return (
        dated
        and classes
        and not leave.dead
        and holds(leave.roles, *event["user.roles"])
        and holds(leave.users, event["user.id"])
        and holds(leave.apps, event["ai.app.id"])
        and holds(leave.actions, event["event.action"])
        and holds(leave.device_groups, event["ai.device.group"])
    )


def decide(policy, event):
    spoken = [rule for rule in policy.rules if not rule.dead and event["event.action"] in rule.actions]
    if not (spoken or event["event.action"] in BEHAVIOUR) or not (policy.rules or policy.default != "allow"):
        return None
    deciding = []
    for rule in policy.rules:
        leaves = [leave for leave in policy.exceptions if leave.id in rule.exceptions]
        if applies(rule, event) and not any(covers(leave, rule, event) for leave in leaves):
            deciding.append(rule)
    return max((rule.decision for rule in deciding), key=STRICTNESS.index, default=policy.default)


def few(*words):
    return some.lists(some.sampled_from([*words, "*"]), max_size=2, unique=True).map(tuple)


CLASSES, APPS, ROLES = ("secret", "personal", "card"), ("claude", "poe"), ("staff", "security")
STATUS, RISKS, ACTIONS = ("banned", "sanctioned"), ("payment", "read"), ("prompt", "share", "completion")
TRUE_SELDOM = some.sampled_from([False, False, False, True])
MOMENT = some.sampled_from([None, NOW - 1, NOW, NOW + 1])

LEAVES = some.builds(
    PolicyException,
    id=some.sampled_from(["X1", "X2"]),
    roles=few(*ROLES),
    users=few("ada", "ben"),
    apps=few(*APPS),
    classes=few(*CLASSES),
    actions=few(*ACTIONS),
    device_groups=few("lab"),
    starts=MOMENT,
    expires=MOMENT,
    dead=TRUE_SELDOM,
)
RULES = some.builds(
    PolicyRule,
    id=some.sampled_from(["P1", "P2", "P3", "P4"]),
    decision=some.sampled_from(STRICTNESS),
    classes=few(*CLASSES),
    apps=few(*APPS),
    app_status=few(*STATUS),
    except_apps=few(*APPS),
    except_roles=few(*ROLES),
    actions=few(*ACTIONS),
    tool_risks=few(*RISKS),
    exceptions=some.lists(some.sampled_from(["X1", "X2"]), max_size=2).map(tuple),
    dead=TRUE_SELDOM,
)


def unique(strategy, most):
    return some.lists(strategy, max_size=most, unique_by=lambda one: one.id).map(tuple)


POLICIES = some.builds(
    Policy,
    default=some.sampled_from(["allow", "block"]),
    rules=unique(RULES, 4),
    exceptions=unique(LEAVES, 2),
)
EVENTS = some.fixed_dictionaries(
    {
        "event.action": some.sampled_from(ACTIONS),
        "user.id": some.sampled_from(["ada", "ben"]),
        "user.roles": some.lists(some.sampled_from(ROLES), max_size=2),
        "ai.data.classes": some.lists(some.sampled_from(CLASSES), max_size=2, unique=True),
        "ai.app.id": some.sampled_from([*APPS, None]),
        "ai.app.status": some.sampled_from([*STATUS, None]),
        "ai.tool.risk": some.lists(some.sampled_from(RISKS), max_size=2),
        "ai.device.group": some.sampled_from(["lab", None]),
    }
)


@settings(max_examples=400, deadline=None)
@given(POLICIES, EVENTS)
def test_the_policy_made_ready_decides_as_its_text_says(policy, event):
    assert expected(event, policy, NOW).decision == decide(policy, event)
