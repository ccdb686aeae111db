"""What Entra tells beside its audit: sign-ins, risks, calls of Microsoft Graph, provisioning."""

from __future__ import annotations

from pipeline.event import Fields
from pipeline.understand.sources.forms.addresses import web
from pipeline.understand.sources.forms.objects import inside
from pipeline.understand.sources.forms.people import guid, person
from pipeline.understand.sources.forms.systems import os_type
from pipeline.understand.sources.forms.values import first, given, pick, table, text

SIGNED_IN = table(
    {
        "source.ip": "ipAddress",
        "device.id": "deviceDetail.deviceId",
        "host.name": "deviceDetail.displayName",
        "ai.device.compliant": "deviceDetail.isCompliant",
        "ai.device.managed": "deviceDetail.isManaged",
        "ai.app.name": "appDisplayName",
        "user_agent.original": "userAgent",
    }
)
CALLED = table(
    {
        "source.ip": "ipAddress",
        "user_agent.original": "userAgent",
        "http.request.method": "requestMethod",
        "http.response.status_code": "responseStatusCode",
        "http.response.body.bytes": "responseSizeBytes",
    }
)
AT_RISK = table({"source.ip": "ipAddress", "event.reason": "riskEventType | riskDetail | riskLevel"})
PROVISIONED = table(
    {
        "ai.app.name": "servicePrincipal.displayName | targetSystem.displayName",
        "service.name": "initiatedBy.displayName",
        "event.reason": "statusInfo.reason | provisioningStatusInfo.reason",
    }
)
SERVICE_SIGNINS = frozenset(("serviceprincipalsigninlogs", "managedidentitysigninlogs"))
"""Categories of sign-ins in which nobody signs in, lower-cased."""
_SUCCESS = frozenset(("0", "success"))


def _who(row: Fields) -> Fields:
    fields = person(row.get("userPrincipalName"))
    told = first(row, ("userId", "userPrincipalObjectId"))
    if guid(told):
        fields["user.id"] = told
    return fields


def _service(row: Fields) -> Fields:
    return {
        "ai.actor.type": "service",
        "ai.actor.id": first(row, ("servicePrincipalId", "appId")),
        "service.name": first(row, ("servicePrincipalName",)),
    }


def signed_in(record: Fields, row: Fields, category: str) -> Fields:
    """Make a sign-in; service principals are no persons."""
    fields = pick(row, SIGNED_IN)
    fields["event.dataset"], fields["event.action"] = "entra.signin", "signin"
    fields["event.outcome"] = outcome = _outcome(record, row)
    who = {} if category in SERVICE_SIGNINS else _who(row)
    fields |= who or (_service(row) if given(row.get("servicePrincipalId")) else {})
    device = row.get("deviceDetail")
    if type(device) is dict:
        fields["host.os.type"] = os_type(device.get("operatingSystem"))
    if outcome == "failure":
        why = inside(row, "status").get("failureReason")
        fields["event.reason"] = why if given(why) else record.get("resultDescription")
    if text(row.get("conditionalAccessStatus")).lower() == "failure":
        fields["ai.policy.decision"] = "block"
    return fields


def _outcome(record: Fields, row: Fields) -> str:
    """Tell the outcome by the error code, where 0 is none, else by the type of the result."""
    code = text(inside(row, "status").get("errorCode")) or text(record.get("resultType")).lower()
    return ("success" if code in _SUCCESS else "failure") if code else "unknown"


def at_risk(row: Fields) -> Fields:
    """Make the sign-in that a risk was found in; nobody says how it ended."""
    who = _who(row) or (_service(row) if given(row.get("servicePrincipalId")) else {})
    told = {"event.action": "signin", "event.outcome": "unknown", "event.dataset": "entra.signin"}
    return {**pick(row, AT_RISK), **who, **told}


def called(row: Fields) -> Fields:
    """Make the visit that a call of Microsoft Graph is."""
    page, status = row.get("requestUri"), text(row.get("responseStatusCode"))
    failed = status.isdecimal() and len(status) == 3 and int(status) >= 400
    return {
        **pick(row, CALLED),
        **(web(page) if type(page) is str else {}),
        **(_who(row) or _service(row)),
        "event.action": "web_visit",
        "event.dataset": "entra.graph",
        "event.outcome": ("failure" if failed else "success") if status else "unknown",
        "ai.surface": "api",
    }


def provisioned(record: Fields, row: Fields) -> Fields:
    """Make the change that provisioning is."""
    word = text(record.get("resultType")).lower()
    return {
        **pick(row, PROVISIONED),
        "event.action": "config_change",
        "event.outcome": "unknown" if not word else "success" if word in _SUCCESS else "failure",
    }
