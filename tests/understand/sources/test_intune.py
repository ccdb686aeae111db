import json

import pytest
from hypothesis import given, settings

from tests.understand.sources.mutants import judge, lowered, mutants, only, picked

LOGIN, TENANT = "analyst7@nordlicht.example", "9e7a0000-1111-4222-8333-444455556666"
PERSON = "b0c20000-0000-4000-8000-000000000007"
NOBODY = "00000000-0000-0000-0000-000000000000"
DEVICE = {
    "@odata.type": "#microsoft.graph.managedDevice",
    "id": "intune-1",
    "azureADDeviceId": "d1e00000-0000-4000-8000-000000000001",
    "deviceName": "nl-w-0417",
    "userId": PERSON,
    "userPrincipalName": LOGIN,
    "emailAddress": "seven@nordlicht.example",
    "operatingSystem": "Windows",
    "osVersion": "10.0.22631",
    "complianceState": "compliant",
    "isEncrypted": True,
    "jailBroken": "Unknown",
    "lastSyncDateTime": "2026-03-04T05:06:07.1234567+00:00",
    "enrolledDateTime": "2025-03-04T05:06:07Z",
    "serialNumber": "SN-7",
}
OUTER = {"time": "2026-03-04T06:00:00.0000000Z", "tenantId": TENANT, "resultType": "None"}
REPORT = {
    **OUTER,
    "category": "Devices",
    "operationName": "Devices",
    "properties": {
        "DeviceId": "intune-1",
        "DeviceName": "nl-w-0417",
        "UPN": LOGIN,
        "OS": "macOS",
        "OSVersion": "14.3",
        "CompliantState": "Compliant",
        "Ownership": "Corporate",
        "SerialNumber": "SN-7",
        "LastContact": "2026-03-04 05:06:07.123",
        "EncryptionStatusString": "True",
        "JailBroken": "False",
        "PrimaryUser": PERSON,
    },
}
COMPLIANCE = {
    **OUTER,
    "category": "DeviceComplianceOrg",
    "operationName": "DeviceComplianceOrg",
    "properties": {
        "DeviceId": "intune-1",
        "DeviceName": "nl-w-0417",
        "UPN": LOGIN,
        "ComplianceState": "1",
        "ComplianceState_loc": "Compliant",
        "OS": "Windows",
        "LastContact": "2026-03-04 05:06:07.123",
        "UserId": PERSON,
    },
}
ALERT = {
    **OUTER,
    "category": "OperationalLogs",
    "operationName": "Compliance",
    "properties": {
        "IntuneDeviceId": "intune-1",
        "DeviceHostName": "nl-w-0417",
        "DeviceName": "x",
        "DeviceOperatingSystem": "iOS",
        "UserName": "analyst7",
        "UPNSuffix": "nordlicht.example",
        "AlertType": "Managed Device Not Compliant",
        "IntuneUserId": PERSON,
    },
}
ENROLMENT = {
    **OUTER,
    "category": "OperationalLogs",
    "operationName": "Enrollment",
    "correlationId": "c-1",
    "properties": {
        "IntuneDeviceId": "intune-1",
        "AADDeviceId": "d1e00000-0000-4000-8000-000000000001",
        "Os": "Android",
        "OsVersion": "14",
        "EnrollmentType": "x",
        "FailureReason": "DeviceCapReached",
    },
}
AUDIT = {
    **OUTER,
    "category": "AuditLogs",
    "operationName": "Patch DeviceConfiguration",
    "resultType": "Success",
    "identity": "other@nordlicht.example",
    "properties": {
        "ActivityDate": "3/4/2026 5:06:07 AM",
        "ActivityType": "Patch DeviceConfiguration",
        "Actor": {"UPN": LOGIN, "ObjectId": PERSON, "ApplicationName": "Portal"},
        "TargetDisplayNames": ["<null>"],
        "Targets": [
            {
                "Name": "<null>",
                "ModifiedProperties": [
                    {"Name": "Password", "Old": "hunter1", "New": "hunter2"},
                    {"Name": "Block", "Old": "<null>", "New": "true"},
                ],
            }
        ],
        "AuditEventId": "audit-1",
    },
}


