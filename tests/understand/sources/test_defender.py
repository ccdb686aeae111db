import json

import pytest
from hypothesis import given, settings

from pipeline.errors import BadRecord
from tests.understand.samples import COPILOT, fields_of, verbs
from tests.understand.sources.defender_records import (
    COMMON,
    CONNECTED,
    CREATED,
    DEVICE,
    FILE,
    IDENTITY,
    LOGGED_ON,
    LOGIN,
    LOGON,
    NETWORK,
    PERSON,
    PROCESS,
    SID,
    STARTED,
    TENANT,
    flat,
    row,
)
from tests.understand.sources.mutants import judge, lowered, mutants, only, picked


def process(**changes):
    return only(row("DeviceProcessEvents", STARTED, **changes))


def test_a_process_start_names_program_parent_person_and_device():
    expected = {
        "@timestamp": "2026-03-04T05:06:07.123456Z",
        "event.module": "m365_defender",
        "event.dataset": "m365_defender.process",
        "event.code": "ProcessCreated",
        "event.action": "process_start",
        "event.category": ["process"],
        "event.type": ["start"],
        "event.outcome": "success",
        "organization.id": TENANT,
        "user.email": LOGIN,
        "user.name": "analyst7",
        "user.domain": "nordlicht",
        "user.id": PERSON,
        "ai.actor.id": SID,
        "ai.actor.type": "human",
        "host.name": "nl-w-0417",
        "host.id": COMMON["DeviceId"],
        "process.name": "claude.exe",
        "process.executable": "C:\\Users\\analyst7\\claude\\claude.exe",
        "process.command_line": "claude.exe --dangerously-skip-permissions",
        "process.pid": 9120,
        "process.parent.name": "explorer.exe",
        "service.name": "Claude",
        "ai.content.available": "metadata",
    }
    assert picked(only(PROCESS), expected) == expected


@pytest.mark.parametrize(
    ("columns", "table"),
    [(STARTED, "DeviceProcessEvents"), (CREATED, "DeviceFileEvents"), (CONNECTED, "DeviceNetworkEvents")],
)
def test_every_way_of_transport_gives_the_same_act(columns, table):
    enveloped = row(table, columns)
    same = [
        {"records": [enveloped]},
        {**enveloped, "properties": json.dumps(enveloped["properties"])},
        lowered(enveloped),
        {**enveloped, "properties": lowered(enveloped["properties"])},
        {**enveloped, "category": enveloped["category"].lower()},
        flat(columns),
        lowered(flat(columns)),
        flat(columns, Type=table, TimeGenerated="2026-03-04T05:09:00Z"),
    ]
    first = only(enveloped)
    for record in same:
        assert {"organization.id": TENANT, **only(record)} == first


def test_the_table_of_a_flat_row_may_be_told_by_its_type():
    assert only(flat(LOGGED_ON, Type="DeviceLogonEvents"))["event.action"] == "signin"
    assert only(flat(LOGGED_ON))["event.action"] == "signin"
    assert (
        only({**IDENTITY, "Type": "IdentityLogonEvents", "ReportId": "r", "Timestamp": COMMON["Timestamp"]})[
            "event.dataset"
        ]
        == "m365_defender.logon"
    )


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"AccountUpn": "Other@nordlicht.example"}, {"user.email": "other@nordlicht.example"}),
        (
            {"InitiatingProcessAccountUpn": None},
            {"user.email": None, "user.name": "analyst7", "user.id": PERSON},
        ),
        ({"InitiatingProcessAccountUpn": "", "AccountDomain": "nordlicht.example"}, {"user.email": LOGIN}),
        (
            {"AccountName": None, "AccountDomain": None, "AccountSid": None},
            {"user.name": "analyst7", "user.email": LOGIN},
        ),
        ({"AccountObjectId": "x", "InitiatingProcessAccountObjectId": "y"}, {"user.id": None}),
        ({"AccountUpn": "[REDACTED]", "InitiatingProcessAccountUpn": "redacted"}, {"user.email": None}),
        ({"AccountName": 7, "AccountDomain": [], "AccountSid": {}}, {"user.name": "analyst7"}),
    ],
)
def test_the_person_is_that_of_the_account_else_of_the_process_behind(changes, expected):
    assert picked(process(**changes), expected) == expected


@pytest.mark.parametrize(
    "changes",
    [
        {"AccountName": "SYSTEM"},
        {"AccountName": "local service"},
        {"AccountName": "network service"},
        {"AccountName": "dwm-3"},
        {"AccountName": "UMFD-0"},
        {"AccountName": "NL-W-0417$"},
        {"AccountDomain": "NT AUTHORITY"},
        {"AccountDomain": "Window Manager"},
        {"AccountDomain": "font driver host"},
        {"AccountSid": "S-1-5-18"},
        {"AccountSid": "S-1-5-20"},
    ],
)
def test_an_account_of_the_system_is_no_person(changes):
    found = process(**changes)

    assert found["ai.actor.type"] == "service"
    assert not {"user.name", "user.email", "user.id", "user.domain"} & found.keys()


