import re

import pytest
from hypothesis import given, settings

from tests.understand.sources.mutants import judge, lowered, mutants, only, picked

LOGIN = "analyst7@nordlicht.example"
COMPUTER = {
    "id": "17",
    "udid": "6F1B-7",
    "general": {
        "name": "nl-m-0417",
        "platform": "Mac",
        "lastReportedIp": "198.18.20.7",
        "remoteManagement": {"managed": True, "managementUsername": "x"},
        "lastContactTime": "2026-03-04T05:06:07.123Z",
        "reportDate": "2026-03-03T05:06:07Z",
    },
    "hardware": {"serialNumber": "SN-7"},
    "operatingSystem": {"name": "macOS", "version": "14.3", "fileVault2Status": "ALL_ENCRYPTED"},
    "diskEncryption": {"bootPartitionEncryptionDetails": {"partitionFileVault2State": "ENCRYPTED"}},
    "security": None,
    "userAndLocation": {"username": "analyst7", "email": LOGIN},
}
EXPECTED = {
    "@timestamp": "2026-03-04T05:06:07.123000Z",
    "event.module": "jamf",
    "event.dataset": "jamf.computer",
    "event.kind": "asset",
    "event.action": "inventory",
    "event.category": ["host"],
    "device.id": "6F1B-7",
    "device.serial_number": "SN-7",
    "host.id": "17",
    "host.name": "nl-m-0417",
    "host.os.type": "macos",
    "host.os.version": "14.3",
    "user.email": LOGIN,
    "user.name": "analyst7",
    "ai.device.managed": True,
    "ai.device.encrypted": True,
    "ai.device.compliant": None,
    "source.ip": None,
}


def snaked(value):
    if isinstance(value, dict):
        return {re.sub("(?<!^)([A-Z])", r"_\1", key).lower(): snaked(one) for key, one in value.items()}
    return value


@pytest.mark.parametrize(
    "record",
    [COMPUTER, {"totalCount": 1, "results": [COMPUTER]}, snaked(COMPUTER), lowered(COMPUTER)],
    ids=range(4),
)
def test_a_computer_is_an_asset_in_every_spelling(record):
    assert picked(only(record), EXPECTED) == EXPECTED


@pytest.mark.parametrize(
    ("partition", "status", "encrypted"),
    [
        ("ENCRYPTED", None, True),
        ("VALID", None, True),
        (None, "BOOT_ENCRYPTED", True),
        (None, "NOT_ENCRYPTED", False),
        ("DECRYPTED", None, False),
        ("UNKNOWN", "NOT_APPLICABLE", None),
        (None, None, None),
        (7, [], None),
    ],
)
def test_encryption_is_told_by_either_section(partition, status, encrypted):
    disk = {"bootPartitionEncryptionDetails": {"partitionFileVault2State": partition}}
    found = only({**COMPUTER, "diskEncryption": disk, "operatingSystem": {"fileVault2Status": status}})

    assert found.get("ai.device.encrypted") is encrypted


@pytest.mark.parametrize("section", ["hardware", "operatingSystem", "diskEncryption", "userAndLocation"])
def test_a_section_that_was_not_asked_for_is_no_fault(section):
    found = only({**COMPUTER, section: None})

    assert (found["host.name"], found["device.id"]) == ("nl-m-0417", "6F1B-7")


def test_the_report_stands_in_for_the_contact():
    general = {**COMPUTER["general"], "lastContactTime": None}

    assert only({**COMPUTER, "general": general})["@timestamp"] == "2026-03-03T05:06:07.000000Z"


def test_a_state_is_known_by_computer_and_contact():
    later = {**COMPUTER, "general": {**COMPUTER["general"], "lastContactTime": "2026-03-05T05:06:07Z"}}

    assert (
        only({**COMPUTER, "security": {}})["event.id"]
        == only(COMPUTER)["event.id"]
        != only(later)["event.id"]
    )


@settings(max_examples=150, deadline=None)
@given(mutants([COMPUTER, snaked(COMPUTER)]))
def test_no_mutant_makes_the_reader_fall(record):
    for source in ("auto", "jamf"):
        judge(record, source, {LOGIN})
