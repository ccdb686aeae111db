"""Conversations of ChatGPT Enterprise, as the compliance export gives them: whole, or one message at a time."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from pipeline.errors import BadRecord
from pipeline.event import Fields
from pipeline.understand.sources.forms.moments import moment
from pipeline.understand.sources.forms.people import person
from pipeline.understand.sources.forms.tools import base, called, named, origin
from pipeline.understand.sources.forms.values import at, given, pick, table, text
from pipeline.understand.sources.source import Draft

KIND = "compliance.workspace."
"""How the names of all kinds begin."""

_CONVERSATION = table(
    {
        "gen_ai.conversation.id": "id | conversation_id",
        "organization.id": "workspace_id",
        "ai.actor.id": "user_id",
    }
)
_MESSAGE = table({"gen_ai.agent.id": "gpt_id", "gen_ai.request.model": "model"})
_FIXED = {
    "event.dataset": "openai.chatgpt_conversation",
    "ai.app.name": "ChatGPT",
    "service.name": "chatgpt",
    "ai.surface": "browser",
}
_CODE, _EVERYBODY = "code", ("", "all", "assistant")
_OUTCOMES = ("execution_output", "tether_")
"""How content types of what a tool gave begin."""
_MEMORY = "_editable_context"
_SAID = {
    "user": ("prompt", "user"),
    "assistant": ("completion", "model"),
    "tool": ("tool_result", "tool"),
    "system": ("prompt", None),
}
"""Verb and origin of what each role says."""
_LATEST = float("inf")


def drafts(value: Fields) -> Iterator[Draft]:
    """Make drafts of every message of a conversation, in the order of their times."""
    kind = value.get("object")
    messages = _messages(value, kind)
    if messages is None and type(kind) is str and kind != f"{KIND}conversation":
        yield _other(value, kind)
        return
    if not messages:
        raise BadRecord("a conversation of ChatGPT without messages")
    alone = messages[0] is value
    common = {**pick(value, _CONVERSATION), **person(value.get("user_email")), **_FIXED}
    if alone:
        common["gen_ai.conversation.id"] = value.get("conversation_id")
    for message in sorted(messages, key=_created):
        yield from _message(message, common, value.get("created_at"))


def _messages(value: Fields, kind: Any) -> list[Fields] | None:
    """Give the messages of a conversation, or the one that a collector put into it or sent alone; None without any place for them."""
    if type(one := value.get("message")) is dict:
        return [one]
    if kind == f"{KIND}conversation.message":
        return [value]
    return _listed(value["messages"]) if "messages" in value else None


def _listed(value: Any) -> list[Fields]:
    many = value.get("data") if type(value) is dict else value
    return [one for one in many if type(one) is dict] if type(many) is list else []


def _created(message: Fields) -> float:
    time = moment(message.get("created_at"))
    return _LATEST if time is None else time


def _other(value: Fields, kind: str) -> Draft:
    """Make the draft of what the export tells beside conversations."""
    fields = {
        **person(value.get("user_email", value.get("email"))),
        "event.dataset": "openai.chatgpt_conversation",
        "event.action": "config_change",
        "event.code": kind,
        "organization.id": value.get("workspace_id"),
        "ai.actor.id": value.get("user_id"),
    }
    stated, times = text(value.get("id")), (value.get("created_at"), value.get("last_active_at"))
    return Draft(fields, times, act=f"{kind}:{stated}" if stated else "")


def _message(message: Fields, conversation: Fields, begun: Any) -> Iterator[Draft]:
    role, content = _role(message), message.get("content")
    kind, said = _kind(content), _text(content)
    act, times = text(message.get("id")), (message.get("created_at"), begun)
    common = {
        **conversation,
        **pick(message, _MESSAGE),
        **named(_tool(message)),
        "event.code": kind or role,
        "ai.content.role": role,
        "ai.turn.id": message.get("parent_id") if role in ("assistant", "tool") else act,
    }
    files = _listed(message.get("files"))
    if said or not (files or role == "system"):
        spoken = _spoken(message, role, kind, said)
        yield Draft(spoken, times, act=act, part="0" if act else "", common=common)
    for index, file in enumerate(files):
        yield Draft(
            _file(file),
            times,
            act=act,
            part=str(index) if act else f"{text(file.get('id'))}:{index}",
            common=common,
        )


def _role(message: Fields) -> str:
    role = at(message, ("author", "role"))
    if role is None:
        role = message.get("role")
    return role if type(role) is str and role in _SAID else "user"


def _tool(message: Fields) -> Any:
    name = at(message, ("author", "tool_name"))
    return name if given(name) else None


def _kind(content: Any) -> str:
    if type(content) is not dict:
        return ""
    return text(content.get("type")) or text(content.get("content_type"))


def _text(content: Any) -> str | None:
    """Give the text of a content; of its parts those that are words."""
    if type(content) is not dict:
        return content if type(content) is str else None
    for key in ("value", "text"):
        if type(said := content.get(key)) is str and said:
            return said
    parts = content.get("parts", content.get("value"))
    words = [said for part in parts if (said := _word(part))] if type(parts) is list else []
    return "\n".join(words) or None


def _word(part: Any) -> str | None:
    said = part if type(part) is str else at(part, ("text",))
    return said if type(said) is str else None


def _spoken(message: Fields, role: str, kind: str, said: str | None) -> Fields:
    recipient = text(message.get("recipient"))
    if role == "assistant" and kind == _CODE and recipient not in _EVERYBODY:
        operation = {"event.action": "tool_call", "gen_ai.operation.name": "execute_tool"}
        return {**called(recipient, said), **operation, "ai.content.role": None}
    verb, source = _SAID["tool" if kind.startswith(_OUTCOMES) else role]
    if kind.endswith(_MEMORY):
        source = "memory"
    elif verb == "tool_result":
        source = origin(_tool(message))
    used = verb == "tool_result"
    return {
        "event.action": verb,
        "gen_ai.operation.name": "execute_tool" if used else "chat",
        "ai.content.text": said,
        "ai.content.role": "tool" if used else role,
        "ai.content.origin": source,
    }


def _file(file: Fields) -> Fields:
    """Give the name of a file; the link beside it opens it for whoever has it."""
    name = file.get("name")
    plain = base(name) if type(name) is str else ""
    return {
        "event.action": "file_upload",
        "file.name": name,
        "file.extension": plain.rpartition(".")[2].lower() or None if "." in plain else None,
    }