def test_a_person_started_by_the_system_stays_a_person():
    behind = {
        "InitiatingProcessAccountName": "system",
        "InitiatingProcessAccountSid": "S-1-5-18",
        "InitiatingProcessAccountUpn": "",
    }
    found = process(
        **behind,
        InitiatingProcessAccountObjectId="",
        InitiatingProcessAccountDomain="nt authority",
        AccountSid=None,
    )

    assert (found["user.name"], found["ai.actor.type"]) == ("analyst7", "human")
    assert "ai.actor.id" not in found


@pytest.mark.parametrize(
    ("folder", "name", "path"),
    [
        ("C:\\a\\claude.exe", "claude.exe", "C:\\a\\claude.exe"),
        ("C:\\a\\CLAUDE.EXE", "claude.exe", "C:\\a\\CLAUDE.EXE"),
        ("C:\\a", "claude.exe", "C:\\a\\claude.exe"),
        ("C:\\a\\", "claude.exe", "C:\\a\\claude.exe"),
        ("/usr/local/bin", "claude", "/usr/local/bin/claude"),
        ("/usr/local/bin/claude", "claude", "/usr/local/bin/claude"),
        ("/usr/local/bin/claude", None, "/usr/local/bin/claude"),
        (None, "claude", None),
        ([], "claude", None),
    ],
)
def test_a_path_ends_in_the_name_of_the_file(folder, name, path):
    assert process(FolderPath=folder, FileName=name).get("process.executable") == path
    assert only(row("DeviceFileEvents", CREATED, FolderPath=folder, FileName=name)).get("file.path") == path


def test_another_act_on_a_process_is_a_change():
    found = process(ActionType="OpenProcess")

    assert (found["event.action"], found["event.code"], found["process.name"]) == (
        "config_change",
        "OpenProcess",
        "explorer.exe",
    )


@pytest.mark.parametrize(
    "table",
    [
        "AlertInfo",
        "AlertEvidence",
        "EmailEvents",
        "UrlClickEvents",
        "DeviceTvmSoftwareInventory",
        "DeviceRegistryEvents",
    ],
)
def test_other_tables_are_refused_by_their_name(table):
    with pytest.raises(BadRecord, match=f"the table {table}, which tells of no interaction"):
        fields_of(row(table, ActionType="x"))


def test_the_name_of_a_table_that_is_none_is_not_repeated():
    with pytest.raises(BadRecord, match="a table that is not named"):
        fields_of(row("hunter2 / x"))


def test_a_row_is_known_by_device_time_report_and_table():
    ids = {
        only(record)["event.id"]
        for record in (
            PROCESS,
            {**PROCESS, "time": "2026-03-04T05:09:00Z"},
            row("DeviceProcessEvents", STARTED, ReportId="48113"),
            row("DeviceProcessEvents", STARTED, MachineGroup="x"),
        )
    }
    others = {
        only(row("DeviceProcessEvents", STARTED, **{key: value}))["event.id"]
        for key, value in (("ReportId", 48114), ("Timestamp", "2026-03-04T05:06:08Z"), ("DeviceId", "5b20"))
    }

    assert (len(ids), len(others - ids)) == (1, 3)


@pytest.mark.parametrize(
    ("changes", "time"),
    [
        ({"Timestamp": None, "TimeGenerated": "2026-03-04T05:07:00Z"}, "2026-03-04T05:07:00.000000Z"),
        ({"Timestamp": "x"}, "2026-03-04T05:08:11.421000Z"),
    ],
)
def test_the_time_of_publishing_is_the_last_resort(changes, time):
    assert process(**changes)["@timestamp"] == time


@pytest.mark.parametrize(
    ("name", "host"), [("host7", "host7"), ("", None), (None, None), ("-", None), (7, None)]
)
def test_the_host_is_the_first_label(name, host):
    assert process(DeviceName=name).get("host.name") == host


def test_a_row_without_a_process_is_read():
    bare = {key: value for key, value in NETWORK["properties"].items() if not key.startswith("Initiating")}
    found = only({**NETWORK, "properties": bare})

    assert not {"ai.surface", "process.name", "user.name", "ai.actor.type"} & found.keys()


def test_verbs_of_a_batch_keep_their_order():
    assert verbs({"records": [PROCESS, FILE, NETWORK, LOGON]}) == [
        "process_start",
        "file_access",
        "web_visit",
        "signin",
    ]


@settings(max_examples=250, deadline=None)
@given(
    mutants(
        [PROCESS, FILE, NETWORK, LOGON, lowered(PROCESS), flat(CONNECTED), row("DeviceInfo", DEVICE), row("IdentityLogonEvents", IDENTITY), row("DeviceEvents", ActionType="DnsQueryResponse", AdditionalFields='{"DnsQueryString": "a.example"}'), row("CloudAppEvents", RawEventData=COPILOT)]
    )
)  # fmt: skip
def test_no_mutant_makes_the_reader_fall(record):
    people = {
        LOGIN,
        PERSON,
        COPILOT["UserId"],
        COPILOT["UserKey"],
        "analyst7@nordlicht",
        "analyst8@nordlicht.example",
    }
    for source in ("auto", "defender"):
        judge(record, source, people)
