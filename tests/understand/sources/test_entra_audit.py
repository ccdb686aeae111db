import json

import pytest

from tests.understand.sources.entra_records import (
    AUDIT,
    LOGIN,
    PERSON,
    SERVICE,
    SIGNIN,
    audit,
    changed,
    without,
)
from tests.understand.sources.mutants import lowered, only


def test_a_consent_names_who_consented_to_what():
    found = only(AUDIT)

    expected = {
        "@timestamp": "2026-03-04T05:06:07.000000Z",
        "event.dataset": "entra.audit",
        "event.code": "Consent to application",
        "event.action": "grant",
        "event.category": ["iam"],
        "event.outcome": "success",
        "user.id": PERSON,
        "user.email": LOGIN,
        "source.ip": "198.18.20.7",
        "ai.app.name": "Glacier Chat",
        "ai.grant.target": "Glacier Chat",
        "ai.grant.scopes": ["Mail.Read", "Files.ReadWrite.All"],
    }
    assert {key: found.get(key) for key in expected} == expected
    assert "hunter2" not in json.dumps(found)


@pytest.mark.parametrize(
    "record",
    [
        {"value": [AUDIT]},
        lowered(AUDIT),
        {
            **without(SIGNIN, "callerIpAddress"),
            "category": "AuditLogs",
            "operationName": "Consent to application",
            "properties": AUDIT,
        },
        {"category": "AuditLogs", "time": "x", "properties": AUDIT},
        {**SIGNIN, "category": "Policy", "properties": {**AUDIT, "category": "Policy"}},
        {**AUDIT, **{key: json.dumps(AUDIT[key]) for key in ("initiatedBy", "targetResources")}},
    ],
    ids=range(6),
)
def test_every_form_of_an_audit_record_is_the_same_grant(record):
    found, plain = only(record), only(AUDIT)

    assert {key: found[key] for key in plain if key != "log.offset"} == {
        key: plain[key] for key in plain if key != "log.offset"
    }


@pytest.mark.parametrize(
    ("activity", "verb"),
    [
        ("Consent to application", "grant"),
        ("Add app role assignment to service principal", "grant"),
        ("Add delegated permission grant", "grant"),
        ("Add member to role", "grant"),
        ("Add owner to application", "grant"),
        ("Add service principal", "grant"),
        ("Add service principal credentials", "grant"),
        ("Update application – Certificates and secrets management ", "grant"),
        ("Add member to group", "grant"),
        ("Remove member from role", "config_change"),
        ("User registered security info", "config_change"),
        ("Reset password (by admin)", "config_change"),
        ("Add user", "config_change"),
        ("Something new", "config_change"),
    ],
)
def test_the_activity_tells_the_verb(activity, verb):
    found = only(audit(activity))

    assert (found["event.action"], found["event.code"]) == (verb, activity)


@pytest.mark.parametrize(
    ("targets", "target", "scopes"),
    [
        (
            changed("Role.DisplayName", '"Global Administrator"', userPrincipalName=LOGIN),
            LOGIN,
            ["Global Administrator"],
        ),
        (changed("Group.DisplayName", '"AI builders"', displayName="Seven"), "Seven", ["AI builders"]),
        (changed("AppRole.Value", '"Mail.ReadWrite"'), "t", ["Mail.ReadWrite"]),
        (
            changed("DelegatedPermissionGrant.Scope", '" Mail.Read  User.Read"'),
            "t",
            ["Mail.Read", "User.Read"],
        ),
        (changed("Scope", '["Mail.Read"]'), "t", ["Mail.Read"]),
        (changed("ClientSecret", '"hunter2"'), "t", None),
        (changed("Scope", 7), "t", None),
        ([], None, None),
        (None, None, None),
    ],
)
def test_a_grant_says_what_to_whom(targets, target, scopes):
    found = only(audit("Add member to role", targetResources=targets))

    assert (found.get("ai.grant.target"), found.get("ai.grant.scopes")) == (target, scopes)


def test_an_application_that_acts_is_a_service():
    app = {"displayName": "Sync", "servicePrincipalId": SERVICE, "appId": None}
    found = only(audit(initiatedBy={"user": None, "app": app}))

    assert (found["ai.actor.type"], found["service.name"], found["ai.actor.id"]) == (
        "service",
        "Sync",
        SERVICE,
    )
    assert "user.name" not in found


@pytest.mark.parametrize("by", [None, {}, [], {"user": {}}, "x"])
def test_an_act_of_nobody_names_nobody(by):
    found = only({**SIGNIN, "category": "AuditLogs", "properties": audit(initiatedBy=by)})

    assert not {"user.id", "user.email", "ai.actor.id"} & found.keys()


@pytest.mark.parametrize(
    ("outer", "result", "outcome"),
    [
        ({}, "failure", "failure"),
        ({}, "timeout", "failure"),
        ({}, "Success", "success"),
        ({"result": "failure"}, None, "failure"),
        ({"resultType": "Success"}, None, "success"),
        ({"resultType": ""}, None, "unknown"),
    ],
)
def test_the_result_may_stand_outside(outer, result, outcome):
    record = {**SIGNIN, "category": "AuditLogs", **outer, "properties": audit(result=result)}

    assert only(record)["event.outcome"] == outcome
