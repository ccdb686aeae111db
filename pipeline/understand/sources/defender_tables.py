"""The tables of Microsoft Defender's advanced hunting: what a row of each tells."""

from __future__ import annotations

from typing import Any, NamedTuple

from pipeline.errors import BadRecord
from pipeline.event import Fields
from pipeline.understand.sources.defender_accounts import ACCOUNTS, account, member, own_account
from pipeline.understand.sources.forms.addresses import web
from pipeline.understand.sources.forms.keys import spelling
from pipeline.understand.sources.forms.objects import objects
from pipeline.understand.sources.forms.systems import os_type
from pipeline.understand.sources.forms.tools import base
from pipeline.understand.sources.forms.values import given, loaded, pick, table, text


class Row(NamedTuple):
    """The columns of a row, and what it says was done."""

    columns: Fields
    action: str


_STARTED = table(
    {
        "process.name": "FileName",
        "process.command_line": "ProcessCommandLine",
        "process.pid": "ProcessId",
        "process.hash.sha256": "SHA256",
        "process.parent.name": "InitiatingProcessFileName",
        "process.parent.executable": "InitiatingProcessFolderPath",
        "process.parent.command_line": "InitiatingProcessCommandLine",
        "service.name": "ProcessVersionInfoProductName",
    }
)
_ACTOR = table(
    {
        "process.name": "InitiatingProcessFileName",
        "process.executable": "InitiatingProcessFolderPath",
        "process.command_line": "InitiatingProcessCommandLine",
        "process.pid": "InitiatingProcessId",
        "process.hash.sha256": "InitiatingProcessSHA256",
        "process.parent.name": "InitiatingProcessParentFileName",
        "service.name": "InitiatingProcessVersionInfoProductName",
    }
)
_FILE = table({"file.name": "FileName", "file.size": "FileSize", "file.hash.sha256": "SHA256"})
_NETWORK = table({"destination.ip": "RemoteIP", "destination.port": "RemotePort", "source.ip": "LocalIP"})
_LOGON = table({"source.ip": "RemoteIP", "event.reason": "FailureReason"})
_IDENTITY = table({"source.ip": "IPAddress", "ai.app.name": "Application", "event.reason": "FailureReason"})
_DEVICE = table({"device.id": "AadDeviceId", "host.os.version": "OSVersion"})
_HTTP = table(
    {
        "http.request.method": "method",
        "http.response.status_code": "status_code",
        "user_agent.original": "user_agent",
    }
)
KNOWN = spelling(
    *(_STARTED, _ACTOR, _FILE, _NETWORK, _LOGON, _IDENTITY, _DEVICE, ACCOUNTS),
    more="Timestamp TimeGenerated DeviceId DeviceName ReportId ActionType AdditionalFields FolderPath RemoteUrl "
    "FileOriginUrl SensitivityLabel SensitivitySubLabel OSPlatform LoggedOnUsers LogonType RawEventData "
    "AccountObjectId Type",
)

_BROWSERS = frozenset(
    (
        *"msedge.exe chrome.exe firefox.exe brave.exe opera.exe vivaldi.exe iexplore.exe arc.exe safari.exe".split(),
        *"safari chrome firefox msedge chromium brave opera vivaldi arc".split(),
        *("google chrome", "microsoft edge", "brave browser"),
    )
)
_OUTCOMES = {
    "ConnectionFailed": "failure",
    "LogonFailed": "failure",
    "ConnectionAttempt": "unknown",
    "LogonAttempted": "unknown",
}
_FILE_TYPES = {
    "FileCreated": "creation",
    "FileModified": "change",
    "FileRenamed": "change",
    "FileDeleted": "deletion",
}
_BACKSLASH = "\\"
_SLASHES = f"/{_BACKSLASH}"
_INCOMING = frozenset(("InboundConnectionAccepted", "ListeningConnectionCreated"))
_FILE_READS = frozenset(("SensitiveFileRead", "RemovableStorageFileEvent"))


def common(columns: Fields) -> Fields:
    """Give what a row of any table says of its device and of the outcome."""
    action, name = text(columns.get("ActionType")), columns.get("DeviceName")
    fields: Fields = {"event.outcome": _OUTCOMES.get(action, "success")}
    if action:
        fields["event.code"] = action
    if type(name) is str and given(name):
        fields["host.name"] = name.partition(".")[0].lower()
    if given(device := columns.get("DeviceId")):
        fields["host.id"] = device
    return fields


def _acted(columns: Fields) -> Fields:
    """Give the process that acts, and the person behind it."""
    return {**pick(columns, _ACTOR), **_surface(columns), **account(columns)}


def _surface(columns: Fields) -> Fields:
    name = columns.get("InitiatingProcessFileName")
    return {"ai.surface": "browser"} if type(name) is str and name[:64].lower() in _BROWSERS else {}


