import json

import pytest
from hypothesis import given, settings

from pipeline.errors import BadRecord
from tests.understand.samples import fields_of, one
from tests.understand.sources.mutants import judge, lowered, mutants, only

LOGIN = "analyst7@nordlicht.example"
ACTOR = {"id": "00u7nl", "type": "User", "alternateId": LOGIN, "displayName": "Seven"}
APP = {"id": "0oa1", "type": "AppInstance", "alternateId": "Glacier Chat", "displayName": "OIDC app"}
USER = {"id": "00u8nl", "type": "User", "alternateId": "analyst8@nordlicht.example", "displayName": "Eight"}
GROUP = {"id": "00g1", "type": "UserGroup", "alternateId": "unknown", "displayName": "AI builders"}
SYSTEM = {
    "id": "sys",
    "type": "SystemPrincipal",
    "alternateId": "system@okta.com",
    "displayName": "Okta System",
}
SIGNIN = {
    "uuid": "0c8a-1",
    "published": "2026-03-04T05:06:07.123Z",
    "eventType": "user.authentication.sso",
    "version": "0",
    "severity": "INFO",
    "actor": ACTOR,
    "client": {
        "ipAddress": "198.18.20.7",
        "device": "Computer",
        "zone": "null",
        "id": None,
        "userAgent": {"rawUserAgent": "Mozilla/5.0 (X11)", "os": "Windows 11", "browser": "EDGE"},
    },
    "device": None,
    "outcome": {"result": "SUCCESS", "reason": None},
    "target": [APP, ACTOR],
    "securityContext": {"asNumber": 64512, "isProxy": False},
    "debugContext": {"debugData": {"requestUri": "/x?token=hunter2", "risk": "{level=LOW}"}},
    "transaction": {"type": "WEB", "id": "t1"},
}
ROW = {
    "id": "00u7nl",
    "status": "ACTIVE",
    "created": "2024-01-02T00:00:00.000Z",
    "lastUpdated": "2026-03-01T08:00:00.000Z",
    "profile": {"login": LOGIN, "email": "Seven@nordlicht.example", "department": "Research", "title": "x"},
    "credentials": {"provider": {"type": "OKTA", "name": "OKTA"}},
}
EXPECTED = {
    "@timestamp": "2026-03-04T05:06:07.123000Z",
    "event.module": "okta",
    "event.dataset": "okta.system",
    "event.code": "user.authentication.sso",
    "event.action": "signin",
    "event.kind": "event",
    "event.category": ["authentication"],
    "event.type": ["start"],
    "event.outcome": "success",
    "user.id": "00u7nl",
    "user.email": LOGIN,
    "user.name": LOGIN,
    "user.domain": "nordlicht.example",
    "ai.actor.type": "human",
    "ai.app.name": "Glacier Chat",
    "source.ip": "198.18.20.7",
    "source.as.number": 64512,
    "user_agent.original": "Mozilla/5.0 (X11)",
    "host.os.type": "windows",
    "ai.content.available": "metadata",
    "ai.policy.decision": "allow",
}


def event(kind="user.session.start", **changes):
    return {**SIGNIN, "eventType": kind, **changes}


def without(record, *keys):
    return {key: value for key, value in record.items() if key not in keys}


def test_a_sign_in_to_an_application_names_person_application_and_client():
    found = only(SIGNIN)

    assert {key: found.get(key) for key in EXPECTED} == EXPECTED
    assert "ai.quality.problems" not in found


