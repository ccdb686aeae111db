"""From the parts of messages to drafts: one act for each part, each with an identity of its own."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from typing import Any

from msgspec import Struct

from pipeline.event import Fields
from pipeline.understand.sources.forms.messages import Part
from pipeline.understand.sources.forms.tools import called, named, outcome
from pipeline.understand.sources.source import Draft

_TOOL_ACTS = frozenset(("tool_call", "tool_result"))


class Call(Struct, frozen=True, kw_only=True):
    """One call of a model: what all its acts share (`common`), and what its completions have beside that (`answer`).

    `act` is the id of the call in `session`; `conversation` is the session of tool acts and of system text. `times` are
    those of prompt, tool call and tool result, `ended` those of the completion.
    """

    common: Fields
    act: str
    session: str = ""
    conversation: str = ""
    times: tuple[Any, ...] = ()
    ended: tuple[Any, ...] = ()
    operation: str = "chat"
    answer: Fields = {}


def drafts(call: Call, parts: Iterable[Part]) -> Iterator[Draft]:
    """Make a draft of every part; parts of one verb under one act are counted in their order."""
    counts: dict[str, int] = {}
    common, conversation = call.common, call.conversation
    for part in parts:
        fields = _fields(call, part)
        verb = fields["event.action"]
        times = call.ended if verb == "completion" else call.times
        if part.role == "system" and conversation:
            yield Draft(fields, times, conversation, digest(part.text), "0", "", common)
        elif part.call and verb in _TOOL_ACTS:
            yield Draft(fields, times, conversation, part.call, "", "", common)
        else:
            count = counts[verb] = counts.get(verb, -1) + 1
            yield Draft(fields, times, call.session, call.act, str(count), "", common)


def bare(call: Call, verb: str) -> Draft:
    """Make the draft of a prompt or completion whose text the source does not give."""
    part = Part("user" if verb == "prompt" else "assistant", "text")
    return next(drafts(call, [part]))


def whole(asked: list[Part], said: list[Part]) -> tuple[list[Part], list[Part]]:
    """Add the question and the answer that a call had and the source does not tell."""
    for part in asked:
        if part.role != "system":
            break
    else:
        asked = [*asked, Part("user", "text")]
    for part in said:
        if part.kind == "text":
            return asked, said
    return asked, [*said, Part("assistant", "text")]


def digest(text: str | None) -> str:
    """Name a text by its own hash."""
    return hashlib.sha256((text or "").encode(errors="replace")).hexdigest()


def _fields(call: Call, part: Part) -> Fields:
    if part.kind == "text":
        return _said(call, part)
    if part.kind == "file":
        return {"event.action": "file_upload", "ai.content.role": part.role, **part.file}
    known = {"gen_ai.tool.call.id": part.call, "gen_ai.operation.name": "execute_tool"}
    if part.kind == "call":
        return {"event.action": "tool_call", **known, **called(part.tool, part.arguments)}
    failed = {"event.outcome": "failure"} if part.failed else {}
    return {
        "event.action": "tool_result",
        **known,
        **named(part.tool),
        **outcome(part.text, part.tool),
        **failed,
    }


def _said(call: Call, part: Part) -> Fields:
    role = part.role
    if role == "assistant":
        return {
            "event.action": "completion",
            "gen_ai.operation.name": call.operation,
            "ai.content.text": part.text,
            "ai.content.role": role,
            "ai.content.origin": "model",
            **call.answer,
        }
    fields = {
        "event.action": "prompt",
        "gen_ai.operation.name": call.operation,
        "ai.content.text": part.text,
        "ai.content.role": role,
    }
    if role != "system":
        fields["ai.content.origin"] = role
    return fields
