"""Claude Code's OpenTelemetry logs: the same acts that its hooks tell of, by the same ids."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from pipeline.event import Fields
from pipeline.understand.sources.claude_code_hooks import MODEL, USER
from pipeline.understand.sources.forms import talk
from pipeline.understand.sources.forms.messages import fresh, walk
from pipeline.understand.sources.forms.moments import moment
from pipeline.understand.sources.forms.people import person
from pipeline.understand.sources.forms.tools import called, outcome
from pipeline.understand.sources.forms.values import first, loaded, text
from pipeline.understand.sources.otlp import Log
from pipeline.understand.sources.source import Draft

_PREFIX = "claude_code."
_LOOKED_UP = {
    "ai.task.id": ("session.id",),
    "gen_ai.conversation.id": ("session.id",),
    "ai.turn.id": ("prompt.id",),
    "ai.actor.id": ("user.account_uuid", "user.id"),
    "organization.id": ("organization.id",),
    "ai.user.department": ("department",),
    "host.name": ("host.name",),
    "gen_ai.request.model": ("model",),
    "gen_ai.agent.name": ("agent.name", "agent_type"),
    "event.reason": ("error_type", "error", "error_category"),
}
_FIXED = {
    "gen_ai.provider.name": "anthropic",
    "service.name": "claude-code",
    "event.module": "claude_code",
    "event.dataset": "claude_code.otel",
}
_SURFACES = (("claude-vscode", "ide"), ("claude-desktop", "desktop"), ("sdk-", "agent"))
_VERBS = {
    "user_prompt": "prompt",
    "assistant_response": "completion",
    "api_request": "completion",
    "api_error": "completion",
    "api_retries_exhausted": "completion",
    "api_refusal": "completion",
    "auth": "signin",
    "mcp_server_connection": "grant",
    "plugin_installed": "grant",
    "skill_activated": "tool_call",
}
"""Verbs of events that need no more than their fields; what is not here and has no reader below is `config_change`."""
_BODIES = {"api_request_body": "prompt", "api_response_body": "completion"}
_FIELDS: dict[str, dict[str, tuple[str, ...]]] = {
    "prompt": {"ai.content.length": ("prompt_length",), "ai.content.text": ("prompt",)},
    "completion": {
        "ai.content.length": ("response_length",),
        "ai.content.text": ("response",),
        "gen_ai.usage.input_tokens": ("input_tokens",),
        "gen_ai.usage.output_tokens": ("output_tokens",),
        "gen_ai.response.id": ("request_id",),
    },
    "grant": {"ai.tool.server": ("server_name",), "ai.grant.target": ("plugin.name", "server_name")},
    "tool_call": {"gen_ai.tool.name": ("skill.name",)},
}
_APPROVALS = {
    ("accept", "config"): "auto_approved",
    ("accept", "hook"): "auto_approved",
    ("accept", "user_temporary"): "approved",
    ("accept", "user_permanent"): "approved_always",
    ("reject", "config"): "denied",
    ("reject", "hook"): "denied",
    ("reject", "user_reject"): "denied",
    ("reject", "user_abort"): "aborted",
}
_MACHINE = frozenset(("config", "hook"))
_HIDDEN = "mcp_tool"
"""The tool name that stands for one of any server, unless the client was told to name it."""


def claims(log: Log) -> bool:
    """Know a record by its event name or by the scope that wrote it."""
    return log.name.startswith(_PREFIX) or "claude_code" in log.scope


def read(log: Log) -> Iterator[Draft]:
    """Make drafts of one log record."""
    name = log.name.removeprefix(_PREFIX)
    common, times = (
        _common(log, name),
        (*log.times[:1], log.attributes.get("event.timestamp"), *log.times[1:]),
    )
    if name in ("tool_decision", "tool_result"):
        yield from _tool(log, name, common, times)
    elif name in _BODIES:
        yield from _body(log, name, common, times)
    else:
        yield _plain(log, name, common, times)


def _common(log: Log, name: str) -> Fields:
    common = {field: first(log.known, names) for field, names in _LOOKED_UP.items()}
    entry = text(log.known.get("app.entrypoint"))
    surface = next((surface for head, surface in _SURFACES if entry.startswith(head)), "cli")
    common |= {**_FIXED, **person(log.known.get("user.email")), "event.code": name, "ai.surface": surface}
    common |= {"trace.id": log.trace, "span.id": log.id}
    if (success := log.attributes.get("success")) is not None:
        common["event.outcome"] = "success" if success in (True, "true") else "failure"
    return common


def _plain(log: Log, name: str, common: Fields, times: tuple[Any, ...]) -> Draft:
    verb = _VERBS.get(name, "config_change")
    fields = {**common, "event.action": verb}
    fields |= {field: first(log.known, names) for field, names in _FIELDS.get(verb, {}).items()}
    if verb in ("prompt", "completion"):
        fields |= {**(USER if verb == "prompt" else MODEL), "gen_ai.operation.name": "chat"}
    fields |= _special(log, name)
    session, act, part = _identity(log, name, fields["event.action"], times)
    return Draft(fields, times, session, act, part)


def _special(log: Log, name: str) -> Fields:
    """Give what makes an event more than its name says."""
    plain = log.attributes
    match name:
        case "api_error" | "api_retries_exhausted":
            return {"event.outcome": "failure"}
        case "api_refusal":
            return {"gen_ai.response.finish_reasons": ["refusal"], "ai.policy.decision": "block"}
        case "auth" if plain.get("action") == "logout":
            return {"event.type": ["end"]}
        case "at_mention" if plain.get("mention_type") == "file":
            return {"event.action": "file_upload"}
        case "permission_mode_changed":
            unasked = plain.get("to_mode") == "bypassPermissions"
            return {
                "event.action": "grant" if unasked else "config_change",
                "ai.grant.scopes": plain.get("to_mode"),
            }
        case "hook_execution_complete" if text(plain.get("num_blocking")).strip("0"):
            return {"event.action": "policy_decision", "ai.policy.decision": "block"}
    return {}


def _identity(log: Log, name: str, verb: str, times: tuple[Any, ...]) -> tuple[str, str, str]:
    session = text(log.known.get("session.id"))
    prompt = text(log.attributes.get("prompt.id"))
    answer = text(first(log.attributes, ("request_id", "message.uuid")))
    sequence = text(log.attributes.get("event.sequence"))
    if verb == "prompt" and prompt:
        return session, prompt, "0"
    if verb == "completion" and answer:
        return session, answer, "0"
    if sequence:
        return session, f"{name}:{sequence}", ""
    time = next((str(time) for time in map(moment, times) if time is not None), "")
    return session, f"{name}:{prompt}:{time}" if time else "", ""


def _tool(log: Log, name: str, common: Fields, times: tuple[Any, ...]) -> Iterator[Draft]:
    """Make the call; the decision on it, or its result, as the record tells."""
    plain, call_id = log.attributes, text(log.attributes.get("tool_use_id"))
    session, act, part = _identity(log, name, "tool_call", times)
    act = call_id or act
    known = {
        **common,
        **_called(plain),
        "gen_ai.tool.call.id": call_id,
        "gen_ai.operation.name": "execute_tool",
    }
    if name == "tool_decision":
        known |= _decided(text(plain.get("decision")), text(plain.get("source")))
        yield Draft({**known, "event.action": "approval"}, times, session, act, part)
        yield Draft({**known, "event.action": "tool_call"}, times, session, act, part)
        return
    call = {**known, "event.action": "tool_call", "event.outcome": None, "event.reason": None}
    yield Draft(call, _earlier(times, plain.get("duration_ms")), session, act, part)
    told = {**outcome(None, plain.get("tool_name")), "ai.content.length": plain.get("tool_result_size_bytes")}
    result = {**known, **told, "event.action": "tool_result", "ai.tool.arguments": None}
    yield Draft(result, times, session, act, part)


def _called(plain: Fields) -> Fields:
    parameters, given_in = loaded(plain.get("tool_parameters")), loaded(plain.get("tool_input"))
    known = parameters if type(parameters) is dict else {}
    name, server = plain.get("tool_name"), plain.get("mcp_server.name")
    if name == _HIDDEN:
        name, server = known.get("mcp_tool_name", name), known.get("mcp_server_name", server)
    inside = given_in if given_in is not None else parameters
    fields = called(name, inside)
    command = first(known, ("full_command", "bash_command"))
    return (
        fields
        | ({"process.command_line": command} if command else {})
        | ({"ai.tool.server": server} if server else {})
    )


def _decided(decision: str, source: str) -> Fields:
    refused = decision == "reject" and source in _MACHINE
    state = _APPROVALS.get((decision, source))
    return {"ai.approval.state": state, **({"ai.policy.decision": "block"} if refused else {})}


def _earlier(times: tuple[Any, ...], took: Any) -> tuple[Any, ...]:
    try:
        seconds = float(took) / 1000
    except (TypeError, ValueError):
        return times
    if not 0 <= seconds < 86_400:
        return times
    return tuple(time - seconds for time in map(moment, times) if time is not None) or times


def _body(log: Log, name: str, common: Fields, times: tuple[Any, ...]) -> Iterator[Draft]:
    """Make drafts of a request or response body: the only place of the text where prompts are withheld."""
    session, act, _ = _identity(log, name, _BODIES[name], times)
    call = talk.Call(common=common, act=act, session=session, conversation=session, times=times, ended=times)
    body = loaded(log.attributes.get("body"))
    inside = body if type(body) is dict else {}
    asked = _BODIES[name] == "prompt"
    if not inside:
        yield talk.bare(call, _BODIES[name])
        return
    said = (
        fresh(inside.get("messages"))
        if asked
        else walk([{"role": "assistant", "content": inside.get("content")}])
    )
    yield from talk.drafts(call, said)