@pytest.mark.parametrize(
    "record",
    [
        [SIGNIN],
        {"eventType": "com.okta.event_hook", "data": {"events": [SIGNIN]}},
        {"detail-type": "SystemLog", "source": "x", "time": "2026-03-04T05:07:00Z", "detail": SIGNIN},
        lowered(SIGNIN),
        {key.upper(): value for key, value in SIGNIN.items()},
        {**SIGNIN, "p_log_type": "Okta.SystemLog", "p_event_time": "2026-03-04 05:06:07.123"},
        {**SIGNIN, **{key: json.dumps(SIGNIN[key]) for key in ("actor", "client", "outcome", "target")}},
    ],
    ids=range(7),
)
def test_every_way_of_transport_gives_the_same_event(record):
    found = only(record)

    assert {**found, "log.offset": 1} == {**only(SIGNIN), "log.offset": 1}


@pytest.mark.parametrize("dot", [".", "_"])
def test_flattened_sections_are_put_together_again(dot):
    flat = {
        "eventType": "user.session.start",
        "published": "2026-03-04T05:06:07.123Z",
        "uuid": "0c8a-1",
        f"actor{dot}id": "00u7nl",
        f"actor{dot}type": "User",
        f"actor{dot}alternateId": LOGIN,
        f"client{dot}ipAddress": "198.18.20.7",
        f"client{dot}userAgent{dot}rawUserAgent": "Mozilla/5.0 (X11)",
        f"outcome{dot}result": "FAILURE",
        f"outcome{dot}reason": "INVALID_CREDENTIALS",
        f"target{dot}0{dot}type": "AppInstance",
        f"target{dot}0{dot}alternateId": "Glacier Chat",
    }
    found = only(flat)

    assert (found["user.id"], found["user.email"], found["source.ip"]) == ("00u7nl", LOGIN, "198.18.20.7")
    assert (found["event.outcome"], found["event.reason"]) == ("failure", "INVALID_CREDENTIALS")
    assert (found["ai.app.name"], found["user_agent.original"]) == ("Glacier Chat", "Mozilla/5.0 (X11)")
    assert found["event.id"] == only(event())["event.id"]


def test_flat_columns_have_the_same_targets():
    found = only(
        {
            "eventType": "user.session.start",
            "actorId": "00u7nl",
            "actorName": LOGIN,
            "sourceIP": "198.18.20.7",
            "userAgent": "Mozilla/5.0",
            "result": "DENY",
            "p_event_time": "2026-03-04 05:06:07.5",
        }
    )

    assert (found["user.id"], found["user.email"], found["source.ip"]) == ("00u7nl", LOGIN, "198.18.20.7")
    assert (found["event.outcome"], found["user_agent.original"]) == ("failure", "Mozilla/5.0")
    assert found["@timestamp"] == "2026-03-04T05:06:07.500000Z"


@pytest.mark.parametrize(
    ("kind", "verb"),
    [
        ("user.session.start", "signin"),
        ("user.session.end", "signin"),
        ("user.session.access_admin_app", "signin"),
        ("user.authentication.auth_via_mfa", "signin"),
        ("policy.evaluate_sign_on", "signin"),
        ("user.account.lock", "signin"),
        ("app.oauth2.as.consent.grant", "grant"),
        ("app.oauth2.consent.revoke", "grant"),
        ("app.oauth2.as.token.grant.access_token", "grant"),
        ("application.user_membership.add", "grant"),
        ("group.user_membership.remove", "grant"),
        ("user.account.privilege.grant", "grant"),
        ("system.api_token.create", "grant"),
        ("user.session.impersonation.grant", "grant"),
        ("user.mfa.factor.deactivate", "config_change"),
        ("policy.rule.update", "config_change"),
        ("application.lifecycle.create", "config_change"),
        ("user.account.update_password", "config_change"),
        ("something.nobody.knows", "config_change"),
    ],
)
def test_the_type_of_the_event_tells_the_verb(kind, verb):
    found = only(event(kind))

    assert (found["event.action"], found["event.code"]) == (verb, kind)


