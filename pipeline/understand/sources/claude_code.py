"""Claude Code: its hooks, one JSON object each. Its OpenTelemetry logs are read by `claude_code_otel`."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from typing import Any

import orjson

from pipeline.errors import BadRecord
from pipeline.event import Fields
from pipeline.understand.sources.claude_code_hooks import HOOKS, TOOL_HOOKS, nothing
from pipeline.understand.sources.forms.messages import joined
from pipeline.understand.sources.forms.moments import moment
from pipeline.understand.sources.forms.people import person
from pipeline.understand.sources.forms.tools import called, named, outcome
from pipeline.understand.sources.forms.values import at, first, json_text, pick, table, text
from pipeline.understand.sources.source import Draft, Source

_COMMON = table(
    {
        "event.code": "hook_event_name",
        "ai.task.id": "session_id",
        "gen_ai.conversation.id": "session_id",
        "ai.turn.id": "prompt_id | turn_id",
        "gen_ai.agent.id": "agent_id",
        "gen_ai.agent.name": "agent_type | teammate_name",
    }
)
_NAME = "hook_event_name"
_ENVELOPES = ("hook", "payload")
_TEXTS = ("stdout", "stderr", "content", "file", "text", "output", "result")
"""Where the responses of tools hold their text; of a file it is the content."""
_SENDERS = ("timestamp", "user_email", "hostname", "received_at")
"""What a forwarder adds: no part of the act."""


def claims(value: Any, _hints: Fields) -> bool:
    """Know a hook by its name and session, at top level or inside a forwarder's envelope."""
    if type(value) is not dict:
        return False
    if _NAME in value:
        return "session_id" in value
    return ("hook" in value or "payload" in value) and any("session_id" in one for one in _places(value))


def _places(value: Fields) -> tuple[Fields, ...]:
    """Give the objects that may be the hook itself."""
    if _NAME in value:
        return (value,)
    return tuple(value[key] for key in _ENVELOPES if type(value.get(key)) is dict and _NAME in value[key])


def read(value: Fields, _hints: Fields) -> Iterator[Draft]:
    """Make drafts of one hook: a tool's hooks give the call and, afterwards, its result."""
    if not (places := _places(value)):
        raise BadRecord("no hook: it names none")
    hook = places[0]
    name, common = text(hook.get(_NAME)), _common(value, hook)
    times = (hook.get("timestamp"), value.get("timestamp"), value.get("received_at"))
    calls = hook.get("tool_calls")
    if name == "PostToolBatch" and type(calls) is list:
        for one in ({**hook, **call} for call in calls if type(call) is dict):
            yield from _tool(one, "PostToolUse", common, times)
    elif "tool_name" in hook and name in TOOL_HOOKS:
        yield from _tool(hook, name, common, times)
    else:
        yield _other(hook, name, common, times)


def _common(value: Fields, hook: Fields) -> Fields:
    """Give what all hooks have; the person and the device are known to the forwarder alone."""
    whole = hook if hook is value else {**value, **hook}
    user, host = first(whole, ("user_email", "user")), first(whole, ("hostname", "host"))
    return {
        **pick(hook, _COMMON),
        **person(at(user, ("email",)) if type(user) is dict else user),
        "host.name": first(host, ("name", "hostname")) if type(host) is dict else host,
    }


def _other(hook: Fields, name: str, common: Fields, times: tuple[Any, ...]) -> Draft:
    verb, fill = HOOKS.get(name, ("config_change", nothing))
    fields = {"event.action": verb, **fill(hook)}
    if name == "Notification" and hook.get("notification_type") == "permission_prompt":
        fields |= {"event.action": "approval", "ai.approval.state": "pending"}
    session, act, part = _identity(hook, name, verb, times)
    return Draft(fields, times, session, act, part, common=common)


def _identity(hook: Fields, name: str, verb: str, times: tuple[Any, ...]) -> tuple[str, str, str]:
    """Give (session, act, part): the first id that the hook states, else its own content and time."""
    session, prompt = text(hook.get("session_id")), text(hook.get("prompt_id"))
    message = text(hook.get("message_id"))
    if elicitation := text(hook.get("elicitation_id")):
        return session, elicitation, ""
    if message:
        return session, message, text(hook.get("index")) or "0"
    if task := text(hook.get("task_id")):
        return session, f"{task}:{name}", ""
    if prompt:
        return (session, prompt, "0") if verb == "prompt" else (session, f"{prompt}:{name}", "")
    return session, f"{name}:{_content(hook)}:{_time(times)}", ""


