"""Microsoft Intune: devices and their compliance as rows, enrolments and changes of settings as events."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from pipeline.event import Fields
from pipeline.understand.sources.forms.keys import respelt, respelt_top, spelling
from pipeline.understand.sources.forms.objects import inside, objects, state
from pipeline.understand.sources.forms.people import guid, person
from pipeline.understand.sources.forms.systems import os_type
from pipeline.understand.sources.forms.values import NOTHING, first, given, pick, table, text
from pipeline.understand.sources.source import Draft, Source

_GRAPH = table(
    {
        "device.id": "azureADDeviceId | id",
        "host.id": "id",
        "host.name": "deviceName",
        "host.os.version": "osVersion",
        "device.serial_number": "serialNumber",
        "ai.device.encrypted": "isEncrypted",
        "ai.device.last_seen": "lastSyncDateTime",
    }
)
_ROW = table(
    {
        "device.id": "AADDeviceId | AzureADDeviceId | DeviceId | IntuneDeviceId",
        "host.id": "DeviceId | IntuneDeviceId",
        "host.name": "DeviceHostName | DeviceName",
        "host.os.version": "OSVersion | OsVersion",
        "device.serial_number": "SerialNumber",
        "ai.device.encrypted": "EncryptionStatusString",
        "ai.device.last_seen": "LastContact",
    }
)
_OUTER = table({"organization.id": "tenantId", "event.reason": "resultDescription"})
_GRAPH_WORDS = (
    "@odata.type operatingSystem complianceState jailBroken userId userPrincipalName emailAddress enrolledDateTime "
    "time category operationName resultType identity properties correlationId"
)
_ROW_WORDS = (
    "OS DeviceOperatingSystem CompliantState ComplianceState ComplianceState_loc JailBroken UPN UserEmail UserName "
    "UPNSuffix PrimaryUser IntuneUserId AlertType Description EnrollmentType FailureReason ActivityDate ActivityType "
    "Actor ObjectId ApplicationName Targets ModifiedProperties Name AuditEventId IntuneAccountId"
)
_OUTSIDE = spelling(_GRAPH, _OUTER, more=_GRAPH_WORDS)
_INSIDE = {**spelling(_ROW, more=_ROW_WORDS), "userid": "UserId", "os": "OS"}
"""Rows of diagnostics spell their keys with a capital."""
_MARKS = frozenset(
    "category Category @odata.type at_sign_odata_type complianceState compliancestate ComplianceState".split()
)
_CATEGORIES = frozenset(("devices", "devicecomplianceorg", "operationallogs", "auditlogs"))
_SIGNS = frozenset(
    "intuneaccountid auditeventid compliantstate compliancestate intunedeviceid enrollmenttype".split()
)
"""Columns that tell its diagnostics from those of others, lower-cased."""
_MANAGED = "manageddevice"
_SUCCESS = frozenset(("success", "succeeded", "0"))
_FAILURE = frozenset(("failure", "failed", "fail", "error"))


def claims(value: Any, _hints: Fields) -> bool:
    """Know a device by its type or its state of compliance, diagnostics by their category and a column of their own."""
    if type(value) is not dict or value.keys().isdisjoint(_MARKS):
        return False
    if "complianceState" in value and "deviceName" in value and "category" not in value:
        return True
    record = value if "category" in value else respelt_top(value, _OUTSIDE)
    category = record.get("category")
    if type(category) is str and category.lower() in _CATEGORIES:
        columns = inside(record, "properties")
        return any(key.lower() in _SIGNS for key in columns if len(key) < 32)
    kind = record.get("@odata.type")
    typed = type(kind) is str and kind.lower().endswith(_MANAGED)
    return typed or ("complianceState" in record and "deviceName" in record)


def read(value: Fields, _hints: Fields) -> Iterator[Draft]:
    """Make the row of a device, or an administrator's act."""
    record = value if "deviceName" in value or "operationName" in value else respelt(value, _OUTSIDE)
    columns = inside(record, "properties")
    if not columns:
        yield _managed(record)
        return
    if columns.keys().isdisjoint(_ROW_KEYS):
        columns = respelt(columns, _INSIDE)
    category, operation = text(record.get("category")).lower(), text(record.get("operationName")).lower()
    if category == "auditlogs" or "AuditEventId" in columns:
        yield _audit(record, columns)
    elif category != "operationallogs":
        yield _row(record, columns)
    elif operation == "compliance" or (operation != "enrollment" and "AlertType" in columns):
        yield _alert(record, columns)
    else:
        yield _enrolled(record, columns)


_ROW_KEYS = frozenset("DeviceId DeviceName IntuneDeviceId AuditEventId ActivityType".split())

_ASSET = {"event.action": "inventory", "ai.device.managed": True}


def _managed(row: Fields) -> Draft:
    """Make the row of a managed device as Graph gives it."""
    seen = row.get("lastSyncDateTime")
    fields = {
        **pick(row, _GRAPH),
        **_ASSET,
        **_user(row.get("userId"), row.get("userPrincipalName"), row.get("emailAddress")),
        "event.dataset": "intune.device",
        "event.code": "managedDevice",
        "host.os.type": os_type(row.get("operatingSystem")),
        "ai.device.compliant": _is(row.get("complianceState"), "compliant"),
        "ai.device.jailbroken": _is(row.get("jailBroken"), "true"),
    }
    identity = first(row, ("id", "azureADDeviceId"))
    return Draft(fields, (seen, row.get("enrolledDateTime")), act=state(row, identity, seen))


