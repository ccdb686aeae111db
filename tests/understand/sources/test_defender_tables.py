import json

import pytest

from pipeline.errors import BadRecord
from tests.understand.samples import COPILOT, fields_of
from tests.understand.sources.defender_records import (
    COMMON,
    CONNECTED,
    CREATED,
    DEVICE,
    FILE,
    IDENTITY,
    LOGGED_ON,
    LOGIN,
    NETWORK,
    PERSON,
    row,
)
from tests.understand.sources.mutants import only, picked


def connection(**changes):
    return only(row("DeviceNetworkEvents", CONNECTED, **changes))


def test_a_file_names_its_label_its_page_and_the_process():
    expected = {
        "event.dataset": "m365_defender.file",
        "event.action": "file_access",
        "event.category": ["file"],
        "event.type": ["creation"],
        "file.name": "q1 rates.xlsx",
        "file.extension": "xlsx",
        "file.path": CREATED["FolderPath"],
        "file.size": 88211,
        "file.hash.sha256": "cc33",
        "ai.data.label": "Confidential/Finance",
        "ai.content.available": "labels",
        "url.full": "https://share.glacier.example/q1",
        "url.domain": "share.glacier.example",
        "process.name": "explorer.exe",
        "process.executable": "c:\\windows\\explorer.exe",
        "process.command_line": "Explorer.EXE",
        "process.pid": 4711,
        "process.parent.name": "userinit.exe",
        "service.name": "Explorer",
        "user.email": LOGIN,
    }
    found = only(FILE)

    assert picked(found, expected) == expected
    assert "hunter2" not in json.dumps(found)


@pytest.mark.parametrize(
    ("action", "kind"),
    [
        ("FileModified", "change"),
        ("FileRenamed", "change"),
        ("FileDeleted", "deletion"),
        ("FileStrange", "access"),
    ],
)
def test_the_change_of_a_file_is_told_by_its_action(action, kind):
    found = only(row("DeviceFileEvents", CREATED, ActionType=action, SensitivitySubLabel=None))

    assert (found["event.type"], found["event.code"], found["ai.data.label"]) == (
        [kind],
        action,
        "Confidential",
    )
    assert "url.domain" not in found


@pytest.mark.parametrize(
    ("name", "extension"), [("a.tar.gz", "gz"), ("Makefile", None), (".bashrc", None), (7, None)]
)
def test_the_extension_is_that_of_the_name(name, extension):
    assert only(row("DeviceFileEvents", CREATED, FileName=name)).get("file.extension") == extension


def test_a_connection_is_a_visit_by_a_process():
    expected = {
        "event.dataset": "m365_defender.network",
        "event.action": "web_visit",
        "event.category": ["network"],
        "event.type": ["connection", "allowed"],
        "event.outcome": "success",
        "destination.ip": "198.18.140.3",
        "destination.port": 443,
        "source.ip": "198.18.20.7",
        "url.domain": "chat.glacier-ai.example",
        "process.name": "msedge.exe",
        "ai.surface": "browser",
        "user.email": LOGIN,
    }
    assert picked(only(NETWORK), expected) == expected


@pytest.mark.parametrize(
    ("action", "outcome", "kind"),
    [
        ("ConnectionFailed", "failure", "denied"),
        ("ConnectionAttempt", "unknown", "allowed"),
        ("ConnectionRequest", "success", "allowed"),
        ("ConnectionFound", "success", "allowed"),
        ("ConnectionAcknowledged", "success", "allowed"),
    ],
)
def test_a_connection_may_fail(action, outcome, kind):
    found = connection(ActionType=action)

    assert (found["event.outcome"], found["event.type"]) == (outcome, ["connection", kind])


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("chat.glacier-ai.example:443", {"url.domain": "chat.glacier-ai.example", "url.full": None}),
        (
            "https://Chat.glacier-ai.example/c/1?q=x",
            {"url.full": "https://chat.glacier-ai.example/c/1", "url.path": "/c/1"},
        ),
        (None, {"url.domain": None, "destination.ip": "198.18.140.3"}),
        ("", {"url.domain": None}),
        (7, {"url.domain": None}),
    ],
)
def test_the_page_of_a_connection_comes_in_every_form(url, expected):
    assert picked(connection(RemoteUrl=url), expected) == expected


@pytest.mark.parametrize(
    ("action", "told", "expected"),
    [
        (
            "DnsConnectionInspected",
            {"query": "chatgpt.com", "qtype_name": "A"},
            {"url.domain": "chatgpt.com"},
        ),
        ("SslConnectionInspected", {"server_name": "chatgpt.com"}, {"url.domain": "chatgpt.com"}),
        (
            "HttpConnectionInspected",
            {
                "host": "a.example",
                "uri": "/x?y=z",
                "method": "GET",
                "user_agent": "curl/8",
                "status_code": "200",
            },
            {
                "url.domain": "a.example",
                "url.path": "/x",
                "http.request.method": "GET",
                "http.response.status_code": 200,
                "user_agent.original": "curl/8",
            },
        ),
        ("HttpConnectionInspected", {"uri": "http://a.example/x"}, {"url.full": "http://a.example/x"}),
        ("NetworkSignatureInspected", {}, {"url.domain": None, "destination.ip": "198.18.140.3"}),
        ("IcmpConnectionInspected", "nothing", {"url.domain": None}),
    ],
)
@pytest.mark.parametrize("write", [json.dumps, dict.copy])
def test_inspected_traffic_names_what_was_seen(action, told, expected, write):
    told = write({"direction": "Out", **told}) if isinstance(told, dict) else told
    found = connection(ActionType=action, RemoteUrl=None, AdditionalFields=told)

    assert picked(found, expected) == expected
    assert found["event.code"] == action


