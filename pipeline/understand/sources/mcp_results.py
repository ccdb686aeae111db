"""MCP: what a result says, told by its shape; a reply does not repeat what was asked."""

from __future__ import annotations

from typing import Any

from enrichers.reference.servers import definition_hash
from pipeline.event import Fields
from pipeline.understand.sources.forms.messages import joined, walk
from pipeline.understand.sources.forms.values import at, given, json_text, text
from pipeline.understand.sources.forms.words import ANSWERS

TOOL = {"ai.content.role": "tool", "ai.content.origin": "tool"}
EXECUTE = {"gen_ai.operation.name": "execute_tool"}


def answered(result: Fields) -> tuple[str, Fields]:
    """Give the verb and fields of a result: by its shape alone it tells what it answers."""
    if type(result.get("tools")) is list:
        return "tool_list", _offered(result["tools"])
    if "model" in result and "role" in result:
        return "completion", _completed(result)
    if type(result.get("contents")) is list:
        return "tool_result", {**EXECUTE, **_contents(result["contents"])}
    if type(result.get("messages")) is list:
        said = "\n".join(part.text for part in walk(result["messages"]) if part.text)
        return "tool_result", {**EXECUTE, **TOOL, "ai.content.text": said or None}
    if "content" in result or "structuredContent" in result:
        return "tool_result", {**EXECUTE, **TOOL, **_outcome(result)}
    if state := ANSWERS.get(text(result.get("action"))):
        return "tool_result", {**EXECUTE, "ai.approval.state": state}
    return "config_change", {}


def _offered(tools: list[Any]) -> Fields:
    """Give the tools that a server offers: names and hashes in one order, and every word that describes them."""
    known = [tool for tool in tools if type(tool) is dict and text(tool.get("name"))]
    names = [text(tool["name"]) for tool in known]
    return {
        **TOOL,
        "gen_ai.tool.name": names,
        "ai.tool.definition_hash": [definition_hash(tool) for tool in known],
        "event.reason": ", ".join(names) or None,
        "ai.content.text": "\n".join(line for tool in known for line in _described(tool)) or None,
    }


def _described(tool: Fields) -> list[str]:
    """Give a tool's description and those of its parameters: models read them all."""
    parameters = at(tool, ("inputSchema", "properties"))
    inner = list(parameters.values()) if type(parameters) is dict else []
    told = (at(one, ("description",)) for one in (tool, *inner))
    return [line for line in told if type(line) is str and line]


def _completed(result: Fields) -> Fields:
    reason = result.get("stopReason")
    return {
        "ai.content.text": joined(result.get("content")),
        "ai.content.role": "assistant",
        "ai.content.origin": "model",
        "gen_ai.response.model": result.get("model"),
        "gen_ai.response.finish_reasons": [reason] if given(reason) else None,
        "gen_ai.operation.name": "chat",
    }


def _outcome(result: Fields) -> Fields:
    """Join the texts of a result, those of embedded resources too; without any, its structured form is the text."""
    blocks = result.get("content")
    blocks = blocks if type(blocks) is list else [blocks]
    said = [found for block in blocks if type(found := _said(block)) is str]
    structured = json_text(result.get("structuredContent"))
    outcome = "failure" if result.get("isError") is True else "success"
    return {"ai.content.text": "\n".join(said) if said else structured, "event.outcome": outcome}


def _said(block: Any) -> Any:
    return at(block, ("text",)) if at(block, ("resource",)) is None else at(block, ("resource", "text"))


def _contents(contents: list[Any]) -> Fields:
    known = [one for one in contents if type(one) is dict]
    said = [one["text"] for one in known if type(one.get("text")) is str]
    uri = next((one["uri"] for one in known if type(one.get("uri")) is str), "")
    origin = "file" if uri.startswith("file:") else "web" if uri.startswith(("http:", "https:")) else "tool"
    mime = next((one["mimeType"] for one in known if given(one.get("mimeType"))), None)
    return {
        "ai.content.text": "\n".join(said) or None,
        "ai.content.role": "tool",
        "ai.content.origin": origin,
        "file.mime_type": mime,
    }
