"""Blue Coat and Symantec proxies: access records under the names of W3C's extended log file format."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from pipeline.errors import BadRecord
from pipeline.event import Fields
from pipeline.understand.sources.forms.addresses import web
from pipeline.understand.sources.forms.people import person
from pipeline.understand.sources.forms.rows import HEADER, among, cells
from pipeline.understand.sources.forms.values import first, given, pick, table, text
from pipeline.understand.sources.forms.visits import client, files_under_ai, noted, transfer
from pipeline.understand.sources.forms.words import decided, surface
from pipeline.understand.sources.source import Draft, Source

_FIELDS = table(
    {
        "event.code": "x-bluecoat-application-operation | cs-method",
        "ai.app.name": "x-bluecoat-application-name | application-name",
        "destination.ip": "r-ip",
        "destination.port": "cs-uri-port",
        "host.name": "x-client-device-name",
        "device.id": "x-client-device-id",
        "http.request.method": "cs-method",
        "http.response.status_code": "sc-status",
        "http.request.body.bytes": "cs-bytes",
        "http.response.body.bytes": "sc-bytes",
        "organization.id": "x-bluecoat-request-tenant-id",
        "user_agent.original": "cs(user-agent)",
    }
)
_USERS = ("cs-userdn", "cs-username")
_COMMON_NAME = re.compile(r"CN=([^,]{1,256})", re.IGNORECASE)
_MARKS = ("cs-host", "cs-uri-scheme")
_REMARKS = ("#Software:", "#Version:", "#Start-Date:", "#Date:", "#Fields:", "#Remark:")
_SENT = re.compile(r"upload|post|send|attach", re.IGNORECASE)


def claims(value: Any, hints: Fields) -> bool:
    """Know a record by its host or scheme, lines by the header that names their columns."""
    if type(value) is str:
        return value.startswith(_REMARKS) or _names_hosts(text(hints.get(HEADER)))
    return type(value) is dict and any(mark in value for mark in _MARKS)


def _names_hosts(header: str) -> bool:
    return "#Fields:" in header and any(mark in header for mark in _MARKS)


def read(value: Any, hints: Fields) -> Iterator[Draft]:
    """Make the visit of a record, or of each line behind a header, and the file that went with it."""
    if type(value) is not str:
        yield from _drafts({key.strip().lower(): _trimmed(told) for key, told in value.items()})
        return
    names, rows, fault = _names(text(hints.get(HEADER))), 0, ""
    lines = value.split("\n")
    for line in lines:
        if line.startswith("#Fields:"):
            names = _names(line)
        elif line.strip() and not line.startswith("#"):
            rows += 1
            values = cells(line.strip(), " ")
            if names and len(values) >= len(names):
                drafts = _drafts(dict(zip(names, values, strict=False)))
                yield from among(drafts, line, rows) if len(lines) > 1 else drafts
            else:
                fault = fault or "a line of Blue Coat that has not the columns of its header"
    if fault or not rows:
        raise BadRecord(fault or "a header line of Blue Coat, which is no event")


def _names(header: str) -> list[str]:
    return header.rpartition("#Fields:")[2].split("\n")[0].lower().split() if "#Fields:" in header else []


def _trimmed(told: Any) -> Any:
    return told.strip() if type(told) is str else told


def _drafts(value: Fields) -> Iterator[Draft]:
    common = {**pick(value, _FIELDS), **_who(value), **_page(value), **_judged(value)}
    common["source.ip"] = client(value.get("c-ip"))
    common["ai.surface"] = surface(common.get("user_agent.original"))
    if text(common.get("http.response.status_code")) == "0":
        del common["http.response.status_code"]
    if any(files_under_ai(value.get(key)) for key in ("cs-categories", "cs-category")):
        common["ai.app.heuristic"] = True
    times = (f"{text(value.get('date'))} {text(value.get('time'))}", value.get("@timestamp"))
    act, problems = text(value.get("x-bluecoat-transaction-uuid")), noted(common)
    yield Draft({"event.action": "web_visit"}, times, act=act, common=common, problems=problems)
    file = {"file.name": name} if given(name := value.get("file-name")) else {}
    if verb := _transferred(common, file):
        yield Draft({"event.action": verb, **file}, times, act=act, common=common, problems=problems)


def _transferred(common: Fields, file: Fields) -> str | None:
    """Tell an upload by its operation or method, and by a file or much that was sent."""
    sent = _SENT.search(text(common.get("event.code"))[:256])
    return "file_upload" if file and sent else transfer(common, file)


def _who(value: Fields) -> Fields:
    login = first(value, _USERS)
    named = _COMMON_NAME.match(login) if type(login) is str else None
    return person(named[1] if named else login)


def _page(value: Fields) -> Fields:
    host, path, scheme = (text(value.get(key)) for key in ("cs-host", "cs-uri-path", "cs-uri-scheme"))
    start = f"{scheme}://" if scheme.lower() in ("http", "https") else ""
    return web(f"{start}{host}{path if path.startswith('/') else ''}") if host else {}


def _judged(value: Fields) -> Fields:
    """Give the decision of the filter; an exception that denied had the last word."""
    told, exception = decided(value.get("sc-filter-result")), text(value.get("x-exception-id"))
    if "denied" in exception.lower():
        return {"ai.policy.decision": "block", "event.reason": exception}
    if str(value.get("x-data-leak-detected")).lower() in ("true", "yes", "1"):
        told.setdefault("ai.policy.decision", "allow")
        told["event.reason"] = "x-data-leak-detected"
    return told


SOURCE = Source(
    name="bluecoat",
    claims=claims,
    read=read,
    marks=frozenset(_MARKS),
    lines=True,
    keys=frozenset(
        "date time time-taken c-ip cs-userdn cs-username cs-auth-group cs-auth-groups cs-method cs-uri-scheme cs-host cs-uri-port "
        "cs-uri-path cs-uri-query cs-uri-extension cs(User-Agent) cs(Referer) sc-status s-action sc-filter-result cs-categories "
        "cs-bytes sc-bytes r-ip s-ip rs(content-type) x-bluecoat-application-name application-name "
        "x-bluecoat-application-operation x-bluecoat-transaction-uuid x-exception-id x-data-leak-detected verdict".split()
    ),
    fixed={"event.module": "webproxy", "event.dataset": "bluecoat.access"},
)