@pytest.mark.parametrize(
    ("kind", "types"),
    [
        ("user.session.end", ["end"]),
        ("user.session.start", ["start"]),
        ("system.api_token.create", ["creation"]),
        ("system.api_token.revoke", ["deletion"]),
        ("app.oauth2.as.consent.revoke.implicit.user", ["deletion"]),
        ("user.account.privilege.revoke", ["deletion"]),
        ("group.user_membership.remove", ["deletion"]),
        ("user.session.impersonation.end", ["deletion"]),
        ("user.account.privilege.grant", ["change"]),
        ("group.user_membership.add", ["change"]),
    ],
)
def test_ends_creations_and_what_is_taken_back_are_told_apart(kind, types):
    assert only(event(kind))["event.type"] == types


@pytest.mark.parametrize(
    ("outcome", "expected"),
    [
        ({"result": "SUCCESS"}, "success"),
        ({"result": "ALLOW"}, "success"),
        ({"result": "FAILURE"}, "failure"),
        ({"result": "DENY"}, "failure"),
        ({"result": "SKIPPED"}, "unknown"),
        ({"result": "CHALLENGE"}, "unknown"),
        ({"result": "UNKNOWN"}, "unknown"),
        ({}, "unknown"),
        (None, "unknown"),
        ("SUCCESS", "success"),
        (["SUCCESS"], "unknown"),
    ],
)
def test_the_result_tells_the_outcome(outcome, expected):
    assert only(event(outcome=outcome))["event.outcome"] == expected


def test_what_the_service_does_itself_names_the_person_concerned():
    found = only(event("user.account.lock", actor=SYSTEM, target=[APP, USER]))

    assert (found["user.id"], found["user.email"]) == ("00u8nl", "analyst8@nordlicht.example")


@pytest.mark.parametrize(
    ("actor", "service"),
    [
        (SYSTEM, "Okta System"),
        ({"id": "0oa9", "type": "PublicClientApp", "alternateId": "cli", "displayName": "Deploy"}, "Deploy"),
    ],
)
def test_an_actor_that_is_no_person_is_a_service(actor, service):
    found = only(event(actor=actor, target=[APP]))

    assert (found["ai.actor.type"], found["ai.actor.id"], found["service.name"]) == (
        "service",
        actor["id"],
        service,
    )
    assert not {"user.id", "user.email", "user.name"} & found.keys()


@pytest.mark.parametrize(
    ("kind", "targets", "target", "scopes"),
    [
        ("group.user_membership.add", [USER, GROUP], "analyst8@nordlicht.example", ["AI builders"]),
        ("group.user_membership.add", [GROUP], "AI builders", ["AI builders"]),
        ("application.user_membership.add", [APP, USER], "analyst8@nordlicht.example", None),
        ("app.oauth2.as.consent.grant", [USER, APP], "Glacier Chat", None),
        (
            "system.api_token.create",
            [{"id": "00T1", "type": "Token", "displayName": "agents"}],
            "agents",
            None,
        ),
        ("system.api_token.create", [], None, None),
    ],
)
def test_a_grant_says_to_whom(kind, targets, target, scopes):
    found = only(event(kind, target=targets))

    assert (found.get("ai.grant.target"), found.get("ai.grant.scopes")) == (target, scopes)


@pytest.mark.parametrize(
    ("kind", "data", "scopes"),
    [
        (
            "user.account.privilege.grant",
            {"privilegeGranted": "Super administrator, Help desk administrator"},
            ["Super administrator", "Help desk administrator"],
        ),
        ("app.oauth2.as.consent.grant", {"scopes": "openid mail.read"}, ["openid", "mail.read"]),
        (
            "app.oauth2.as.consent.grant",
            {"grantedScopes": ["openid", "files.read"]},
            ["openid", "files.read"],
        ),
        ("app.oauth2.as.consent.grant", {"scopes": 7}, None),
    ],
)
def test_a_grant_says_what_was_granted(kind, data, scopes):
    found = only(event(kind, debugContext={"debugData": data}))

    assert found.get("ai.grant.scopes") == scopes


