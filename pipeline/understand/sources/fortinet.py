"""Fortinet FortiGate: lines of keys and values, and the same in the Common Event Format."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from pipeline.errors import BadRecord
from pipeline.event import Fields
from pipeline.understand.sources.forms.addresses import web
from pipeline.understand.sources.forms.people import person
from pipeline.understand.sources.forms.values import UNKNOWN, pick, table
from pipeline.understand.sources.forms.visits import NETWORK, files_under_ai, looked_up, noted, transfer
from pipeline.understand.sources.forms.words import decided, surface
from pipeline.understand.sources.source import Draft, Source

_CEF = re.compile(r"(?:^|[ >])CEF:\d\|Fortinet\|")
_TOKEN = re.compile(r'(\w+)=("(?:[^"\\]|\\.)*"|\S*)')
_BAR = re.compile(r"(?<!\\)\|")
_KEY = re.compile(r"(?:^|\s)([\w.]+)=")
_ESCAPED = re.compile(r"\\(.)")
_LONGEST = 65536
_VENDOR = ("FTNTFGT", "FortinetFortiGate")
_STANDARD = {
    "src": "srcip", "spt": "srcport", "dst": "dstip", "dpt": "dstport", "suser": "user", "duser": "user", "shost": "srcname",
    "dhost": "hostname", "request": "url", "act": "action", "requestClientApplication": "agent", "requestMethod": "httpmethod",
    "out": "sentbyte", "in": "rcvdbyte", "deviceExternalId": "devid", "externalId": "sessionid", "fname": "filename",
    "app": "service",
}  # fmt: skip
"""Keys of the Common Event Format in the words of the lines; its `app` is a protocol."""

_FIELDS = table(
    {
        "ai.app.name": "app",
        "device.id": "srcuuid",
        "host.name": "srcname",
        "source.ip": "srcip",
        "destination.ip": "dstip",
        "destination.port": "dstport",
        "http.request.method": "httpmethod",
        "http.request.body.bytes": "sentbyte",
        "http.response.body.bytes": "rcvdbyte",
        "user_agent.original": "agent",
    }
)
_FILE = table({"file.name": "filename", "file.size": "filesize"})
_SYSTEMS = {"mac os x": "macos", "mac": "macos", "mac os": "macos"}
_ENDED = frozenset(("client-rst", "server-rst"))
"""Sessions that one side ended: what passed was allowed."""
_LABELS = ("filtername", "dlpextra")


def claims(value: Any, _hints: Fields) -> bool:
    """Know a line by its vendor, or by keys that only it has together."""
    if type(value) is not str:
        return False
    if "|Fortinet|" in value and _CEF.search(value, 0, 1024) is not None:
        return True
    return "logid=" in value and "type=" in value and ("devid=" in value or "vd=" in value)


def read(value: str, _hints: Fields) -> Iterator[Draft]:
    """Make the visit of a line and the file in it; or the sign-in or setting of an administrator."""
    if len(value) > _LONGEST:
        raise BadRecord("a line of FortiGate of more than 64 KiB")
    found = _CEF.search(value, 0, 1024)
    told = _common_event(value[found.start() :]) if found else _pairs(value)
    kind, subtype = _kind(told)
    if not kind:
        raise BadRecord("a line of FortiGate that does not name its type")
    common = {**pick(told, _FIELDS), **person(None if told.get("user") == "unauthuser" else told.get("user"))}
    common |= {
        "event.code": f"{kind}/{subtype}" if subtype else kind,
        "event.dataset": f"fortinet.{kind[:64]}",
    }
    own = list(_administered(told) if kind == "event" else _visited(told, kind, subtype, common))
    act = "|".join(told.get(key, "") for key in ("devid", "logid", "eventtime", "sessionid"))
    known, problems = "eventtime" in told and "devid" in told and "logid" in told, noted(common)
    for fields in own:
        yield Draft(fields, _times(told), act=act if known else "", common=common, problems=problems)


def _pairs(line: str) -> dict[str, str]:
    found = {}
    for key, raw in _TOKEN.findall(line):
        said = _ESCAPED.sub(r"\1", raw[1:-1]) if raw[:1] == '"' and raw[-1:] == '"' and len(raw) > 1 else raw
        if said not in UNKNOWN:
            found[key] = said
    return found


def _common_event(line: str) -> dict[str, str]:
    """Take an event in the common format apart: seven parts, then keys and values, a value up to the next key."""
    parts = _BAR.split(line, maxsplit=7)
    if len(parts) < 8:
        raise BadRecord("an event in the Common Event Format without its eight parts")
    words = _KEY.split(parts[7])
    found: dict[str, str] = {}
    for raw_key, raw in zip(words[1::2], words[2::2], strict=True):
        said = _ESCAPED.sub(r"\1", raw.strip())
        prefix = next((name for name in _VENDOR if raw_key.startswith(name)), "")
        key = raw_key[len(prefix) :] if prefix else _STANDARD.get(raw_key, raw_key)
        if said not in UNKNOWN:
            found.setdefault(key, said)
    found.setdefault("cat", parts[5])
    return found


def _kind(told: dict[str, str]) -> tuple[str, str]:
    """Give type and subtype, which the common format joins in its category."""
    kind, _, rest = told.get("cat", "").partition(":")
    return told.get("type") or kind, told.get("subtype") or rest.split(" ")[0]


def _times(told: dict[str, str]) -> tuple[str, ...]:
    local = f"{told.get('date', '')}T{told.get('time', '')}{told.get('tz', '')}"
    return (told.get("eventtime", ""), local, told.get("timestamp", ""))


def _visited(told: dict[str, str], kind: str, subtype: str, common: Fields) -> Iterator[Fields]:
    """Give the visit, then the file that a filter saw; fill in what they have in common."""
    action, system = told.get("action"), told.get("osname", "").lower()
    common |= decided("close" if action in _ENDED else action)
    common["ai.surface"] = surface(told.get("agent"))
    common["host.os.type"] = _SYSTEMS.get(system, system) or None
    if files_under_ai(told.get("catdesc")) or files_under_ai(told.get("appcat")):
        common["ai.app.heuristic"] = True
    if labels := [told[key] for key in _LABELS if subtype == "dlp" and key in told]:
        common["ai.data.dlp_profiles"] = list(dict.fromkeys(labels))
    if subtype == "dns":
        yield looked_up(told.get("qname"))
        return
    common |= _page(told)
    yield {"event.action": "web_visit"} if kind != "traffic" or "url.domain" in common else {**NETWORK}
    file = pick(told, _FILE)
    if subtype == "dlp" or (verb := _transferred(told, common, file)):
        yield {"event.action": "file_upload" if subtype == "dlp" else verb, **file}


def _transferred(told: dict[str, str], common: Fields, file: Fields) -> str | None:
    """Tell an upload by the way that a file went, or by its request."""
    if "file.name" in file and "direction" in told:
        return "file_upload" if told["direction"] == "outgoing" else "file_access"
    return transfer(common, file)


def _page(told: dict[str, str]) -> Fields:
    """Give the page: a URL is whole, or a path beside its host."""
    url, host, service = told.get("url", ""), told.get("hostname", ""), told.get("service", "").lower()
    if host and (not url or url.startswith("/")):
        start = f"{service}://" if url and service in ("http", "https") else ""
        return web(f"{start}{host}{url}")
    return web(url) if url else {}


def _administered(told: dict[str, str]) -> Iterator[Fields]:
    """Give the sign-in of an administrator, or the setting that any other event is."""
    action, status = told.get("action", "").lower(), told.get("status", "").lower()
    if action not in ("login", "logout"):
        yield {"event.action": "config_change", "event.reason": told.get("logdesc")}
        return
    outcome = {"success": "success", "": None}.get(status, "failure")
    yield {
        "event.action": "signin",
        "event.outcome": outcome,
        "event.type": ["end"] if action == "logout" else None,
    }


SOURCE = Source(
    name="fortinet",
    claims=claims,
    read=read,
    lines=True,
    keys=frozenset(),
    fixed={"event.module": "webproxy"},
)
