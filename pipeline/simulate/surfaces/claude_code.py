"""Claude Code on developers' machines: what its hooks are told, with what the forwarder adds."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from pipeline.simulate.chance import about, token, uuid
from pipeline.simulate.clock import iso
from pipeline.simulate.scene import Line, Scene

FILE = "claude_code.jsonl"
_HOMES = {"linux": "/home", "macos": "/Users", "windows": "C:/Users"}


def started(scene: Scene, at: float, mode: str = "default") -> Iterator[Line]:
    """Open a session."""
    yield _line(scene, at, "SessionStart", mode, source="startup", model="claude-sonnet-4-5")


def said(scene: Scene, at: float, text: str, mode: str = "default") -> Iterator[Line]:
    """Ask for something."""
    scene.turn += 1
    yield _line(scene, at, "UserPromptSubmit", mode, prompt_id=uuid(scene.dice), prompt=text)


def called(
    scene: Scene,
    at: float,
    *,
    tool: str,
    arguments: dict[str, Any],
    result: Any,
    mode: str = "default",
    asked: bool = False,
) -> Iterator[Line]:
    """Let it use a tool: before, after, and between them the person's permission if it had to be asked for."""
    call = {"tool_name": tool, "tool_input": arguments}
    name, took = f"toolu_{token(scene.dice, 22)}", about(scene.dice, 1.5, 1.0)
    yield _line(scene, at, "PreToolUse", mode, **call, tool_use_id=name)
    if asked:
        yield _line(scene, at + 0.2, "PermissionRequest", mode, **call)
        took += about(scene.dice, 6.0)
    done = {"tool_response": result, "tool_use_id": name, "duration_ms": int(took * 1000)}
    yield _line(scene, at + took, "PostToolUse", mode, **call, **done)


def stopped(scene: Scene, at: float, text: str, mode: str = "default") -> Iterator[Line]:
    """Let it say its last word for now."""
    yield _line(scene, at, "Stop", mode, stop_hook_active=False, last_assistant_message=text)


def ended(scene: Scene, at: float) -> Iterator[Line]:
    """Close the session."""
    yield _line(scene, at, "SessionEnd", "default", reason="prompt_input_exit")


def _line(scene: Scene, at: float, event: str, mode: str, **more: Any) -> Line:
    home = f"{_HOMES[scene.device.os]}/{scene.person.id.partition('.')[0]}"
    session = f"{scene.thread[:8]}-{scene.thread[8:]}-4000-8000-{scene.person.directory_id[-12:]}"
    body = {
        "session_id": session,
        "transcript_path": f"{home}/.claude/projects/main/{session}.jsonl",
        "cwd": f"{home}/src/work",
        "permission_mode": mode,
        "hook_event_name": event,
        **more,
        "timestamp": iso(at),
        "user_email": scene.person.email,
        "hostname": scene.device.name,
    }
    return Line(at, FILE, body)
