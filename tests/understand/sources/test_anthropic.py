import json

import pytest

from tests.understand.samples import ADA, fields_of
from tests.understand.sources.vendors import (
    ACTIVITY,
    TIME,
    exact,
)

ACT = {
    "gen_ai.provider.name": "anthropic",
    "event.code": "claude_file_uploaded",
    "event.action": "file_upload",
    "event.category": ["file"],
    "event.type": ["access"],
    "event.outcome": "success",
    "organization.id": "org_01",
    "gen_ai.conversation.id": "claude_chat_01",
    "file.name": "q1.xlsx",
    "ai.app.name": "claude",
    "ai.content.available": "metadata",
}
PERSON = {
    "user.email": ADA,
    "ai.actor.id": "user_01",
    "ai.actor.type": "human",
    "ai.surface": "browser",
    "source.ip": "198.51.100.7",
    "user_agent.original": "Mozilla/5.0",
}


def test_an_activity_of_a_person_is_read():
    assert exact(ACTIVITY) == [{**ACT, **PERSON}]
    assert fields_of(ACTIVITY)[0]["event.dataset"] == "anthropic.activity"
    assert fields_of(ACTIVITY)[0]["@timestamp"] == "2026-03-04T05:06:07.123456Z"


@pytest.mark.parametrize(
    ("actor", "told"),
    [
        ({"type": "api_actor", "api_key_id": "key_1"}, {"ai.key.id": "key_1", "ai.actor.type": "service", "ai.surface": "api"}),
        ({"type": "admin_api_key_actor", "admin_api_key_id": "key_2"}, {"ai.key.id": "key_2", "ai.actor.type": "service", "ai.surface": "api"}),
        ({"type": "unauthenticated_user_actor", "unauthenticated_email_address": ADA}, {"user.email": ADA, "ai.actor.type": "human"}),
        ({"type": "anthropic_actor", "email_address": None}, {"ai.actor.type": "service"}),
        ({"type": "scim_directory_sync_actor", "workos_event_id": "e", "directory_id": "d"}, {"ai.actor.type": "service"}),
        ({"type": "service_account_actor"}, {"ai.actor.type": "service"}),
        ({"type": "some_new_actor"}, {"ai.actor.type": "service"}),
        ({"type": "user_actor", "email_address": ADA, "ip_address": "<ip withheld>"}, {"user.email": ADA, "ai.actor.type": "human", "ai.surface": "browser", "ai.quality.problems": ["wrong_value:source.ip"]}),
    ],
)  # fmt: skip
def test_every_kind_of_actor_is_read(actor, told):
    assert exact({**ACTIVITY, "actor": actor}) == [{**ACT, **told}]


@pytest.mark.parametrize(
    ("kind", "verb", "outcome"),
    [
        ("claude_chat_access_failed", "config_change", "failure"),
        ("claude_chat_created", "prompt", "success"),
        ("claude_chat_updated", "prompt", "success"),
        ("claude_project_file_uploaded", "file_upload", "success"),
        ("claude_project_document_uploaded", "file_upload", "success"),
        ("claude_chat_sharing_updated", "share", "success"),
        ("claude_chat_snapshot_created", "share", "success"),
        ("claude_artifact_share_created", "share", "success"),
        ("claude_project_shared", "share", "success"),
        ("claude_artifact_published", "share", "success"),
        ("claude_file_exported", "share", "success"),
        ("org_data_export_started", "share", "success"),
        ("audit_log_exported", "share", "success"),
        ("sso_login_failed", "signin", "failure"),
        ("sso_login_succeeded", "signin", "success"),
        ("user_logout", "signin", "success"),
        ("session_revoked", "signin", "success"),
        ("magic_link_sent", "signin", "success"),
        ("user_signed_in_google", "signin", "success"),
        ("abuse_decision_received", "signin", "success"),
        ("platform_api_key_created", "grant", "success"),
        ("service_key_revoked", "grant", "success"),
        ("role_assignment_granted", "grant", "success"),
        ("org_invite_sent", "grant", "success"),
        ("org_user_deleted", "grant", "success"),
        ("primary_owner_changed", "grant", "success"),
        ("group_memberadded", "grant", "success"),
        ("integration_user_connected", "grant", "success"),
        ("mcp_server_created", "grant", "success"),
        ("mcp_tool_policy_updated", "grant", "success"),
        ("org_connector_enabled", "grant", "success"),
        ("plugin_installed", "grant", "success"),
        ("org_skill_added", "grant", "success"),
        ("claude_chat_viewed", "web_visit", "success"),
        ("claude_chat_deletion_failed", "config_change", "failure"),
        ("permission_denied", "config_change", "failure"),
        ("something_else", "config_change", "success"),
    ],
)
def test_every_pattern_has_its_verb(kind, verb, outcome):
    (found,) = fields_of({**ACTIVITY, "type": kind})

    assert (found["event.action"], found["event.outcome"], found["event.code"]) == (verb, outcome, kind)


