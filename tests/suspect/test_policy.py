from itertools import pairwise

import pytest

from pipeline.pack import Policy, PolicyException, PolicyRule
from pipeline.suspect import policy as acts
from pipeline.suspect.policy import Expected, drift, expected, policy_facts

NOON = 1772625600.0  # Wednesday 2026-03-04, 12:00 UTC
DAY = 86400.0


def policy(*rules, **more):
    return Policy(**({"id": "acme-ai", "version": "2", "rules": rules} | more))


def rule(name="P1", decision="block", **conditions):
    return PolicyRule(id=name, decision=decision, **conditions)


def event(action="prompt", **fields):
    return {"event.action": action} | {name.replace("__", "."): value for name, value in fields.items()}


SECRET = event(ai__data__classes=["secret"])
BANNED = event(ai__app__id="deepseek", ai__app__status="banned", user__email="kira@acme.example")
LAB = BANNED | {"ai.device.group": "lab"}


def decided(fields, *rules, time=NOON, **more):
    found = expected(fields, policy(*rules, **more), time)
    return found.decision, found.rule


def test_the_default_decides_where_no_rule_applies():
    assert expected(event(), policy(rule(classes=("secret",))), NOON) == Expected(
        "allow", "default", "default of acme-ai v2: no rule applies"
    )
    assert decided(event(), default="block") == ("block", "default")


def test_the_strictest_rule_decides_whatever_the_order():
    order = ("allow", "warn", "redact", "require_approval", "block")
    for milder, stricter in pairwise(order):
        rules = (rule("P1", milder), rule("P2", stricter))
        assert decided(event(), *rules) == decided(event(), *reversed(rules)) == (stricter, "P2")


def test_of_equally_strict_rules_the_first_decides():
    assert decided(event(), rule("P7"), rule("P3")) == ("block", "P7")


@pytest.mark.parametrize(
    ("conditions", "meets", "misses"),
    [
        ({"classes": ("secret", "card")}, SECRET, event(ai__data__classes=["personal"])),
        ({"classes": ("secret",)}, SECRET, event()),
        ({"apps": ("claude",)}, event(ai__app__id="claude"), event(ai__app__id="poe")),
        ({"apps": ("claude",)}, event(ai__app__id="claude"), event()),
        ({"app_status": ("banned",)}, BANNED, event(ai__app__status="tolerated")),
        ({"except_apps": ("claude",)}, event(ai__app__id="poe"), event(ai__app__id="claude")),
        ({"except_apps": ("claude",)}, event(), event(ai__app__id="claude")),
        (
            {"except_roles": ("security",)},
            event(user__roles=["staff"]),
            event(user__roles=["staff", "security"]),
        ),
        ({"except_roles": ("security",)}, event(), event(user__roles=["security"])),
        ({"actions": ("prompt",)}, event(), event("web_visit")),
        (
            {"tool_risks": ("payment",)},
            event(ai__tool__risk=["read", "payment"]),
            event(ai__tool__risk=["read"]),
        ),
        (
            {"classes": ("secret",), "apps": ("poe",)},
            SECRET | {"ai.app.id": "poe"},
            SECRET | {"ai.app.id": "claude"},
        ),
    ],
)
def test_a_rule_applies_if_all_its_conditions_hold(conditions, meets, misses):
    assert decided(meets, rule(**conditions)) == ("block", "P1")
    assert decided(misses, rule(**conditions)) == ("allow", "default")


@pytest.mark.parametrize("key", ["classes", "apps", "app_status", "actions", "tool_risks"])
def test_a_star_means_any_even_where_there_is_none(key):
    assert decided(event(), rule(**{key: ("*",)})) == ("block", "P1")


def test_a_rule_that_excepts_everybody_never_applies():
    assert decided(event(), rule(except_roles=("*",))) == ("allow", "default")


def test_a_dead_rule_never_applies():
    assert decided(event(), rule(dead=True)) == ("allow", "default")


@pytest.mark.parametrize("action", ["completion", "tool_result", "heartbeat", "inventory", "signin"])
def test_what_is_no_behaviour_is_judged_only_by_a_rule_that_names_it(action):
    assert decided(event(action), rule(actions=("*",))) == (None, "")
    assert decided(event(action), rule("P1"), rule("P2", "warn", actions=("*", action))) == ("warn", "P2")
    assert decided(event("grant"), rule("P2", "warn", actions=("*", action))) == ("warn", "P2")


