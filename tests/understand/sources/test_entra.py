import json
from contextlib import suppress

import pytest
from hypothesis import given, settings

from pipeline.errors import BadRecord
from tests.understand.samples import fields_of
from tests.understand.sources.entra_records import (
    AUDIT,
    LOGIN,
    PERSON,
    ROW,
    SERVICE,
    SIGNIN,
    TENANT,
    signin,
    without,
)
from tests.understand.sources.mutants import judge, lowered, mutants, only

EXPECTED = {
    "@timestamp": "2026-03-04T05:06:07.123456Z",
    "event.module": "entra",
    "event.dataset": "entra.signin",
    "event.code": "Sign-in activity",
    "event.action": "signin",
    "event.category": ["authentication"],
    "event.type": ["start"],
    "event.outcome": "success",
    "event.reason": None,
    "organization.id": TENANT,
    "user.id": PERSON,
    "user.email": LOGIN,
    "ai.actor.type": "human",
    "ai.app.name": "Glacier Chat",
    "source.ip": "198.18.20.7",
    "user_agent.original": "Mozilla/5.0 (X11)",
    "device.id": "d1e00000-0000-4000-8000-000000000001",
    "host.name": "nl-w-0417",
    "host.os.type": "windows",
    "ai.device.compliant": True,
    "ai.device.managed": False,
    "ai.content.available": "metadata",
    "ai.policy.decision": "allow",
}


def test_a_sign_in_names_person_application_and_device():
    found = only(SIGNIN)

    assert {key: found.get(key) for key in EXPECTED} == EXPECTED
    assert "ai.quality.problems" not in found


@pytest.mark.parametrize(
    "record",
    [
        {"records": [SIGNIN]},
        lowered(SIGNIN),
        {**lowered(without(SIGNIN, "properties")), "properties": SIGNIN["properties"]},
        {**SIGNIN, "properties": lowered(SIGNIN["properties"])},
        {**SIGNIN, "properties": json.dumps(SIGNIN["properties"])},
        {**SIGNIN, "p_log_type": "Azure.Audit"},
    ],
    ids=range(6),
)
def test_every_way_of_transport_gives_the_same_sign_in(record):
    assert only(record) == only(SIGNIN)


@pytest.mark.parametrize(
    "row", [SIGNIN["properties"], {"Type": "SigninLogs", "category": "SignInLogs", **SIGNIN["properties"]}]
)
def test_a_sign_in_without_an_envelope_is_the_same_act(row):
    found = only(row)

    assert (found["event.id"], found["event.action"]) == (only(SIGNIN)["event.id"], "signin")
    assert (found["user.id"], found["ai.app.name"]) == (PERSON, "Glacier Chat")


@pytest.mark.parametrize(
    "category",
    ["SignInLogs", "NonInteractiveUserSignInLogs", "ADFSSignInLogs", "UserRiskEvents", "RiskyUsers"],
)
def test_every_log_of_sign_ins_gives_sign_ins_of_a_person(category):
    found = only(signin({"category": category}))

    assert (found["event.action"], found["user.email"]) == ("signin", LOGIN)


@pytest.mark.parametrize("category", ["ServicePrincipalSignInLogs", "ManagedIdentitySignInLogs"])
def test_a_service_principal_is_no_person(category):
    changes = {
        "servicePrincipalId": SERVICE,
        "servicePrincipalName": "release-agent",
        "userId": "",
        "userPrincipalName": None,
    }
    found = only(signin({"category": category}, **changes))

    assert (found["ai.actor.type"], found["ai.actor.id"], found["service.name"]) == (
        "service",
        SERVICE,
        "release-agent",
    )
    assert not {"user.id", "user.email", "user.name"} & found.keys()


def test_a_person_named_beside_a_service_principal_did_not_sign_in():
    found = only(signin({"category": "ServicePrincipalSignInLogs"}, servicePrincipalId=SERVICE))

    assert (found["ai.actor.id"], "user.email" in found) == (SERVICE, False)


@pytest.mark.parametrize(
    ("status", "result", "outcome"),
    [
        ({"errorCode": 0}, "50126", "success"),
        ({"errorCode": 50126}, "0", "failure"),
        ({"errorCode": "0"}, "", "success"),
        ({}, "0", "success"),
        ({}, 0, "success"),
        ({}, "Success", "success"),
        (None, "50126", "failure"),
        (None, 50126, "failure"),
        (None, "Failure", "failure"),
        (None, None, "unknown"),
    ],
)
def test_the_error_code_tells_the_outcome_else_the_result(status, result, outcome):
    assert only(signin({"resultType": result}, status=status))["event.outcome"] == outcome


def test_a_failure_says_why():
    failed = signin(status={"errorCode": 50126, "failureReason": "Invalid username or password."})
    bare = signin({"resultDescription": "UserDisabled"}, status={"errorCode": 50057})

    assert only(failed)["event.reason"] == "Invalid username or password."
    assert only(bare)["event.reason"] == "UserDisabled"


def test_conditional_access_that_failed_is_a_block():
    assert only(signin(conditionalAccessStatus="failure"))["ai.policy.decision"] == "block"


@pytest.mark.parametrize(
    ("changes", "gone"),
    [
        ({"userId": "00000000-0000-0000-0000-000000000000"}, "user.id"),
        ({"userId": "analyst7"}, "user.id"),
        ({"userPrincipalName": "[REDACTED]"}, "user.email"),
        ({"userPrincipalName": 7}, "user.email"),
        ({"deviceDetail": {"deviceId": ""}}, "device.id"),
        ({"deviceDetail": "x"}, "device.id"),
        ({"deviceDetail": {"operatingSystem": "Plan 9"}}, "host.os.type"),
    ],
)
def test_what_says_nothing_is_left_out(changes, gone):
    assert gone not in only(signin(**changes))


