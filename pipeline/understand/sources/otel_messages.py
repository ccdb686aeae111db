"""Where the instrumentations of OpenTelemetry, old and new, put what was said."""

from __future__ import annotations

import re
from typing import Any

from msgspec import Struct

from pipeline.event import Fields
from pipeline.understand.sources.forms.messages import Part, fresh, listed, walk
from pipeline.understand.sources.forms.values import first, given, loaded
from pipeline.understand.sources.otlp import Log, Span


class _Slots(Struct, frozen=True):
    """The attributes of one direction: of all messages, of old libraries, and of the event that carries them."""

    messages: str
    legacy: str
    event: str
    answers: bool


_ASKED = _Slots("gen_ai.input.messages", "gen_ai.prompt", "gen_ai.content.prompt", answers=False)
_ANSWERED = _Slots("gen_ai.output.messages", "gen_ai.completion", "gen_ai.content.completion", answers=True)

ROLES = {
    "gen_ai.system.message": "system",
    "gen_ai.user.message": "user",
    "gen_ai.assistant.message": "assistant",
    "gen_ai.tool.message": "tool",
    "gen_ai.choice": "assistant",
}
"""Deprecated events of one message each, and the role that speaks in them."""

_INDEXED = re.compile(
    r"gen_ai\.(?:prompt|completion)\.(\d{1,4})\.(?:(role|content)|(tool_calls\.\d{1,4})\.(id|name|arguments))"
)


def asked(one: Span | Log) -> tuple[list[Part], bool]:
    """Give what is new in the input, system text first, and whether its JSON was cut."""
    told, cut = _told(one, _ASKED)
    if (instructions := one.attributes.get("gen_ai.system_instructions")) is None:
        return fresh(told), cut
    system = [Part("system", "text", part.text) for part in walk(instructions, "system") if part.text]
    return [*system, *fresh(told)], cut


def answered(one: Span | Log) -> tuple[list[Part], bool]:
    """Give what the output says, and whether its JSON was cut."""
    told, cut = _told(one, _ANSWERED)
    return walk(told, "assistant"), cut


def message(name: str, body: Any) -> Fields:
    """Give the message of a deprecated event."""
    plain = body if type(body) is dict else {}
    inner = loaded(plain.get("message"))
    whole = {**plain, **(inner if type(inner) is dict else {})}
    return {**whole, "role": ROLES[name], "content": loaded(whole.get("content"))}


def _told(one: Span | Log, slots: _Slots) -> tuple[list[Any], bool]:
    """Give messages from wherever this library puts them. JSON that was cut is told as one text."""
    found = first(one.attributes, (slots.messages, slots.legacy))
    if found is None and type(one) is Span:
        found = _in_events(one, slots)
    if found is None:
        found = _indexed(one.attributes, slots.legacy)
    inside = loaded(found)
    cut = type(inside) is str and inside.startswith(("[", "{"))
    return listed(found, inside), cut


def _in_events(span: Span, slots: _Slots) -> Any:
    """Look into a span's events: one with all messages, or one for each."""
    for name, plain in span.events:
        if name == slots.event and given(plain.get(slots.legacy)):
            return plain[slots.legacy]
    told = [(name, plain) for name, plain in span.events if name in ROLES]
    return [
        message(name, plain) for name, plain in told if (name == "gen_ai.choice") is slots.answers
    ] or None


def _indexed(plain: Fields, legacy: str) -> Any:
    """Gather messages that are spread over numbered attributes."""
    messages: dict[int, Fields] = {}
    calls: dict[int, dict[str, Fields]] = {}
    for key, value in plain.items():
        found = _INDEXED.fullmatch(key) if key.startswith(legacy) else None
        if found is None:
            continue
        number, slot, call, part = int(found[1]), found[2], found[3], found[4]
        spoken = messages.setdefault(number, {"role": "user"})
        if slot:
            spoken[slot] = value
        else:
            calls.setdefault(number, {}).setdefault(call, {})[part] = value
    told = sorted(messages.items())
    return [{**spoken, "tool_calls": [*calls.get(number, {}).values()]} for number, spoken in told] or None