def test_an_application_without_an_alternate_name_has_its_display_name():
    found = only(event(target=[{**APP, "alternateId": None}]))

    assert found["ai.app.name"] == "OIDC app"


def test_a_login_that_is_no_address_is_a_name():
    found = only(event(actor={**ACTOR, "alternateId": "analyst7"}))

    assert found["user.name"] == "analyst7"
    assert "user.email" not in found


@pytest.mark.parametrize("login", ["unknown", "[REDACTED]", None, 7, ["a"], ""])
def test_a_login_that_says_nothing_names_nobody(login):
    found = only(event(actor={**ACTOR, "alternateId": login}))

    assert not {"user.email", "user.name"} & found.keys()


def test_a_masked_address_is_kept_as_one():
    found = only(event(client={"ipAddress": "198.18.20.***"}))

    assert (found["source.address"], "source.ip" in found) == ("198.18.20.***", False)


def test_an_event_that_has_but_its_type_is_one():
    found = only({"eventType": "user.session.start"})

    assert (found["event.action"], found["event.outcome"]) == ("signin", "unknown")
    assert "time_unusable" in found["ai.quality.problems"]


def test_the_id_of_an_event_is_its_own():
    assert only(event())["event.id"] == only({**event(), "severity": "WARN"})["event.id"]
    assert only(event())["event.id"] != only({**event(), "uuid": "0c8a-2"})["event.id"]
    assert only(without(event(), "uuid"))["event.id"] != only(event())["event.id"]


def test_nothing_of_the_debug_data_is_copied():
    assert "hunter2" not in json.dumps([only(SIGNIN), only(event("group.user_membership.add"))])


def test_a_user_of_the_export_is_an_asset():
    found = only(ROW)

    expected = {
        "@timestamp": "2026-03-01T08:00:00.000000Z",
        "event.kind": "asset",
        "event.action": "inventory",
        "event.category": ["iam"],
        "event.type": ["info"],
        "event.dataset": "okta.user",
        "event.code": "user",
        "event.reason": "ACTIVE",
        "user.id": "00u7nl",
        "user.email": "seven@nordlicht.example",
        "user.name": LOGIN,
        "ai.user.department": "Research",
    }
    assert {key: found.get(key) for key in expected} == expected


def test_a_changed_user_is_another_state():
    ids = {
        only(row)["event.id"]
        for row in (ROW, {**ROW, "lastUpdated": "2026-03-02T08:00:00Z"}, without(ROW, "lastUpdated"))
    }

    assert len(ids) == 3
    assert only({**ROW, "lastLogin": "x"})["event.id"] == only(ROW)["event.id"]


@pytest.mark.parametrize(
    ("record", "source"),
    [
        ({"user_email": LOGIN, "z_score": 3.5, "baseline": 4}, "auto"),
        ({"eventType": "AwsApiCall", "eventName": "x"}, "auto"),
        (without(SIGNIN, "eventType"), "okta"),
        ({**SIGNIN, "eventType": 7}, "okta"),
    ],
)
def test_what_is_no_event_is_refused(record, source):
    with pytest.raises(BadRecord) as told:
        fields_of(record, source)

    assert LOGIN not in str(told.value)


@settings(max_examples=150, deadline=None)
@given(
    mutants(
        [
            SIGNIN,
            lowered(SIGNIN),
            event("group.user_membership.add", target=[USER, GROUP]),
            event(actor=SYSTEM),
            ROW,
        ]
    )
)
def test_no_mutant_makes_the_reader_fall(record):
    people = {
        LOGIN,
        "00u7nl",
        "00u8nl",
        "analyst8@nordlicht.example",
        "seven@nordlicht.example",
        "0oa1",
        "sys",
        "00g1",
    }
    for source in ("auto", "okta"):
        judge(record, source, people)


def test_one_reads_what_another_wrote():
    assert one([SIGNIN, ROW], "inventory")["event.dataset"] == "okta.user"
