"""The hooks of Claude Code: the verb of each, and the fields that it alone has."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from pipeline.event import Fields
from pipeline.understand.sources.forms.addresses import web
from pipeline.understand.sources.forms.tools import base
from pipeline.understand.sources.forms.values import pick, table, text
from pipeline.understand.sources.forms.words import ANSWERS

Fill = Callable[[Fields], Fields]
"""Gives the fields that a hook alone has."""

USER = {"ai.content.role": "user", "ai.content.origin": "user"}
MODEL = {"ai.content.role": "assistant", "ai.content.origin": "model"}

_FILE_CHANGES = {"change": "change", "add": "creation", "unlink": "deletion"}
_UNASKED = frozenset(("bypassPermissions", "dontAsk"))


def nothing(_hook: Fields) -> Fields:
    """Give nothing: what all hooks have says it all."""
    return {}


def _paths(rows: Mapping[str, str], fixed: Mapping[str, Any] | None = None) -> Fill:
    known, always = table(rows), dict(fixed or {})
    return lambda hook: {**pick(hook, known), **always}


def _prompt(hook: Fields) -> Fields:
    return {**USER, "ai.content.text": hook.get("prompt"), "gen_ai.operation.name": "chat"}


def _last_words(hook: Fields) -> Fields:
    return {**MODEL, "ai.content.text": hook.get("last_assistant_message"), "gen_ai.operation.name": "chat"}


def _chunk(hook: Fields) -> Fields:
    chunk = {"ai.content.chunk": hook.get("index"), "ai.content.chunk_last": hook.get("final")}
    return {**MODEL, "ai.content.text": hook.get("delta"), **chunk}


def _summary(hook: Fields) -> Fields:
    """Give the model's own summary of a conversation that grew too long."""
    return {
        "ai.content.text": hook.get("compact_summary"),
        "ai.content.role": "assistant",
        "ai.content.origin": "memory",
    }


def _file(key: str, fixed: Mapping[str, Any] | None = None) -> Fill:
    def fill(hook: Fields) -> Fields:
        path = hook.get(key)
        return {"file.path": path, "file.name": base(path) if type(path) is str else None, **(fixed or {})}

    return fill


def _file_change(hook: Fields) -> Fields:
    kind = _FILE_CHANGES.get(text(hook.get("event")), "change")
    return {**_file("file_path")(hook), "event.type": [kind]}


def _asked_for(hook: Fields) -> Fields:
    """Give what a server asks the person for, through the client."""
    url = hook.get("url")
    return {
        "ai.tool.server": hook.get("mcp_server_name"),
        "gen_ai.tool.call.id": hook.get("elicitation_id"),
        "ai.content.text": hook.get("message"),
        "ai.content.role": "tool",
        "ai.content.origin": "tool",
        "url.domain": web(url).get("url.domain") if type(url) is str else None,
        "ai.approval.state": "pending",
    }


def _answered(hook: Fields) -> Fields:
    """Give the person's answer. What was filled in may be a password: only the names of the fields stay."""
    content = hook.get("content")
    return {
        "ai.tool.server": hook.get("mcp_server_name"),
        "gen_ai.tool.call.id": hook.get("elicitation_id"),
        "ai.approval.state": ANSWERS.get(text(hook.get("action"))),
        "event.reason": ", ".join(sorted(content)) if type(content) is dict else None,
    }


def _asking(hook: Fields) -> Fields:
    return {
        "ai.approval.state": "auto_approved" if text(hook.get("permission_mode")) in _UNASKED else "pending"
    }


HOOKS: dict[str, tuple[str, Fill]] = {
    "SessionStart": (
        "config_change",
        _paths({"gen_ai.request.model": "model", "event.reason": "source"}, {"event.type": ["start"]}),
    ),
    "SessionEnd": ("config_change", _paths({"event.reason": "reason"}, {"event.type": ["end"]})),
    "Setup": ("config_change", _paths({"event.reason": "trigger"})),
    "InstructionsLoaded": ("file_access", _file("file_path", {"ai.content.origin": "memory"})),
    "UserPromptSubmit": ("prompt", _prompt),
    "UserPromptExpansion": ("prompt", _prompt),
    "MessageDisplay": ("completion", _chunk),
    "Notification": ("config_change", _paths({"event.reason": "notification_type"})),
    "SubagentStop": ("completion", _last_words),
    "Stop": ("completion", _last_words),
    "StopFailure": ("completion", _paths({"event.reason": "error"}, {"event.outcome": "failure", **MODEL})),
    "TaskCreated": ("config_change", _paths({"ai.task.item_id": "task_id"})),
    "TaskCompleted": ("config_change", _paths({"ai.task.item_id": "task_id"})),
    "ConfigChange": ("config_change", _file("file_path")),
    "DirectoryAdded": ("config_change", _file("directory")),
    "WorktreeRemove": ("config_change", _file("worktree_path")),
    "FileChanged": ("file_access", _file_change),
    "PostCompact": ("config_change", _summary),
    "Elicitation": ("tool_call", _asked_for),
    "ElicitationResult": ("tool_result", _answered),
}
"""Hooks with a verb or fields of their own; any other is a `config_change` that its name alone describes."""

TOOL_HOOKS: dict[str, Fill] = {
    "PreToolUse": _asking,
    "PermissionRequest": _paths({}, {"ai.approval.state": "pending"}),
    "PermissionDenied": _paths(
        {"event.reason": "reason"}, {"ai.approval.state": "denied", "ai.policy.decision": "block"}
    ),
    "PostToolUse": nothing,
    "PostToolUseFailure": nothing,
}
"""Hooks around a tool call, and what each says of the call."""
