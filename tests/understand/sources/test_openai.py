import json

import pytest

from pipeline.errors import BadRecord
from tests.understand.samples import ADA, fields_of
from tests.understand.sources.vendors import (
    AUDIT,
    exact,
)

ACT = {
    "gen_ai.provider.name": "openai",
    "event.code": "service_account.created",
    "event.action": "grant",
    "event.category": ["iam"],
    "event.type": ["creation"],
    "event.outcome": "success",
    "ai.content.available": "metadata",
    "ai.app.name": "proj_fw9",
    "ai.grant.target": "svc_1",
    "ai.grant.scopes": ["member"],
}


def test_an_audited_act_of_a_person_is_read():
    assert exact(AUDIT) == [
        {
            **ACT,
            "user.email": ADA,
            "ai.actor.id": "user-fw7",
            "ai.actor.type": "human",
            "ai.surface": "browser",
            "source.ip": "198.51.100.7",
            "source.geo.country_iso_code": "SE",
            "source.as.number": 64512,
            "user_agent.original": "Mozilla/5.0",
        }
    ]
    assert fields_of(AUDIT)[0]["event.dataset"] == "openai.audit"
    assert fields_of(AUDIT)[0]["@timestamp"] == "2026-03-04T05:06:07.000000Z"


def keyed(**key):
    return {**AUDIT, "actor": {"type": "api_key", "api_key": {"id": "key_3", **key}}}


def test_a_persons_key_is_the_person_at_an_api():
    (found,) = exact(keyed(type="user", user={"id": "user-fw7", "email": ADA}))

    assert found == {
        **ACT,
        "user.email": ADA,
        "ai.actor.id": "user-fw7",
        "ai.key.id": "key_3",
        "ai.actor.type": "human",
        "ai.surface": "api",
    }


def test_a_service_account_is_no_person():
    (found,) = exact(keyed(type="service_account", service_account={"id": "svc_9"}))

    assert found == {
        **ACT,
        "ai.key.id": "key_3",
        "service.name": "svc_9",
        "ai.actor.type": "service",
        "ai.surface": "api",
    }


@pytest.mark.parametrize("actor", [None, "x", {}, {"type": "session"}, {"type": "api_key", "api_key": None}])
def test_an_act_of_nobody_is_still_an_act(actor):
    (found,) = exact({**AUDIT, "actor": actor})

    assert found == ACT


def test_the_payload_may_stand_under_a_name_with_underscores():
    under = {key: value for key, value in AUDIT.items() if key != "service_account.created"}
    under["service_account_created"] = AUDIT["service_account.created"]

    assert exact(under) == exact(AUDIT)


@pytest.mark.parametrize(
    ("kind", "verb", "ecs", "outcome"),
    [
        ("login.succeeded", "signin", "start", "success"),
        ("login.failed", "signin", "start", "failure"),
        ("logout.succeeded", "signin", "end", "success"),
        ("logout.failed", "signin", "end", "failure"),
        ("api_key.created", "grant", "creation", "success"),
        ("api_key.updated", "grant", "change", "success"),
        ("api_key.deleted", "grant", "deletion", "success"),
        ("service_account.deleted", "grant", "deletion", "success"),
        ("invite.sent", "grant", "change", "success"),
        ("invite.accepted", "grant", "change", "success"),
        ("role.created", "grant", "creation", "success"),
        ("role.assignment.created", "grant", "creation", "success"),
        ("user.added", "grant", "change", "success"),
        ("group.updated", "grant", "change", "success"),
        ("checkpoint.permission.created", "grant", "creation", "success"),
        ("resource.deleted", "grant", "deletion", "success"),
        ("organization.updated", "config_change", "change", "success"),
        ("project.archived", "config_change", "deletion", "success"),
        ("rate_limit.deleted", "config_change", "deletion", "success"),
        ("certificates.deactivated", "config_change", "deletion", "success"),
        ("certificate.created", "config_change", "creation", "success"),
        ("ip_allowlist.updated", "config_change", "change", "success"),
        ("scim.disabled", "config_change", "deletion", "success"),
        ("tunnel.created", "config_change", "creation", "success"),
        ("external_key.registered", "config_change", "change", "success"),
        ("something.new", "config_change", "change", "success"),
    ],
)
def test_every_family_of_types_has_its_verb(kind, verb, ecs, outcome):
    (found,) = fields_of({**AUDIT, "type": kind})

    assert (found["event.action"], found["event.type"], found["event.outcome"], found["event.code"]) == (
        verb,
        [ecs],
        outcome,
        kind,
    )


def test_a_failed_login_gives_its_code_and_not_its_message():
    record = {
        **AUDIT,
        "type": "login.failed",
        "login.failed": {"error_code": "bad_mfa", "error_message": "hunter2"},
    }
    (found,) = fields_of(record)

    assert found["event.reason"] == "bad_mfa"
    assert "hunter2" not in json.dumps(found)


def test_scopes_of_a_key_are_kept_and_its_other_values_are_not():
    payload = {"id": "key_9", "changes_requested": {"scopes": ["api.model.read"], "value": "private-value"}}
    (found,) = fields_of({**AUDIT, "type": "api_key.updated", "api_key.updated": payload})

    assert (found["ai.grant.target"], found["ai.grant.scopes"]) == ("key_9", ["api.model.read"])
    assert "private-value" not in json.dumps(found)


def test_an_id_may_stand_on_acts_of_other_types_and_times():
    others = [AUDIT, {**AUDIT, "type": "role.created"}, {**AUDIT, "effective_at": 1772600768}]

    assert len({fields_of(other)[0]["event.id"] for other in others}) == 3


def test_an_act_without_a_time_is_still_an_act_where_the_source_is_named():
    timeless = {key: value for key, value in AUDIT.items() if key not in ("effective_at", "object")}
    (found,) = fields_of(timeless, "openai")

    assert (found["event.action"], found["ai.quality.problems"]) == ("grant", ["time_unusable"])


def test_an_act_without_a_type_is_refused():
    with pytest.raises(BadRecord, match="without a type"):
        fields_of({**AUDIT, "type": 7})
