"""Microsoft Defender: rows of advanced hunting, each table with a verb of its own."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Any

from pipeline.errors import BadRecord
from pipeline.event import Fields
from pipeline.understand.sources import m365_copilot
from pipeline.understand.sources.defender_tables import (
    KNOWN,
    Row,
    common,
    events,
    file,
    identity_logon,
    info,
    logon,
    network,
    process,
)
from pipeline.understand.sources.forms.keys import respelt_top
from pipeline.understand.sources.forms.objects import inside
from pipeline.understand.sources.forms.people import guid
from pipeline.understand.sources.forms.values import loaded, pick, table, text
from pipeline.understand.sources.source import Draft, Source

_PREFIX = "advancedhunting-"
_REPORTS = frozenset("ReportId reportid reportId".split())
_MARKS = _REPORTS | {"category", "Category"}
_ROW = frozenset("ReportId ActionType".split())
_COLUMNS = frozenset("Timestamp TimeGenerated DeviceId DeviceName ReportId ActionType".split())
"""Without one of these there is no row."""
_TIMES = frozenset("Timestamp TimeGenerated".split())
_NAME = re.compile(r"[A-Za-z]{1,64}")
_CLOUD = table({"user.id": "AccountObjectId", "source.ip": "IPAddress", "ai.app.name": "Application"})

_TABLES: dict[str, tuple[str, Callable[[Row], Fields]]] = {
    "deviceprocessevents": ("process", process),
    "devicefileevents": ("file", file),
    "devicenetworkevents": ("network", network),
    "deviceevents": ("device", events),
    "devicelogonevents": ("logon", logon),
    "deviceinfo": ("device", info),
    "identitylogonevents": ("logon", identity_logon),
}
"""Every table that we read: the stream that it is, and what it tells beside what all rows have."""
_CLOUD_APPS = "cloudappevents"
_OURS = frozenset((*_TABLES, _CLOUD_APPS))
_SIGNATURES = (
    (("ProcessCommandLine", "ProcessId"), "deviceprocessevents"),
    (("RemoteIP", "LocalIP"), "devicenetworkevents"),
    (("RemoteUrl", "LocalIP"), "devicenetworkevents"),
    (("LogonType",), "devicelogonevents"),
    (("FileName", "FolderPath"), "devicefileevents"),
    (("RawEventData",), _CLOUD_APPS),
    (("OSPlatform",), "deviceinfo"),
)
"""Columns that tell the table of a row that does not name it, the first that it has all of."""


def claims(value: Any, _hints: Fields) -> bool:
    """Know a row by the category of its envelope, or by the columns that all tables have."""
    if type(value) is not dict or value.keys().isdisjoint(_MARKS):
        return False
    category = value.get("category", value.get("Category"))
    if type(category) is str and category[:32].lower().startswith(_PREFIX):
        return True
    if value.keys().isdisjoint(_REPORTS):
        return False
    row = value if value.keys() >= _ROW else respelt_top(value, KNOWN)
    if row.keys().isdisjoint(_TIMES) or not row.keys() >= _ROW:
        return False
    return "DeviceId" in row or _table(row, row).lower() in _OURS


def read(value: Fields, _hints: Fields) -> Iterator[Draft]:
    """Make the act of a row; a row of a table of no acts is refused by the table's name."""
    columns = loaded(value.get("properties", value.get("Properties")))
    columns = columns if type(columns) is dict else value
    if "ActionType" not in columns or "Timestamp" not in columns:
        columns = respelt_top(columns, KNOWN)
    named = _table(value, columns)
    name = named.lower()
    if name == _CLOUD_APPS:
        yield from _cloud(value, columns)
        return
    if name not in _TABLES:
        known = f"the table {named}" if _NAME.fullmatch(named) else "a table that is not named"
        raise BadRecord(f"a row of {known}, which tells of no interaction")
    stream, tell = _TABLES[name]
    if columns.keys().isdisjoint(_COLUMNS):
        raise BadRecord("a row without columns")
    fields = tell(Row(columns, text(columns.get("ActionType"))))
    whole = {"event.code": named, **common(columns), **fields, "event.dataset": f"m365_defender.{stream}"}
    yield _draft(value, columns, name, whole)


def _table(value: Fields, columns: Fields) -> str:
    """Give the name of a row's table, as its envelope or a column says it, else as its columns tell."""
    category, kind = value.get("category", value.get("Category")), columns.get("Type")
    if type(category) is str and category[:32].lower().startswith(_PREFIX):
        return category[len(_PREFIX) :]
    return next((told for told in (category, kind) if text(told)[:32].lower() in _OURS), "") or _guessed(
        columns
    )


def _guessed(columns: Fields) -> str:
    return next((name for keys, name in _SIGNATURES if all(key in columns for key in keys)), "")


def _draft(value: Fields, columns: Fields, name: str, fields: Fields) -> Draft:
    """Make a draft that is known by device, time, report and table: reports are numbered anew again and again."""
    if tenant := text(value.get("tenantId", value.get("tenantid"))):
        fields["organization.id"] = tenant
    device = text(columns.get("DeviceId")) or text(columns.get("DeviceName"))
    time, report = (
        text(columns.get("Timestamp")) or text(columns.get("TimeGenerated")),
        text(columns.get("ReportId")),
    )
    act = f"{device}:{time}:{report}:{name}" if time and report else ""
    return Draft(fields, _times(value, columns), act=act)


def _times(value: Fields, columns: Fields) -> tuple[Any, ...]:
    return columns.get("Timestamp"), columns.get("TimeGenerated"), value.get("time")


def _cloud(value: Fields, columns: Fields) -> Iterator[Draft]:
    """Read the Microsoft 365 audit record inside a row; where there is none, what the row itself says."""
    record = inside(columns, "RawEventData")
    if m365_copilot.claims(record, {}):
        for draft in m365_copilot.read(record, {}):
            draft.fields["event.module"] = "o365"
            if type(draft.common.get("event.code")) is not str:
                draft.fields["event.code"] = text(columns.get("ActionType")) or "CloudAppEvents"
            draft.times = (*draft.times, *_times(value, columns))
            yield draft
        return
    fields = {
        **pick(columns, _CLOUD),
        "event.action": "config_change",
        "event.code": text(columns.get("ActionType")) or "CloudAppEvents",
        "event.dataset": "m365_defender.cloud",
    }
    if not guid(fields.get("user.id")):
        fields.pop("user.id", None)
    yield _draft(value, columns, _CLOUD_APPS, fields)


SOURCE = Source(
    name="defender",
    claims=claims,
    read=read,
    marks=_MARKS,
    aliases=("m365_defender",),
    fixed={"event.module": "m365_defender"},
    keys=frozenset(
        "time tenantId operationName category properties Tenant Timestamp DeviceId DeviceName ReportId ActionType "
        "MachineGroup InitiatingProcessFileName InitiatingProcessCommandLine ProcessCommandLine FileName FolderPath "
        "RemoteIP RemoteUrl LocalIP AdditionalFields AccountName AccountUpn TimeGenerated".split()
    ),
)