def _content(hook: Fields) -> str:
    own = {key: value for key, value in hook.items() if key not in _SENDERS}
    try:
        told = orjson.dumps(own, option=orjson.OPT_SORT_KEYS)
    except TypeError:
        told = b"".join(_written([key, own[key]]) for key in sorted(own))
    return hashlib.sha256(told).hexdigest()


def _written(pair: list[Any]) -> bytes:
    """Write a key and its value; of one that is nested too deep, the key alone."""
    try:
        return orjson.dumps(pair, option=orjson.OPT_SORT_KEYS)
    except TypeError:
        return orjson.dumps(pair[:1])


def _time(times: tuple[Any, ...]) -> str:
    return next((str(time) for time in map(moment, times) if time is not None), "")


def _tool(hook: Fields, name: str, common: Fields, times: tuple[Any, ...]) -> Iterator[Draft]:
    """Make the call and what the hook says of it: asked, denied, or done."""
    tool, call_id, session = (
        hook.get("tool_name"),
        text(hook.get("tool_use_id")),
        text(hook.get("session_id")),
    )
    act = call_id or f"{name}:{_content(hook)}:{_time(times)}"
    call = {
        "event.action": "tool_call",
        "gen_ai.operation.name": "execute_tool",
        "gen_ai.tool.call.id": call_id,
        **called(tool, hook.get("tool_input")),
        **TOOL_HOOKS[name](hook),
    }
    if name in ("PermissionRequest", "PermissionDenied"):
        yield Draft({**call, "event.action": "approval"}, times, session, act, common=common)
    if name == "PermissionRequest":
        return
    yield Draft(call, _earlier(times, hook.get("duration_ms")), session, act, common=common)
    if name.startswith("PostToolUse"):
        yield Draft(_result(hook, name, call_id), times, session, act, common=common)


def _earlier(times: tuple[Any, ...], took: Any) -> tuple[Any, ...]:
    """Give the times at which a call began, so many milliseconds before the hook that tells of its end."""
    if type(took) not in (int, float) or not 0 <= took < 86_400_000:
        return times
    return tuple([time - took / 1000 for time in map(moment, times) if time is not None]) or times


def _result(hook: Fields, name: str, call_id: str) -> Fields:
    tool, failed = hook.get("tool_name"), name == "PostToolUseFailure"
    said = hook.get("error") if failed else _string_form(hook.get("tool_response"))
    return {
        "event.action": "tool_result",
        "gen_ai.operation.name": "execute_tool",
        "gen_ai.tool.call.id": call_id,
        "event.outcome": "failure" if failed else "success",
        **named(tool),
        **outcome(said, tool),
    }


def _string_form(response: Any) -> str | None:
    """Give what a tool answered as text: the text in it where there is one, else its JSON."""
    if type(response) is list:
        return joined(response) or json_text(response)
    if type(response) is dict:
        return "\n".join(_texts(response)) or json_text(response)
    return json_text(response)


def _texts(response: Fields) -> list[str]:
    told = [at(response, ("file", "content")) if key == "file" else response.get(key) for key in _TEXTS]
    return [found for found in told if type(found) is str and found]


SOURCE = Source(
    name="claude_code",
    aliases=("claude_code_hooks",),
    claims=claims,
    read=read,
    marks=frozenset((_NAME, *_ENVELOPES)),
    keys=frozenset(
        "session_id transcript_path cwd hook_event_name prompt_id permission_mode effort agent_id agent_type prompt "
        "tool_name tool_input tool_use_id tool_response duration_ms last_assistant_message stop_hook_active "
        "notification_type timestamp user_email hostname hook payload received_at".split()
    ),
    fixed={
        "gen_ai.provider.name": "anthropic",
        "service.name": "claude-code",
        "ai.surface": "cli",
        "event.module": "claude_code",
        "event.dataset": "claude_code.hook",
    },
    own=frozenset(("timestamp", "user_email", "hostname", "session_id", "agent_id")),
)