def test_an_event_without_an_action_is_not_judged():
    assert expected({}, policy(rule()), NOON) == Expected()


def test_a_policy_that_says_nothing_adds_nothing():
    assert policy_facts(event(), Policy(), NOON) == {}


def leave(**terms):
    return PolicyException(
        **({"id": "X1", "users": ("Kira@acme.example",), "device_groups": ("lab",)} | terms)
    )


def judged(fields, *leaves, time=NOON, names=("X1",), **conditions):
    ruled = rule(**({"app_status": ("banned",), "exceptions": names} | conditions))
    found = expected(fields, policy(ruled, exceptions=leaves), time)
    return found.decision, found.exception, found.violations


def test_an_exception_sets_its_rule_aside_and_says_so():
    found = expected(LAB, policy(rule(exceptions=("X1",)), exceptions=(leave(expires=NOON),)), NOON - 1)
    assert found == Expected(
        "allow", "default", "X1 of acme-ai v2: P1 is set aside until 2026-03-04", (), "X1"
    )
    assert judged(LAB, leave()) == ("allow", "X1", ())


def test_an_exception_covers_only_the_rules_that_name_it():
    assert judged(LAB, leave(), names=()) == ("block", "", ())
    assert judged(LAB, leave(), names=("X9",)) == ("block", "", ())


def test_a_milder_rule_decides_where_the_stricter_is_set_aside():
    rules = (rule("P1", exceptions=("X1",)), rule("P2", "warn"))
    found = expected(LAB, policy(*rules, exceptions=(leave(),)), NOON)
    assert (found.decision, found.rule, found.exception) == ("warn", "P2", "X1")


def test_an_exception_covers_from_its_start_until_just_before_its_end():
    dated = leave(starts=NOON, expires=NOON + DAY)
    assert judged(LAB, dated, time=NOON - 1) == ("block", "", ())
    assert judged(LAB, dated, time=NOON) == ("allow", "X1", ())
    assert judged(LAB, dated, time=NOON + DAY - 1) == ("allow", "X1", ())
    assert judged(LAB, dated, time=NOON + DAY) == ("block", "", ("exception_expired",))


def test_an_expired_exception_is_no_violation_where_another_covers():
    assert judged(LAB, leave(expires=NOON), leave(id="X2"), names=("X1", "X2")) == ("allow", "X2", ())


def test_an_exception_is_violated_by_its_holder_in_another_place():
    assert judged(BANNED, leave()) == ("block", "", ("exception_violated",))
    assert judged(BANNED, leave(roles=("research",))) == ("block", "", ())
    assert judged(BANNED | {"user.email": "ben@acme.example"}, leave()) == ("block", "", ())
    assert judged(BANNED, leave(expires=NOON)) == ("block", "", ())


def test_an_exception_for_a_place_alone_is_violated_by_nobody():
    assert judged(BANNED, leave(users=())) == ("block", "", ())
    assert judged(LAB, leave(users=())) == ("allow", "X1", ())


@pytest.mark.parametrize(
    ("terms", "fields"),
    [
        ({"users": ("KIRA",)}, {"user.id": "kira"}),
        ({"users": ("kira",)}, {"user.name": "Kira"}),
        ({"roles": ("research",)}, {"user.roles": ["staff", "research"]}),
        ({"apps": ("deepseek",)}, {"ai.app.id": "deepseek"}),
        ({"actions": ("prompt",)}, {"event.action": "prompt"}),
        ({"device_groups": ("lab",)}, {"ai.device.group": "lab"}),
        ({"processes": ("Scanner.exe",)}, {"process.name": "scanner.exe"}),
        ({"processes": ("/opt/scanner",)}, {"process.executable": "/opt/scanner"}),
        ({"hosts": ("fw-lab-01",)}, {"host.name": "FW-LAB-01"}),
        ({"classes": ("personal",)}, {"ai.data.classes": ["personal"]}),
        ({"classes": ("*",), "users": ("*",)}, {}),
        ({}, {}),
    ],
)
def test_every_term_of_an_exception_must_hold(terms, fields):
    open_leave = PolicyException(id="X1", **terms)
    base = {"event.action": "web_visit", "ai.app.status": "banned"}
    assert judged(base | fields, open_leave)[0] == "allow"
    for name in fields:
        other = ["other"] if isinstance(fields[name], list) else "share"
        assert judged(base | fields | {name: other}, open_leave)[0] == "block"


