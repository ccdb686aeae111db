"""MCP: JSON-RPC messages between clients and tool servers, with or without a tap's envelope."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from msgspec import Struct

from pipeline.event import Fields
from pipeline.understand.sources.forms.addresses import web
from pipeline.understand.sources.forms.messages import walk
from pipeline.understand.sources.forms.people import person
from pipeline.understand.sources.forms.tools import base, called, named
from pipeline.understand.sources.forms.values import at, first, given, text
from pipeline.understand.sources.mcp_results import EXECUTE, TOOL, answered
from pipeline.understand.sources.otlp import hexed
from pipeline.understand.sources.source import Draft, Source

_ENVELOPES = ("message", "payload", "body", "request", "response")
_MARKS = frozenset((*_ENVELOPES, "jsonrpc", "method", "resultType", "content"))
_RESULTS = frozenset("content structuredContent tools contents resources prompts messages".split())
_AZURE = frozenset(("resourceId", "category", "time"))
"""Records of Azure have a `resultType` too."""
_BARE_METHODS = frozenset(("initialize", "ping"))
_FROM_SERVER = frozenset(("sampling/createMessage", "elicitation/create", "roots/list"))
"""What a server asks of a client; all else a client asks of a server."""
_BACK = {"client_to_server": "server_to_client", "server_to_client": "client_to_server"}

_META = "io.modelcontextprotocol/"
_SESSIONS = (("session_id",), ("headers", "mcp-session-id"), ("headers", "Mcp-Session-Id"))


class _Frame(Struct, frozen=True, kw_only=True):
    """One JSON-RPC message, what its tap says beside it, and which side asked."""

    message: Fields
    common: Fields
    times: tuple[Any, ...]
    session: str
    asker: str


def claims(value: Any, _hints: Fields) -> bool:
    """Know a message by its version, its method, or the shape of its result; also inside an envelope."""
    if type(value) is not dict or value.keys().isdisjoint(_MARKS):
        return False
    return _is_message(value) or any(_is_rpc(value.get(key)) for key in _ENVELOPES)


def _is_rpc(value: Any) -> bool:
    inside = value[0] if type(value) is list and value else value
    return type(inside) is dict and inside.get("jsonrpc") == "2.0"


def _is_message(value: Fields) -> bool:
    if "jsonrpc" in value:
        return _is_rpc(value)
    if "method" in value and "params" in value:
        method = text(value["method"])
        return "/" in method or method in _BARE_METHODS
    if "resultType" in value:
        shaped = not value.keys().isdisjoint(_RESULTS) and value.keys().isdisjoint(_AZURE)
        return shaped and type(value["resultType"]) is str
    return type(value.get("content")) is list and ("isError" in value or "structuredContent" in value)


def read(value: Fields, _hints: Fields) -> Iterator[Draft]:
    """Make drafts of every message in a record; a request and its response may come together."""
    tool = None
    for message in _messages(value):
        frame = _frame(value, message)
        if "method" in message:
            tool = at(message, ("params", "name")) if message["method"] == "tools/call" else None
            yield _request(frame)
        else:
            yield _reply(frame, tool)


def _messages(value: Fields) -> Iterator[Fields]:
    if _is_message(value):
        yield value
        return
    for key in _ENVELOPES:
        inside = value.get(key)
        yield from (one for one in (inside if type(inside) is list else [inside]) if type(one) is dict)


def _frame(value: Fields, message: Fields) -> _Frame:
    metas = (at(message, path) for path in (("params", "_meta"), ("result", "_meta"), ("_meta",)))
    meta: Fields = next((meta for meta in metas if type(meta) is dict), {})
    session = next((found for path in _SESSIONS if (found := text(at(value, path)))), "")
    trace, span = _traced(meta.get("traceparent"))
    client = at(meta, (f"{_META}clientInfo", "name")) or at(message, ("params", "clientInfo", "name"))
    client = client or at(value, ("client", "name"))
    common = {
        **person(first(value, ("user", "user_email"))),
        "host.name": first(value, ("host", "hostname")),
        "gen_ai.agent.id": value.get("agent_id"),
        "ai.tool.server": _server(value, message, meta),
        "gen_ai.conversation.id": session,
        "ai.task.id": session or trace,
        "trace.id": trace,
        "span.id": span,
        "service.name": client,
        "ai.app.name": client,
    }
    return _Frame(
        message=message,
        common=common,
        times=(value.get("ts"), value.get("timestamp")),
        session=session or trace,
        asker=_asker(message, text(value.get("direction"))),
    )


def _traced(parent: Any) -> tuple[str, str]:
    """Give trace and span of a `traceparent`."""
    parts = parent.split("-") if type(parent) is str and len(parent) < 128 else []
    return (hexed(parts[1], 32), hexed(parts[2], 16)) if len(parts) >= 3 else ("", "")


def _server(value: Fields, message: Fields, meta: Fields) -> Any:
    url = at(value, ("server", "url"))
    names = (
        at(value, ("server", "name")),
        value.get("mcp_server"),
        at(meta, (f"{_META}serverInfo", "name")),
        at(message, ("result", "serverInfo", "name")),
        web(url).get("url.domain") if type(url) is str else None,
    )
    return next((name for name in names if given(name)), None)


def _asker(message: Fields, direction: str) -> str:
    """Say who asked: each side counts its own requests, and a reply goes the other way."""
    if direction in _BACK:
        return direction if "method" in message else _BACK[direction]
    if "method" in message:
        by_server = text(message["method"]) in _FROM_SERVER
    else:
        result = message.get("result")
        by_server = type(result) is dict and ("action" in result or {"role", "model"} <= result.keys())
    return "server_to_client" if by_server else "client_to_server"


def _draft(frame: _Frame, verb: str, code: str, more: Fields) -> Draft:
    """Make a draft that is known by connection and request number; without both, by its content and place."""
    number = text(frame.message.get("id"))
    fields = {"event.action": verb, "event.code": code, "gen_ai.tool.call.id": number, **more}
    act = f"{frame.asker}:{number}" if number and frame.session else ""
    return Draft(fields, frame.times, frame.session, act, common=frame.common)


def _request(frame: _Frame) -> Draft:
    method, params = text(frame.message.get("method")), frame.message.get("params")
    verb, more = _asked(method, params if type(params) is dict else {}, frame.common["ai.tool.server"])
    return _draft(frame, verb, method, {"mcp.method.name": method, **more})


def _asked(method: str, params: Fields, server: Any) -> tuple[str, Fields]:
    """Give the verb and the fields of a request."""
    match method:
        case "tools/call":
            tool = called(params.get("name"), params.get("arguments"))
            known = {"gen_ai.tool.type": "extension", "ai.tool.server": server or tool.get("ai.tool.server")}
            return "tool_call", {**tool, **known, **EXECUTE}
        case "resources/read":
            return "tool_call", {"gen_ai.tool.name": method, **EXECUTE, **_located(params.get("uri"))}
        case "sampling/createMessage":
            return "prompt", _sampled(params)
        case "elicitation/create":
            return "tool_call", _elicited(params)
        case "ping":
            return "heartbeat", {}
    return "config_change", {}


def _located(uri: Any) -> Fields:
    if type(uri) is not str:
        return {}
    if uri.startswith("file:"):
        path = uri.removeprefix("file:").removeprefix("//")
        return {"file.path": path, "file.name": base(path)}
    return web(uri)


def _sampled(params: Fields) -> Fields:
    """Give what a server wants the client's model to hear: text that no person wrote."""
    hints = at(params, ("modelPreferences", "hints"))
    said = [text(params.get("systemPrompt")), *(part.text for part in walk(params.get("messages")))]
    return {
        "ai.content.text": "\n".join(line for line in said if line) or None,
        "ai.content.role": "user",
        "ai.content.origin": "tool",
        "gen_ai.request.model": at(hints[0], ("name",)) if type(hints) is list and hints else None,
        "gen_ai.operation.name": "chat",
    }


