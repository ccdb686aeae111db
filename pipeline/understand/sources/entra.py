"""Microsoft Entra: sign-ins, audit records and risks, calls of Microsoft Graph, and rows of the user export."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from pipeline.errors import BadRecord
from pipeline.event import Fields
from pipeline.understand.sources.entra_audit import AUDITED, BY, WORDS, audited
from pipeline.understand.sources.entra_signins import (
    AT_RISK,
    CALLED,
    PROVISIONED,
    SERVICE_SIGNINS,
    SIGNED_IN,
    at_risk,
    called,
    provisioned,
    signed_in,
)
from pipeline.understand.sources.forms.keys import respelt, respelt_top, spelling
from pipeline.understand.sources.forms.objects import inside, objects, state
from pipeline.understand.sources.forms.values import first, pick, table, text
from pipeline.understand.sources.source import Draft, Source

_OUTER = table(
    {
        "source.ip": "callerIpAddress",
        "organization.id": "tenantId | resourceTenantId | properties.tenantId",
    }
)
_USER = table({"user.id": "id", "user.email": "mail | userPrincipalName", "ai.user.department": "department"})
_NO_USER = frozenset(
    "category activityDisplayName deviceName complianceState azureADDeviceId appDisplayName Operation operation "
    "RecordType auditLogRecordType recordtype event.action".split()
)
"""Keys that rows of users do not have."""
_SPELLING = spelling(
    *(_OUTER, SIGNED_IN, CALLED, AT_RISK, PROVISIONED, _USER, AUDITED, BY),
    more=f"{WORDS} category time properties resourceId resultType resultDescription correlationId createdDateTime "
    "activityDateTime detectedDateTime riskLastUpdatedDateTime userId userPrincipalObjectId status errorCode "
    "failureReason operatingSystem conditionalAccessStatus servicePrincipalName requestUri requestId memberOf "
    "signInActivity lastSignInDateTime reason clientAppUsed operationName activityDisplayName deviceName complianceState "
    "azureADDeviceId @odata.type @removed",
)
_SIGNINS = SERVICE_SIGNINS | {"signinlogs", "noninteractiveusersigninlogs", "adfssigninlogs"}
_RISKS = frozenset(("userriskevents", "riskyusers", "riskyserviceprincipals", "serviceprincipalriskevents"))
_CALLS, _PROVISIONING = "microsoftgraphactivitylogs", "provisioninglogs"
_LOGS = _SIGNINS | _RISKS | {_CALLS, _PROVISIONING}
"""Categories that no other product has, lower-cased."""
_MARKS = frozenset(
    "category Category activityDisplayName activitydisplayname ActivityDisplayName userPrincipalName userprincipalname "
    "UserPrincipalName appDisplayName appdisplayname @removed at_sign_removed".split()
)
_SIGNED = frozenset("conditionalAccessStatus clientAppUsed status".split())
"""One of these makes a row of Graph with an application a sign-in."""
_AUDITED = frozenset("activityDisplayName operationName initiatedBy targetResources".split())
_BY = frozenset(("initiatedBy", "initiatedby"))
"""What tells an audit record from those of others, and how stores write it."""
_DIRECTORY = "microsoft.aadiam"
_PLAIN = frozenset("operationName activityDisplayName appDisplayName".split())
_WELL_SPELT = _PLAIN | {"initiatedBy", "userPrincipalName", "userDisplayName", "deviceName"}
_BADLY_SPELT = frozenset(
    form
    for key in "Category category properties resourceId userId initiatedBy appDisplayName userPrincipalName @removed".split()
    for form in (key.lower(), key.upper(), key[:1].upper() + key[1:], "at_sign_removed")
) - {"category"}
"""One of the former and keys are spelt as Microsoft does; without one of the latter they tell nothing in any spelling."""
_PLAIN_INSIDE = frozenset(
    "createdDateTime activityDateTime userPrincipalName initiatedBy requestMethod appDisplayName servicePrincipalId".split()
)
"""One of these outside, and inside, and the keys are spelt as Microsoft does."""


def claims(value: Any, _hints: Fields) -> bool:
    """Know a log by its category or its activity, a row of Graph by what it tells of an application or a person."""
    if type(value) is not dict or value.keys().isdisjoint(_MARKS):
        return False
    if _is_ours(value):
        return True
    strange = value.keys().isdisjoint(_WELL_SPELT) and not value.keys().isdisjoint(_BADLY_SPELT)
    return strange and _is_ours(respelt_top(value, _SPELLING))


def _is_ours(value: Fields) -> bool:
    category = value.get("category")
    if type(category) is str:
        if category.lower() in _LOGS:
            return "properties" in value or "appDisplayName" in value or "userId" in value
        if "properties" in value:
            resource, row = value.get("resourceId"), inside(value, "properties")
            directory = type(resource) is str and _DIRECTORY in resource.lower()
            return directory or not row.keys().isdisjoint(_BY)
    if "initiatedBy" in value and "activityDisplayName" in value:
        return True
    if "id" not in value:
        return False
    if "appDisplayName" in value:
        return not value.keys().isdisjoint(_SIGNED)
    return "@removed" in value or ("userPrincipalName" in value and value.keys().isdisjoint(_NO_USER))


def read(value: Fields, _hints: Fields) -> Iterator[Draft]:
    """Make the sign-in, change, risk or call of a log record, or the row of a user."""
    record = value if _is_plain(value) else respelt(value, _SPELLING)
    row = inside(record, "properties") or record
    category = text(record.get("category")).lower()
    if category in _SIGNINS or (row is record and "appDisplayName" in row):
        yield _draft(record, row, signed_in(record, row, category))
    elif category in _RISKS:
        yield _draft(record, row, at_risk(row))
    elif category == _CALLS:
        yield _draft(record, row, called(row))
    elif category == _PROVISIONING:
        yield _draft(record, row, {**provisioned(record, row), "event.dataset": "entra.audit"})
    elif row is not record or not row.keys().isdisjoint(_AUDITED):
        yield _draft(record, row, {**audited(record, row), "event.dataset": "entra.audit"})
    elif "userPrincipalName" in record or "@removed" in record:
        yield _user(record)
    else:
        raise BadRecord("neither an act nor a user")


def _is_plain(value: Fields) -> bool:
    if value.keys().isdisjoint(_PLAIN):
        return False
    row = value.get("properties")
    return type(row) is dict and not row.keys().isdisjoint(_PLAIN_INSIDE) if "properties" in value else True


def _draft(record: Fields, row: Fields, fields: Fields) -> Draft:
    times = (
        *(row.get("createdDateTime"), row.get("activityDateTime"), row.get("detectedDateTime")),
        *(row.get("riskLastUpdatedDateTime"), record.get("time")),
    )
    named = text(row.get("activityDisplayName")) or text(record.get("operationName"))
    code = named or text(record.get("category")) or fields["event.dataset"]
    return Draft({**pick(record, _OUTER), **fields, "event.code": code}, times, act=_act(record, row))


def _act(record: Fields, row: Fields) -> str:
    """Name the act by its id; a risky person's id comes again with every change of the risk."""
    own = text(row.get("id")) or text(record.get("id")) or text(row.get("requestId"))
    if own:
        changed = text(row.get("riskLastUpdatedDateTime")) if "riskEventType" not in row else ""
        return f"{own}:{changed}" if changed else own
    told = (
        text(record.get("correlationId")),
        text(first(record, ("time", "activityDateTime", "createdDateTime"))),
    )
    return ":".join(told) if all(told) else ""


