"""OpenTelemetry: GenAI spans and logs, and the logs of programs that speak OpenTelemetry in words of their own."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from pipeline.errors import BadRecord
from pipeline.event import Fields
from pipeline.understand.sources import claude_code_otel, otel_messages
from pipeline.understand.sources.forms import talk
from pipeline.understand.sources.forms.messages import Part, walk
from pipeline.understand.sources.forms.people import person
from pipeline.understand.sources.forms.tools import called, named, outcome
from pipeline.understand.sources.forms.values import aliases, first, given, json_text, loaded, text, told
from pipeline.understand.sources.forms.words import provider
from pipeline.understand.sources.otlp import Log, Span, unpacked
from pipeline.understand.sources.source import Draft, Source

Names = tuple[str, ...]

_COMMON = aliases(
    {
        "gen_ai.request.model": ("gen_ai.request.model", "llm.request.model"),
        "gen_ai.response.id": ("gen_ai.response.id",),
        "gen_ai.conversation.id": (
            "gen_ai.conversation.id",
            "session.id",
            "thread.id",
            "mcp.session.id",
            "traceloop.association.properties.session_id",
        ),
        "gen_ai.agent.id": ("gen_ai.agent.id",),
        "gen_ai.agent.name": ("gen_ai.agent.name",),
        "ai.actor.id": ("enduser.id", "user.id", "enduser.pseudo.id"),
        "user.name": ("user.name",),
        "service.name": ("service.name",),
        "host.name": ("host.name",),
        "host.id": ("host.id",),
        "host.os.type": ("os.type",),
        "mcp.method.name": ("mcp.method.name",),
        "user.email": ("user.email", "enduser.email"),
        "gen_ai.provider.name": ("gen_ai.provider.name", "gen_ai.system", "llm.provider", "llm.vendor"),
    }
)
"""Fields of every event, and the attributes to try for each."""
_ANSWER = aliases(
    {
        "gen_ai.response.model": ("gen_ai.response.model",),
        "gen_ai.usage.input_tokens": (
            "gen_ai.usage.input_tokens",
            "gen_ai.usage.prompt_tokens",
            "llm.usage.prompt_tokens",
        ),
        "gen_ai.usage.output_tokens": (
            "gen_ai.usage.output_tokens",
            "gen_ai.usage.completion_tokens",
            "llm.usage.completion_tokens",
        ),
        "gen_ai.response.finish_reasons": (
            "gen_ai.response.finish_reasons",
            "gen_ai.response.finish_reason",
            "gen_ai.completion.0.finish_reason",
        ),
    }
)
"""Fields of completions alone."""
_OPERATION: Names = ("gen_ai.operation.name", "llm.request.type")
_QUERY: Names = ("gen_ai.retrieval.query.text", "gen_ai.memory.query.text")

_OPERATIONS = {"completion": "text_completion", "embedding": "embeddings"}
_CHATS = frozenset(("chat", "generate_content", "text_completion"))
_LOOKUPS = frozenset(("embeddings", "retrieval"))
_REFUSALS = frozenset(("content_filter", "refusal", "safety", "SAFETY"))

_REQUESTS = frozenset(("resourceSpans", "resourceLogs", "resource_spans", "resource_logs"))
_OURS = ("gen_ai.", "mcp.", "llm.request.")
_FLAT = (*_OURS, "traceloop.")
_FOREIGN = frozenset(("codex", "gemini_cli"))
"""How the logs of programs begin, before a dot, that have a format of their own and no reader yet."""


def claims(value: Any, _hints: Fields) -> bool:
    """Know an export request by its lists, a flat dump by its attributes."""
    if type(value) is not dict:
        return False
    flat = value.get("attributes")
    if type(flat) is dict:
        return _starts(flat, _FLAT)
    return not value.keys().isdisjoint(_REQUESTS)


def read(value: Fields, _hints: Fields) -> Iterator[Draft]:
    """Make drafts of the AI activity in a request; other telemetry gives none, and what has no reader is told."""
    unread: list[str] = []
    for one in unpacked(value):
        if foreign := _foreign(one):
            unread.append(foreign)
        elif isinstance(one, Log) and claude_code_otel.claims(one):
            yield from claude_code_otel.read(one)
        elif one.name.startswith("gen_ai.") or _starts(one.attributes, _OURS):
            yield from _of_log(one) if isinstance(one, Log) else _of_span(one)
    if unread:
        programs = ", ".join(sorted(set(unread)))
        raise BadRecord(f"{len(unread)} spans or logs of {programs}, which has no reader")


def _starts(attributes: Fields, heads: tuple[str, ...]) -> bool:
    """Say whether an attribute's name starts so; where one does, most do."""
    for key in attributes:  # noqa: SIM110 - `any` takes three times as long to see the first
        if key.startswith(heads):
            return True
    return False


