"""What the events of every reader share: types, times, ids, bounds, and what follows from the verb."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import lru_cache
from hashlib import sha256
from typing import Any

import orjson

from pipeline.event import Fields
from pipeline.record import Record
from pipeline.times import iso
from pipeline.understand.sources.forms.addresses import masked, web
from pipeline.understand.sources.forms.checks import (
    CHECKS,
    LARGEST,
    LISTED,
    LONGEST_KEYWORD,
    ROOM,
    SHORT_ID,
    WHOLE,
    WORDED,
    WORDS,
    bounded,
    fault,
)
from pipeline.understand.sources.forms.moments import EARLIEST, LATEST, moment
from pipeline.understand.sources.forms.values import withheld
from pipeline.understand.sources.source import Draft
from pipeline.understand.verbs import finish_verb

ECS = "9.4.0"
PROBLEMS = "ai.quality.problems"

_NONE: Fields = {}
_NO_TIMES: tuple[Any, ...] = (None,)
"""No draft's own: the first ones are always new."""

_DAY = 86400.0
_TOPIC = "ai.raw."
"""How the logs begin that know themselves when they took a record."""
_LONGEST_REST = 366 * _DAY

_ACTS_OF_AGENTS = frozenset(("tool_call", "tool_result", "tool_list"))


def checked(given: Fields, base: Fields) -> Fields:
    """Give `base` with those of the given fields that are ours, each of its type; what was wrong stands in `ai.quality.problems`."""
    fields = {**base, **given}
    for name, raw in given.items():
        # most values are short texts, words of a closed list, or plain numbers, and stay as they are
        kind = raw.__class__
        if kind is str:
            if 0 < len(raw) <= ROOM[name] or (name in LISTED and raw in LISTED[name]):
                continue
            if name in WORDED and len(raw) <= LONGEST_KEYWORD and (kept := WORDED[name](raw)) is not None:
                fields[name] = kept
                continue
        elif kind is int:
            if name in WHOLE and 0 <= raw <= LARGEST:
                continue
        elif kind is list and name in WORDS and len(raw) == 1 and _is_word(raw[0]):
            continue
        if raw is None or raw == "":
            del fields[name]
        else:
            _check(fields, name, raw)
    return fields


def _is_word(value: Any) -> bool:
    return value.__class__ is str and 0 < len(value) <= LONGEST_KEYWORD


def _check(fields: Fields, name: str, raw: Any) -> None:
    """Keep what a field's check keeps of a value; save what can be saved of the rest, and note what became of it."""
    check = CHECKS.get(name)
    kept = None if check is None else check(raw)
    if kept is not None:
        fields[name] = kept
        if (
            type(raw) is str
            and len(raw) > LONGEST_KEYWORD
            and len(kept) < len(raw)
            and not name.endswith(".id")
        ):
            _note(fields, f"cut:{name}")
        return
    del fields[name]
    if check is None:
        return
    if name == "source.ip" and type(raw) is str and masked(raw):
        fields["source.address"] = raw
    elif name == "url.full" and type(raw) is str and (found := web(raw)):
        fields.update((part, found[part]) for part in found if part not in fields)
    elif problem := fault(name, raw):
        _note(fields, problem)


def _note(fields: Fields, problem: str) -> None:
    fields[PROBLEMS] = [*fields.get(PROBLEMS, ()), problem]


def settle(
    drafts: Iterable[Draft], fixed: Fields, record: Record, value: Any
) -> Iterator[tuple[float, Fields]]:
    """Give (epoch seconds, fields) of drafts that a reader made of `value`; what they share is looked at once."""
    common, times, time, problem = _NONE, _NO_TIMES, 0.0, ""
    base = fixed = {**fixed, **_placed(record)}
    for draft in drafts:
        if draft.common is not common:
            common, base = (
                draft.common,
                {**checked(draft.common, fixed)},
            )  # a copy has no holes: it is copied faster
        if draft.times is not times:
            times, (time, problem) = draft.times, when(draft.times, record)
            stamped = stamp(time)
        fields = checked(draft.fields, base)
        if problem or draft.problems:
            for told in (*draft.problems, problem):
                if told:
                    _note(fields, told)
        said = draft.fields.get("ai.content.text")
        fields["@timestamp"] = stamped
        fields["event.id"] = draft.id or _identity(draft, record, value)
        _finish(fields, len(said) if type(said) is str else 0)
        yield time, fields


def settled(fields: Fields, record: Record) -> tuple[float, Fields]:
    """Give (epoch seconds, fields) of an event in our own format that `typed` has checked."""
    said = fields.get("ai.content.text")
    time, problem = when((fields["@timestamp"],), record)
    if problem:
        _note(fields, problem)
    fields["@timestamp"] = stamp(time)
    fields["event.kind"], fields["ecs.version"] = "event", ECS
    fields["log.file.path"], fields["log.offset"] = _readable(record.place.log), record.place.offset
    _finish(fields, 0 if said is None else len(said))
    return time, fields


