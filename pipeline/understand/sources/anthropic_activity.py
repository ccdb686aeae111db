"""The compliance activity feed of Anthropic: one act of a person, a key or a service, told by its type."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Any

from msgspec import Struct

from pipeline.errors import BadRecord
from pipeline.event import Fields
from pipeline.understand.sources.forms.people import person
from pipeline.understand.sources.forms.values import given, pick, table, text
from pipeline.understand.sources.forms.words import decision
from pipeline.understand.sources.source import Draft

_COMMON = table(
    {
        "event.code": "type",
        "organization.id": "organization_id | organization_uuid",
        "gen_ai.conversation.id": "claude_chat_id",
        "file.name": "filename",
        "ai.tool.server": "mcp_server_name",
    }
)
_ACTOR = table(
    {
        "user.email": "email_address | unauthenticated_email_address",
        "ai.actor.id": "user_id",
        "ai.key.id": "api_key_id | admin_api_key_id",
        "source.ip": "ip_address",
        "user_agent.original": "user_agent",
    }
)
_GRANT = table({"ai.grant.target": "target_id | resource_id", "ai.grant.scopes": "role"})

_PATTERNS = (
    ("config_change", "*_access_failed"),
    ("prompt", "claude_chat_created claude_chat_updated"),
    ("file_upload", "claude_file_uploaded claude_project_file_uploaded claude_project_document_uploaded"),
    (
        "share",
        "*_sharing_updated *_snapshot_created *_share_created *_shared *_published claude_file_exported *data_export* *_exported",
    ),
    (
        "signin",
        "sso_* *login* *logout* session_revoked magic_link* user_signed_* abuse_decision_received",
    ),
    (
        "grant",
        "*api_key* service_key_* role_assignment_* *_invite_* org_user_* primary_owner_* group_*member* integration_user_connected mcp_server_* mcp_tool* *connector* *plugin* *skill*",
    ),
    ("web_visit", "claude_*_viewed"),
)
"""Verbs and the types that they stand for, in this order; every other type is a setting."""
_KNOWN = tuple(
    (verb, re.compile("|".join(re.escape(word).replace(r"\*", ".*") for word in words.split())))
    for verb, words in _PATTERNS
)
_FAILED = ("_failed", "_denied")
_ENDS = {"created": "creation"} | dict.fromkeys(
    ("deleted", "removed", "revoked", "archived", "deactivated", "disabled"), "deletion"
)
_LEAVING = ("logout", "signed_out", "session_revoked")
_PEOPLE = frozenset(("user_actor", "unauthenticated_user_actor"))
_SURFACES = {"user_actor": "browser", "api_actor": "api", "admin_api_key_actor": "api"}
_AUDIENCES = {
    "public": "public",
    "anyone": "public",
    "external": "external",
    "organization": "internal",
    "workspace": "internal",
    "group": "internal",
    "user": "internal",
    "private": "private",
}
_WIDEST = ("public", "external", "internal", "private")
_UNSAID = (("admin_api_key", "admin"), ("primary_owner_", "primary_owner"))
"""How the types of grants begin that bring everything, and the scope that this is."""
_LONGEST = 256


class _Meaning(Struct, frozen=True):
    """What a type says: verb, outcome, and ECS type where it is another than the verb's own."""

    verb: str
    outcome: str
    ecs: list[str] | None


def draft(value: Fields) -> Draft:
    """Make the draft of an activity. Its updates may hold any value, and none of them is copied."""
    kind = value.get("type")
    if type(kind) is not str or not kind:
        raise BadRecord("an activity of Anthropic without a type")
    meaning = _meaning(kind[:_LONGEST])
    fields = {
        **pick(value, _COMMON),
        **_actor(value.get("actor")),
        "event.dataset": "anthropic.activity",
        "event.action": meaning.verb,
        "event.outcome": meaning.outcome,
        "event.type": meaning.ecs,
        "ai.app.name": "claude",
        **_own(value, meaning.verb),
    }
    stated, when = text(value.get("id")), value.get("created_at")
    act = f"{stated}:{kind}:{text(when)}" if stated else ""
    return Draft(fields, (when,), act=act, part="0" if act else "")


@lru_cache(maxsize=4096)
def _meaning(kind: str) -> _Meaning:
    verb = next((verb for verb, known in _KNOWN if known.fullmatch(kind)), "config_change")
    outcome = "failure" if kind.endswith(_FAILED) else "success"
    if kind.endswith("_access_failed"):
        return _Meaning(verb, outcome, ["access"])
    if verb == "signin" and any(word in kind for word in _LEAVING):
        return _Meaning(verb, outcome, ["end"])
    ecs = _ENDS.get(kind.rpartition("_")[2]) if verb in ("grant", "config_change") else None
    return _Meaning(verb, outcome, [ecs] if ecs else None)


def _actor(actor: Any) -> Fields:
    if type(actor) is not dict:
        return {}
    fields = pick(actor, _ACTOR)
    kind = text(actor.get("type"))
    fields.update(person(fields.pop("user.email", None)))
    fields["ai.actor.type"] = "human" if kind in _PEOPLE else "service"
    fields["ai.surface"] = _SURFACES.get(kind)
    return fields


def _own(value: Fields, verb: str) -> Fields:
    """Give what acts of one verb have beside the rest."""
    if verb == "prompt":
        return {
            "gen_ai.operation.name": "chat",
            "ai.content.role": "user",
            "ai.content.origin": "user",
        }
    if verb == "grant":
        fields = pick(value, _GRANT)
        if (scope := _unsaid(text(value.get("type")))) and "ai.grant.scopes" not in fields:
            fields["ai.grant.scopes"] = scope
        return fields
    if verb == "share":
        return {"ai.share.visibility": _visibility(value.get("audience"))}
    if verb == "signin" and given(word := value.get("decision")):
        return {"ai.policy.decision": "block" if decision(word) == "block" else None, "event.reason": word}
    return {}


def _unsaid(kind: str) -> str | None:
    """Give what a grant brings that needs no scope to say so."""
    return next((scope for head, scope in _UNSAID if kind.startswith(head)), None)


def _visibility(audience: Any) -> str | None:
    """Give how far what is shared can be seen: the widest of its audiences."""
    told = audience if type(audience) is list else [audience]
    kinds = (one.get("type") if type(one) is dict else one for one in told)
    seen = {_AUDIENCES.get(kind) for kind in kinds if type(kind) is str}
    return next((word for word in _WIDEST if word in seen), None)
