"""What a change is about and what it does, and what kind of grant it is, told by the code that its source gives it."""

from __future__ import annotations

import re
from functools import lru_cache

from enrichers.reference import Reference
from pipeline.event import Fields

CHANGES = frozenset({"grant", "config_change", "signin"})
"""Actions that may be changes; Anthropic counts what concerns single sign-on among the sign-ins."""
OBJECTS = (
    # Policies of Okta and Entra say who must show a second factor; which ones do not, their codes do not tell.
    ("mfa", r"\A(?!user\.).*(?:mfa|two_factor)|\Apolicy\.(?:lifecycle|rule)\.|conditional access policy"),
    ("sso", r"(?<![a-z])sso(?![a-z])|saml"),
    ("ip_allowlist", r"ip_?(?:allow_?list|restriction)|\A(?:network_)?zone\.|named location"),
    ("log_export", r"log_?(?:stream|export)|compliance_(?:api|export)"),
    ("audit_log", r"audit_?log"),
    ("retention", r"retention"),
    ("training", r"training|model_improvement"),
    ("mcp_server", r"mcp_(?:server|tool)"),
    ("agent_skill", r"skill"),
    ("plugin", r"plugin"),
    ("sensor", r"\Asensor_|\Asystem_delete\Z"),
    ("ai_feature", r"(?<![a-z])feature"),
    ("policy", r"policy|policies"),
)
"""What codes of a change are about, the first that fits. OpenAI, Anthropic, GitHub, Okta, Entra, Intune, JumpCloud."""
KINDS = (
    ("api_key", r"api_?key|service_key|api_token|certificates and secrets"),
    ("seat", r"\Aapplication\.user_membership\.|app role assignment.* to (?:user|group)"),
    ("oauth", r"\Aapp\.oauth2\.|consent to application|delegated permission|app role assignment"),
    ("connector", r"mcp_(?:server|tool)|connector|integration_user"),
    ("extension", r"plugin|skill|extension"),
    (
        "role",
        (
            r"(?<![a-z])role|\Aorg_user_|invite|\Auser\.(?:added|updated)\Z|service_account\.(?:created|updated)"
            r"|primary_owner|privilege|group\.user_membership|member to (?:role|group)|update_member|\Aadd owner"
        ),
    ),
)
"""Kinds of grants by code, the first that fits; a seat or a group counts as a role where it brings one."""
_NEVER = re.compile(r"reject|declin|expire")
"""Words of a grant that did not come about."""
_EFFECTS = {
    "created": "create created add added grant granted assign assigned connected",
    "enabled": "enable enabled activate activated",
    "disabled": "disable disabled deactivate deactivated stop stopped",
    "removed": "remove removed delete deleted destroy destroyed revoke revoked archive archived",
    "installed": "install installed",
}
EFFECTS = {word: effect for effect, words in _EFFECTS.items() for word in words.split()}
"""What a change does, by the word that says so."""
_LONGEST = 256


def change_facts(fields: Fields, _reference: Reference) -> Fields:
    """Say what a change is about, what it does and what kind of grant it is; what its source says itself stays."""
    action = fields.get("event.action")
    if action not in CHANGES or "event.code" not in fields:
        return {}
    told = _told(fields["event.code"][:_LONGEST].lower(), granted=action == "grant")
    return {name: value for name, value in told.items() if name not in fields}


@lru_cache(4096)
def _told(code: str, *, granted: bool) -> Fields:
    about = _first(OBJECTS, code)
    kind = _first(KINDS, code) if granted and not _NEVER.search(code) else None
    effect = _effect(code) if about or kind else None
    told = {"ai.change.object": about, "ai.change.effect": effect, "ai.grant.kind": kind}
    return {name: value for name, value in told.items() if value}


def _first(table: tuple[tuple[str, str], ...], code: str) -> str | None:
    return next((name for name, form in table if re.search(form, code)), None)


def _effect(code: str) -> str | None:
    """Read the verb of a code: it ends it, begins what stands behind the last dot, or begins a sentence."""
    last = code.rpartition(".")[2]
    words = (re.split(r"[._]", code)[-1], last.partition("_")[0], re.split(r"[ -]", code, maxsplit=1)[0])
    return next((EFFECTS[word] for word in words if word in EFFECTS), None)
