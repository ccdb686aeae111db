"""Lines of PAN-OS: comma-separated values behind the header of a syslog."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from pipeline.errors import BadRecord
from pipeline.event import Fields
from pipeline.understand.sources.forms.addresses import web
from pipeline.understand.sources.forms.people import person
from pipeline.understand.sources.forms.rows import Columns, cell, cells, columns
from pipeline.understand.sources.forms.visits import NETWORK, files_under_ai, noted, ruled
from pipeline.understand.sources.forms.words import surface
from pipeline.understand.sources.palo_alto_words import (
    FILES,
    SYSTEMS,
    decided_word,
    file_of,
    is_upload,
    signed_in,
)
from pipeline.understand.sources.source import Draft

_START = re.compile(
    r"1,\d{4}/\d\d/\d\d \d\d:\d\d:\d\d,[^,]{0,64},(?:TRAFFIC|THREAT|URL|SYSTEM|USERID|GLOBALPROTECT|DECRYPTION|HIPMATCH"
    r"|AUTHENTICATION|CONFIG),"
)
_LONGEST_HEADER = 512
_EXACT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d")
_SHARED: Columns = (
    ("source.ip", 7),
    ("destination.ip", 8),
    ("ai.app.name", 14),
    ("destination.port", 25),
)
_THREAT: Columns = (*_SHARED, ("user_agent.original", 46), ("http.request.method", 63))
_TRAFFIC: Columns = (*_SHARED, ("http.request.body.bytes", 32), ("http.response.body.bytes", 33))
_PROTECT: Columns = (
    ("host.name", 14),
    ("source.ip", 15),
    ("host.id", 19),
    ("device.serial_number", 20),
)
_LEAST = {"THREAT": 34, "URL": 34, "TRAFFIC": 31, "USERID": 10, "GLOBALPROTECT": 13}
"""Columns without which a row of a log tells nothing, or half of a URL."""
_NUMBERED = {"THREAT": 36, "URL": 36, "TRAFFIC": 39}
"""Where the sequence number stands."""
_AI = "artificial-intelligence"
_LATER = 60
"""From this column on, all that names a category is a category: no addresses of pages follow."""


def is_line(line: str) -> bool:
    """Know a line by its first values, which may follow the header of a syslog."""
    return _START.search(line, 0, _LONGEST_HEADER) is not None


def line_drafts(line: str) -> Iterator[Draft]:
    """Make the visit of a line and the file in it; or what another log tells."""
    found = _START.search(line, 0, _LONGEST_HEADER)
    if found is None:
        raise BadRecord("a line that does not begin as those of PAN-OS do")
    row = cells(line[found.start() :].replace('\\"', '"'))
    log, subtype = row[3], cell(row, 4).lower()
    if len(row) < _LEAST.get(log, 5):
        raise BadRecord(f"a row of PAN-OS that breaks off after {len(row)} columns")
    common: Fields = {
        "event.code": f"{log}/{subtype}" if subtype else log,
        "event.dataset": f"panw.{log.lower()}",
    }
    own = _LOGS.get(log, _set)(row, log, subtype, common)
    number = cell(row, _NUMBERED.get(log, len(row)))
    act = f"{row[2]}|{number}" if number not in ("", "0") else ""
    times, problems = (_exact(row), cell(row, 6), row[1]), noted(common)
    for fields in own:
        yield Draft(fields, times, act=act, common=common, problems=problems)


def _exact(row: list[str]) -> str | None:
    """Give the time that has a zone, the last that looks like one."""
    for at in range(len(row) - 1, 30, -1):
        if row[at][10:11] == "T" and _EXACT.match(row[at]):
            return row[at]
    return None


def _visited(row: list[str], places: Columns, category: int) -> Fields:
    fields = columns(row, places)
    fields |= person(row[12]) | ruled(decided_word(row[30]), row[11])
    fields["ai.surface"] = surface(fields.get("user_agent.original"))
    if files_under_ai(cell(row, category)) or _AI in ",".join(row[_LATER:]):
        fields["ai.app.heuristic"] = True
    return fields


def _threat(row: list[str], _log: str, subtype: str, common: Fields) -> list[Fields]:
    common |= _visited(row, _THREAT, 33)
    visit: Fields = {"event.action": "web_visit"}
    if subtype in FILES:
        sent = is_upload(row[14], cell(row, 47), cell(row, 35))
        return [
            visit,
            {"event.action": "file_upload" if sent else "file_access", **file_of(row[31], cell(row, 43))},
        ]
    if subtype == "url" or "/" in row[31]:
        common |= web(row[31])
    return [visit]


def _traffic(row: list[str], _log: str, _subtype: str, common: Fields) -> list[Fields]:
    common |= _visited(row, _TRAFFIC, 37)
    return [{**NETWORK}]


def _userid(row: list[str], log: str, subtype: str, common: Fields) -> list[Fields]:
    common |= {"source.ip": row[8], **person(row[9])}
    return [signed_in(log, subtype, "", "")]


def _protect(row: list[str], log: str, subtype: str, common: Fields) -> list[Fields]:
    """Make the sign-in to a portal or gateway; its own event says more than the subtype, which may be 0."""
    common |= columns(row, _PROTECT) | person(row[12])
    event, system, region = cell(row, 8), cell(row, 22).lower(), cell(row, 13)
    common["event.code"] = event or common["event.code"]
    if system:
        common["host.os.type"] = SYSTEMS.get(system, system)
    if len(region) == 2 and region.isascii() and region.isupper():
        common["source.geo.country_iso_code"] = region
    common.setdefault("source.ip", cell(row, 17))
    return [signed_in(log, subtype, event, cell(row, 28))]


def _set(row: list[str], log: str, subtype: str, common: Fields) -> list[Fields]:
    """Make the setting that any other log tells of; the log of decryption has the columns of a visit."""
    if log == "DECRYPTION" and len(row) >= _LEAST["TRAFFIC"]:
        common |= columns(row, _SHARED) | person(row[12])
    return [signed_in(log, subtype, cell(row, 8), "")]


_LOGS: dict[str, Callable[[list[str], str, str, Fields], list[Fields]]] = {
    "THREAT": _threat,
    "URL": _threat,
    "TRAFFIC": _traffic,
    "USERID": _userid,
    "GLOBALPROTECT": _protect,
}
