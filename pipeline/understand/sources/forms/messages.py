"""The message walker: one routine for every chat-shaped payload."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from msgspec import Struct

from pipeline.event import Fields
from pipeline.understand.sources.forms.values import json_text, loaded, text

_ROLES = {
    **dict.fromkeys(("assistant", "model", "ai", "chatbot", "bot"), "assistant"),
    **dict.fromkeys(("system", "developer"), "system"),
    **dict.fromkeys(("tool", "function", "environment"), "tool"),
}
_OURS = {role: role for role in ("user", "assistant", "system", "tool")}
_TEXTS = frozenset(("text", "input_text", "output_text", "message", "refusal", "summary_text"))
_CALLS = frozenset(
    (
        "tool_use",
        "tool_call",
        "function_call",
        "server_tool_use",
        "mcp_tool_use",
        "custom_tool_call",
        "mcp_call",
    )
)
_RESULTS = frozenset(
    "tool_result tool_call_response function_call_output custom_tool_call_output mcp_tool_result web_search_tool_result "
    "web_fetch_tool_result code_execution_tool_result".split()
)
_FILES = frozenset(
    "image image_url input_image document input_file file blob uri audio input_audio video".split()
)
_SILENT = frozenset(("thinking", "redacted_thinking", "reasoning", "reasoning_content", "encrypted_content"))
_CHATTY = frozenset(("content", "parts", "tool_calls"))
_KEYED = {
    "toolUse": "call",
    "functionCall": "call",
    "function_call": "call",
    "toolResult": "result",
    "functionResponse": "result",
    "function_response": "result",
    "document": "file",
    "image": "file",
    "video": "file",
    "inlineData": "file",
    "inline_data": "file",
    "fileData": "file",
    "file_data": "file",
}
"""Blocks without a type that are named by their one key."""


class Part(Struct, frozen=True):
    """One thing that somebody said or did in a message.

    `kind` is text, call, result or file. `text` is what was said, or what a tool gave; `tool` and `call` name the tool
    and the call, `arguments` are as the source gives them, `file` holds `file.*`.
    """

    role: str
    kind: str
    text: str | None = None
    tool: Any = None
    call: str = ""
    arguments: Any = None
    file: Fields = {}
    failed: bool = False


def walk(messages: Any, role: str = "user") -> list[Part]:
    """Give the parts of messages in any dialect, in order; what names no role has this one."""
    return _walked(listed(messages, loaded(messages)), role)


def _walked(messages: list[Any], role: str) -> list[Part]:
    parts: list[Part] = []
    for message in messages:
        plain = _plain(message)
        if plain is None:
            parts.extend(_message(message, role))
        else:
            parts.append(plain)
    return parts


def fresh(messages: Any) -> list[Part]:
    """Give what is new in a request, which repeats the whole conversation.

    That is all after the last thing that the assistant said or did, and the system text, whose repetition has the same
    id. Results keep the name of the tool that the history called. The beginning of an answer, which some put last for
    the model to go on, is no answer: the question stands before it.
    """
    told = listed(messages, loaded(messages))
    end = len(told)
    while end and _answers(told[end - 1]):
        end -= 1
    parts = _walked(told[:end] if end < len(told) else told, "user")
    last = len(parts) - 1
    while last >= 0 and parts[last].role != "assistant":
        last -= 1
    if last < 0:
        return parts
    tools = {part.call: part.tool for part in parts if part.kind == "call" and part.call}
    return [
        _renamed(part, tools)
        for at, part in enumerate(parts)
        if part.role != "assistant" and (at > last or part.role == "system")
    ]


def _answers(message: Any) -> bool:
    if type(message) is not dict:
        return False
    role = message.get("role", message.get("author"))
    return type(role) is str and _ROLES.get(role.lower()) == "assistant"


def _plain(message: Any) -> Part | None:
    """Give the one part of a message that is a text by somebody and nothing else, as most are."""
    if type(message) is not dict or message.get("tool_calls") or message.get("function_call"):
        return None
    said = message["content"] if "content" in message else message.get("parts")
    if type(said) is list:
        said = _only(said)
    if said.__class__ is not str or not said or type(role := message.get("role")) is not str:
        return None
    ours = _OURS.get(role) or _ROLES.get(role.lower(), "user")
    return None if ours == "tool" else Part(ours, "text", said)


def _only(blocks: list[Any]) -> str | None:
    """Give the text of the only block, if it is one of text."""
    block = blocks[0] if len(blocks) == 1 else None
    if type(block) is not dict or block.get("thought") is True:
        return None
    kind = block.get("type")
    if kind == "text" or (kind is None and block.keys().isdisjoint(_KEYED)):
        return _text(block)
    return None


def _renamed(part: Part, tools: dict[str, Any]) -> Part:
    if part.kind != "result" or part.tool is not None or part.call not in tools:
        return part
    return Part(part.role, part.kind, part.text, tools[part.call], part.call, failed=part.failed)


def listed(messages: Any, inside: Any) -> list[Any]:
    """Give the messages of a value whose JSON is `inside`. A text that is JSON but no messages is what somebody said."""
    if inside is None:
        return []
    found = inside if type(inside) is list else [inside]
    if type(messages) is str and not all(type(one) is dict and _chatty(one) for one in found):
        return [messages]
    return found


def _message(message: Any, role: str) -> Iterator[Part]:
    if type(message) is str and message:
        yield Part(role, "text", message)
    if type(message) is not dict:
        return
    named = message.get("role", message.get("author"))
    role = _ROLES.get(named.lower(), "user") if type(named) is str else role
    if role == "tool":
        results = [part for part in _said(message, role) if part.kind == "result"]
        yield from results or [_outcome(message, role)]
    elif "role" not in message and ("type" in message or not _chatty(message)):
        yield from _block(message, role)
    else:
        yield from _said(message, role)


def _chatty(message: Fields) -> bool:
    return not _CHATTY.isdisjoint(message)


def _said(message: Fields, role: str) -> Iterator[Part]:
    for block in _listed_or_text(message.get("content", message.get("parts", message.get("text")))):
        yield from _block(block, role)
    for call in message["tool_calls"] if type(message.get("tool_calls")) is list else ():
        if type(call) is dict:
            yield _call(call, "assistant")
    if type(legacy := message.get("function_call")) is dict:
        yield _call(legacy, "assistant")


def _listed_or_text(content: Any) -> Iterable[Any]:
    """Text stays text, even where it looks like JSON: somebody said so."""
    if type(content) is list:
        return content
    return () if content is None else (content,)


def _block(block: Any, role: str) -> Iterator[Part]:
    if type(block) is str and block:
        yield Part(role, "text", block)
    if type(block) is not dict or block.get("thought") is True:
        return
    kind = block.get("type")
    if type(kind) is not str:
        yield from _keyed(block, role)
    elif kind in _CALLS:
        yield _call(block, "assistant")
    elif kind in _RESULTS:
        yield _outcome(block, "tool")
    elif kind in _FILES:
        yield Part(role, "file", file=_file(block))
    elif kind == "message":
        yield from _said(block, role)
    elif kind not in _SILENT and (said := _text(block)):
        yield Part(role, "text", said)


def _keyed(block: Fields, role: str) -> Iterator[Part]:
    if said := _text(block):
        yield Part(role, "text", said)
    for key, kind in _KEYED.items():
        inside = block.get(key)
        if type(inside) is not dict:
            continue
        if kind == "call":
            yield _call(inside, "assistant")
        elif kind == "result":
            yield _outcome(inside, "tool")
        else:
            yield Part(role, "file", file=_file(inside))


def _text(block: Fields) -> str | None:
    said = block.get("text", block.get("content", block.get("refusal")))
    return said if type(said) is str else None


def _call(call: Fields, role: str) -> Part:
    inner = call["function"] if type(call.get("function")) is dict else call
    arguments = _any(inner, "arguments", "input", "args")
    return Part(role, "call", tool=inner.get("name"), call=_call_id(call), arguments=arguments)


def _outcome(block: Fields, role: str) -> Part:
    content = _any(block, "content", "output", "response", "result", "parts")
    failed = block.get("is_error") is True or block.get("status") == "error"
    return Part(role, "result", joined(content), block.get("name"), _call_id(block), failed=failed)


def _call_id(block: Fields) -> str:
    return text(_any(block, "tool_call_id", "tool_use_id", "toolUseId", "call_id", "id"))


def _any(block: Fields, *names: str) -> Any:
    return next((block[name] for name in names if block.get(name) is not None), None)


def joined(content: Any) -> str | None:
    """Join the texts of a content of any form by new lines; content without text is given as JSON text."""
    if content is None or type(content) is str:
        return content
    blocks = content if type(content) is list else [content]
    texts = [said for block in blocks if (said := _spoken(block)) is not None]
    if texts:
        return "\n".join(texts)
    return json_text(content) if type(content) is dict and "type" not in content else None


def _spoken(block: Any) -> str | None:
    if type(block) is not dict:
        return block if type(block) is str else None
    if type(kind := block.get("type")) is str and kind in _SILENT:
        return None
    if (said := _text(block)) is None and type(kind) is not str and (inside := block.get("json")) is not None:
        return json_text(inside)
    return said


def _file(block: Fields) -> Fields:
    """Give name and type of a file, never its content or a link that opens it."""
    source: Fields = next(
        (block[key] for key in ("source", "file", "image_url") if type(block.get(key)) is dict), {}
    )
    name = _any({**source, **block}, "filename", "file_name", "title", "name")
    mime = _any({**source, **block}, "mime_type", "mimeType", "media_type")
    link = _any({**source, **block}, "url", "image_url", "file_data")
    if mime is None and type(link) is str and link.startswith("data:"):
        mime = link[5:128].partition(";")[0]
    return {"file.name": name, "file.mime_type": mime}
