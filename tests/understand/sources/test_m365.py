import json

import pytest

from tests.understand.samples import ADA, COPILOT, M365_SIGNIN, fields_of, one, verbs

DATA = COPILOT["CopilotEventData"]


def copilot(**changes):
    return {**COPILOT, "CopilotEventData": {**DATA, **changes}}


def test_an_interaction_gives_its_messages_and_what_it_read():
    assert verbs(COPILOT) == ["prompt", "completion", "file_access"]


def test_the_prompt_names_person_thread_and_host_application():
    prompt = one(COPILOT, "prompt")

    assert (prompt["user.email"], prompt["user.id"]) == (ADA, COPILOT["UserKey"])
    assert prompt["gen_ai.conversation.id"] == "19:thread@thread.v2"
    assert (prompt["ai.app.name"], prompt["ai.surface"], prompt["service.name"]) == (
        "Copilot Word",
        "desktop",
        "m365-copilot",
    )
    assert prompt["source.ip"] == "192.0.2.18"
    assert prompt["@timestamp"] == "2026-03-04T09:05:00.001000Z"
    assert (prompt["ai.content.available"], prompt["event.dataset"]) == ("metadata", "o365.copilot")
    assert "ai.task.id" not in prompt


def test_a_file_keeps_its_label_and_loses_its_query():
    file = one(COPILOT, "file_access")

    assert (file["file.name"], file["file.extension"], file["ai.data.label"]) == ("plan.docx", "docx", "d1")
    assert file["url.full"] == "https://fernwood.sharepoint.example/plan.docx"
    assert file["ai.content.available"] == "labels"


def test_a_web_search_reads_the_web_not_files():
    found = copilot(
        AISystemPlugin=[{"Id": "BingWebSearch"}],
        AccessedResources=[{"SiteUrl": "https://news.example/a", "XPIADetected": True}],
    )
    read = one(found, "tool_result")

    assert (read["ai.content.origin"], read["gen_ai.tool.name"]) == ("web", ["BingWebSearch"])
    assert read["event.reason"] == "xpiadetected"


def test_an_interaction_without_messages_is_one_prompt():
    assert verbs(copilot(Messages=[], AccessedResources=[])) == ["prompt"]


def test_what_the_service_blocked_is_a_block():
    blocked = copilot(AccessedResources=[{**DATA["AccessedResources"][0], "Status": "Blocked by policy"}])

    assert one(blocked, "file_access")["ai.policy.decision"] == "block"


def lowered(value):
    if isinstance(value, dict):
        return {key.lower(): lowered(one) for key, one in value.items()}
    return [lowered(one) for one in value] if isinstance(value, list) else value


@pytest.mark.parametrize(
    "record",
    [
        lowered(COPILOT),
        {"CreationDate": "x", "Operations": "CopilotInteraction", "AuditData": json.dumps(COPILOT)},
        {"id": "row", "auditLogRecordType": "copilotInteraction", "auditData": COPILOT},
        {**COPILOT, "RecordType": "CopilotInteraction"},
        {"records": [COPILOT]},
    ],
)
def test_exports_give_the_same_acts(record):
    assert [f["event.id"] for f in fields_of(record)] == [f["event.id"] for f in fields_of(COPILOT)]


@pytest.mark.parametrize("user", ["ServicePrincipal_1", "00000000-0000-4000-8000-000000000009"])
def test_a_program_is_no_person(user):
    found = one({**COPILOT, "UserId": user}, "prompt")

    assert (found["ai.actor.id"], found["ai.actor.type"]) == (user, "service")
    assert not {"user.id", "user.name", "user.email"} & found.keys()


def test_a_setting_of_copilot_is_a_change():
    setting = {key: value for key, value in COPILOT.items() if key != "CopilotEventData"}
    assert verbs({**setting, "RecordType": 334, "Operation": "UpdateSetting"}) == ["config_change"]


@pytest.mark.parametrize(
    ("operation", "verb"),
    [
        ("UserLoggedIn", "signin"),
        ("UserLoginFailed", "signin"),
        ("AnonymousLinkCreated", "share"),
        ("SharingSet", "share"),
        ("AddedToSecureLink", "share"),
        ("FileDownloaded", "file_access"),
        ("FileSyncDownloadedFull", "file_access"),
        ("FileDeleted", "config_change"),
        ("SomethingNew", "config_change"),
    ],
)
def test_other_audit_records_are_told_by_their_operation(operation, verb):
    (found,) = fields_of({**M365_SIGNIN, "Operation": operation})

    assert (found["event.action"], found["event.code"], found["event.dataset"]) == (
        verb,
        operation,
        "o365.audit",
    )


def test_a_failed_sign_in_is_a_failure_whatever_it_says():
    (found,) = fields_of(M365_SIGNIN)

    assert (found["event.outcome"], found["source.ip"]) == ("failure", "192.0.2.18")