def test_the_address_of_the_caller_stands_in_for_that_of_the_client():
    assert only(signin(ipAddress=None))["source.ip"] == "198.18.20.9"
    assert "source.ip" not in only(signin({"callerIpAddress": "<null>"}, ipAddress=""))
    assert only(signin(ipAddress="198.18.20.xxx"))["source.address"] == "198.18.20.xxx"


def test_a_risk_is_a_sign_in_of_unknown_outcome():
    row = {"id": "r-1", "riskEventType": "anonymizedIPAddress", "userPrincipalName": LOGIN, "userId": PERSON}
    found = only(
        {
            **SIGNIN,
            "time": "3/4/2026 5:06:07 AM",
            "category": "UserRiskEvents",
            "operationName": "User Risk Detection",
            "properties": row,
        }
    )

    assert (found["event.action"], found["event.outcome"], found["event.reason"]) == (
        "signin",
        "unknown",
        "anonymizedIPAddress",
    )
    assert (found["@timestamp"], found["user.id"]) == ("2026-03-04T05:06:07.000000Z", PERSON)


def test_every_change_of_a_risky_person_is_an_act():
    row = {"id": PERSON, "userPrincipalName": LOGIN, "riskLevel": "high"}
    risky = [
        {
            **SIGNIN,
            "category": "RiskyUsers",
            "properties": {**row, "riskLastUpdatedDateTime": f"2026-03-0{day}T05:00:00Z"},
        }
        for day in (3, 4)
    ]

    assert len({only(record)["event.id"] for record in risky}) == 2


@pytest.mark.parametrize(
    ("status", "outcome"), [(200, "success"), ("204", "success"), (403, "failure"), (None, "unknown")]
)
def test_a_call_of_graph_is_a_visit_without_its_query(status, outcome):
    row = {
        "requestId": "q-1",
        "requestMethod": "GET",
        "requestUri": "https://graph.microsoft.com/v1.0/users?$filter=secret",
        "responseStatusCode": status,
        "appId": SERVICE,
        "userId": PERSON,
        "ipAddress": "198.18.20.7",
    }
    called = {
        **SIGNIN,
        "category": "MicrosoftGraphActivityLogs",
        "operationName": "Microsoft Graph Activity",
        "properties": row,
    }
    found, service = only(called), only({**called, "properties": {**row, "userId": ""}})

    assert (found["event.action"], found["event.outcome"], found["http.request.method"]) == (
        "web_visit",
        outcome,
        "GET",
    )
    assert (found["url.full"], found["user.id"]) == ("https://graph.microsoft.com/v1.0/users", PERSON)
    assert (service["ai.actor.type"], service["ai.actor.id"]) == ("service", SERVICE)


def test_provisioning_is_a_change():
    row = {
        "id": "p-1",
        "activityDateTime": "2026-03-04T05:06:07Z",
        "servicePrincipal": {"displayName": "Glacier Chat"},
    }
    found = only(
        {
            **SIGNIN,
            "category": "ProvisioningLogs",
            "operationName": "Provisioning activity",
            "resultType": "Failure",
            "properties": row,
        }
    )

    assert (found["event.action"], found["event.outcome"], found["ai.app.name"]) == (
        "config_change",
        "failure",
        "Glacier Chat",
    )


def test_a_record_without_an_id_is_known_by_its_correlation_and_time():
    bare = {**SIGNIN, "properties": without(SIGNIN["properties"], "id")}

    assert only(bare)["event.id"] == only({**bare, "Level": 5})["event.id"]
    assert only(bare)["event.id"] != only({**bare, "time": "2026-03-04T05:08:12Z"})["event.id"]


def test_a_user_of_the_export_is_an_asset():
    found = only({"@odata.context": "x", "value": [ROW]})

    expected = {
        "event.kind": "asset",
        "event.action": "inventory",
        "event.category": ["iam"],
        "event.dataset": "entra.user",
        "event.code": "user",
        "user.id": PERSON,
        "user.email": "seven@nordlicht.example",
        "user.name": LOGIN,
        "ai.user.department": "Research",
        "user.roles": ["Global Reader"],
    }
    assert {key: found.get(key) for key in expected} == expected
    assert only({**ROW, "mail": None})["user.email"] == LOGIN
    assert only(lowered(ROW))["user.id"] == PERSON


def test_a_user_that_changed_is_another_state_and_one_that_did_not_is_the_same():
    assert only(ROW)["event.id"] == only({"value": [ROW]})["event.id"]
    assert only(ROW)["event.id"] != only({**ROW, "department": "Sales"})["event.id"]


def test_a_user_that_was_removed_is_told():
    found = only({"id": PERSON, "@removed": {"reason": "deleted"}})

    assert (found["event.action"], found["user.id"], found["event.reason"]) == (
        "inventory",
        PERSON,
        "deleted",
    )


@pytest.mark.parametrize(
    "record",
    [
        {
            "category": "Audit",
            "resourceId": "/x/MICROSOFT.COGNITIVESERVICES/y",
            "properties": {},
            "time": "x",
        },
        {"userPrincipalName": LOGIN, "id": "x", "category": "Other"},
    ],
)
def test_records_of_others_are_left_to_them(record):
    with suppress(BadRecord):
        assert "entra" not in {fields["event.module"] for fields in fields_of(record)}


@settings(max_examples=200, deadline=None)
@given(
    mutants([SIGNIN, lowered(SIGNIN), AUDIT, {**SIGNIN, "category": "AuditLogs", "properties": AUDIT}, ROW])
)
def test_no_mutant_makes_the_reader_fall(record):
    for source in ("auto", "entra"):
        judge(record, source, {LOGIN, PERSON, "seven@nordlicht.example", "t-1"})