def test_leave_for_one_class_is_no_leave_for_another_beside_it():
    for_code = PolicyException(id="X1", classes=("source_code",))
    code = BANNED | {"ai.data.classes": ["source_code"]}
    both = BANNED | {"ai.data.classes": ["source_code", "secret"]}
    assert judged(code, for_code)[0] == "allow"
    assert judged(both, for_code)[0] == "block"
    assert judged(both, for_code, classes=("source_code", "card"))[0] == "allow"


def test_a_dead_exception_never_applies():
    assert judged(LAB, leave(dead=True)) == ("block", "", ())


def test_facts_of_the_default_name_it_alone():
    assert policy_facts(event(), policy(rule(classes=("secret",))), NOON) == {
        "ai.policy.id": "acme-ai",
        "ai.policy.version": "2",
        "ai.policy.expected": "allow",
        "ai.policy.reason": "default",
    }


def test_facts_of_a_rule_tell_why_and_what_else_is_wrong():
    stated = policy(rule(app_status=("banned",), exceptions=("X1",)), exceptions=(leave(),))
    assert policy_facts(BANNED, stated, NOON) == {
        "ai.policy.id": "acme-ai",
        "ai.policy.version": "2",
        "ai.policy.expected": "block",
        "ai.policy.reason": "P1 of acme-ai v2: a prompt may not go to a banned app",
        "ai.policy.violations": ["exception_violated"],
    }


def test_facts_name_the_exception_that_applied():
    found = policy_facts(LAB, policy(rule(exceptions=("X1",)), exceptions=(leave(),)), NOON)
    assert found["ai.policy.exception"] == "X1"
    assert found["ai.policy.reason"] == "X1 of acme-ai v2: P1 is set aside"


def test_facts_of_what_is_not_judged_are_its_violations_alone():
    answer = event("completion", ai__data__classes=["personal"], user__roles=["staff"])
    assert policy_facts(answer, policy(rule(), cleared={"personal": ("hr",)}), NOON) == {
        "ai.policy.id": "acme-ai",
        "ai.policy.version": "2",
        "ai.policy.violations": ["role_not_cleared"],
    }


def drifted(wanted, done, approval=None):
    fields = {
        "ai.policy.expected": wanted,
        "ai.policy.decision": done,
        "ai.policy.reason": "P1 of acme-ai v2: so",
    }
    return drift(fields | ({"ai.approval.state": approval} if approval else {}))


def test_drift_is_what_was_allowed_against_the_policy():
    found = drifted("block", "allow")
    assert (found.who, found.id, found.weight) == ("policy", "drift", 0.3)
    assert found.sentence == "it was allowed, but the policy says block (P1 of acme-ai v2: so)"
    assert found.fields == {"ai.policy.expected": "block", "ai.policy.decision": "allow"}
    assert drifted("redact", "allow")
    assert drifted("require_approval", "allow")


@pytest.mark.parametrize(
    ("wanted", "done"),
    [
        ("allow", "allow"),
        ("warn", "allow"),
        (None, "allow"),
        ("block", "block"),
        ("block", "override"),
        ("block", None),
    ],
)
def test_what_was_allowed_rightly_or_not_at_all_is_no_drift(wanted, done):
    assert drifted(wanted, done) is None


def test_an_act_that_somebody_was_asked_for_is_no_drift():
    for state in ("pending", "approved", "approved_always"):
        assert drifted("require_approval", "allow", state) is None
        assert drifted("block", "allow", state)
    assert (
        drifted("require_approval", "allow", "auto_approved").fields["ai.approval.state"] == "auto_approved"
    )


def test_a_policy_is_made_ready_once_and_few_are_kept():
    acts._READY.clear()
    stated = policy(rule())
    assert acts._ready(stated) is acts._ready(stated)
    for _ in range(50):
        acts.expected(event(), policy(rule()), NOON)
    assert len(acts._READY) <= acts.MOST_READY