def _user(row: Fields) -> Draft:
    login, roles = text(row.get("userPrincipalName")).lower(), objects(row.get("memberOf"))
    kinds = [text(role.get("@odata.type")).lower() for role in roles]
    names = [
        role.get("displayName") for role, kind in zip(roles, kinds, strict=True) if "directoryrole" in kind
    ]
    fields = {
        **pick(row, _USER),
        "event.action": "inventory",
        "event.code": "user",
        "event.category": ["iam"],
        "event.dataset": "entra.user",
        "user.name": login or None,
        "user.roles": names or None,
    }
    if "@removed" in row:
        fields["event.reason"] = first(inside(row, "@removed"), ("reason",)) or "deleted"
    seen = inside(row, "signInActivity").get("lastSignInDateTime")
    return Draft(fields, (seen, row.get("createdDateTime")), act=state(row, row.get("id"), None))


SOURCE = Source(
    name="entra",
    claims=claims,
    read=read,
    marks=_MARKS,
    fixed={"event.module": "entra"},
    keys=frozenset(
        "time resourceId operationName operationVersion category tenantId resultType resultSignature resultDescription "
        "durationMs callerIpAddress correlationId identity Level location properties activityDisplayName activityDateTime "
        "loggedByService operationType initiatedBy targetResources additionalDetails userPrincipalName givenName surname "
        "jobTitle accountEnabled userType appDisplayName conditionalAccessStatus".split()
    ),
)
