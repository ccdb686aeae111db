"""The transaction log of Netskope: lines of values between blanks."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

from pipeline.errors import BadRecord
from pipeline.event import Fields
from pipeline.understand.sources.forms.addresses import web
from pipeline.understand.sources.forms.people import person
from pipeline.understand.sources.forms.rows import HEADER, cells
from pipeline.understand.sources.forms.values import NOTHING, text
from pipeline.understand.sources.forms.visits import UPLOADS, files_under_ai, noted, ruled, size, transfer
from pipeline.understand.sources.forms.words import surface
from pipeline.understand.sources.source import Draft

_LINE = re.compile(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d ")
_KIND = "http_transaction"
_COLUMNS = {
    "date": 0,
    "time": 1,
    "cs-bytes": 3,
    "sc-bytes": 4,
    "c-ip": 6,
    "cs-username": 8,
    "cs-method": 9,
    "cs-uri-scheme": 10,
    "cs-user-agent": 12,
    "sc-status": 14,
    "cs-host": 17,
    "cs-uri": 18,
    "x-cs-app": 23,
    "x-cs-timestamp": 41,
    "x-category": 46,
    "x-type": 48,
    "x-transaction-id": 51,
    "x-cs-sni": 53,
    "x-cs-dst-ip": 100,
    "x-cs-dst-port": 101,
    "x-cs-uri-path": 112,
    "x-cs-app-category": 115,
    "x-cs-app-activity": 123,
    "x-cs-app-object-type": 126,
    "x-cs-app-object-name": 127,
    "x-rs-file-type": 129,
    "x-rs-file-size": 132,
    "x-rs-file-sha256": 134,
    "x-policy-action": 137,
    "x-policy-name": 138,
}
"""Places of the columns that we read in format version 3, from 0."""
_FIELDS = (
    ("event.code", "x-cs-app-activity"),
    ("ai.app.name", "x-cs-app"),
    ("source.ip", "c-ip"),
    ("destination.ip", "x-cs-dst-ip"),
    ("destination.port", "x-cs-dst-port"),
    ("http.request.method", "cs-method"),
    ("http.response.status_code", "sc-status"),
    ("http.request.body.bytes", "cs-bytes"),
    ("http.response.body.bytes", "sc-bytes"),
    ("user_agent.original", "cs-user-agent"),
)
_NO_VALUE = NOTHING | {"NoSSL", "NotChecked", "NotEstablished"}

Row = dict[str, str]
"""The values of a line by the names of their columns."""


def is_transaction(line: str) -> bool:
    """Know a line by its date, and by its kind between its values."""
    return _KIND in line and _LINE.match(line) is not None


def transaction(line: str, hints: Fields) -> Iterator[Draft]:
    """Make the visit of a line, and the upload or download in it; a header tells the columns of other versions."""
    row = _row(line.replace("\r", "").replace("\n", ""), text(hints.get(HEADER)))
    stated = row.get("x-transaction-id", "0")
    times = (f"{row.get('date')} {row.get('time')}", row.get("x-cs-timestamp"))
    act, common, file = "" if stated == "0" else stated, _common(row), _file(row)
    problems = noted(common)
    yield Draft({"event.action": "web_visit"}, times, act=act, common=common, problems=problems)
    if verb := _transferred(row, common, file):
        yield Draft({"event.action": verb, **file}, times, act=act, common=common, problems=problems)


def _row(line: str, header: str) -> Row:
    values, places = cells(line, " "), _places(header)
    count = len(values)
    row = {
        name: value for name, at in places.items() if at < count and (value := values[at]) not in _NO_VALUE
    }
    if row.get("x-type") != _KIND:
        raise BadRecord("a transaction of Netskope in another version than 3, without its header")
    return row


@lru_cache(maxsize=64)
def _places(header: str) -> dict[str, int]:
    """Give the places of columns as a header names them, else those of format version 3."""
    names = header.partition("#Fields:")[2].split()
    return {name: at for at, name in enumerate(names)} or _COLUMNS


def _common(row: Row) -> Fields:
    fields: Fields = {field: row[name] for field, name in _FIELDS if name in row}
    fields["event.dataset"] = "netskope.transaction"
    if "event.code" not in fields and "cs-method" in row:
        fields["event.code"] = row["cs-method"]
    fields["ai.surface"] = surface(row.get("cs-user-agent"))
    if files_under_ai(row.get("x-cs-app-category", row.get("x-category"))):
        fields["ai.app.heuristic"] = True
    fields |= person(row.get("cs-username"))
    fields |= _page(row)
    fields |= ruled(row.get("x-policy-action"), row.get("x-policy-name"))
    return fields


def _page(row: Row) -> Fields:
    path = row.get("x-cs-uri-path") or row.get("cs-uri", "")
    if "://" in path:
        return web(path)
    host, scheme = row.get("cs-host") or row.get("x-cs-sni", ""), row.get("cs-uri-scheme", "").lower()
    start = f"{scheme}://" if scheme in ("http", "https") else ""
    return web(f"{start}{host}{path if path.startswith('/') else ''}") if host else {}


def _file(row: Row) -> Fields:
    file: Fields = {}
    is_file = (
        row.get("x-cs-app-object-type", "").lower() == "file"
        or row.get("x-cs-app-activity", "").lower() in UPLOADS
    )
    if is_file and "x-cs-app-object-name" in row:
        file["file.name"] = row["x-cs-app-object-name"]
    if size(row.get("x-rs-file-size")):
        file["file.size"] = row["x-rs-file-size"]
    if "/" in (kind := row.get("x-rs-file-type", "")):
        file["file.mime_type"] = kind
    if "x-rs-file-sha256" in row:
        file["file.hash.sha256"] = row["x-rs-file-sha256"]
    return file


def _transferred(row: Row, common: Fields, file: Fields) -> str | None:
    """Tell a transfer by the activity and what it moved, else by what was sent."""
    activity = row.get("x-cs-app-activity", "").lower()
    if "x-cs-app-object-name" in row or "file.size" in file:
        if activity in UPLOADS:
            return "file_upload"
        if activity == "download":
            return "file_access"
    return transfer(common, {})
