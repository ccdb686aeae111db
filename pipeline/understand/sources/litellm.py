"""LiteLLM proxy: one StandardLoggingPayload for each finished call."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import Any

from enrichers.reference.servers import definition_hash
from pipeline.event import Fields
from pipeline.understand.sources.forms import talk
from pipeline.understand.sources.forms.addresses import domain
from pipeline.understand.sources.forms.messages import Part, fresh, walk
from pipeline.understand.sources.forms.people import person
from pipeline.understand.sources.forms.tools import called, named, outcome
from pipeline.understand.sources.forms.values import at, given, pick, table, text
from pipeline.understand.sources.forms.words import provider
from pipeline.understand.sources.source import Draft, Source

_CALL = table(
    {
        "event.code": "call_type",
        "gen_ai.provider.name": "custom_llm_provider | error_information.llm_provider",
        "gen_ai.request.model": "model",
        "ai.actor.id": "end_user",
        "source.ip": "requester_ip_address | metadata.requester_ip_address",
        "url.domain": "api_base | hidden_params.api_base",
        "event.outcome": "status",
        "gen_ai.conversation.id": "trace_id",
    }
)
_CALLER = table(
    {
        "ai.actor.id": "user_api_key_user_id",
        "ai.key.id": "user_api_key_hash",
        "service.name": "user_api_key_alias | user_api_key_team_alias",
        "organization.id": "user_api_key_org_id",
        "user_agent.original": "user_agent",
        "gen_ai.conversation.id": "requester_metadata.session_id",
    }
)
"""What the metadata say of the caller: they know it better than the call itself."""
_ANSWER = table(
    {
        "gen_ai.response.model": "response.model",
        "gen_ai.response.id": "response.id",
        "gen_ai.usage.input_tokens": "prompt_tokens | response.usage.prompt_tokens",
        "gen_ai.usage.output_tokens": "completion_tokens | response.usage.completion_tokens",
    }
)
_OPERATIONS = (
    ("call_mcp_tool", "execute_tool"),
    ("text_completion", "text_completion"),
    ("embedding", "embeddings"),
    ("completion", "chat"),
    ("responses", "chat"),
    ("messages", "chat"),
)
"""Part of the call type, and the operation that it is."""
_SILENT = ("embeddings",)
_GUARDS = ("metadata", "guardrail_information")
_TRACE = re.compile(r"[0-9a-f]{32}")
_AGENT_TAG = "User-Agent: "
_KEY = "sk-"


def claims(value: Any, _hints: Fields) -> bool:
    """Know the payload by its two own words, or by the callback that wraps it."""
    if type(value) is not dict:
        return False
    return ("call_type" in value and "custom_llm_provider" in value) or "standard_logging_object" in value


def read(value: Fields, _hints: Fields) -> Iterator[Draft]:
    """Make drafts of what was asked and answered in a call, or of the tool that it called."""
    nested = value.get("standard_logging_object")
    payload = nested if type(nested) is dict else value
    common = _common(payload)
    if payload.get("call_type") == "list_mcp_tools":
        yield _tool_list(payload, common)
    elif payload.get("call_type") == "call_mcp_tool":
        yield from _mcp_call(payload, common)
    else:
        yield from _model_call(payload, common)


def _common(payload: Fields) -> Fields:
    common = pick(payload, _CALL)
    if type(caller := payload.get("metadata")) is dict:
        common.update(pick(caller, _CALLER))
        common.update(person(caller.get("user_api_key_user_email")))
    common["gen_ai.provider.name"] = provider(common.get("gen_ai.provider.name")) or _prefix(payload)
    for field in ("ai.key.id", "service.name"):  # where a proxy is told not to hash keys, they stand here
        if type(found := common.get(field)) is str and found.startswith(_KEY):
            del common[field]
    if "service.name" in common:
        common["ai.app.name"] = common["service.name"]
    if type(base := common.get("url.domain")) is str:
        common["url.domain"] = domain(base)
    if "user_agent.original" not in common:
        common["user_agent.original"] = _tagged_agent(payload.get("request_tags"))
    if conversation := common.get("gen_ai.conversation.id"):
        common["ai.task.id"] = conversation
    trace = payload.get("trace_id")
    common["ai.turn.id"] = trace if given(trace) else payload.get("id")
    if type(trace) is str and _TRACE.fullmatch(trace):
        common["trace.id"] = trace
    if common.get("event.outcome") == "failure":
        common["event.reason"] = _error(payload)
    return common


def _prefix(payload: Fields) -> str | None:
    """Give the provider in front of a model, `azure/glacier-4`: some failures name it nowhere else."""
    model = at(payload, ("hidden_params", "litellm_model_name"))
    head, slash, _ = model.partition("/") if type(model) is str else ("", "", "")
    return provider(head) if slash else None


def _tagged_agent(tags: Any) -> str | None:
    for tag in tags if type(tags) is list else ():
        if type(tag) is str and tag.startswith(_AGENT_TAG):
            return tag[len(_AGENT_TAG) :]
    return None


def _error(payload: Fields) -> str | None:
    """Name class and code of a failure; its message and traceback may hold anything."""
    words = (at(payload, ("error_information", key)) for key in ("error_class", "error_code"))
    return " ".join(text(word) for word in words if given(word)) or None


@lru_cache(maxsize=256)
def _operation(kind: str) -> str:
    return next((operation for part, operation in _OPERATIONS if part in kind), "chat")


def _model_call(payload: Fields, common: Fields) -> Iterator[Draft]:
    said, reasons = _response(payload.get("response"))
    guards = payload.get("guardrail_information") or at(payload, _GUARDS)
    failed = payload.get("status") == "failure"
    answer = pick(payload, _ANSWER)
    if guards:
        answer.update(_guarded(guards, after=True, failed=failed))
    if reasons:
        answer["gen_ai.response.finish_reasons"] = reasons
    call = talk.Call(
        common=common,
        act=text(payload.get("id")),
        conversation=text(common.get("gen_ai.conversation.id")),
        times=(payload.get("startTime"),),
        ended=(payload.get("endTime"), payload.get("startTime")),
        operation=_operation(text(payload.get("call_type"))),
        answer=answer,
    )
    asked, said = talk.whole(fresh(payload.get("messages")), said)
    guarded = _guarded(guards, after=False, failed=failed) if guards else {}
    for draft in talk.drafts(call, asked):
        draft.fields.update(guarded)
        yield draft
    if not failed and call.operation not in _SILENT:
        yield from talk.drafts(call, said)


def _response(response: Any) -> tuple[list[Part], list[Any]]:
    """Give the parts of an answer in any of the forms that a proxy passes on, and why it stopped."""
    if type(response) is not dict:
        return walk(response, "assistant"), []
    choices = response.get("choices")
    if type(choices) is list:
        known = [choice for choice in choices if type(choice) is dict]
        said = [choice.get("message", choice.get("text")) for choice in known]
        return walk(said, "assistant"), [
            stop for choice in known if given(stop := choice.get("finish_reason"))
        ]
    stop, output = response.get("stop_reason"), response.get("output")
    content = {"role": "assistant", "content": response.get("content")}
    return walk(content if output is None else output, "assistant"), [stop] if given(stop) else []


def _guarded(guards: Any, *, after: bool, failed: bool) -> Fields:
    """Give what a guardrail before (or after) the model decided. Read the named keys alone: the rest may hold a token."""
    for guard in guards if type(guards) is list else [guards]:
        if type(guard) is dict and text(guard.get("guardrail_mode")).startswith("post") is after:
            return _intervened(guard, failed=failed)
    return {}


def _intervened(guard: Fields, *, failed: bool) -> Fields:
    status = guard.get("guardrail_status")
    if status == "guardrail_intervened":
        masked = bool(guard.get("masked_entity_count")) and not failed
        return {"ai.guardrail.action": status, "ai.policy.decision": "redact" if masked else "block"}
    if status == "success":
        return {"ai.guardrail.action": status, "ai.policy.decision": "allow"}
    return {"ai.guardrail.action": status, "event.reason": status}


def _mcp_call(payload: Fields, common: Fields) -> Iterator[Draft]:
    about = at(payload, ("metadata", "mcp_tool_call_metadata"))
    about = about if type(about) is dict else {}
    name = about.get("name") or payload.get("model")
    call_id = next((part.call for part in walk(payload.get("messages")) if part.call), "")
    known = {**named(name), "gen_ai.tool.call.id": call_id, "gen_ai.operation.name": "execute_tool"}
    if server := about.get("mcp_server_name"):
        known["ai.tool.server"] = server
    session = text(common.get("gen_ai.conversation.id")) if call_id else ""
    act, begun, ended = call_id or text(payload.get("id")), payload.get("startTime"), payload.get("endTime")
    asked = {
        **called(name, about.get("arguments")),
        **known,
        "event.action": "tool_call",
        "event.outcome": None,
    }
    yield Draft(asked, (begun,), session, act, common=common)
    parts, _ = _response(payload.get("response"))
    said = "\n".join(part.text for part in parts if part.text) or None
    gave = {**known, **outcome(said, name), "event.action": "tool_result"}
    yield Draft(gave, (ended, begun), session, act, common=common)


def _tool_list(payload: Fields, common: Fields) -> Draft:
    response = payload.get("response")
    listed = response if type(response) is list else at(response, ("tools",))
    tools = [tool for tool in listed if type(tool) is dict] if type(listed) is list else []
    names = [tool.get("name") for tool in tools]
    fields = {
        "event.action": "tool_list",
        "gen_ai.tool.name": names,
        "ai.tool.definition_hash": [definition_hash(tool) for tool in tools],
        "ai.tool.server": at(payload, ("metadata", "mcp_tool_call_metadata", "mcp_server_name")),
    }
    return Draft(
        fields, (payload.get("endTime"), payload.get("startTime")), act=text(payload.get("id")), common=common
    )


SOURCE = Source(
    name="litellm",
    aliases=("litellm_standard_logging",),
    claims=claims,
    read=read,
    marks=frozenset(("call_type", "standard_logging_object")),
    fixed={"event.module": "litellm", "event.dataset": "litellm.request", "ai.surface": "api"},
    keys=frozenset(
        "id trace_id call_type stream cache_hit status custom_llm_provider startTime endTime completionStartTime "
        "response_time model model_group model_id api_base messages response prompt_tokens completion_tokens "
        "total_tokens response_cost end_user requester_ip_address request_tags model_parameters metadata "
        "guardrail_information hidden_params error_str error_information standard_logging_object status_fields".split()
    ),
)
