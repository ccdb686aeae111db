import pytest
from hypothesis import given, settings

from tests.understand.samples import fields_of
from tests.understand.sources.mutants import judge, mutants, only, picked

LOGIN = "analyst7@nordlicht.example"
DEVICE = {
    "id": 31,
    "device_name": "nl-t-0417",
    "model_name": "Tab 7",
    "os_name": "Android",
    "os_version": "14",
    "enrolled_time": "2025-03-04T05:06:07Z",
    "last_reported": "2026-03-04T05:06:07Z",
    "compliant": True,
    "serial_number": "SN-7",
    "udid": "6F1B-7",
    "imei": None,
    "enrollment_status": "enrolled",
    "user": {"id": 9, "name": "Seven", "email": LOGIN},
}
GROUP = {
    "id": 2,
    "groupname": "Field",
    "description": "x",
    "devices": [
        {"id": 31, "name": "nl-t-0417", "model_name": "Tab 7", "platform": "android"},
        {"id": 32, "name": "nl-t-0418", "model_name": "Tab 7", "platform": "ios"},
    ],
}


def test_a_device_is_an_asset():
    expected = {
        "@timestamp": "2026-03-04T05:06:07.000000Z",
        "event.module": "hexnode",
        "event.kind": "asset",
        "event.action": "inventory",
        "device.id": "6F1B-7",
        "device.serial_number": "SN-7",
        "host.id": "31",
        "host.name": "nl-t-0417",
        "host.os.type": "android",
        "host.os.version": "14",
        "user.name": "Seven",
        "user.email": LOGIN,
        "user.id": None,
        "ai.actor.id": "9",
        "ai.device.managed": True,
        "ai.device.compliant": True,
        "ai.device.encrypted": None,
    }
    assert picked(only({"count": 1, "next": None, "results": [DEVICE]}), expected) == expected


@pytest.mark.parametrize(
    ("changes", "field", "expected"),
    [
        ({"udid": None}, "device.id", "SN-7"),
        ({"udid": None, "serial_number": ""}, "device.id", "31"),
        ({"enrollment_status": "disenrolled"}, "ai.device.managed", False),
        ({"enrollment_status": None}, "ai.device.managed", None),
        ({"compliant": "false"}, "ai.device.compliant", False),
        ({"compliant": None}, "ai.device.compliant", None),
        ({"user": None}, "user.name", None),
        ({"user": {"name": "Seven"}}, "user.email", None),
        ({"os_name": "macOS"}, "host.os.type", "macos"),
    ],
)
def test_every_state_of_a_device_is_read(changes, field, expected):
    assert only({**DEVICE, **changes}).get(field) == expected


def test_a_group_gives_every_device_and_no_posture():
    found = fields_of(GROUP)

    assert [(one["host.id"], one["host.name"], one["host.os.type"]) for one in found] == [
        ("31", "nl-t-0417", "android"),
        ("32", "nl-t-0418", "ios"),
    ]
    assert not any("ai.device.managed" in one for one in found)
    assert len({one["event.id"] for one in found}) == 2


def test_a_state_is_known_by_device_and_report():
    later = {**DEVICE, "last_reported": "2026-03-05T05:06:07Z"}

    assert (
        only({**DEVICE, "battery_level": 7})["event.id"]
        == only(DEVICE)["event.id"]
        != only(later)["event.id"]
    )


@settings(max_examples=150, deadline=None)
@given(mutants([DEVICE, GROUP]))
def test_no_mutant_makes_the_reader_fall(record):
    for source in ("auto", "hexnode"):
        judge(record, source, {LOGIN})
