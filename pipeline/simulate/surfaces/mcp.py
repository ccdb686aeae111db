"""Tool servers: the messages between an agent and a server, as a tap sees them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from pipeline.simulate.chance import about
from pipeline.simulate.clock import iso
from pipeline.simulate.scene import Line, Scene

FILE = "mcp.jsonl"
_REVISION = "2025-06-18"


def opened(scene: Scene, at: float, server: str) -> Iterator[Line]:
    """Connect to a server and ask for its tools."""
    tools = scene.company.servers[server]["tools"]
    hello = {
        "protocolVersion": _REVISION,
        "capabilities": {},
        "clientInfo": {"name": scene.acting.id, "version": "3.4"},
    }
    welcome = {
        "protocolVersion": _REVISION,
        "capabilities": {"tools": {}},
        "serverInfo": {"name": server, "version": "1.7"},
    }
    yield from _exchange(scene, at, server, method="initialize", params=hello, result=welcome)
    yield from _exchange(scene, at + 0.6, server, method="tools/list", params={}, result={"tools": tools})


def called(
    scene: Scene, at: float, server: str, *, tool: str, arguments: dict[str, Any], result: str
) -> Iterator[Line]:
    """Use a tool of a server."""
    content = {"content": [{"type": "text", "text": result}], "isError": False}
    yield from _exchange(
        scene, at, server, method="tools/call", params={"name": tool, "arguments": arguments}, result=content
    )


def _exchange(
    scene: Scene, at: float, server: str, *, method: str, params: dict[str, Any], result: dict[str, Any]
) -> Iterator[Line]:
    number, later = scene.turn, at + min(about(scene.dice, 0.2), 20.0)
    scene.turn += 1
    yield _line(scene, at, server, {"jsonrpc": "2.0", "id": number, "method": method, "params": params})
    yield _line(scene, later, server, {"jsonrpc": "2.0", "id": number, "result": result})


def _line(scene: Scene, at: float, server: str, message: dict[str, Any]) -> Line:
    forwarded = {
        "timestamp": iso(at),
        "user_email": scene.person.email,
        "hostname": scene.acting.host,
        "session_id": f"mcp-{scene.thread}",
        "agent_id": scene.acting.id,
        "mcp_server": server,
    }
    return Line(at, FILE, message | forwarded)
