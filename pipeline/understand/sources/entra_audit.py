"""Entra audit records: who changed the directory, and what was granted to whom."""

from __future__ import annotations

import re
from typing import Any

from pipeline.event import Fields
from pipeline.understand.sources.forms.objects import inside, objects
from pipeline.understand.sources.forms.people import guid, person
from pipeline.understand.sources.forms.values import first, given, loaded, pick, table, text

AUDITED = table({"event.reason": "resultReason"})
BY = table({"source.ip": "user.ipAddress | app.ipAddress"})
WORDS = (
    "initiatedBy user app id userPrincipalName displayName appId servicePrincipalId targetResources type "
    "modifiedProperties newValue result"
)
"""Keys that are looked up beside the table."""

_GRANTS = re.compile(
    r"consent to application|add app role assignment|add delegated permission grant|add member to role|add owner"
    r"|add service principal|add member to group|.*certificates and secrets"
)
_LONGEST = 256
_APPS = frozenset(("application", "serviceprincipal"))
_SCOPES = frozenset(
    (
        *("consentaction.permissions", "delegatedpermissiongrant.scope", "approle.value", "role.displayname"),
        *("group.displayname", "permissions", "scope", "scopes"),
    )
)
"""Modified properties that say what was granted, lower-cased. No other value is ever copied: it may be a secret."""
_NAMES = frozenset(("role.displayname", "group.displayname"))
"""Those that hold one name, blanks and all."""
_CONSENT = re.compile(r"Scopes?: *([^,\]]{1,4096})", re.IGNORECASE)
_SCOPE = re.compile(r"[\w.:/-]{2,256}")
_MOST_TEXT = 16384


def audited(record: Fields, row: Fields) -> Fields:
    """Give the fields of an audit record: `row` holds its properties, `record` what stands around them."""
    fields = pick(row, AUDITED)
    by = inside(row, "initiatedBy")
    fields |= {**pick(by, BY), **_who(by)}
    fields["event.outcome"] = _outcome(record, row)
    targets = objects(row.get("targetResources"))
    app = next((one for one in targets if _kind(one) in _APPS), None)
    if app is not None and given(name := app.get("displayName")):
        fields["ai.app.name"] = name
    activity = text(first(row, ("activityDisplayName",)) or record.get("operationName"))[:_LONGEST].lower()
    if not _GRANTS.match(activity):
        fields["event.action"] = "config_change"
        return fields
    fields["event.action"] = "grant"
    fields["ai.grant.target"] = _named(targets[0]) if targets else None
    fields["ai.grant.scopes"] = _scopes(targets) or None
    return fields


def _who(by: Fields) -> Fields:
    user, app = inside(by, "user"), inside(by, "app")
    fields = person(user.get("userPrincipalName"))
    if guid(told := user.get("id")) and given(told):
        fields["user.id"] = told
    if fields or not app:
        return fields
    return {
        "ai.actor.type": "service",
        "service.name": first(app, ("displayName",)),
        "ai.actor.id": first(app, ("servicePrincipalId", "appId")),
    }


def _outcome(record: Fields, row: Fields) -> str:
    told = text(first(row, ("result",)) or record.get("result")).lower()
    if told in ("success", "failure"):
        return told
    if told == "timeout":
        return "failure"
    word = text(record.get("resultType")).lower()
    return "unknown" if not word else "success" if word in ("0", "success") else "failure"


def _kind(target: Fields) -> str:
    return text(target.get("type")).lower()


def _named(target: Fields) -> Any:
    return first(target, ("userPrincipalName", "displayName", "id"))


def _scopes(targets: list[Fields]) -> list[str]:
    """Give the permissions, roles or groups that changed, each once."""
    found: dict[str, None] = {}
    for target in targets:
        for changed in objects(target.get("modifiedProperties")):
            name = text(changed.get("displayName")).lower()
            if name in _SCOPES:
                found |= dict.fromkeys(_told(name, _said(changed.get("newValue"))))
    return [*found]


def _said(value: Any) -> Any:
    """Give what a value says that audit records write as JSON text, quotes and all."""
    if type(value) is str and value.startswith('"'):
        return value.strip().strip('"')
    return loaded(value)


def _told(name: str, value: Any) -> list[str]:
    if type(value) is list:
        return [one for member in value for one in _told(name, member)] if len(value) <= _LONGEST else []
    if type(value) is not str or not given(value):
        return []
    if name in _NAMES:
        return [value]
    after = value[:_MOST_TEXT].rpartition("=>")[2]
    consented = _CONSENT.findall(after)
    if consented or "[" not in after:
        return _SCOPE.findall(" ".join(consented) if consented else after)
    return []
