"""Chats, files and sessions that Anthropic's compliance interface gives: what was said, called and uploaded."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from msgspec import Struct

from pipeline.errors import BadRecord
from pipeline.event import Fields
from pipeline.understand.sources.forms.messages import Part, walk
from pipeline.understand.sources.forms.people import person
from pipeline.understand.sources.forms.tools import base, called, named, outcome
from pipeline.understand.sources.forms.values import at, given, pick, table, text
from pipeline.understand.sources.source import Draft

_PARENT = table(
    {
        "gen_ai.conversation.id": "id",
        "ai.actor.id": "user.id | started_by_user.id",
        "gen_ai.agent.id": "agent_id",
        "gen_ai.request.model": "model",
        "organization.id": "organization_id | organization_uuid",
    }
)
_FILE = table({"file.name": "filename | title", "file.mime_type": "mime_type", "file.size": "size_bytes"})
_FILES, _MESSAGE = ("claude_file_", "claude_proj_doc_"), ("claude_chat_msg_", "clsm_", "csev_")
_SESSION_MESSAGE = "compliance_local_session_message"
_SURFACES = {
    "claude_code": ("cli", "claude-code"),
    "cowork": ("desktop", "cowork"),
    "cowork_remote": ("agent", "cowork"),
}
_WITHHELD = frozenset(("synthetic_marker", "content_unavailable"))
_SPOKEN = {
    "prompt": {"ai.content.role": "user", "ai.content.origin": "user", "gen_ai.operation.name": "chat"},
    "completion": {
        "ai.content.role": "assistant",
        "ai.content.origin": "model",
        "gen_ai.operation.name": "chat",
    },
}
_MADE = {
    "event.action": "tool_result",
    "event.code": "file",
    "ai.content.role": "assistant",
    "ai.content.origin": "model",
}
"""What a file is that the model made."""


class _Place(Struct, frozen=True):
    """Where something stands: what all acts of its chat or session share, and the session of its tool calls."""

    common: Fields
    session: str = ""


def drafts(value: Fields) -> Iterator[Draft]:
    """Make drafts of a chat or a session with its messages, of one that is only listed, of a message, or of a file."""
    stated = text(value.get("id"))
    if "chat_messages" in value:
        yield from _messages(value.get("chat_messages"), _chat(value))
    elif type(session := value.get("session")) is dict:
        yield from _messages(value.get("data"), _session(session))
    elif value.get("type") == _SESSION_MESSAGE or stated.startswith(_MESSAGE):
        yield from _messages([value], _Place({"event.dataset": "anthropic.content"}))
    elif stated.startswith(_FILES):
        place = _Place({"event.dataset": "anthropic.content", **_owner(value)})
        yield _upload(value, place, value.get("type"), ())
    elif "product_surface" in value or not stated.startswith("claude_chat_"):
        yield _listed(value, _session(value), "session")
    else:
        yield _listed(value, _chat(value), "chat")


def _owner(value: Fields) -> Fields:
    owner = {**pick(value, _PARENT), **person(_mail(value))}
    del owner["gen_ai.conversation.id"]
    return owner


def _mail(parent: Fields) -> Any:
    for key in ("user", "started_by_user"):
        if given(mail := at(parent, (key, "email_address"))):
            return mail
    return None


def _chat(chat: Fields) -> _Place:
    fixed = {"event.dataset": "anthropic.content", "ai.surface": "browser", "service.name": "claude"}
    return _Place({**pick(chat, _PARENT), **person(_mail(chat)), **fixed})


def _session(session: Fields) -> _Place:
    """Give what the acts of an agent's session share: the session is the run."""
    product, stated = text(session.get("product_surface")), text(session.get("id"))
    surface, service = _SURFACES.get(product, (None, product or None))
    run = {"ai.task.id": stated, "ai.surface": surface, "service.name": service}
    return _Place(
        {**pick(session, _PARENT), **person(_mail(session)), **run, "event.dataset": "anthropic.content"},
        stated,
    )


def _listed(value: Fields, place: _Place, code: str) -> Draft:
    """Make the prompt that a chat or a session begins with; its text stands elsewhere."""
    kind = value.get("type")
    fields = {**_SPOKEN["prompt"], "event.action": "prompt", "event.code": kind if given(kind) else code}
    return _draft(fields, (value.get("created_at"), value.get("updated_at")), text(value.get("id")), place)


