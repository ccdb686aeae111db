"""Our own format: events in our own words, from the sensors in browsers, desktops and phones (docs/sensor.md)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Any, Literal, Required, TypedDict, cast

import msgspec
from msgspec import Meta

from pipeline.errors import BadRecord
from pipeline.event import Fields
from pipeline.fields import ACTIONS, FIELDS, Field
from pipeline.understand.sources.forms.checks import (
    CHECKS,
    FORMED,
    LARGEST,
    LONGEST_KEYWORD,
    LONGEST_TEXT,
    SHORT_ID,
    stated,
)
from pipeline.understand.sources.source import FORWARDER_KEYS, Draft, Source

_VERBS = frozenset(ACTIONS)
_MARK = b'"event.action"'
_TOOL = "gen_ai.tool.name"
_OURS_TO_SAY = (
    "ai.quality.problems",
    "@timestamp",
    "event.id",
    "event.kind",
    "ecs.version",
    "log.file.path",
    "log.offset",
)
"""What `settle` says of an event, whatever a sensor says."""

_USUAL = tuple(
    "@timestamp event.id event.kind event.action event.module event.dataset event.code event.outcome event.reason "
    "user.email user.id user.name host.name host.os.type device.id source.ip ai.actor.type ai.surface user_agent.original "
    "process.name url.domain url.path url.full ai.app.tenant gen_ai.request.model gen_ai.conversation.id ai.task.id "
    "ai.turn.id gen_ai.agent.id gen_ai.agent.name ai.task.requester gen_ai.tool.name gen_ai.tool.call.id ai.tool.server "
    "ai.tool.arguments process.command_line ai.policy.decision ai.content.channel ai.content.text ai.content.origin "
    "ai.content.role ai.content.available file.name file.path file.size".split()
)
"""The order in which sensors write: the decoder looks for the next key behind the last one."""

_Keyword = Annotated[str, Meta(min_length=1, max_length=LONGEST_KEYWORD)]
_Id = Annotated[str, Meta(min_length=1, max_length=SHORT_ID)]
_TYPES: dict[str, Any] = {
    "keyword": _Keyword,
    "text": Annotated[str, Meta(min_length=1, max_length=LONGEST_TEXT)],
    "long": Annotated[int, Meta(ge=0, le=LARGEST)],
    "float": float,
    "boolean": bool,
    "date": _Keyword,
    "ip": _Keyword,
}


def claims(value: Any, _hints: Fields) -> bool:
    """Know an event by the three keys that every one of ours has."""
    return type(value) is dict and "@timestamp" in value and "event.action" in value and "event.id" in value


def read(value: Fields, _hints: Fields) -> Iterator[Draft]:
    """Take an event as it is; `settle` does the rest. A verb of its own becomes a `config_change` with that code."""
    verb, identity = value.get("event.action"), value.get("event.id")
    if type(verb) is not str or not verb:
        raise BadRecord("event.action is no text")
    times = (value.get("@timestamp"),)
    for name in _OURS_TO_SAY:
        value.pop(name, None)
    if verb not in _VERBS:
        value["event.action"], value["event.code"] = "config_change", verb
    _complete(value)
    problems = () if type(identity) is str else ("wrong_type:event.id",)
    yield Draft(value, times, id=stated(identity), problems=problems)


def typed(body: bytes) -> Fields | None:
    """Give the fields of an event straight from its bytes, with its time and id as it states them.

    Nine events in ten have nothing wrong with them, and are decoded and checked in one pass. None: it is no event of
    ours, or something is wrong that `read` and `settle` will tell.
    """
    if _MARK not in body:
        return None
    try:
        fields: Fields = _DECODER.decode(body)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        return None
    for name, check in FORMED:
        raw = fields.get(name)
        if raw is not None:
            kept = check(raw)
            if kept is None:
                return None
            fields[name] = kept
    if not fields.keys().isdisjoint(FORWARDER_KEYS):
        return None
    if type(fields.get(_TOOL)) is str:
        fields[_TOOL] = [fields[_TOOL]]
    _complete(fields)
    return fields if stated(fields["event.id"]) == fields["event.id"] else None


def _complete(fields: Fields) -> None:
    """Name the product and the stream of a sensor that does not say which it is."""
    module = fields.setdefault("event.module", "sensor")
    if "event.dataset" not in fields and type(module) is str:
        fields["event.dataset"] = f"{module}.event"


def _type(name: str, field: Field) -> Any:
    """Give the type of a field as a sensor may write it; an only tool may stand without its list."""
    one: Any = _Id if name.endswith(".id") else _TYPES[field.kind]
    if field.values:
        one = Literal[field.values]
    if name == _TOOL:
        return _Keyword | list[_Keyword]
    return list[one] if field.many else one


_DECODER = msgspec.json.Decoder(
    # Made by a call, for the keys come from FIELDS; mypy knows no such thing as a typed dictionary made at run time.
    cast("Any", TypedDict)(
        "Sensed",
        {name: _type(name, FIELDS[name]) for name in (*_USUAL, *CHECKS)}
        | dict.fromkeys(FORWARDER_KEYS, Any)
        | {"event.kind": Any, "@timestamp": Required[str | float], "event.action": Required[Literal[ACTIONS]]}
        | {"event.id": Required[_Keyword]},
        total=False,
    )
)

SOURCE = Source(
    name="normalised", claims=claims, read=read, keys=frozenset(FIELDS), marks=frozenset(("event.action",))
)