def _elicited(params: Fields) -> Fields:
    url = params.get("url")
    host = web(url).get("url.domain") if type(url) is str else None
    return {
        **TOOL,
        "ai.content.text": params.get("message"),
        "url.domain": host,
        "ai.approval.state": "pending",
    }


def _reply(frame: _Frame, tool: Any) -> Draft:
    message = frame.message
    error, result = message.get("error"), message.get("result", None if "jsonrpc" in message else message)
    if type(error) is dict:
        told = " ".join(text(error.get(key)) for key in ("code", "message") if given(error.get(key)))
        failed = {"event.outcome": "failure", "event.reason": told or None}
        return _draft(frame, "tool_result", "error", {**TOOL, **EXECUTE, **named(tool), **failed})
    verb, more = answered(result if type(result) is dict else {})
    return _draft(frame, verb, "result", {**more, **(named(tool) if verb == "tool_result" else {})})


SOURCE = Source(
    name="mcp",
    claims=claims,
    read=read,
    marks=_MARKS,
    keys=_RESULTS
    | frozenset(
        "jsonrpc id method params result error ts direction server client headers message session_id user host "
        "timestamp user_email hostname agent_id mcp_server isError resultType".split()
    ),
    fixed={"event.module": "mcp", "event.dataset": "mcp.message", "ai.surface": "agent"},
    own=frozenset(("timestamp", "hostname", "session_id", "agent_id", "mcp_server")),
)