def _foreign(one: Span | Log) -> str | None:
    if "openinference.span.kind" in one.attributes:
        return "openinference"
    head, dot, _ = one.name.partition(".")
    return head if dot and head in _FOREIGN else None


def _common(one: Span | Log) -> Fields:
    known, log = one.known, type(one) is Log
    common = told(known, _COMMON)
    common.update(person(common.pop("user.email", None)))
    if "service.name" in common:
        common["ai.app.name"] = common["service.name"]
    if known.get("traceloop.span.kind") == "agent":
        common.setdefault("gen_ai.agent.name", known.get("traceloop.entity.name"))
    common["event.dataset"] = "otel_genai.log" if log else "otel_genai.span"
    common["event.code"] = one.name if log else one.name.partition(" ")[0]
    if (error := one.attributes.get("error.type")) is not None:
        common["event.reason"] = error
    failed = error is not None or (type(one) is Span and one.failed)
    common["event.outcome"] = "failure" if failed else "success"
    common["gen_ai.provider.name"] = provider(common.get("gen_ai.provider.name"))
    common["ai.surface"] = "agent" if "gen_ai.agent.id" in common or "gen_ai.agent.name" in common else "api"
    common["trace.id"], common["span.id"] = one.trace, one.id
    conversation = text(common.get("gen_ai.conversation.id"))
    common["ai.task.id"] = conversation or one.trace
    if conversation:
        common["ai.turn.id"] = one.trace
    return common


def _operation(one: Span | Log) -> str:
    if one.attributes.get("mcp.method.name") == "tools/call":
        return "execute_tool"
    stated = text(first(one.known, _OPERATION)) or (one.name.partition(" ")[0] if type(one) is Span else "")
    return _OPERATIONS.get(stated, stated)


def _of_span(span: Span) -> Iterator[Draft]:
    act = f"{span.trace}:{span.id}" if span.trace and span.id else ""
    return _drafts(span, act, span.start, span.end)


def _of_log(log: Log) -> Iterator[Draft]:
    if log.name in otel_messages.ROLES:
        return _of_message(log)
    time = next((text(time) for time in log.times if given(time)), "")
    act = f"{log.trace}:{log.id}:{time}:{log.name}" if log.trace and log.id else ""
    return _drafts(log, act, *log.times)


def _of_message(log: Log) -> Iterator[Draft]:
    """Make drafts of one message. It may be history that is told again: then it has the id that it had before."""
    common = _common(log)
    session = text(common.get("gen_ai.conversation.id")) or log.trace
    span = f"{log.trace}:{log.id}" if log.trace and log.id else ""
    parts = walk([otel_messages.message(log.name, log.body)])
    for part in parts or [Part(otel_messages.ROLES[log.name], "text")]:
        act = talk.digest(part.text) if part.text else span
        call = talk.Call(
            common=common, act=act, session=session, conversation=session, times=log.times, ended=log.times
        )
        yield from talk.drafts(call, [part])


