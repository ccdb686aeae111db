from datetime import UTC, datetime

import pytest

from pipeline.errors import ContentError
from pipeline.pack import Policy, PolicyException, PolicyRule
from pipeline.suspect.policyfile import read_policy

POLICY = """\
id: acme-ai
version: 7
default: warn
rules:
- {id: P1, classes: [secret], apps: ['*'], actions: [prompt], decision: block}
- {id: P2, app_status: [banned], except_roles: [security], exceptions: [X1], decision: block}
- {id: P3, tool_risks: payment, except_apps: [], owner: ada, decision: require_approval}
models: {staff: [glacier-4], service: ['*']}
cleared: {personal: [hr]}
limits: {personal_subjects_7d: 50, model_clearance: {glacier-4: personal}}
"""
EXCEPTIONS = """\
exceptions:
- id: X1
  what: a comparison
  users: [kira@acme.example]
  device_groups: [lab]
  starts: '2026-01-01'
  expires: 2026-12-31
  owner: jonas
  reason: a purchase
  ticket: AC-1
"""


def read(folder, policy=POLICY, exceptions=EXCEPTIONS):
    (folder / "policy.yaml").write_text(policy)
    (folder / "exceptions.yaml").write_text(exceptions or "")
    return read_policy(folder / "policy.yaml", None if exceptions is None else folder / "exceptions.yaml")


def faults(folder, *, policy=POLICY, exceptions=EXCEPTIONS):
    with pytest.raises(ContentError) as caught:
        read(folder, policy, exceptions)
    assert all(problem.remedy for problem in caught.value.problems)
    return [
        f"{problem.path[len(str(folder)) + 1 :]}:{problem.line}: {problem.fault}"
        for problem in caught.value.problems
    ]


def notes(folder, **texts):
    return [note.removeprefix(f"{folder}/") for note in read(folder, **texts)[1]]


def rules(*lines):
    return "\n".join(["id: acme-ai", "rules:", *(f"- {{{line}}}" for line in lines)])


def exceptions(*lines):
    told = "owner: ada, reason: so, expires: '2026-12-31'"
    return "\n".join(["exceptions:", *(f"- {{{line}, {told}}}" for line in lines)])


def moment(*parts):
    return datetime(*parts, tzinfo=UTC).timestamp()


def test_a_policy_and_its_exceptions_are_read_as_they_are_written(tmp_path):
    found, remarks = read(tmp_path)
    assert remarks == ()
    assert found == Policy(
        id="acme-ai",
        version="7",
        default="warn",
        rules=(
            PolicyRule(id="P1", decision="block", classes=("secret",), apps=("*",), actions=("prompt",)),
            PolicyRule(
                id="P2",
                decision="block",
                app_status=("banned",),
                except_roles=("security",),
                exceptions=("X1",),
            ),
            PolicyRule(id="P3", decision="require_approval", tool_risks=("payment",)),
        ),
        exceptions=(
            PolicyException(
                id="X1",
                what="a comparison",
                users=("kira@acme.example",),
                device_groups=("lab",),
                owner="jonas",
                reason="a purchase",
                ticket="AC-1",
                starts=moment(2026, 1, 1),
                expires=moment(2027, 1, 1),
            ),
        ),
        models={"staff": ("glacier-4",), "service": ("*",)},
        cleared={"personal": ("hr",)},
        limits={"personal_subjects_7d": 50, "model_clearance": {"glacier-4": "personal"}},
        path=str(tmp_path / "policy.yaml"),
    )


def test_every_key_but_the_id_may_be_missing(tmp_path):
    found, _ = read(tmp_path, "id: acme-ai", "exceptions: [{id: X1}]")
    assert found == Policy(
        id="acme-ai", exceptions=(PolicyException(id="X1"),), path=str(tmp_path / "policy.yaml")
    )


def test_a_policy_needs_no_exceptions(tmp_path):
    found, remarks = read(tmp_path, rules("id: P1, decision: block"), None)
    assert (found.exceptions, remarks) == ((), ())


