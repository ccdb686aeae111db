import pytest

from enrichers.change_facts import EFFECTS, change_facts
from enrichers.reference import Reference

NOBODY = Reference()


def told(action: str, code: str) -> tuple[str | None, ...]:
    found = change_facts({"event.action": action, "event.code": code}, NOBODY)
    return tuple(map(found.get, ("ai.change.object", "ai.change.effect", "ai.grant.kind")))


@pytest.mark.parametrize(
    ("code", "about", "effect"),
    [
        ("ip_allowlist.deleted", "ip_allowlist", "removed"),
        ("ip_allowlist.config.deactivated", "ip_allowlist", "disabled"),
        ("ip_allowlist.config.activated", "ip_allowlist", "enabled"),
        ("ip_allowlist.updated", "ip_allowlist", None),
        ("org_ip_restriction_disabled", "ip_allowlist", "disabled"),
        ("ip_allow_list.disable_for_installed_apps", "ip_allowlist", "disabled"),
        ("ip_allow_list_entry.destroy", "ip_allowlist", "removed"),
        ("zone.deactivate", "ip_allowlist", "disabled"),
        ("Delete named location", "ip_allowlist", "removed"),
        ("org_sso_disabled", "sso", "disabled"),
        ("sso_connection_deleted", "sso", "removed"),
        ("org.disable_saml", "sso", "disabled"),
        ("org_mfa_removed", "mfa", "removed"),
        ("org.disable_two_factor_requirement", "mfa", "disabled"),
        ("policy.rule.deactivate", "mfa", "disabled"),
        ("policy.lifecycle.delete", "mfa", "removed"),
        ("system.mfa.factor.deactivate", "mfa", "disabled"),
        ("user.mfa.factor.deactivate", None, None),
        ("Delete conditional access policy", "mfa", "removed"),
        ("Update conditional access policy", "mfa", None),
        ("system.log_stream.lifecycle.deactivate", "log_export", "disabled"),
        ("Set-AdminAuditLogConfig", "audit_log", None),
        ("Remove-DlpCompliancePolicy", "policy", "removed"),
        ("Delete DeviceCompliancePolicy", "policy", "removed"),
        ("org_data_retention_updated", "retention", None),
        ("sensor_removed", "sensor", "removed"),
        ("associate_deleted", None, None),
    ],
)
def test_a_code_says_what_a_change_is_about_and_what_it_does(
    code: str, about: str | None, effect: str | None
) -> None:
    assert told("config_change", code) == (about, effect, None)


@pytest.mark.parametrize(
    ("code", "effect", "kind"),
    [
        ("api_key.created", "created", "api_key"),
        ("api_key.updated", None, "api_key"),
        ("admin_api_key_created", "created", "api_key"),
        ("service_key_created", "created", "api_key"),
        ("system.api_token.create", "created", "api_key"),
        ("Update application – Certificates and secrets management", None, "api_key"),
        ("app.oauth2.as.consent.grant", "created", "oauth"),
        ("Consent to application", None, "oauth"),
        ("Add app role assignment to service principal", "created", "oauth"),
        ("Add app role assignment grant to user", "created", "seat"),
        ("application.user_membership.add", "created", "seat"),
        ("mcp_server_created", "created", "connector"),
        ("plugin_installed", "installed", "extension"),
        ("user.updated", None, "role"),
        ("user.added", "created", "role"),
        ("invite.sent", None, "role"),
        ("invite.accepted", None, "role"),
        ("claude_invite_rejected", None, None),
        ("service_account.created", "created", "role"),
        ("role_assignment_granted", "created", "role"),
        ("role_assignment_revoked", "removed", "role"),
        ("org_user_deleted", "removed", "role"),
        ("org.update_member", None, "role"),
        ("primary_owner_transferred", None, "role"),
        ("user.account.privilege.grant", "created", "role"),
        ("group.user_membership.add", "created", "role"),
        ("Add member to role completed (PIM activation)", "created", "role"),
        ("Add member to group", "created", "role"),
        ("group_member_added", None, None),
    ],
)
def test_a_code_says_what_kind_of_grant_it_is(code: str, effect: str | None, kind: str | None) -> None:
    assert told("grant", code)[1:] == (effect, kind)


def test_only_a_grant_has_a_kind_and_only_a_change_is_about_something() -> None:
    assert told("config_change", "api_key.created") == (None, None, None)
    assert told("prompt", "org_sso_disabled") == (None, None, None)
    assert told("signin", "sso_connection_deleted") == ("sso", "removed", None)
    assert change_facts({"event.action": "grant"}, NOBODY) == {}


def test_what_a_source_says_itself_stays() -> None:
    said = {"event.action": "grant", "event.code": "api_key.created", "ai.grant.kind": "agent"}
    assert change_facts(said, NOBODY) == {"ai.change.effect": "created"}


def test_a_code_without_end_costs_what_a_short_one_costs() -> None:
    assert told("grant", "x" * 300 + "api_key.created") == (None, None, None)


def test_every_effect_is_one_of_the_closed_list() -> None:
    assert {*EFFECTS.values()} <= {"created", "enabled", "disabled", "removed", "installed"}