def _drafts(one: Span | Log, act: str, start: Any, end: Any) -> Iterator[Draft]:
    common, operation = _common(one), _operation(one)
    call = talk.Call(
        common=common,
        act=act,
        conversation=text(common.get("gen_ai.conversation.id")) or one.trace,
        times=(start, end),
        ended=(end, start),
        operation=operation if operation in _CHATS else "chat",
        answer=_answer(one),
    )
    if operation == "execute_tool":
        return _tool(one, call)
    if operation in _LOOKUPS or operation.endswith(("_memory", "_memory_store")):
        return iter((_lookup(one, call, operation),))
    return _chat(one, call, operation)


def _chat(one: Span | Log, call: talk.Call, operation: str) -> Iterator[Draft]:
    """Make drafts of all that was said; a prompt and a completion even without text where the operation is a chat."""
    (asked, asked_cut), (said, said_cut) = otel_messages.asked(one), otel_messages.answered(one)
    if operation in _CHATS or "gen_ai.request.model" in one.attributes:
        asked, said = talk.whole(asked, said)
    for parts, cut in ((asked, asked_cut), (said, said_cut)):
        for draft in talk.drafts(call, parts):
            if cut:
                draft.fields["ai.content.truncated"] = True
            yield draft


def _answer(one: Span | Log) -> Fields:
    answer = told(one.known, _ANSWER)
    reasons = loaded(answer.get("gen_ai.response.finish_reasons"))
    if reasons is not None:
        answer["gen_ai.response.finish_reasons"] = reasons
        if any(text(reason) in _REFUSALS for reason in (reasons if type(reasons) is list else [reasons])):
            answer["ai.policy.decision"] = "block"
    return answer


def _tool(one: Span | Log, call: talk.Call) -> Iterator[Draft]:
    """Make the call and the result that one span shows."""
    plain = one.attributes
    first_word, _, second = one.name.partition(" ")
    name = plain.get("gen_ai.tool.name") or (
        second.partition(" ")[0] if first_word == "execute_tool" else None
    )
    call_id = text(plain.get("gen_ai.tool.call.id"))
    known = {**named(name), "gen_ai.tool.call.id": call_id, "gen_ai.operation.name": "execute_tool"}
    known["ai.tool.server"] = _server(one, name)
    if given(kind := plain.get("gen_ai.tool.type")):
        known["gen_ai.tool.type"] = kind
    session, act = (call.conversation, call_id) if call_id else (call.session, call.act)
    asked = {**called(name, plain.get("gen_ai.tool.call.arguments")), **known, "event.action": "tool_call"}
    yield Draft(asked, call.times, session, act, common=call.common)
    gave = outcome(json_text(plain.get("gen_ai.tool.call.result")), name)
    yield Draft(
        {**known, **gave, "event.action": "tool_result"}, call.ended, session, act, common=call.common
    )


def _server(one: Span | Log, name: Any) -> Any:
    """Name a tool's server: as stated, as the address that an MCP client spoke to, or in front of the tool's name."""
    if given(stated := one.attributes.get("mcp.server.name")):
        return stated
    if "mcp.method.name" in one.attributes and given(address := one.attributes.get("server.address")):
        return address
    if type(name) is not str:
        return None
    qualified = name.removeprefix("mcp__")
    server, mark, _ = qualified.partition("__" if "__" in qualified else ".")
    return server if mark and server else None


def _lookup(one: Span | Log, call: talk.Call, operation: str) -> Draft:
    """Make a tool call of a look-up in documents or memory."""
    fields = {
        "event.action": "tool_call",
        "gen_ai.operation.name": operation,
        "gen_ai.tool.name": operation,
        "ai.content.text": first(one.known, _QUERY),
        "ai.content.origin": "memory" if "memory" in operation else "file",
    }
    return Draft(fields, call.times, call.session, call.act, common=call.common)


SOURCE = Source(
    name="otel_genai",
    claims=claims,
    read=read,
    marks=_REQUESTS | {"attributes"},
    fixed={"event.module": "otel_genai"},
    keys=_REQUESTS | frozenset("attributes span_name name trace_id span_id start_time end_time".split()),
)
