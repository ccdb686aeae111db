"""JumpCloud: systems as rows, and the events of its Directory Insights."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from pipeline.errors import BadRecord
from pipeline.event import Fields
from pipeline.understand.sources.forms.objects import inside, objects, state
from pipeline.understand.sources.forms.people import person
from pipeline.understand.sources.forms.systems import os_type
from pipeline.understand.sources.forms.values import first, given, pick, table, text
from pipeline.understand.sources.source import Draft, Source

_SYSTEM = table(
    {
        "device.id": "id | _id",
        "host.id": "id | _id",
        "host.name": "hostname",
        "host.os.version": "version",
        "device.serial_number": "serialNumber",
        "organization.id": "organization",
        "ai.device.encrypted": "fde.active",
        "ai.device.last_seen": "lastContact",
    }
)
_EVENT = table(
    {
        "organization.id": "organization",
        "event.reason": "error_message",
        "source.ip": "client_ip",
        "ai.app.name": "application.display_label | application.name",
        "host.name": "auth_context.system.hostname | system.hostname",
        "device.id": "auth_context.system.id | system.id",
    }
)
_TARGET = table(
    {"ai.grant.target": "resource.username | resource.displayName | association.connection.to.name"}
)
_FROM = table({"host.name": "hostname | name", "device.id": "id | object_id"})
_SIGNINS = re.compile(
    r".*login_attempt|.*_auth|.*_auth_attempt|user_login.*|sso_auth|radius_auth_attempt|ldap_bind|mdm_.*auth.*"
)
_GRANTS = re.compile(
    r"association_change|.*_group_.*|admin_create.*|.*_role.*|user_create|user_delete|.*apikey.*|.*api_key.*"
)
_STATES = frozenset(("suspended", "state"))
_LONGEST = 256


def claims(value: Any, _hints: Fields) -> bool:
    """Know an event by who began it in which organisation, a system by its last contact and its secrets."""
    if type(value) is not dict:
        return False
    if "event_type" in value:
        return "initiated_by" in value and "organization" in value
    return "lastContact" in value and ("systemToken" in value or "fde" in value)


def read(value: Fields, _hints: Fields) -> Iterator[Draft]:
    """Make the act of an event, or the row of a system."""
    yield _event(value) if "event_type" in value else _system(value)


def _system(row: Fields) -> Draft:
    seen = row.get("lastContact")
    fields = {
        **pick(row, _SYSTEM),
        "event.action": "inventory",
        "event.code": "system",
        "event.dataset": "jumpcloud.system",
        "host.os.type": os_type(row.get("os")) or os_type(row.get("osFamily")),
        "ai.device.managed": _managed(row),
    }
    return Draft(fields, (seen, row.get("created")), act=state(row, first(row, ("id", "_id")), seen))


def _managed(row: Fields) -> bool | None:
    """Say whether a system is managed: by device management, or by an agent that is active."""
    if given(row.get("mdm")):
        return True
    active = row.get("active")
    return active if type(active) is bool else None


def _event(record: Fields) -> Draft:
    kind = text(record.get("event_type"))[:_LONGEST]
    if not kind:
        raise BadRecord("an event without its type")
    fields = {
        **pick(record, _EVENT),
        **_who(inside(record, "initiated_by")),
        **_bound(record),
        "event.action": (verb := _verb(kind, record)),
        "event.code": kind,
        "event.dataset": "jumpcloud.directory",
        "event.outcome": _outcome(record),
        "host.os.type": os_type(inside(inside(record, "auth_context"), "system").get("os")),
    }
    if verb == "grant":
        fields |= pick(record, _TARGET)
    return Draft(fields, (record.get("timestamp"),), act=text(record.get("id")))


def _who(by: Fields) -> Fields:
    if by.get("type") == "system":
        return {"ai.actor.type": "service", "ai.actor.id": text(by.get("id")) or None}
    fields = person(by.get("email"))
    name = text(by.get("username"))
    fields |= {"user.name": name} if name and fields else person(name or None)
    fields["ai.actor.id"] = text(by.get("id")) or None
    return fields


def _bound(record: Fields) -> Fields:
    """Give the system that something was bound to."""
    origin = inside(inside(inside(record, "association"), "connection"), "from")
    return pick(origin, _FROM) if origin.get("type") == "system" else {}


def _verb(kind: str, record: Fields) -> str:
    if _SIGNINS.fullmatch(kind):
        return "signin"
    suspended = kind == "user_update" and any(
        text(one.get("field")) in _STATES for one in objects(record.get("changes"))
    )
    return "grant" if suspended or _GRANTS.fullmatch(kind) else "config_change"


def _outcome(record: Fields) -> str:
    told = next(
        (record[key] for key in ("success", "sso_token_success") if type(record.get(key)) is bool), None
    )
    if told is not None:
        return "success" if told else "failure"
    return "failure" if given(record.get("error_message")) else "unknown"


SOURCE = Source(
    name="jumpcloud",
    claims=claims,
    read=read,
    marks=frozenset(("event_type", "lastContact")),
    own=frozenset(("timestamp", "hostname")),
    fixed={"event.module": "jumpcloud"},
    keys=frozenset(
        "event_type initiated_by organization service client_ip success useragent geoip application auth_method auth_context "
        "sso_token_success error_message resource changes association systemToken fde lastContact hostname osFamily "
        "agentVersion serialNumber remoteIP".split()
    ),
)