def _row(record: Fields, row: Fields) -> Draft:
    """Make the row of a device as the diagnostics give it."""
    seen = row.get("LastContact")
    fields = {
        **_device(record, row),
        **_ASSET,
        "event.code": text(record.get("category")) or _named(record),
        "ai.device.compliant": _compliant(row),
        "ai.device.jailbroken": _is(row.get("JailBroken"), "true"),
    }
    return Draft(fields, (seen, record.get("time")), act=state(row, row.get("DeviceId"), seen))


def _alert(record: Fields, row: Fields) -> Draft:
    """Make the row of a device that was found not to comply."""
    fields = {
        **_device(record, row),
        **_ASSET,
        "event.code": _named(record),
        "ai.device.compliant": False,
    }
    if given(row.get("AlertType")):
        fields["event.reason"] = row["AlertType"]
    return Draft(fields, (record.get("time"),), act=state(record, row.get("IntuneDeviceId"), None))


def _enrolled(record: Fields, row: Fields) -> Draft:
    """Make the enrolment of a device, or what else its operation is."""
    failed = row.get("FailureReason")
    fields = {
        **_device(record, row),
        "event.action": "config_change",
        "event.code": _named(record),
        "event.outcome": _outcome(record) if not given(failed) else "failure",
    }
    if given(failed):
        fields["event.reason"] = failed
    return Draft(fields, (record.get("time"),), act=_correlated(record))


def _audit(record: Fields, row: Fields) -> Draft:
    """Make an administrator's act; of what was changed only the names stay."""
    actor = inside(row, "Actor")
    fields = {
        **pick(record, _OUTER),
        **_administrator(actor, record.get("identity")),
        "event.action": "config_change",
        "event.dataset": "intune.audit",
        "event.code": text(row.get("ActivityType")) or _named(record),
        "event.outcome": _outcome(record),
        "event.reason": _changed(row),
    }
    act = text(row.get("AuditEventId")) or _correlated(record)
    return Draft(fields, (row.get("ActivityDate"), record.get("time")), act=act)


def _device(record: Fields, row: Fields) -> Fields:
    login, suffix = text(row.get("UserName")), text(row.get("UPNSuffix"))
    joined = f"{login}@{suffix}" if login and "." in suffix and "@" not in login else login
    users = next((row[key] for key in ("UserId", "IntuneUserId", "PrimaryUser") if guid(row.get(key))), None)
    return {
        **pick(record, _OUTER),
        **pick(row, _ROW),
        **_user(users, row.get("UPN"), row.get("UserEmail"), joined),
        "event.dataset": "intune.device",
        "host.os.type": os_type(first(row, ("OS", "Os", "DeviceOperatingSystem"))),
    }


def _user(identity: Any, *logins: Any) -> Fields:
    """Name the person of a device: a directory id, and the first login that is an address."""
    login = next((one for one in logins if type(one) is str and "@" in one), None)
    fields = person(login)
    if given(identity):
        fields["user.id"] = identity
    return fields


def _administrator(actor: Fields, identity: Any) -> Fields:
    logins = [one for one in (actor.get("UPN"), identity) if type(one) is str and "@" in one]
    if logins:
        return _user(actor["ObjectId"] if guid(actor.get("ObjectId")) else None, *logins)
    service = {
        "service.name": text(actor.get("ApplicationName")) or None,
        "ai.actor.id": text(actor.get("ObjectId")) or None,
    }
    return {**service, "ai.actor.type": "service"} if any(service.values()) else {}


def _is(value: Any, word: str) -> bool | None:
    """Compare a word without case; None where nothing is said."""
    if type(value) is bool:
        value = str(value)
    return value.strip().lower() == word if type(value) is str and value not in NOTHING else None


def _compliant(row: Fields) -> bool | None:
    """Trust words; of the codes only 1 is sure."""
    told = first(row, ("CompliantState", "ComplianceState_loc", "ComplianceState"))
    if type(told) is int or (type(told) is str and told.isdecimal()):
        word = row.get("ComplianceState_loc")
        return _is(word, "compliant") if given(word) else (True if text(told) == "1" else None)
    return _is(told, "compliant")


def _outcome(record: Fields) -> str:
    word = text(record.get("resultType")).lower()
    return "success" if word in _SUCCESS else "failure" if word in _FAILURE else "unknown"


def _changed(row: Fields) -> str | None:
    """Name the changed properties; their values may be secrets."""
    names = (
        text(one.get("Name"))
        for target in objects(row.get("Targets"))
        for one in objects(target.get("ModifiedProperties"))
    )
    return ", ".join(sorted({name for name in names if name})) or None


def _named(record: Fields) -> str:
    """Name what was done as the record does."""
    return text(first(record, ("operationName", "category"))) or "OperationalLogs"


def _correlated(record: Fields) -> str:
    told = text(record.get("correlationId")), text(record.get("time"))
    return ":".join(told) if all(told) else ""


SOURCE = Source(
    name="intune",
    claims=claims,
    read=read,
    marks=_MARKS,
    fixed={"event.module": "intune"},
    keys=frozenset(
        "id azureADDeviceId deviceName managedDeviceName userId userPrincipalName emailAddress operatingSystem osVersion "
        "complianceState isEncrypted jailBroken managedDeviceOwnerType managementAgent enrolledDateTime lastSyncDateTime "
        "serialNumber time tenantId category operationName resultType properties".split()
    ),
)
