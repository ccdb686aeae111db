"""Palo Alto Networks: records of the logging service as JSON; lines are of the firewalls themselves."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from pipeline.event import Fields
from pipeline.understand.sources.forms.addresses import web
from pipeline.understand.sources.forms.people import person
from pipeline.understand.sources.forms.values import first, given, pick, table, text
from pipeline.understand.sources.forms.visits import (
    NETWORK,
    files_under_ai,
    looked_up,
    noted,
    ruled,
    transfer,
)
from pipeline.understand.sources.forms.words import surface
from pipeline.understand.sources.palo_alto_lines import is_line, line_drafts
from pipeline.understand.sources.palo_alto_words import (
    FILES,
    SYSTEMS,
    VISITS,
    decided_word,
    file_of,
    is_upload,
    signed_in,
)
from pipeline.understand.sources.source import Draft, Source

_COMMON = table(
    {
        "source.ip": "SourceAddress | SourceIP | PublicIPv4 | PublicIPv6",
        "host.name": "SourceDeviceHost | EndpointDeviceName",
        "host.id": "HostID",
        "device.serial_number": "EndpointSerialNumber",
    }
)
_VISIT = table(
    {
        "ai.app.name": "Application",
        "destination.ip": "DestinationAddress | DNSResolverIP",
        "destination.port": "DestinationPort",
        "http.request.method": "HTTPMethod",
        "http.request.body.bytes": "BytesSent",
        "http.response.body.bytes": "BytesReceived",
        "user_agent.original": "UserAgent",
    }
)
_TIMES = ("TimeGeneratedHighResolution", "TimeGenerated", "EventTime", "LogTime", "TimeReceived")
_CATEGORIES = (
    "URLCategory",
    "URLCategoryList",
    "ApplicationSubcategory",
    "ApplicationCategory",
    "DNSCategory",
)
_LOOK_UPS = ("DNSQuery", "QueryName", "URLDomain", "URL")


def claims(value: Any, _hints: Fields) -> bool:
    """Know a record by the names of its log and device, a line by its first values."""
    if type(value) is str:
        return is_line(value)
    if type(value) is not dict or "LogType" not in value:
        return False
    return ("Subtype" in value or "SubType" in value) and ("DeviceSN" in value or "LogSourceID" in value)


def read(value: Any, _hints: Fields) -> Iterator[Draft]:
    """Make the visit of a record, and the file in it; or the sign-in, device or setting that another log tells of."""
    if type(value) is str:
        yield from line_drafts(value)
        return
    log, subtype = text(value.get("LogType")).upper(), text(first(value, ("Subtype", "SubType"))).lower()
    common = {**pick(value, _COMMON), **person(first(value, ("SourceUser", "Users")))}
    common["event.code"] = f"{log}/{subtype}" if subtype else log
    common["event.dataset"] = f"panw.{log.lower()[:64]}"
    own = list(_acts(value, log, subtype, common))
    number, serial = text(value.get("SequenceNo")), text(first(value, ("DeviceSN", "LogSourceID")))
    act = f"{serial}|{number}" if number not in ("", "0") else ""
    times, problems = tuple(value.get(key) for key in _TIMES if key in value), noted(common)
    for fields in own:
        yield Draft(fields, times, act=act, common=common, problems=problems)


def _acts(value: Fields, log: str, subtype: str, common: Fields) -> Iterator[Fields]:
    """Give what is each act's own, and fill in what all have in common."""
    if log in VISITS:
        common |= _visited(value, log, subtype)
        filed = log in FILES or subtype in FILES
        yield {**NETWORK} if log in ("TRAFFIC", "DNS") else {"event.action": "web_visit"}
        file = file_of(value.get("FileName"), value.get("FileHash")) if filed else {}
        if filed:
            direction = first(value, ("DirectionOfAttack", "Direction"))
            sent = is_upload(value.get("Application"), value.get("FileType"), direction)
            yield {"event.action": "file_upload" if sent else "file_access", **file}
        elif log != "TRAFFIC" and (verb := transfer(common, {})):
            yield {"event.action": verb}
    elif log == "HIPMATCH":
        system = text(value.get("EndpointOSType"))
        yield {
            "event.action": "inventory",
            "event.reason": first(value, ("HipMatchName",)),
            "host.os.type": SYSTEMS.get(system.lower(), system.lower()) or None,
        }
    else:
        told = first(value, ("EventStatus", "AuthResult", "EventResult"))
        yield signed_in(log, subtype, text(first(value, ("EventIDValue", "EventName"))), text(told))


def _visited(value: Fields, log: str, subtype: str) -> Fields:
    fields = pick(value, _VISIT)
    fields |= ruled(decided_word(value.get("Action")), value.get("Rule"))
    fields["ai.surface"] = surface(fields.get("user_agent.original"))
    if log == "DNS":
        name = first(value, _LOOK_UPS)
        fields |= looked_up(name) if given(name) else {}
    else:
        fields |= _page(value, log, subtype)
    if any(files_under_ai(value.get(key)) for key in _CATEGORIES):
        fields["ai.app.heuristic"] = True
    return fields


def _page(value: Fields, log: str, subtype: str) -> Fields:
    keys = ("URL", "URLDomain", "FileName") if subtype == "url" or log == "URL" else ("URL", "URLDomain")
    for key in keys:
        if (url := text(value.get(key))) and (found := web(url)):
            return found
    return {}


SOURCE = Source(
    name="palo_alto",
    claims=claims,
    read=read,
    marks=frozenset(("LogType",)),
    lines=True,
    keys=frozenset(
        "LogType Subtype SubType TimeGenerated TimeGeneratedHighResolution TimeReceived LogTime EventTime DeviceName DeviceSN "
        "LogSourceID LogSourceName SequenceNo SourceAddress DestinationAddress DestinationPort SourceUser Users SourceDeviceHost "
        "Application ApplicationCategory ApplicationSubcategory ApplicationContainer URL URLDomain URLCategory URLCategoryList "
        "HTTPMethod UserAgent Referer ContentType Action Rule Bytes BytesSent BytesReceived FileName FileType FileHash "
        "VendorSeverity EventName EventDescription SourceIP EndpointDeviceName EndpointOSType HostID HipMatchName HipMatchType "
        "DNSResolverIP DNSCategory DNSResponse".split()
    ),
    fixed={"event.module": "webproxy"},
)