def test_the_first_pattern_that_fits_wins():
    (found,) = fields_of({**ACTIVITY, "type": "mcp_server_access_failed"})

    assert (found["event.action"], found["event.type"]) == ("config_change", ["access"])


@pytest.mark.parametrize(
    ("audience", "visibility"),
    [
        ([{"type": "organization"}], "internal"),
        ([{"type": "organization"}, {"type": "public"}], "public"),
        ([{"type": "strange"}], None),
        ("public", "public"),
        (None, None),
        ([7, {"type": 7}], None),
    ],
)
def test_a_share_tells_how_far_it_is_seen(audience, visibility):
    (found,) = fields_of({**ACTIVITY, "type": "claude_chat_sharing_updated", "audience": audience})

    assert found.get("ai.share.visibility") == visibility


def test_a_grant_names_server_target_and_role_and_copies_no_update():
    update = {"type": "secret", "current_value": ["private-value"], "previous_value": []}
    told = {"mcp_server_name": "tickets", "resource_id": "r-1", "role": "admin", "updates": [update]}
    (found,) = fields_of({**ACTIVITY, "type": "mcp_server_created", **told})

    assert (found["ai.tool.server"], found["ai.grant.target"], found["ai.grant.scopes"]) == (
        "tickets",
        "r-1",
        ["admin"],
    )
    assert found["event.type"] == ["creation"]
    assert "private-value" not in json.dumps(found)
    assert (
        fields_of({**ACTIVITY, "type": "role_assignment_granted", **told, "target_id": "t-1"})[0][
            "ai.grant.target"
        ]
        == "t-1"
    )


@pytest.mark.parametrize(
    ("kind", "role", "scopes"),
    [
        ("admin_api_key_created", None, ["admin"]),
        ("primary_owner_transferred", None, ["primary_owner"]),
        ("primary_owner_transferred", "owner", ["owner"]),
        ("api_key_created", None, None),
    ],
)
def test_a_grant_that_brings_everything_says_so_where_the_record_does_not(kind, role, scopes):
    (found,) = fields_of({**ACTIVITY, "type": kind, "role": role})

    assert found.get("ai.grant.scopes") == scopes


def test_a_blocked_account_is_a_block():
    (found,) = fields_of({**ACTIVITY, "type": "abuse_decision_received", "decision": "blocked"})

    assert (found["ai.policy.decision"], found["event.reason"]) == ("block", "blocked")


def test_a_logout_is_an_end():
    assert fields_of({**ACTIVITY, "type": "user_logout"})[0]["event.type"] == ["end"]


def test_an_activity_without_an_actor_is_nobodys_where_the_source_is_named():
    nobody = {key: value for key, value in ACTIVITY.items() if key != "actor"}

    assert exact(nobody, "anthropic") == [ACT]


def test_an_id_may_stand_on_activities_of_other_types_and_times():
    others = [ACTIVITY, {**ACTIVITY, "type": "claude_file_viewed"}, {**ACTIVITY, "created_at": TIME}]

    assert len({fields_of(other)[0]["event.id"] for other in others}) == 3


def test_the_organisation_may_be_known_by_its_uuid_alone():
    assert fields_of({**ACTIVITY, "organization_id": None})[0]["organization.id"] == "1c9d-1"