def process(row: Row) -> Fields:
    """Make the start of a process."""
    columns = row.columns
    if row.action != "ProcessCreated":
        return {"event.action": "config_change", **_acted(columns)}
    fields = {
        "event.action": "process_start",
        **pick(columns, _STARTED),
        **_surface(columns),
        **account(columns),
    }
    fields["process.executable"] = _path(columns)
    return fields


def file(row: Row) -> Fields:
    """Make the change of a file; one that came from the web names the page."""
    fields = {**_file(row.columns), **_acted(row.columns)}
    fields["event.type"] = [_FILE_TYPES.get(row.action, "access")]
    origin = row.columns.get("FileOriginUrl")
    if row.action == "FileCreated" and type(origin) is str and given(origin):
        fields |= web(origin)
    return fields


def _file(columns: Fields) -> Fields:
    fields = {"event.action": "file_access", "event.category": ["file"], **pick(columns, _FILE)}
    name, label = columns.get("FileName"), columns.get("SensitivityLabel")
    if type(name) is str and "." in name.strip("."):
        fields["file.extension"] = name.rpartition(".")[2]
    fields["file.path"] = _path(columns)
    if type(label) is str and given(label):
        below = columns.get("SensitivitySubLabel")
        fields["ai.data.label"] = f"{label}/{below}" if type(below) is str and given(below) else label
    return fields


def _path(columns: Fields) -> Any:
    """Give the path of a file, whether the column has its name at the end or not."""
    folder, name = columns.get("FolderPath"), columns.get("FileName")
    if type(folder) is not str or type(name) is not str or not given(folder) or not given(name):
        return folder if given(folder) else None
    if base(folder).lower() == name.lower():
        return folder
    return f"{folder.rstrip(_SLASHES)}{_BACKSLASH if _BACKSLASH in folder else '/'}{name}"


def network(row: Row) -> Fields:
    """Make the visit that an outgoing connection is."""
    columns, told = row.columns, dict[str, Any]()
    if row.action in _INCOMING:
        raise BadRecord("a connection that came in: no visit")
    if row.action.endswith("Inspected"):
        told = _additional(columns)
        if text(told.get("direction")).lower() not in ("", "out"):
            raise BadRecord("inspected traffic that came in: no visit")
    return {
        "event.action": "web_visit",
        "event.category": ["network"],
        "event.type": ["connection", "denied" if row.action == "ConnectionFailed" else "allowed"],
        **_acted(columns),
        **pick(columns, _NETWORK),
        **(pick(told, _HTTP) if row.action == "HttpConnectionInspected" else {}),
        **(_page(columns.get("RemoteUrl")) or _inspected(told)),
    }


def _page(url: Any) -> Fields:
    return web(url) if type(url) is str and given(url) else {}


def _inspected(told: Fields) -> Fields:
    """Give the page, server or name that inspection saw."""
    host, path = told.get("host"), told.get("uri")
    if type(path) is str and "://" in path:
        return _page(path)
    if type(host) is str and given(host):
        return _page(f"{host}{path}" if type(path) is str and path.startswith("/") else host)
    return _page(told.get("server_name")) or _page(told.get("query"))


def _additional(columns: Fields) -> Fields:
    found = loaded(columns.get("AdditionalFields"))
    return {key.lower(): one for key, one in found.items()} if type(found) is dict else {}


def events(row: Row) -> Fields:
    """Make the act of a row of the table of many acts; most of them are changes that only their code tells apart."""
    columns, acted = row.columns, _acted(row.columns)
    if row.action in _FILE_READS:
        return {**_file(columns), **acted}
    if row.action == "BrowserLaunchedToOpenUrl":
        return {"event.action": "web_visit", **acted, **_page(columns.get("RemoteUrl"))}
    if row.action == "DnsQueryResponse":
        asked = _page(_additional(columns).get("dnsquerystring"))
        return {"event.action": "web_visit", "event.category": ["network"], **acted, **asked}
    return {"event.action": "config_change", **acted}


def logon(row: Row) -> Fields:
    """Make the sign-in to a device. The process that asked is the system's, so its person is not the one who signs in."""
    actor = {**pick(row.columns, _ACTOR), **own_account(row.columns)}
    return {"event.action": "signin", **actor, **pick(row.columns, _LOGON)}


def identity_logon(row: Row) -> Fields:
    """Make the sign-in to the directory."""
    told = {**own_account(row.columns), **pick(row.columns, _IDENTITY)}
    return {"event.action": "signin", **told}


def info(row: Row) -> Fields:
    """Make the row of a device; its person only where one alone is logged on."""
    columns = row.columns
    fields: Fields = {
        "event.action": "inventory",
        "event.outcome": None,
        **pick(columns, _DEVICE),
    }
    fields["host.os.type"] = os_type(columns.get("OSPlatform"))
    fields["ai.device.last_seen"] = columns.get("Timestamp", columns.get("TimeGenerated"))
    users = objects(columns.get("LoggedOnUsers"))
    if len(users) == 1:
        fields |= member(users[0].get("UserName"), users[0].get("DomainName"), users[0].get("Sid"))
    return fields
