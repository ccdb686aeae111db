"""Cisco Umbrella: rows of its name and proxy logs, and look-ups as JSON."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from pipeline.errors import BadRecord
from pipeline.event import Fields
from pipeline.understand.sources.forms.addresses import web
from pipeline.understand.sources.forms.people import person
from pipeline.understand.sources.forms.rows import Columns, cell, cells, columns, unclosed
from pipeline.understand.sources.forms.values import first, given, pick, table, text
from pipeline.understand.sources.forms.visits import (
    client,
    files_under_ai,
    listed,
    looked_up,
    noted,
    transfer,
)
from pipeline.understand.sources.forms.words import decided, surface
from pipeline.understand.sources.source import Draft, Source

_ROW = re.compile(r'\s?"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d(?:\.\d+)?","')
_ACTED = re.compile(r',"(?:allowed|blocked|proxied|warned|isolated)",', re.IGNORECASE)
_LOOKED_UP = frozenset(("allowed", "blocked", "proxied"))
_REQUESTED = _LOOKED_UP | {"warned", "isolated"}
_LEAST_NAMES, _LEAST_REQUESTS = 9, 20
"""Columns without which a row has no name, or is not even one of the first releases."""

_PROXY: Columns = (
    ("event.code", 25),
    ("destination.ip", 4),
    ("user_agent.original", 9),
    ("http.response.status_code", 10),
    ("http.request.body.bytes", 11),
    ("http.response.body.bytes", 12),
    ("http.request.method", 25),
)
_FILE: Columns = (("file.name", 28), ("file.hash.sha256", 14))
_JSON = table({"event.code": "queryType"})
_HOSTS = frozenset(("roaming computers", "anyconnect roaming client", "ad computers"))
_USERS = frozenset(("ad users",))


def claims(value: Any, _hints: Fields) -> bool:
    """Know a row by its quoted time and its decision, an object by three keys that nobody else has together."""
    if type(value) is str:
        return _ROW.match(value) is not None and _ACTED.search(value) is not None
    return type(value) is dict and "domain" in value and "internalIp" in value and "responseCode" in value


def read(value: Any, _hints: Fields) -> Iterator[Draft]:
    """Make the visit of a look-up or request, and the file that went with it."""
    if type(value) is not str:
        yield _object(value)
        return
    if unclosed(value):
        raise BadRecord("a row of Umbrella that breaks off within quotes")
    row = cells(value.lstrip())
    if cell(row, 5).lower() in _LOOKED_UP and len(row) >= _LEAST_NAMES:
        yield _look_up(row)
    elif cell(row, 6).lower() in _REQUESTED and len(row) >= _LEAST_REQUESTS:
        yield from _request(row)
    else:
        raise BadRecord(f"a row of Umbrella with {len(row)} columns that is neither a look-up nor a request")


def _look_up(row: list[str]) -> Draft:
    fields = {
        "event.code": cell(row, 6),
        "source.ip": client(cell(row, 3), cell(row, 4)),
        **_judged(row[5]),
        **_who(_pairs(row[1], cell(row, 10), row[2], cell(row, 11))),
    }
    return _named(fields, row[8], row[7], (row[0],), cell(row, 9))


def _object(value: Fields) -> Draft:
    identities = [
        _identity(one) for key in ("policyIdentity", "identities") for one in listed(value.get(key))
    ]
    fields = {
        "source.ip": client(value.get("internalIp"), value.get("externalIp")),
        **pick(value, _JSON),
        **_judged(value.get("action")),
        **_who(identities),
    }
    return _named(
        fields,
        value.get("domain"),
        value.get("responseCode"),
        (value.get("timestamp"),),
        value.get("categories"),
    )


def _named(fields: Fields, name: Any, answer: Any, times: tuple[Any, ...], categories: Any) -> Draft:
    """Finish the look-up of a name."""
    fields |= looked_up(name)
    fields["event.module"], fields["event.dataset"] = "dns", "umbrella.dns"
    if given(answer):
        fields["event.outcome"] = "success" if answer == "NOERROR" else "failure"
    if files_under_ai(categories):
        fields["ai.app.heuristic"] = True
    return Draft(fields, times, problems=noted(fields))


def _request(row: list[str]) -> Iterator[Draft]:
    common = {
        **columns(row, _PROXY),
        "event.module": "webproxy",
        "event.dataset": "umbrella.proxy",
        "source.ip": client(cell(row, 2), cell(row, 3)),
        **web(cell(row, 7)),
        **_judged(row[6], cell(row, 32), cell(row, 34)),
        **_who(_pairs(row[1], cell(row, 21), cell(row, 23), cell(row, 24))),
    }
    common["ai.surface"] = surface(common.get("user_agent.original"))
    if files_under_ai(cell(row, 15)):
        common["ai.app.heuristic"] = True
    file, problems = columns(row, _FILE), noted(common)
    yield Draft({"event.action": "web_visit"}, (row[0],), common=common, problems=problems)
    if verb := transfer(common, file):
        yield Draft({"event.action": verb, **file}, (row[0],), common=common, problems=problems)


def _judged(action: Any, isolated: str = "", warned: str = "") -> Fields:
    """Give the decision; a request that was let through may have been isolated, or its person warned."""
    told = decided(action)
    if told.get("ai.policy.decision") == "allow":
        if isolated.lower().startswith("isolat"):
            return {"ai.policy.decision": "block", "event.reason": isolated}
        if warned.lower().startswith("warn"):
            return {"ai.policy.decision": "warn", "event.reason": warned}
    return told


def _pairs(name: str, kind: str, names: str, kinds: str) -> list[tuple[str, str]]:
    """Give identities with their types: the most granular one, then the others where each has its type."""
    others, types = _members(names), _members(kinds)
    if len(others) != len(types):
        return [(name, kind)] if others else [(name, kind or kinds)]
    return [(name, kind), *zip(others, types, strict=True)]


def _members(text_of_list: str) -> list[str]:
    return [one.strip() for one in text_of_list.split(",")] if text_of_list else []


def _identity(value: Any) -> tuple[str, str]:
    """Give name and type of an identity of the JSON form, which is an object or a mere name."""
    if type(value) is not dict:
        return text(value), ""
    kind = value.get("type")
    kind = first(kind, ("label", "type")) if type(kind) is dict else kind
    return text(first(value, ("label", "name"))), text(kind)


def _who(identities: list[tuple[str, str]]) -> Fields:
    """Give the first person and the first device among identities; networks and sites are neither."""
    found: Fields = {}
    for name, kind in identities:
        plain = kind.lower()
        if plain in _HOSTS:
            if given(name):
                found.setdefault("host.name", name)
        elif "user.email" not in found and "user.name" not in found and (plain in _USERS or "@" in name):
            found |= person(name)
    return found


SOURCE = Source(
    name="umbrella",
    claims=claims,
    read=read,
    marks=frozenset(("internalIp",)),
    lines=True,
    keys=frozenset(
        "timestamp action internalIp externalIp domain responseCode queryType identities categories policyIdentity".split()
    ),
)
