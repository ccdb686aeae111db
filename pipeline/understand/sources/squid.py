"""Squid access logs, in the native and the common format."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from pipeline.event import Fields
from pipeline.understand.sources.forms.addresses import web
from pipeline.understand.sources.forms.people import person
from pipeline.understand.sources.forms.values import given
from pipeline.understand.sources.forms.words import surface
from pipeline.understand.sources.source import Draft, Source

_NATIVE = re.compile(
    r"(\d{1,12}\.\d{1,6})\s+(\d+)\s+(\S+)\s+([A-Z_]+)/(\d{3})\s+(\d+)\s+(\S+)\s+(\S+)\s+(\S+)\s+([A-Z_]+)/(\S+)\s*"
    r'(\S*)(?:\s+"([^"]*)"\s+"([^"]*)")?\s*'
)
_COMMON = re.compile(r'(\S+) (\S+) (\S+) \[([^\]]{1,64})\] "([A-Z-]+) ?(\S*)[^"]*"\s*(\d{3})?\s*(\d+|-)?.*')
_LONGEST = 65536
_NO_PAGE = "error:"


def claims(value: Any, _hints: Fields) -> bool:
    """Know a line by its shape."""
    return type(value) is str and (_native(value) or _common(value)) is not None


def _native(line: str) -> re.Match[str] | None:
    return _NATIVE.fullmatch(line) if line[:1].isdecimal() and len(line) <= _LONGEST else None


def _common(line: str) -> re.Match[str] | None:
    return _COMMON.fullmatch(line) if len(line) <= _LONGEST else None


def read(value: str, _hints: Fields) -> Iterator[Draft]:
    """Make the visit of one line."""
    if found := _native(value):
        time, _, client, code, status, size, method, url, user, _, peer, _, _, agent = found.groups()
        fields = {
            "event.reason": code,
            "destination.ip": peer,
            "user_agent.original": agent,
            "ai.surface": surface(agent),
        }
    else:
        found = _common(value)
        client, _, user, time, method, url, status, size = found.groups() if found else ("",) * 8
        code, fields = "", {}
    fields |= {
        "event.action": "web_visit",
        "event.code": method,
        "source.ip": client,
        "http.request.method": method,
        "http.response.status_code": status if status != "000" else None,
        "http.response.body.bytes": size,
        **person(user),
        **(web(url) if given(url) and not url.startswith(_NO_PAGE) else {}),
        **_judged(code, status),
    }
    yield Draft(fields, (time,))


def _judged(code: str, status: str) -> Fields:
    """407 asks for a login and decides nothing."""
    if status == "407":
        return {"event.outcome": "failure"}
    if code.endswith("_DENIED") or status == "403":
        return {"ai.policy.decision": "block"}
    return {}


SOURCE = Source(
    name="squid",
    claims=claims,
    read=read,
    lines=True,
    keys=frozenset(),
    fixed={"event.module": "webproxy", "event.dataset": "squid.access"},
)
