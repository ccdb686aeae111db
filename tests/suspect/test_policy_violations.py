import pytest

from pipeline.pack import Policy, PolicyRule
from pipeline.suspect.policy import expected
from pipeline.suspect.violations import VIOLATIONS, plain_model

PAYMENT = PolicyRule(id="P5", decision="require_approval", tool_risks=("payment",), actions=("tool_call",))


def found(fields, **policy):
    return expected({"event.action": "prompt"} | fields, Policy(id="acme-ai", **policy), 0.0).violations


def app(status, cleared=None):
    return {"ai.app.id": "a", "ai.app.status": status} | ({"ai.app.max_class": cleared} if cleared else {})


@pytest.mark.parametrize(
    ("fields", "above"),
    [
        (app("sanctioned") | {"ai.data.max_class": "confidential"}, False),
        (app("sanctioned") | {"ai.data.max_class": "health"}, True),
        (app("tolerated") | {"ai.data.max_class": "public"}, False),
        (app("tolerated") | {"ai.data.max_class": "source_code"}, True),
        (app("tolerated", "card") | {"ai.data.max_class": "card"}, False),
        (app("tolerated", "card") | {"ai.data.max_class": "restricted"}, True),
        (app("sanctioned", "public") | {"ai.data.max_class": "source_code"}, True),
        (app("tolerated") | {"ai.data.label": "confidential"}, True),
        (app("tolerated") | {"ai.data.label": "internal"}, False),
        (app("sanctioned") | {"ai.data.label": "restricted", "ai.data.max_class": "public"}, True),
        (app("tolerated") | {"ai.data.classes": ["malicious_code"]}, False),
        (app("tolerated") | {"ai.data.classes": ["public", "personal"]}, True),
        (app("tolerated") | {"ai.data.classes": []}, False),
        ({"ai.data.max_class": "secret"}, False),
        (app("banned") | {"ai.data.max_class": "secret", "event.action": "completion"}, False),
        (app("banned") | {"ai.data.max_class": "secret", "event.action": "share"}, True),
        (app("banned"), False),
    ],
)
def test_data_may_not_exceed_what_its_app_is_cleared_for(fields, above):
    assert ("class_above_app" in found(fields)) is above


def test_data_may_not_exceed_what_its_model_is_cleared_for():
    limits = {"model_clearance": {"glacier-4": "personal"}}
    asked = {"gen_ai.request.model": "acme/Glacier-4", "ai.data.max_class": "health"}
    assert found(asked, limits=limits) == ("class_above_model",)
    assert found(asked | {"ai.data.max_class": "personal"}, limits=limits) == ()
    assert found(asked | {"event.action": "completion"}, limits=limits) == ()
    assert found(asked | {"gen_ai.request.model": "other"}, limits=limits) == ()
    assert found(asked | {"gen_ai.request.model": "other"}, limits={"model_clearance": {"*": "public"}}) == (
        "class_above_model",
    )
    assert found(asked) == ()


@pytest.mark.parametrize(
    ("roles", "model", "entitled"),
    [
        (["staff"], "glacier-4", True),
        (["staff"], "glacier-5", False),
        (["staff", "developer"], "brook-2-large", True),
        (["staff"], "brook-2-large", False),
        (["service"], "anything", True),
        (["guest"], "commons-1", True),
        (["guest"], "glacier-4", False),
        ([], "glacier-5", True),
        (None, "glacier-5", True),
    ],
)
def test_a_role_may_use_the_models_that_the_policy_gives_it(roles, model, entitled):
    models = {"staff": ("Glacier-4",), "developer": ("brook-*",), "service": ("*",), "*": ("commons-1",)}
    fields = {"gen_ai.request.model": model} | ({} if roles is None else {"user.roles": roles})
    assert found(fields, models=models) == (() if entitled else ("model_not_entitled",))


def test_without_a_list_of_models_every_model_is_free():
    assert found({"gen_ai.request.model": "glacier-4", "user.roles": ["staff"]}) == ()