def reported(record, **changes):
    return {**record, "properties": {**record["properties"], **changes}}


def test_a_managed_device_is_an_asset_with_its_posture():
    expected = {
        "@timestamp": "2026-03-04T05:06:07.123456Z",
        "event.module": "intune",
        "event.dataset": "intune.device",
        "event.kind": "asset",
        "event.action": "inventory",
        "event.category": ["host"],
        "event.type": ["info"],
        "device.id": "d1e00000-0000-4000-8000-000000000001",
        "host.id": "intune-1",
        "host.name": "nl-w-0417",
        "host.os.type": "windows",
        "host.os.version": "10.0.22631",
        "device.serial_number": "SN-7",
        "user.id": PERSON,
        "user.email": LOGIN,
        "ai.device.managed": True,
        "ai.device.compliant": True,
        "ai.device.encrypted": True,
    }
    assert picked(only(DEVICE), expected) == expected


@pytest.mark.parametrize(
    "record",
    [
        {"@odata.context": "x", "value": [DEVICE]},
        lowered(DEVICE),
        {**{key: DEVICE[key] for key in DEVICE if key != "@odata.type"}},
        {**lowered(DEVICE), "at_sign_odata_type": "#microsoft.graph.managedDevice"},
    ],
    ids=range(4),
)
def test_every_form_of_a_managed_device_is_the_same_asset(record):
    assert only(record) == only(DEVICE)


def test_a_type_whose_sign_was_written_out_is_a_type():
    bare = {key: DEVICE[key] for key in DEVICE if key not in ("@odata.type", "complianceState")}
    found = only({**bare, "at_sign_odata_type": "#microsoft.graph.managedDevice"})

    assert found["event.dataset"] == "intune.device"


@pytest.mark.parametrize(
    ("changes", "field", "expected"),
    [
        ({"azureADDeviceId": NOBODY}, "device.id", "intune-1"),
        ({"userPrincipalName": ""}, "user.email", "seven@nordlicht.example"),
        ({"userPrincipalName": "seven", "emailAddress": "seven"}, "user.email", None),
        ({"userId": NOBODY}, "user.id", None),
        ({"complianceState": "noncompliant"}, "ai.device.compliant", False),
        ({"complianceState": "inGracePeriod"}, "ai.device.compliant", False),
        ({"complianceState": "unknown"}, "ai.device.compliant", False),
        ({"complianceState": None}, "ai.device.compliant", None),
        ({"isEncrypted": "False"}, "ai.device.encrypted", False),
        ({"isEncrypted": None}, "ai.device.encrypted", None),
        ({"operatingSystem": "macOS"}, "host.os.type", "macos"),
        ({"operatingSystem": "iPadOS"}, "host.os.type", "ios"),
        ({"operatingSystem": "AndroidForWork"}, "host.os.type", "android"),
        ({"operatingSystem": "Ubuntu"}, "host.os.type", "linux"),
        ({"operatingSystem": "ChromeOS"}, "host.os.type", None),
        ({"operatingSystem": 7}, "host.os.type", None),
    ],
)
def test_every_state_of_a_device_is_read(changes, field, expected):
    assert only({**DEVICE, **changes}).get(field) == expected


def test_a_later_state_is_another_act_and_the_same_state_is_the_same():
    later = {**DEVICE, "lastSyncDateTime": "2026-03-05T05:06:07Z"}
    unseen = {**DEVICE, "lastSyncDateTime": None}

    assert only(DEVICE)["event.id"] == only({**DEVICE, "imei": "7"})["event.id"] != only(later)["event.id"]
    assert only(unseen)["event.id"] != only({**unseen, "imei": "7"})["event.id"]


