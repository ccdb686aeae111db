"""What the events of every reader share: types, times, ids, bounds, and what follows from the verb."""

from __future__ import annotations

from functools import lru_cache
from hashlib import sha256
from typing import Any

import orjson

from pipeline.event import Fields
from pipeline.fields import ACTIONS
from pipeline.record import Record
from pipeline.times import iso
from pipeline.understand.sources.forms.addresses import masked, web
from pipeline.understand.sources.forms.checks import (
    CHECKS,
    LISTED,
    LONGEST_KEYWORD,
    PLAIN,
    SHORT_ID,
    bounded,
    fault,
)
from pipeline.understand.sources.forms.moments import EARLIEST, LATEST, moment
from pipeline.understand.sources.forms.values import withheld
from pipeline.understand.sources.source import Draft

ECS = "9.4.0"
PROBLEMS = "ai.quality.problems"

_DAY = 86400.0
_TOPIC = "ai.raw."
"""How the logs begin that know themselves when they took a record."""
_LONGEST_REST = 366 * _DAY

_VERBS = {
    "prompt": (("api",), ("start",)),
    "completion": (("api",), ("end",)),
    "tool_call": (("api",), ("start",)),
    "tool_result": (("api",), ("end",)),
    "tool_list": (("api",), ("info",)),
    "file_upload": (("file",), ("access",)),
    "file_access": (("file",), ("access",)),
    "web_visit": (("web",), ("access",)),
    "share": (("configuration",), ("change",)),
    "grant": (("iam",), ("change",)),
    "config_change": (("configuration",), ("change",)),
    "signin": (("authentication",), ("start",)),
    "policy_decision": (("api",), ()),
    "approval": (("api",), ("info",)),
    "heartbeat": (("api",), ("info",)),
    "process_start": (("process",), ("start",)),
    "inventory": (("host",), ("info",)),
}
"""ECS category and type of each verb."""
_DECIDED = frozenset(ACTIONS) - {"heartbeat", "inventory"}
_ALLOWING = frozenset(("web_visit", "policy_decision"))
_DENYING = _ALLOWING | {"tool_call", "approval"}
"""Verbs whose ECS type tells what was decided: always, or only that it was denied."""
_REFUSED = frozenset(("denied", "aborted"))
_APPROVED = frozenset(("approved", "approved_always", "auto_approved"))
_ACTS_OF_AGENTS = frozenset(("tool_call", "tool_result", "tool_list"))


def checked(given: Fields, base: Fields) -> Fields:
    """Give `base` with those of the given fields that are ours, each of its type; what was wrong stands in `ai.quality.problems`."""
    fields, longest, listed = {**base, **given}, PLAIN.get, LISTED.get
    for name, raw in given.items():
        # most values are short texts, or words of a closed list, and stay as they are
        if raw.__class__ is str and (0 < len(raw) <= longest(name, 0) or raw in listed(name, ())):
            continue
        _check(fields, name, raw)
    return fields


def _check(fields: Fields, name: str, raw: Any) -> None:
    """Keep what a field's check keeps of a value; save what can be saved of the rest, and note what became of it."""
    check = CHECKS.get(name)
    kept = None if check is None or raw is None or raw == "" else check(raw)
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
    if check is None or raw is None or raw == "":
        return
    if name == "source.ip" and type(raw) is str and masked(raw):
        fields["source.address"] = raw
    elif name == "url.full" and type(raw) is str and (found := web(raw)):
        fields.update((part, found[part]) for part in found if part not in fields)
    elif problem := fault(name, raw):
        _note(fields, problem)


def _note(fields: Fields, problem: str) -> None:
    fields[PROBLEMS] = [*fields.get(PROBLEMS, ()), problem]


def settle(draft: Draft, fields: Fields, record: Record, value: Any) -> tuple[float, Fields]:
    """Give (epoch seconds, fields) of a draft whose fields are `checked`; a reader made it of `value`."""
    time, problem = when(draft.times, record)
    if problem or draft.problems:
        for told in (*draft.problems, problem):
            if told:
                _note(fields, told)
    said = draft.fields.get("ai.content.text")
    length = len(said) if type(said) is str else 0
    return time, finished(fields, record, time, draft.id or _identity(draft, record, value), length)


def settled(fields: Fields, record: Record) -> tuple[float, Fields]:
    """Give (epoch seconds, fields) of an event in our own format that `typed` has checked."""
    said = fields.get("ai.content.text")
    time, problem = when((fields["@timestamp"],), record)
    if problem:
        _note(fields, problem)
    return time, finished(fields, record, time, fields["event.id"], 0 if said is None else len(said))


def finished(fields: Fields, record: Record, time: float, identity: str, length: int) -> Fields:
    """Fill in, in place, what follows from the rest: `length` is that of the text before it was cut."""
    verb = fields["event.action"]
    fields["@timestamp"] = stamp(time)
    fields["event.id"] = identity
    fields["event.kind"] = "asset" if verb == "inventory" else "event"
    fields["ecs.version"] = ECS
    fields["log.file.path"] = _readable(record.place.log)
    fields["log.offset"] = record.place.offset
    if (address := fields.get("user.email")) is not None:
        fields.setdefault("user.name", address)
        fields.setdefault("user.domain", address.rpartition("@")[2])
    if "ai.actor.type" not in fields and (actor := _actor(fields, verb)):
        fields["ai.actor.type"] = actor
    _finish_content(fields, length)
    _finish_verb(fields, verb)
    return fields


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
    second, micro = divmod(round(time * 1e6), 1_000_000)
    return f"{_second(second)}{micro:06d}Z"


@lru_cache(maxsize=4096)
def _second(second: int) -> str:
    return iso(second)[:20]


def _identity(draft: Draft, record: Record, value: Any) -> str:
    """Hash what identifies the act; where nothing does, its content and the line it stands on."""
    act, session = draft.act or _content_and_place(record, value), draft.session
    if len(act) + len(session) > SHORT_ID:
        act, session = bounded(act), bounded(session)
    told = f"{session}\x1f{act}\x1f{draft.part}\x1f{draft.fields['event.action']}"
    return sha256(told.encode(errors="replace")).hexdigest()[:32]


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


def _finish_verb(fields: Fields, verb: str) -> None:
    """Fill in what follows from the verb: the decision of a source that names none, and the ECS words."""
    approval = fields.get("ai.approval.state")
    decision = fields.get("ai.policy.decision")
    if (
        decision is None
        and verb in _DECIDED
        and approval not in _REFUSED
        and fields.get("event.outcome") != "failure"
    ):
        decision = fields["ai.policy.decision"] = "allow"
    category, kinds = _VERBS[verb]
    if "event.category" not in fields:
        fields["event.category"] = [*category, *_means(fields)] if verb == "tool_call" else [*category]
    elif verb == "web_visit" and fields["event.category"] == ["network"]:
        kinds = ("protocol",)
    if "event.type" not in fields:
        fields["event.type"] = [*kinds, *_told(verb, decision, approval)] if verb in _DENYING else [*kinds]


def _means(fields: Fields) -> tuple[str, ...]:
    if "process.command_line" in fields:
        return ("process",)
    return ("file",) if "file.path" in fields else ()


def _told(verb: str, decision: str | None, approval: str | None) -> tuple[str, ...]:
    if decision == "block" or approval in _REFUSED:
        return ("denied",)
    if (verb in _ALLOWING and decision) or (verb == "approval" and approval in _APPROVED):
        return ("allowed",)
    return ()