def test_every_fault_of_both_files_is_listed_at_its_line(tmp_path):
    policy = """\
version: [7]
default: forbid
rules:
- {id: P1, classes: [secrets], decision: block}
- {id: P1, actions: [prompts], decision: bloc}
- {classes: [secret], decision: block}
- {id: P3, tool_risks: [paying], app_status: [forbidden], decision: override}
- P4
- {id: P5, classes: [], apps: , decision: block}
- {id: P6, apps: [true], decision: {a: b}}
models: [staff]
cleared: {secrets: [hr], personal: []}
limits: {model_clearance: {glacier-4: high}}
"""
    leaves = """\
exceptions:
- {id: X1, starts: '2026-02-01', expires: '2026-01-01'}
- {id: X2, starts: soon, expires: 2026}
- {id: X2}
- {users: ada, apps: [{}]}
- {id: X3, users: [], classes: [secrt]}
"""
    assert faults(tmp_path, policy=policy, exceptions=leaves) == [
        "exceptions.yaml:2: exception X1 starts after it expires",
        "exceptions.yaml:3: expires is no date",
        "exceptions.yaml:3: starts is no date",
        "exceptions.yaml:4: the id X2 of exceptions is taken",
        "exceptions.yaml:5: apps holds what is no text",
        "exceptions.yaml:5: entry 4 of exceptions has no id",
        "exceptions.yaml:6: nobody knows the value of classes secrt",
        "exceptions.yaml:6: users names nothing",
        "policy.yaml:1: has no id",
        "policy.yaml:1: version is no text",
        "policy.yaml:2: nobody knows the default forbid",
        "policy.yaml:3: entry 5 of rules is no mapping",
        "policy.yaml:4: nobody knows the value of classes secrets",
        "policy.yaml:5: nobody knows the decision bloc",
        "policy.yaml:5: nobody knows the value of actions prompts",
        "policy.yaml:5: the id P1 of rules is taken",
        "policy.yaml:6: entry 3 of rules has no id",
        "policy.yaml:7: nobody knows the decision override",
        "policy.yaml:7: nobody knows the value of app_status forbidden",
        "policy.yaml:7: nobody knows the value of tool_risks paying",
        "policy.yaml:9: apps names nothing",
        "policy.yaml:9: classes names nothing",
        "policy.yaml:10: apps holds what is no text",
        "policy.yaml:10: decision is no text",
        "policy.yaml:11: models is no mapping",
        "policy.yaml:12: nobody knows the class under cleared secrets",
        "policy.yaml:12: personal names nothing",
        "policy.yaml:13: nobody knows the highest class of glacier-4, high",
    ]


def test_a_fault_says_what_was_perhaps_meant(tmp_path):
    with pytest.raises(ContentError, match=r"nobody knows the decision blok \(did you mean block\?\)"):
        read(tmp_path, rules("id: P1, decision: blok"))


@pytest.mark.parametrize(
    "text", ["rules: [", "a: b\n---\na: b\n", "- id: P1", "id: acme\nrules: {P1: block}"]
)
def test_a_file_of_another_shape_is_named(tmp_path, text):
    assert faults(tmp_path, policy=text)[0].startswith("policy.yaml:")
    assert len(faults(tmp_path, policy=text)) == 1


def test_files_that_are_not_there_are_both_named(tmp_path):
    with pytest.raises(ContentError) as caught:
        read_policy(tmp_path / "policy.yaml", tmp_path / "exceptions.yaml")
    assert [problem.path for problem in caught.value.problems] == [
        str(tmp_path / "exceptions.yaml"),
        str(tmp_path / "policy.yaml"),
    ]