def test_a_role_must_be_cleared_for_every_class_that_needs_it():
    cleared = {"personal": ("hr", "finance"), "health": ("hr",), "card": ("*",)}
    both = {
        "ai.data.classes": ["personal", "health", "card"],
        "ai.data.max_class": "card",
        "user.roles": ["staff", "hr"],
    }
    assert found(both, cleared=cleared) == ()
    assert found(both | {"user.roles": ["finance"]}, cleared=cleared) == ("role_not_cleared",)
    assert found(both | {"user.roles": []}, cleared=cleared) == ()
    assert found(both | {"user.roles": ["finance"]}) == ()
    answer = both | {"user.roles": ["staff"], "event.action": "completion"}
    assert found(answer, cleared=cleared) == ("role_not_cleared",)


def test_a_star_among_the_cleared_classes_speaks_for_all_that_are_not_named():
    cleared = {"*": ("hr",), "source_code": ("developer",)}
    code = {
        "ai.data.classes": ["source_code"],
        "ai.data.max_class": "source_code",
        "user.roles": ["developer"],
    }
    assert found(code, cleared=cleared) == ()
    assert found(code | {"ai.data.classes": ["financial"]}, cleared=cleared) == ("role_not_cleared",)


APPROVAL = {
    "event.action": "approval",
    "ai.approval.state": "approved",
    "ai.tool.risk": ["payment"],
    "ai.task.requester": "Ada@acme.example",
    "ai.approval.approver": "ada@acme.example",
}


@pytest.mark.parametrize(
    ("change", "own"),
    [
        ({}, True),
        ({"ai.approval.state": "approved_always"}, True),
        ({"ai.approval.state": "denied"}, False),
        ({"ai.approval.approver": "ben@acme.example"}, False),
        ({"ai.approval.approver": "ada", "user.id": "ada", "user.email": "ada@acme.example"}, True),
        ({"ai.approval.approver": "ada", "user.id": "ada", "user.email": "other@acme.example"}, False),
        ({"ai.tool.risk": ["read"]}, False),
        ({"ai.tool.risk": []}, False),
        ({"ai.task.requester": None}, False),
        ({"ai.approval.approver": None}, False),
    ],
)
def test_nobody_may_approve_an_act_of_their_own_that_needs_approval(change, own):
    fields = {name: value for name, value in (APPROVAL | change).items() if value is not None}
    assert ("self_approval" in found(fields, rules=(PAYMENT,))) is own


def test_only_a_living_rule_asks_for_approvals():
    dead = PolicyRule(id="P5", decision="require_approval", tool_risks=("payment",), dead=True)
    warned = PolicyRule(id="P6", decision="warn", tool_risks=("payment",))
    assert found(APPROVAL, rules=(dead, warned)) == ()


def test_violations_come_in_the_order_of_the_closed_list():
    fields = app("banned") | {
        "ai.data.max_class": "secret",
        "gen_ai.request.model": "x",
        "user.roles": ["staff"],
    }
    fields["ai.data.classes"] = ["secret"]
    limits = {"model_clearance": {"*": "public"}}
    names = found(fields, models={"staff": ()}, cleared={"secret": ("it",)}, limits=limits)
    assert names == ("model_not_entitled", "class_above_model", "class_above_app", "role_not_cleared")
    assert sorted(names, key=VIOLATIONS.index) == list(names)


@pytest.mark.parametrize(
    ("name", "plain"),
    [
        ("glacier-4", "glacier-4"),
        ("Acme/Glacier-4:latest", "glacier-4"),
        ("glacier-4-2026-02-01", "glacier-4"),
        ("glacier-4-20260201", "glacier-4"),
        ("eu.acme.glacier-4-20260201-v2:0", "glacier-4"),
        ("glacier-4@20260201", "glacier-4"),
        ("glacier-3.5-turbo", "glacier-3.5-turbo"),
        ("brook-v3", "brook-v3"),
        ("claude-*", "claude-*"),
    ],
)
def test_a_model_is_known_without_vendor_date_and_version(name, plain):
    assert plain_model(name) == plain


def test_a_model_of_absurd_length_is_cut_before_it_is_read():
    assert len(plain_model("x" + "-latest" * 100_000 + "!")) <= 200
