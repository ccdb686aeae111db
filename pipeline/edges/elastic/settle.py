"""What each answer of Elasticsearch means for a document, without any network. The only place that knows its statuses."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any, Literal

from msgspec import Struct

from pipeline.errors import Outage
from pipeline.fields import FIELDS

Verb = Literal["create", "newer", "state"]
Fate = Literal["written", "known", "again", "stale", "rejected", "refused"]
"""written and known are good ends, rejected is a dead letter. again: later; stale: read it again first; refused: nobody but an operator can help."""


class Refused(Outage):
    """Elasticsearch will go on saying no until an operator changes something."""


class Line(Struct, frozen=True):
    """A document on its way, both parts as ready JSON.

    create: the first of an id stands. newer: the greatest version stands. state: only over what was read before.
    """

    verb: Verb
    id: str
    action: bytes
    document: bytes


class Letter(Struct, frozen=True):
    """A document that can never be indexed: its id and why, in words that hold none of it."""

    id: str
    reason: str


class Round(Struct, frozen=True):
    """What one answer has settled: how many, dead letters, and lines that must be sent again or read again first."""

    done: Counter[str]
    letters: list[Letter]
    again: list[Line]
    stale: list[Line]
    why: str


WAIT = frozenset({429, 502, 503, 504})
POISON = frozenset(
    {
        "document_parsing_exception",
        "mapper_parsing_exception",
        "strict_dynamic_mapping_exception",
        "illegal_argument_exception",
    }
)
"""Errors of status 400 that lie in the document; others, such as a closed index, lie in the index."""

CONFLICTS: Mapping[Verb, Fate] = {"create": "known", "newer": "known", "state": "stale"}
"""What 409 means: it is there already, something newer is there, or somebody wrote since we read."""

REMEDIES = {
    401: "the name, password or API key is wrong or has expired",
    403: "we lack a privilege, or the index is blocked against writing",
    404: "an index or stream is missing: run `shadowgraph setup elastic`",
    400: "the index does not take documents; is it closed?",
}

_FIELD = re.compile(r"field \[([^\]]{1,200})\]")


def fate(line: Line, item: Mapping[str, Any]) -> Fate:
    """Say what the answer to one line means."""
    status = item["status"]
    if status < 300:
        return "rejected" if item.get("failure_store") == "used" else "written"
    if status == 409:
        return CONFLICTS[line.verb]
    if status in WAIT:
        return "again"
    return "rejected" if status == 400 and _kind(item) in POISON else "refused"


def settled(lines: Sequence[Line], items: Sequence[Mapping[str, Any]]) -> Round:
    """Sort the lines of one request by their fates. Raises Refused if one of them needs an operator."""
    found = Round(Counter(), [], [], [], "")
    why = ""
    for line, answer in zip(lines, items, strict=True):
        (item,) = answer.values()
        end = fate(line, item)
        if end == "again":
            found.again.append(line)
            why = f"{_kind(item)} ({item['status']})"
        elif end == "stale":
            found.stale.append(line)
        elif end == "refused":
            raise Refused(refusal(item["status"], _kind(item)))
        else:
            found.done[end] += 1
            if end == "rejected":
                found.letters.append(Letter(line.id, reason(item)))
    return Round(found.done, found.letters, found.again, found.stale, why)


def whole(status: int, lines: int, tries: int) -> Literal["again", "halve", "rejected", "refused"]:
    """Say what to do when a whole request failed with a status, at its n-th try.

    A request that is too big, or that one line spoils (400), is halved until that line is alone. So is one that is
    told to wait again and again: by itself it may be more than the node ever takes at once.
    """
    if status in WAIT and not (status == 429 and tries >= 3 and lines > 1):
        return "again"
    if status not in (400, 413, 429):
        return "refused"
    return "halve" if lines > 1 else "rejected"


def reason(item: Mapping[str, Any]) -> str:
    """Say why a document was not taken: kind of error and field, never the words of the node, which quote values."""
    error = item.get("error") or {}
    named = _FIELD.search(str(error.get("reason", "")))
    field = named[1] if named and named[1] in FIELDS else "a field"
    return f"Elasticsearch cannot index it: {_kind(item)} at {field}"


def refusal(status: int, kind: str) -> str:
    """Say what an operator must know about a no."""
    return f"Elasticsearch says {status} ({kind}): {REMEDIES.get(status, 'look at its log')}"


def _kind(item: Mapping[str, Any]) -> str:
    return str((item.get("error") or {}).get("type", "unknown"))
