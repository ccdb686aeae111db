"""Two-way streams of a speech model at Bedrock: lists of events, each with one key that names its kind."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from pipeline.event import Fields
from pipeline.understand.sources.forms.messages import Part
from pipeline.understand.sources.forms.values import text

_ROLES = {"SYSTEM": "system", "USER": "user", "ASSISTANT": "assistant", "TOOL": "tool"}
_NAMES = ("contentName", "contentId")


def is_speech(body: list[Any]) -> bool:
    """Know a two-way stream by its first event."""
    return bool(body) and type(body[0]) is dict and type(body[0].get("event")) is dict


def conversed(body: list[Any], role: str) -> list[Part]:
    """Give what was said and called; texts of one content are joined. Sound is not kept."""
    contents: dict[str, tuple[str, list[str]]] = {}
    acts: list[Part] = []
    for kind, told in _events(body):
        name = next((named for key in _NAMES if (named := text(told.get(key)))), "")
        spoken = _ROLES.get(text(told.get("role")).upper())
        said = told.get("content")
        if kind == "contentStart":
            contents.setdefault(name, (spoken or role, []))
        elif kind in ("textInput", "textOutput") and type(said) is str:
            contents.setdefault(name, (spoken or role, []))[1].append(said)
        elif kind == "toolUse":
            acts.append(
                Part("assistant", "call", None, told.get("toolName"), text(told.get("toolUseId")), said)
            )
        elif kind == "toolResult":
            acts.append(
                Part("tool", "result", said if type(said) is str else None, call=text(told.get("toolUseId")))
            )
    texts = [Part(who, "text", "".join(pieces)) for who, pieces in contents.values() if pieces]
    return [part if part.role != "tool" else Part(role, "text", part.text) for part in texts] + acts


def _events(body: list[Any]) -> Iterator[tuple[str, Fields]]:
    for one in body:
        event = one.get("event") if type(one) is dict else None
        for kind, told in event.items() if type(event) is dict else ():
            if type(told) is dict:
                yield kind, told
