"""Tool calls: what a tool's name and arguments say of it, whoever tells of the call."""

from __future__ import annotations

from typing import Any

from pipeline.event import Fields
from pipeline.understand.sources.forms.values import json_text, loaded

_SHELLS = frozenset(
    "Bash PowerShell bash shell powershell local_shell run_shell_command run_terminal_cmd exec_command run_command".split()
)
_WEB = frozenset(("WebFetch", "WebSearch", "web_search", "web_fetch"))
_FILE = frozenset(("Read", "read_file", "file_search", "myfiles_browser"))
_ARGUMENTS: tuple[tuple[frozenset[str], dict[str, str]], ...] = (
    (_SHELLS, {"command": "process.command_line", "cmd": "process.command_line"}),
    (
        frozenset(("Read", "Write", "Edit", "MultiEdit", "read_file", "write_file")),
        {"file_path": "file.path"},
    ),
    (frozenset(("NotebookEdit",)), {"notebook_path": "file.path"}),
    (frozenset(("WebFetch", "web_fetch")), {"url": "url.full"}),
    (frozenset(("Agent", "Task")), {"subagent_type": "gen_ai.agent.name"}),
)
_SLOTS = {name: slots for names, slots in _ARGUMENTS for name in names}
"""Arguments of well-known tools that have a field of their own."""


def called(name: Any, arguments: Any) -> Fields:
    """Give the fields of a tool call: name, server, arguments as JSON text, and what well-known tools act on."""
    return {**named(name), "ai.tool.arguments": json_text(arguments), **acted_on(name, arguments)}


def named(name: Any) -> Fields:
    """Give name, type and server of a tool; `mcp__server__tool` names both."""
    if type(name) is not str:
        return {} if name is None else {"gen_ai.tool.name": name}
    _, mcp, qualified = name.partition("mcp__")
    server, two, tool = qualified.partition("__")
    if mcp and two and tool and name.startswith("mcp__"):
        return {"gen_ai.tool.name": [tool], "gen_ai.tool.type": "extension", "ai.tool.server": server}
    return {"gen_ai.tool.name": [name]}


def acted_on(name: Any, arguments: Any) -> Fields:
    """Give the command, file or page that a well-known tool acts on."""
    slots = _SLOTS.get(name) if type(name) is str else None
    inside = loaded(arguments) if slots else None
    if not slots or type(inside) is not dict:
        return {}
    found = {field: _command(inside[key]) for key, field in slots.items() if inside.get(key) is not None}
    if type(path := found.get("file.path")) is str:
        found["file.name"] = base(path)
    return found


def _command(value: Any) -> Any:
    """Join a command that comes as a list of words."""
    if type(value) is list and all(type(word) is str for word in value):
        return " ".join(value)
    return value


def base(path: str) -> str:
    """Give the last part of a path in the form of any system."""
    return path.replace("\\", "/").rstrip("/").rpartition("/")[2]


def origin(name: Any) -> str:
    """Say where the outcome of a tool comes from: web, file, memory, or the tool itself."""
    if type(name) is not str:
        return "tool"
    plain = name.lower()
    if name in _WEB or plain.startswith(("browser", "fetch")):
        return "web"
    if name in _FILE:
        return "file"
    return "memory" if "memory" in plain else "tool"


def outcome(said: Any, tool: Any) -> Fields:
    """Give the content fields of what a tool gave back."""
    return {"ai.content.text": said, "ai.content.role": "tool", "ai.content.origin": origin(tool)}