def _placed(record: Record) -> Fields:
    """Give what all events of a record say of where it stands."""
    place = record.place
    return {
        "@timestamp": "",
        "event.id": "",
        "event.kind": "event",
        "ecs.version": ECS,
        "log.file.path": _readable(place.log),
        "log.offset": place.offset,
    }


def _finish(fields: Fields, length: int) -> None:
    """Fill in, in place, what follows from the rest: `length` is that of the text before it was cut."""
    verb = fields["event.action"]
    if verb == "inventory":
        fields["event.kind"] = "asset"
    address = fields.get("user.email")
    if address is not None:
        if "user.name" not in fields:
            fields["user.name"] = address
        if "user.domain" not in fields:
            fields["user.domain"] = address.rpartition("@")[2]
    if "ai.actor.type" not in fields and (actor := _actor(fields, verb)):
        fields["ai.actor.type"] = actor
    _finish_content(fields, length)
    finish_verb(fields, verb)


def _readable(path: str) -> str:
    """Give the name of a log in Unicode: a file's may be no text at all."""
    return path if path.isascii() else path.encode(errors="replace").decode()


def when(candidates: tuple[Any, ...], record: Record) -> tuple[float, str]:
    """Give the first usable time, else the record's arrival, else 0; and what was wrong with the first ones."""
    arrived, problem = record.arrived, "time_unusable"
    for candidate in candidates:
        time = moment(candidate)
        if time is not None and time >= EARLIEST:
            if time <= LATEST and (arrived is None or time <= arrived + _DAY or _is_early(time, record)):
                return time, ""
            problem = "future_time"
    return arrived or 0.0, problem


def _is_early(time: float, record: Record) -> bool:
    """Say whether a time more than a day after the arrival may be right all the same.

    A topic knows when it took a record. A file knows only how far it had come, and may have rested for weeks.
    """
    arrived = record.arrived or 0.0
    return arrived < EARLIEST or (time <= arrived + _LONGEST_REST and not record.place.log.startswith(_TOPIC))


def stamp(time: float) -> str:
    """Write epoch seconds as `pipeline.times.iso` does, remembering seconds: events come many a second."""
    whole = round(time * 1e6)
    second = whole // 1_000_000
    return f"{_second(second)}{whole - second * 1_000_000:06d}Z"


@lru_cache(maxsize=4096)
def _second(second: int) -> str:
    return iso(second)[:20]


def _identity(draft: Draft, record: Record, value: Any) -> str:
    """Hash what identifies the act; where nothing does, its content and the line it stands on."""
    act, session = draft.act or _content_and_place(record, value), draft.session
    if len(act) + len(session) > SHORT_ID:
        act, session = bounded(act), bounded(session)
    told = f"{session}\x1f{act}\x1f{draft.part}\x1f{draft.fields['event.action']}"
    return sha256(told.encode("utf-8", "replace")).hexdigest()[:32]


def _content_and_place(record: Record, value: Any) -> str:
    """Leave the path out: a copy of a file is the same file."""
    try:
        content = value.encode() if type(value) is str else orjson.dumps(value, option=orjson.OPT_SORT_KEYS)
    except (TypeError, UnicodeEncodeError):
        content = record.body
    return f"{sha256(content).hexdigest()}:{record.place.offset}"


def _actor(fields: Fields, verb: str) -> str | None:
    """Say who acts: tools are called by agents, all else is done by the person who is named."""
    if verb in _ACTS_OF_AGENTS and ("gen_ai.agent.id" in fields or fields.get("ai.surface") == "cli"):
        return "agent"
    if "user.name" in fields or "user.id" in fields:
        return "human"
    if "gen_ai.agent.id" in fields:
        return "agent"
    return "service" if "ai.key.id" in fields or "service.name" in fields else None


def _finish_content(fields: Fields, length: int) -> None:
    """Say how much of the content is here. Text comes with `full` alone."""
    said = fields.get("ai.content.text")
    if said is None:
        available = fields.get("ai.content.available")
        if available != "redacted" and available != "labels":  # noqa: PLR1714 - twice as fast, on the way of every event
            labelled = "ai.data.label" in fields or "ai.data.dlp_profiles" in fields
            fields["ai.content.available"] = "labels" if labelled else "metadata"
    elif withheld(said):
        del fields["ai.content.text"]
        fields["ai.content.available"] = "redacted"
    else:
        fields["ai.content.available"] = "full"
        if "ai.content.length" not in fields:
            fields["ai.content.length"] = length
        if length > len(said):
            fields["ai.content.truncated"] = True
