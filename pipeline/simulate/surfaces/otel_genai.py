"""The agents' spans, by OTLP: one record for each chat with a model and each use of a tool."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import orjson

from pipeline.simulate.chance import about, token
from pipeline.simulate.clock import nanoseconds
from pipeline.simulate.scene import Line, Scene

FILE = "otel.jsonl"
MODEL = "claude-sonnet-4-5"


def asked(
    scene: Scene, at: float, text: str, calls: list[dict[str, Any]] | None = None, answer: str = ""
) -> Iterator[Line]:
    """Let the agent's model hear a request; it answers in words or asks for tools."""
    scene.history = [*scene.history, {"role": "user", "parts": [{"type": "text", "content": text}]}]
    yield _chat(scene, at, calls or [], answer)


def called(scene: Scene, at: float, *, tool: str, arguments: dict[str, Any], result: str) -> Iterator[Line]:
    """Let the agent use a tool."""
    name, took = f"call_{token(scene.dice, 16)}", about(scene.dice, 0.8, 0.8)
    part = {"type": "tool_call", "id": name, "name": tool, "arguments": arguments}
    told = {"type": "tool_call_response", "id": name, "response": result}
    scene.history = [
        *scene.history,
        {"role": "assistant", "parts": [part]},
        {"role": "tool", "parts": [told]},
    ]
    yield _span(
        scene,
        at,
        at + took,
        f"execute_tool {tool}",
        {
            "gen_ai.operation.name": "execute_tool",
            "gen_ai.tool.name": tool,
            "gen_ai.tool.type": "function",
            "gen_ai.tool.call.id": name,
            "gen_ai.tool.call.arguments": orjson.dumps(arguments).decode(),
            "gen_ai.tool.call.result": result,
        },
    )


def told(scene: Scene, at: float, answer: str) -> Iterator[Line]:
    """Let the agent's model read what the tools gave, and answer."""
    yield _chat(scene, at, [], answer)


def _chat(scene: Scene, at: float, calls: list[dict[str, Any]], answer: str) -> Line:
    parts = [{"type": "tool_call", "id": f"call_{token(scene.dice, 16)}", **call} for call in calls]
    if answer:
        parts.append({"type": "text", "content": answer})
    heard = orjson.dumps(scene.history).decode()
    said = [{"role": "assistant", "parts": parts, "finish_reason": "tool_calls" if calls else "stop"}]
    about_it = {
        "gen_ai.operation.name": "chat",
        "gen_ai.provider.name": "anthropic",
        "gen_ai.request.model": MODEL,
        "gen_ai.response.model": MODEL,
        "gen_ai.response.id": f"resp_{token(scene.dice, 12)}",
        "gen_ai.usage.input_tokens": len(heard) // 4,
        "gen_ai.usage.output_tokens": len(answer) // 4 + 16,
        "gen_ai.input.messages": heard,
        "gen_ai.output.messages": orjson.dumps(said).decode(),
    }
    return _span(scene, at, at + about(scene.dice, 1.6), f"chat {MODEL}", about_it)


def _span(scene: Scene, at: float, end: float, name: str, said: dict[str, Any]) -> Line:
    agent = scene.acting
    where = {"service.name": agent.id, "host.name": agent.host, "user.email": scene.person.email}
    task = {
        "gen_ai.conversation.id": f"conv-{scene.thread}",
        "gen_ai.agent.id": agent.id,
        "gen_ai.agent.name": agent.name,
    }
    span = {
        "traceId": f"{int(scene.thread, 16):032x}",
        "spanId": token(scene.dice, 16),
        "parentSpanId": "",
        "name": name,
        "kind": 3,
        "startTimeUnixNano": nanoseconds(at),
        "endTimeUnixNano": nanoseconds(end),
        "status": {},
        "attributes": _attributes(said | task),
    }
    scope = {"name": "fernwood.agents", "version": "3.4"}
    resource = {"attributes": _attributes(where)}
    return Line(
        at,
        FILE,
        {"resourceSpans": [{"resource": resource, "scopeSpans": [{"scope": scope, "spans": [span]}]}]},
    )


def _attributes(values: dict[str, Any]) -> list[dict[str, Any]]:
    return [
        {"key": key, "value": {"intValue": str(value)} if type(value) is int else {"stringValue": value}}
        for key, value in values.items()
    ]