def _draft(fields: Fields, times: tuple[Any, ...], act: str, place: _Place, part: int = 0) -> Draft:
    return Draft(fields, times, act=act, part=str(part) if act else "", common=place.common)


def _messages(messages: Any, place: _Place) -> Iterator[Draft]:
    known = [one for one in messages if type(one) is dict] if type(messages) is list else []
    if not known:
        raise BadRecord("a chat or session of Anthropic without messages")
    for message in known:
        yield from _message(message, place)


def _message(message: Fields, place: _Place) -> Iterator[Draft]:
    if given(sender := message.get("sent_by_user_id")) and "ai.actor.id" not in place.common:
        place = _Place({**place.common, "ai.actor.id": sender}, place.session)
    act, times = text(message.get("id")), (message.get("created_at"),)
    verb = "completion" if message.get("role") == "assistant" else "prompt"
    withheld = message.get("content_unavailable") is True or _kind(message.get("provenance")) in _WITHHELD
    files, content = _objects(message, "files"), message.get("content")
    blocks = content if type(content) is list else [content] if content else []
    made = [*_objects(message, "generated_files"), *_objects(message, "artifacts")]
    for index, block in enumerate(blocks):
        yield from _block(block, verb, withheld=withheld, where=(times, act, index), place=place)
    if not blocks and (withheld or not (files or made)):
        available = "redacted" if withheld else None
        fields = {
            **_SPOKEN[verb],
            "event.action": verb,
            "event.code": "text",
            "ai.content.available": available,
        }
        yield _draft(fields, times, act, place)
    for file in files:
        yield _upload(file, place, "file", times)
    for file in made:
        stated = text(file.get("version_id")) or text(file.get("id"))
        yield _draft({**_MADE, **pick(file, _FILE), **_ending(file)}, times, stated, place)


def _kind(value: Any) -> str:
    return text(value.get("type")) if type(value) is dict else ""


def _objects(value: Fields, key: str) -> list[Fields]:
    found = value.get(key)
    return [one for one in found if type(one) is dict] if type(found) is list else []


def _block(
    block: Any, verb: str, *, withheld: bool, where: tuple[tuple[Any, ...], str, int], place: _Place
) -> Iterator[Draft]:
    """Make the draft of a block: a text, or a tool call or its result, which its own id identifies."""
    times, act, index = where
    cut = type(block) is dict and block.get("truncated") is True
    for part in walk([block], "assistant" if verb == "completion" else "user"):
        hidden = withheld or (cut and type(part.text) is str and part.text.startswith("["))
        shown = Part(part.role, part.kind, None, part.tool, part.call, failed=part.failed) if hidden else part
        code = _kind(block) or "text"
        fields = {**_fields(shown, verb), "event.code": code, "ai.content.truncated": cut or None}
        if hidden:
            fields["ai.content.available"] = "redacted"
        if part.call and part.kind in ("call", "result"):
            yield Draft(fields, times, place.session, part.call, common=place.common)
        else:
            yield _draft(fields, times, act, place, index)


def _fields(part: Part, verb: str) -> Fields:
    if part.kind == "text":
        return {**_SPOKEN[verb], "event.action": verb, "ai.content.text": part.text}
    if part.kind == "file":
        return {"event.action": "file_upload", "ai.content.role": part.role, **part.file}
    known = {"gen_ai.tool.call.id": part.call, "gen_ai.operation.name": "execute_tool"}
    if part.kind == "call":
        return {**called(part.tool, part.arguments), **known, "event.action": "tool_call"}
    failed = {"event.outcome": "failure"} if part.failed else {}
    told = {**named(part.tool), **outcome(part.text, part.tool)}
    return {**told, **known, **failed, "event.action": "tool_result"}


def _upload(file: Fields, place: _Place, kind: Any, times: tuple[Any, ...]) -> Draft:
    fields = {
        "event.action": "file_upload",
        "event.code": kind if given(kind) else "file",
        **pick(file, _FILE),
        **_ending(file),
    }
    return _draft(fields, (file.get("created_at"), *times), text(file.get("id")), place)


def _ending(file: Fields) -> Fields:
    name = base(text(file.get("filename")))
    return {"file.extension": name.rpartition(".")[2].lower() or None} if "." in name else {}
