import json

import pytest
from hypothesis import given, settings

from tests.understand.sources.mutants import judge, mutants, only, picked

LOGIN = "analyst7@nordlicht.example"
SYSTEM = {
    "_id": "5f-7",
    "id": "5f-7",
    "organization": "org-1",
    "displayName": "x",
    "hostname": "nl-m-0417",
    "os": "Mac OS X",
    "version": "14.3",
    "active": True,
    "lastContact": "2026-03-04T05:06:07.123Z",
    "created": "2025-03-04T05:06:07Z",
    "serialNumber": "SN-7",
    "systemToken": "hunter2",
    "fde": {"active": True, "keyPresent": True},
    "mdm": {"vendor": "internal"},
}
SIGNIN = {
    "id": "ev-1",
    "timestamp": "2026-03-04T05:06:07.123456789Z",
    "event_type": "sso_auth",
    "service": "sso",
    "organization": "org-1",
    "@version": "1",
    "client_ip": "198.18.20.7",
    "initiated_by": {
        "id": "u-7",
        "type": "user",
        "email": "Analyst7@nordlicht.example",
        "username": "analyst7",
    },
    "application": {"id": "a-1", "name": "saml", "display_label": "Glacier Chat"},
    "auth_context": {"system": {"id": "5f-7", "hostname": "nl-m-0417", "os": "Windows"}},
    "sso_token_success": True,
}
BINDING = {
    **{
        key: value
        for key, value in SIGNIN.items()
        if key not in ("auth_context", "sso_token_success", "application")
    },
    "event_type": "association_change",
    "association": {
        "op": "add",
        "connection": {
            "from": {"type": "system", "name": "nl-m-0417", "object_id": "5f-7"},
            "to": {"type": "user", "name": "analyst8"},
        },
    },
}


def test_a_system_is_an_asset_and_its_token_stays_out():
    expected = {
        "@timestamp": "2026-03-04T05:06:07.123000Z",
        "event.module": "jumpcloud",
        "event.dataset": "jumpcloud.system",
        "event.kind": "asset",
        "event.action": "inventory",
        "device.id": "5f-7",
        "host.name": "nl-m-0417",
        "host.os.type": "macos",
        "host.os.version": "14.3",
        "organization.id": "org-1",
        "ai.device.managed": True,
        "ai.device.encrypted": True,
    }
    found = only({"totalCount": 1, "results": [SYSTEM]})

    assert picked(found, expected) == expected
    assert "hunter2" not in json.dumps(found)


@pytest.mark.parametrize(
    ("changes", "managed"),
    [
        ({"mdm": None}, True),
        ({"mdm": None, "active": False}, False),
        ({"active": False}, True),
        ({"mdm": None, "active": None}, None),
    ],
)
def test_a_system_is_managed_by_device_management_or_its_agent(changes, managed):
    assert only({**SYSTEM, **changes}).get("ai.device.managed") is managed


def test_a_sign_in_names_person_application_and_system():
    expected = {
        "@timestamp": "2026-03-04T05:06:07.123456Z",
        "event.dataset": "jumpcloud.directory",
        "event.action": "signin",
        "event.code": "sso_auth",
        "event.outcome": "success",
        "organization.id": "org-1",
        "user.email": LOGIN,
        "user.name": "analyst7",
        "user.id": None,
        "ai.actor.id": "u-7",
        "ai.app.name": "Glacier Chat",
        "source.ip": "198.18.20.7",
        "host.name": "nl-m-0417",
        "host.os.type": "windows",
        "device.id": "5f-7",
    }
    assert picked(only([SIGNIN]), expected) == expected
    assert only(SIGNIN)["event.id"] == only({**SIGNIN, "mfa": True})["event.id"]


@pytest.mark.parametrize(
    ("kind", "verb"),
    [
        ("user_login_attempt", "signin"),
        ("admin_login_attempt", "signin"),
        ("radius_auth_attempt", "signin"),
        ("ldap_bind", "signin"),
        ("mdm_device_auth_ok", "signin"),
        ("association_change", "grant"),
        ("user_group_create", "grant"),
        ("user_group_member_add", "grant"),
        ("admin_create", "grant"),
        ("admin_role_change", "grant"),
        ("user_create", "grant"),
        ("user_delete", "grant"),
        ("admin_apikey_create", "grant"),
        ("user_update", "config_change"),
        ("strange", "config_change"),
    ],
)
def test_the_type_of_the_event_tells_the_verb(kind, verb):
    assert only({**SIGNIN, "event_type": kind})["event.action"] == verb


@pytest.mark.parametrize(
    ("field", "verb"), [("suspended", "grant"), ("state", "grant"), ("email", "config_change")]
)
def test_a_user_that_is_suspended_is_a_grant_taken_back(field, verb):
    record = {
        **SIGNIN,
        "event_type": "user_update",
        "changes": [{"field": field, "from": "hunter1", "to": "hunter2"}],
    }
    found = only(record)

    assert found["event.action"] == verb
    assert "hunter" not in json.dumps(found)


@pytest.mark.parametrize(
    ("told", "outcome"),
    [
        ({"success": False, "sso_token_success": True}, "failure"),
        ({"sso_token_success": False}, "failure"),
        ({"sso_token_success": None, "error_message": "no"}, "failure"),
        ({"sso_token_success": None, "error_message": ""}, "unknown"),
    ],
)
def test_the_outcome_is_told_in_three_ways(told, outcome):
    assert only({**SIGNIN, **told})["event.outcome"] == outcome


def test_a_binding_names_the_system_and_to_whom():
    found = only(BINDING)

    assert (found["event.action"], found["ai.grant.target"]) == ("grant", "analyst8")
    assert (found["host.name"], found["device.id"]) == ("nl-m-0417", "5f-7")


def test_the_system_itself_is_a_service():
    found = only({**SIGNIN, "initiated_by": {"id": "s", "type": "system"}})

    assert (found["ai.actor.type"], found["ai.actor.id"], "user.name" in found) == ("service", "s", False)


@settings(max_examples=150, deadline=None)
@given(mutants([SYSTEM, SIGNIN, BINDING]))
def test_no_mutant_makes_the_reader_fall(record):
    for source in ("auto", "jumpcloud"):
        judge(record, source, {LOGIN})
