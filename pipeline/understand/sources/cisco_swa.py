"""Access lines of the Cisco Secure Web Appliance: those of Squid, then the tag of a policy and a block of verdicts."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from pipeline.errors import BadRecord
from pipeline.event import Fields
from pipeline.understand.sources.forms.addresses import address, web
from pipeline.understand.sources.forms.people import person
from pipeline.understand.sources.forms.rows import cells
from pipeline.understand.sources.forms.values import UNKNOWN, given
from pipeline.understand.sources.forms.visits import files_under_ai
from pipeline.understand.sources.forms.words import surface
from pipeline.understand.sources.source import Draft, Source

_HEAD = re.compile(
    r"(?:Info:\s+)*(\d{1,12}\.\d{1,6})\s+\d+\s+(\S+)\s+([A-Z_]+)/(\d{3})\s+(\d+)\s+(\S+)\s+(\S+)\s+"
    r'("[^"]*"|\S+)\s+[A-Z_]+/(\S+)\s+\S+\s'
)
_LONGEST = 65536
_BLOCKING = ("BLOCK_", "DROP_", "REDIRECT_")
_NUMBER = re.compile(r"\d+\.\d+")
_FIRST_NUMBER = 10
"""The bandwidth stands behind the names; the reputation, a number too, before them."""
_BEFORE_NUMBER = 4
"""So many places before the bandwidth the application is named: name, type, behaviour, safe search."""
_AGENT = re.compile(r'"([^"]*/[^"]*)"')


def claims(value: Any, _hints: Fields) -> bool:
    """Know a line by its beginning and the block at its end."""
    return (
        type(value) is str and "<" in value and ">" in value and _HEAD.match(value, 0, _LONGEST) is not None
    )


def read(value: str, _hints: Fields) -> Iterator[Draft]:
    """Make the visit of one line."""
    start, end = value.find("<"), value.rfind(">")
    found = _HEAD.match(value, 0, _LONGEST)
    if found is None or start < found.end() or end < start or len(value) > _LONGEST:
        raise BadRecord("a line of the web appliance without its block of verdicts")
    time, client, code, status, size, method, url, user, peer = found.groups()
    agent = _AGENT.search(value, end)
    tag = value[found.end() : start].split()[-1:] or [""]
    fields = {
        "event.action": "web_visit",
        "event.code": method,
        "source.ip": client,
        "destination.ip": address(peer),
        "http.request.method": method,
        "http.response.status_code": status if status != "000" else None,
        "http.response.body.bytes": size,
        "user_agent.original": agent[1] if agent else None,
        "ai.surface": surface(agent[1]) if agent else None,
        **_who(user.strip('"')),
        **(web(url) if given(url) and not url.startswith("error:") else {}),
        **_judged(code, status, tag[0].partition("-")[0]),
        **_verdicts(cells(value[start + 1 : end])),
    }
    yield Draft(fields, (time,))


def _who(user: str) -> Fields:
    r"""Give the person of `DOMAIN\user@REALM`, whose realm is no part of an address."""
    login, at, realm = user.rpartition("@")
    return person(login if at and ("\\" in login or "@" in login or "." not in realm) else user)


def _judged(code: str, status: str, tag: str) -> Fields:
    """Tell the decision by the tag of the policy; a demand for a login decides nothing."""
    if status == "407" and tag.startswith("OTHER"):
        return {"event.outcome": "failure"}
    blocked = code.endswith("_DENIED") or tag.startswith(_BLOCKING)
    return {"ai.policy.decision": "block" if blocked else "allow", "event.reason": tag or code}


def _verdicts(block: list[str]) -> Fields:
    """Give the application of a block of verdicts, whose length differs with the release."""
    found: Fields = {}
    values = [value.strip() for value in block[:64]]
    for at in range(_FIRST_NUMBER, len(values)):
        if _NUMBER.fullmatch(values[at]):
            name = values[at - _BEFORE_NUMBER]
            if name not in UNKNOWN:
                found["ai.app.name"] = name
            break
    if any(files_under_ai(value) for value in values):
        found["ai.app.heuristic"] = True
    return found


SOURCE = Source(
    name="cisco_swa",
    claims=claims,
    read=read,
    lines=True,
    keys=frozenset(),
    fixed={"event.module": "webproxy", "event.dataset": "cisco_swa.access"},
)