def test_an_unknown_condition_makes_an_exception_dead_and_is_told(tmp_path):
    leaves = exceptions(
        "id: X1, users: [ada]", "id: X2, moon_phase: full, users: [ada]", "id: X3, user: [ada]"
    )
    found, _ = read(tmp_path, rules("id: P1, exceptions: [X1], decision: block"), leaves)
    assert [leave.dead for leave in found.exceptions] == [False, True, True]
    unknown = "which nobody knows: it never applies"
    named = rules("id: P1, exceptions: [X1, X2, X3], decision: block")
    assert notes(tmp_path, policy=named, exceptions=leaves) == [
        f"exceptions.yaml:3: exception X2 has the condition moon_phase, {unknown}",
        f"exceptions.yaml:4: exception X3 has the condition user, {unknown} (did you mean users?)",
    ]


def test_an_unknown_condition_makes_a_rule_dead_and_is_told(tmp_path):
    text = rules("id: P1, moon_phase: full, decision: block", "id: P2, decision: block", "id: P3")
    found, remarks = read(tmp_path, text, None)
    assert [rule.dead for rule in found.rules] == [True, False, True]
    assert [note.removeprefix(f"{tmp_path}/") for note in remarks] == [
        "policy.yaml:3: rule P1 has the condition moon_phase, which nobody knows: it never applies",
        "policy.yaml:5: rule P3 has no decision: it never applies",
    ]


def test_an_unknown_key_of_the_whole_policy_is_told_and_ignored(tmp_path):
    text = "id: acme-ai\nowner: ada\nmascot: bear\n"
    assert notes(tmp_path, policy=text, exceptions=None) == [
        "policy.yaml:3: the policy has the key mascot, which nobody knows: it is ignored"
    ]


def test_an_exception_that_does_not_exist_is_told(tmp_path):
    assert notes(tmp_path, policy=rules("id: P1, exceptions: [X9], decision: block"), exceptions=None) == [
        "policy.yaml:3: rule P1 names the exception X9, which does not exist: the rule works without it"
    ]


def test_an_exception_that_nobody_names_or_answers_for_is_told(tmp_path):
    text = exceptions("id: X1, users: [ada]") + "\n- {id: X2, owner: ada}\n"
    assert notes(tmp_path, policy=rules("id: P1, exceptions: [X2], decision: block"), exceptions=text) == [
        "exceptions.yaml:3: exception X2 has no reason and no expires: it applies all the same",
        "exceptions.yaml:3: exception X2 says neither who nor what nor where: it covers everything",
        "exceptions.yaml:2: no rule names the exception X1: it changes nothing",
    ]


def test_the_built_in_exceptions_of_a_foreign_policy_are_no_remark(tmp_path):
    (tmp_path / "other").mkdir()
    (tmp_path / "policy.yaml").write_text(rules("id: P1, decision: block"))
    (tmp_path / "other" / "exceptions.yaml").write_text(EXCEPTIONS)
    assert read_policy(tmp_path / "policy.yaml", tmp_path / "other" / "exceptions.yaml")[1] == ()


@pytest.mark.parametrize(
    ("text", "expires"),
    [
        ("2026-03-04", moment(2026, 3, 5)),
        ("'2026-03-04'", moment(2026, 3, 5)),
        ("'2026-03-04T12:00:00'", moment(2026, 3, 4, 12)),
        ("2026-03-04T12:00:00+02:00", moment(2026, 3, 4, 10)),
        ("9999-12-31", moment(9999, 12, 31) + 86400),
    ],
)
def test_an_exception_holds_to_the_end_of_its_last_day_or_to_the_moment_it_names(tmp_path, text, expires):
    found, _ = read(tmp_path, POLICY, f"exceptions: [{{id: X1, expires: {text}}}]")
    assert found.exceptions[0].expires == expires


def test_an_exception_may_start_on_the_day_it_expires(tmp_path):
    found, _ = read(tmp_path, POLICY, "exceptions: [{id: X1, starts: 2026-03-04, expires: 2026-03-04}]")
    assert found.exceptions[0].starts == moment(2026, 3, 4)