def test_a_reported_device_is_an_asset():
    expected = {
        "@timestamp": "2026-03-04T05:06:07.123000Z",
        "event.action": "inventory",
        "event.code": "Devices",
        "organization.id": TENANT,
        "device.id": "intune-1",
        "host.name": "nl-w-0417",
        "host.os.type": "macos",
        "host.os.version": "14.3",
        "user.id": PERSON,
        "user.email": LOGIN,
        "ai.device.managed": True,
        "ai.device.compliant": True,
        "ai.device.encrypted": True,
    }
    assert picked(only(REPORT), expected) == expected
    assert picked(only({"records": [lowered(REPORT)]}), expected) == expected
    assert picked(only({**REPORT, "properties": json.dumps(REPORT["properties"])}), expected) == expected


@pytest.mark.parametrize(
    ("code", "word", "compliant"),
    [
        ("1", "Compliant", True),
        ("1", None, True),
        (1, "", True),
        ("2", "Not compliant", False),
        ("3", "Compliant", True),
        ("4", None, None),
        (None, "In grace period", False),
    ],
)
def test_the_word_of_a_compliance_code_is_trusted(code, word, compliant):
    found = only(reported(COMPLIANCE, ComplianceState=code, ComplianceState_loc=word))

    assert found.get("ai.device.compliant") is compliant
    assert (found["event.action"], found["user.id"], found["user.email"]) == ("inventory", PERSON, LOGIN)


def test_a_device_that_does_not_comply_is_an_asset_that_says_so():
    expected = {
        "event.action": "inventory",
        "event.code": "Compliance",
        "event.reason": "Managed Device Not Compliant",
        "ai.device.compliant": False,
        "device.id": "intune-1",
        "host.name": "nl-w-0417",
        "host.os.type": "ios",
        "user.email": LOGIN,
        "user.id": PERSON,
    }
    assert picked(only(ALERT), expected) == expected
    assert only(reported(ALERT, UserName=LOGIN))["user.email"] == LOGIN
    assert only({**ALERT, "operationName": None})["ai.device.compliant"] is False


def test_an_enrolment_is_a_change_that_may_fail():
    expected = {
        "event.action": "config_change",
        "event.code": "Enrollment",
        "event.outcome": "failure",
        "event.reason": "DeviceCapReached",
        "device.id": "d1e00000-0000-4000-8000-000000000001",
        "host.id": "intune-1",
        "host.os.type": "android",
    }
    assert picked(only(ENROLMENT), expected) == expected
    assert (
        only({**reported(ENROLMENT, FailureReason="<null>"), "resultType": "Success"})["event.outcome"]
        == "success"
    )


def test_an_administrators_act_names_what_changed_and_no_value():
    expected = {
        "@timestamp": "2026-03-04T05:06:07.000000Z",
        "event.action": "config_change",
        "event.dataset": "intune.audit",
        "event.code": "Patch DeviceConfiguration",
        "event.outcome": "success",
        "event.reason": "Block, Password",
        "user.id": PERSON,
        "user.email": LOGIN,
    }
    found = only(AUDIT)

    assert picked(found, expected) == expected
    assert "hunter" not in json.dumps(found)
    assert found["event.id"] == only({**AUDIT, "time": "2026-03-04:06:07.123"})["event.id"]


@pytest.mark.parametrize(
    ("actor", "identity", "expected"),
    [
        ({"UPN": None, "ApplicationName": "Sync"}, LOGIN, {"user.email": LOGIN, "service.name": None}),
        (
            {"UPN": "<null>", "ApplicationName": "Sync", "ObjectId": PERSON},
            "x",
            {"user.email": None, "service.name": "Sync", "ai.actor.type": "service"},
        ),
        (None, None, {"user.email": None, "ai.actor.type": None}),
        ([], LOGIN, {"user.email": LOGIN}),
    ],
)
def test_the_actor_of_an_audit_event_is_a_person_or_an_application(actor, identity, expected):
    assert picked(only({**reported(AUDIT, Actor=actor), "identity": identity}), expected) == expected


@settings(max_examples=200, deadline=None)
@given(mutants([DEVICE, lowered(DEVICE), REPORT, COMPLIANCE, ALERT, ENROLMENT, AUDIT]))
def test_no_mutant_makes_the_reader_fall(record):
    for source in ("auto", "intune"):
        judge(record, source, {LOGIN, PERSON, "seven@nordlicht.example", "other@nordlicht.example"})