@pytest.mark.parametrize(
    "changes",
    [
        {"ActionType": "InboundConnectionAccepted"},
        {"ActionType": "ListeningConnectionCreated"},
        {
            "ActionType": "DnsConnectionInspected",
            "AdditionalFields": '{"direction": "In", "query": "x.example"}',
        },
    ],
)
def test_what_comes_in_is_no_visit(changes):
    with pytest.raises(BadRecord, match="no visit"):
        connection(**changes)


@pytest.mark.parametrize(
    ("action", "changes", "expected"),
    [
        ("BrowserLaunchedToOpenUrl", {"RemoteUrl": "https://chatgpt.com/?q=x"}, {"event.action": "web_visit", "url.full": "https://chatgpt.com/", "event.category": ["web"]}),
        ("DnsQueryResponse", {"AdditionalFields": '{"DnsQueryString": "chatgpt.com"}'}, {"event.action": "web_visit", "url.domain": "chatgpt.com", "event.category": ["network"], "event.type": ["protocol", "allowed"]}),
        ("SensitiveFileRead", CREATED, {"event.action": "file_access", "event.type": ["access"], "file.name": "q1 rates.xlsx", "url.domain": None}),
        ("RemovableStorageFileEvent", CREATED, {"event.action": "file_access", "ai.data.label": "Confidential/Finance"}),
        ("AntivirusDetection", {}, {"event.action": "config_change", "process.name": "explorer.exe"}),
    ],
)  # fmt: skip
def test_the_table_of_many_acts_is_told_by_action(action, changes, expected):
    found = only(row("DeviceEvents", {**changes, "ActionType": action}))

    assert picked(found, expected) == expected
    assert found["event.code"] == action


@pytest.mark.parametrize(
    ("action", "outcome"),
    [("LogonSuccess", "success"), ("LogonFailed", "failure"), ("LogonAttempted", "unknown")],
)
def test_a_logon_names_who_logs_on_and_not_who_asked(action, outcome):
    found = only(row("DeviceLogonEvents", LOGGED_ON, ActionType=action))

    expected = {
        "event.action": "signin",
        "event.category": ["authentication"],
        "event.outcome": outcome,
        "user.email": "analyst8@nordlicht.example",
        "user.name": "analyst8",
        "ai.actor.id": "S-1-12-1-8",
        "source.ip": "198.18.20.8",
        "host.name": "nl-w-0417",
    }
    assert picked(found, expected) == expected
    assert "user.id" not in found


def test_a_logon_that_another_person_asked_for_is_not_theirs():
    found = only(row("DeviceLogonEvents", LOGGED_ON, InitiatingProcessAccountName="analyst7"))

    assert (found["user.email"], "user.id" in found) == ("analyst8@nordlicht.example", False)


def test_a_logon_to_the_directory_names_the_application():
    expected = {
        "event.action": "signin",
        "event.code": "LogonFailed",
        "event.outcome": "failure",
        "event.reason": "WrongPassword",
        "user.email": LOGIN,
        "user.id": PERSON,
        "source.ip": "198.18.20.7",
        "ai.app.name": "Microsoft 365",
    }
    assert picked(only(row("IdentityLogonEvents", IDENTITY)), expected) == expected


def test_a_device_is_an_asset():
    expected = {
        "event.kind": "asset",
        "event.action": "inventory",
        "event.category": ["host"],
        "event.code": "DeviceInfo",
        "device.id": "d1e00000-0000-4000-8000-000000000001",
        "host.name": "nl-w-0417",
        "host.id": COMMON["DeviceId"],
        "host.os.type": "windows",
        "host.os.version": "10.0",
        "user.name": "analyst7",
    }
    assert picked(only(row("DeviceInfo", DEVICE)), expected) == expected


@pytest.mark.parametrize("users", ["[]", "x", None, '[{"UserName": "a"}, {"UserName": "b"}]', [7]])
def test_a_device_of_several_people_is_nobodys(users):
    assert "user.name" not in only(row("DeviceInfo", DEVICE, LoggedOnUsers=users))


@pytest.mark.parametrize("write", [json.dumps, dict.copy])
def test_a_row_of_a_cloud_application_is_the_audit_record_in_it(write):
    found = fields_of(row("CloudAppEvents", ActionType="CopilotInteraction", RawEventData=write(COPILOT)))

    assert [fields["event.id"] for fields in found] == [fields["event.id"] for fields in fields_of(COPILOT)]
    assert {fields["event.module"] for fields in found} == {"o365"}


def test_a_row_of_a_cloud_application_without_that_record_is_a_change():
    found = only(
        row(
            "CloudAppEvents",
            ActionType="Strange",
            AccountObjectId=PERSON,
            IPAddress="198.18.20.7",
            Application="Dropbox",
            RawEventData="{",
        )
    )

    assert (found["event.action"], found["event.code"], found["user.id"]) == (
        "config_change",
        "Strange",
        PERSON,
    )
    assert (found["source.ip"], found["ai.app.name"]) == ("198.18.20.7", "Dropbox")
