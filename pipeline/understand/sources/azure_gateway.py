"""What an Azure API Management gateway logs of the calls that go through it, their bodies included."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import Any

from msgspec import Struct

from pipeline.event import Fields
from pipeline.understand.sources import azure_filter
from pipeline.understand.sources.forms import talk
from pipeline.understand.sources.forms.addresses import web
from pipeline.understand.sources.forms.answers import Answer, answered
from pipeline.understand.sources.forms.bodies import CHAT, EMBEDDING, asked
from pipeline.understand.sources.forms.messages import Part, fresh, walk
from pipeline.understand.sources.forms.values import at, first, given, loaded, pick, table, text
from pipeline.understand.sources.source import Draft

_CALL = table(
    {
        "http.request.method": "method",
        "http.response.status_code": "responsecode | backendresponsecode",
        "http.request.body.bytes": "requestsize",
        "http.response.body.bytes": "responsesize",
        "ai.actor.id": "userid",
        "event.reason": "lasterror.reason | lasterrorreason",
    }
)
_LLM = table({"gen_ai.usage.input_tokens": "prompttokens", "gen_ai.usage.output_tokens": "completiontokens"})
_PATHS = ("/openai/", "/deployments/", "/chat/completions", "/responses", "/embeddings", "/models/")
_BODIES = (("requestbody", "backendrequestbody"), ("responsebody", "backendresponsebody"))
_ASKS = frozenset(("messages", "prompt", "input"))
_TRUE = (True, 1, "1", "true", "True")
_READING = frozenset(("GET", "HEAD", "DELETE", "OPTIONS"))
"""Methods that ask nothing of a model."""
_KINDS = (("/embeddings", EMBEDDING), ("/chat/completions", CHAT), ("/completions", "text_completion"))


_PARENT = re.compile(r"[0-9a-f]{2}-([0-9a-f]{32})-([0-9a-f]{16})-[0-9a-f]{2}.*")


class Row(Struct, frozen=True):
    """A record whose keys are lowered: its category, all that it tells, what its properties alone tell, and the fields of all."""

    category: str
    told: Fields
    own: Fields
    common: Fields


def outcome(status: Any, told: Fields) -> str | None:
    """Tell success by the HTTP status, else by what the gateway says of it."""
    code = int(text(status)) if text(status).isdecimal() and len(text(status)) <= 3 else 0
    if code >= 100:
        return "success" if code < 400 else "failure"
    word = text(told.get("isrequestsuccess")).lower() or told.get("isrequestsuccess")
    return {True: "success", "true": "success", False: "failure", "false": "failure"}.get(
        word if type(word) in (str, bool) else ""
    )


def drafts(row: Row) -> Iterator[Draft]:
    """Make drafts of what went through the gateway; calls of other services give none."""
    return _llm(row) if row.category == "gatewayllmlogs" else _call(row)


def _times(told: Fields) -> tuple[Any, ...]:
    return (told.get("time"), told.get("timegenerated"))


def _call(row: Row) -> Iterator[Draft]:
    told, urls = row.told, [text(row.told.get(key)) for key in ("url", "backendurl")]
    sent, back = (first(told, keys) for keys in _BODIES)
    body = loaded(sent)
    asks = type(body) is dict and not _ASKS.isdisjoint(body)
    if not asks and not any(path in url for url in urls for path in _PATHS):
        return
    answer = answered(back)
    common = {**row.common, **pick(told, _CALL), **web(urls[0] or urls[1]), **_about(row, urls, body)}
    failed = common["event.outcome"] == "failure"
    if failed and given(code := at(answer.body, ("error", "code"))):
        common["event.reason"] = code
    if sent is None and text(told.get("method")).upper() in _READING:
        act = text(told.get("correlationid"))
        yield Draft(
            {"event.action": "config_change"}, _times(told), act=act, part="0" if act else "", common=common
        )
        return
    parts, operation = _asked(body)
    operation = _operation(urls, operation)
    call = _talk(row, common, operation, answer)
    judged = azure_filter.of_prompt(answer.body)
    flagged = told.get("truncated") in _TRUE
    cut = flagged or (type(body) is str and body.lstrip()[:1] in ("{", "["))
    for draft in talk.drafts(call, parts):
        _complete(draft, judged, cut=cut)
        yield draft
    if failed or operation == EMBEDDING or answer.silent:
        return
    yield from _answer(call, answer, cut=flagged or answer.cut)


def _answer(call: talk.Call, answer: Answer, *, cut: bool) -> Iterator[Draft]:
    said, judged = list(answer.parts), azure_filter.of_answer(answer.body, answer.stops)
    if all(part.kind != "text" for part in said):
        said.append(Part("assistant", "text"))
    for draft in talk.drafts(call, said):
        _complete(draft, judged, cut=cut)
        draft.fields["gen_ai.response.id"] = answer.fields.get("gen_ai.response.id")
        yield draft


def _complete(draft: Draft, judged: Fields, *, cut: bool) -> None:
    draft.fields.update(judged)
    if cut and draft.fields.get("ai.content.text") is not None:
        draft.fields["ai.content.truncated"] = True


def _asked(body: Any) -> tuple[list[Part], str]:
    if type(body) is str:
        parts, operation = [Part("user", "text", body)] if body else [], CHAT
    else:
        parts, operation = asked(body) or ([], CHAT)
    if all(part.role == "system" for part in parts):
        parts.append(Part("user", "text"))
    return parts, operation


def _operation(urls: list[str], told: str) -> str:
    return next((kind for part, kind in _KINDS for url in urls if part in url), told)


def _about(row: Row, urls: list[str], body: Any) -> Fields:
    """Give what the address and the headers of a call say."""
    told = row.told
    deployment = next((name for url in urls if (name := _deployment(url[:4096]))), None)
    headers = _lowered(loaded(told.get("requestheaders")))
    trace, span = _traced(headers.get("traceparent"))
    return {
        "event.dataset": "azure_openai.gateway",
        "event.code": first(told, ("operationid", "operationname")),
        "event.outcome": outcome(first(told, ("responsecode",)), told),
        "gen_ai.request.model": row.common.get("gen_ai.request.model") or deployment or at(body, ("model",)),
        "ai.key.id": first(row.own, ("subscriptionid",)) or first(told, ("apimsubscriptionid",)),
        "user_agent.original": headers.get("user-agent"),
        "trace.id": trace,
        "span.id": span,
        "ai.network.via_gateway": True,
    }


def _lowered(headers: Any) -> Fields:
    return {name.lower(): value for name, value in headers.items()} if type(headers) is dict else {}


def _traced(parent: Any) -> tuple[str | None, str | None]:
    """Give the trace and the span of a W3C trace context."""
    found = _PARENT.fullmatch(parent) if type(parent) is str else None
    return (found[1], found[2]) if found else (None, None)


@lru_cache(maxsize=2048)
def _deployment(url: str) -> str:
    """Give the path segment after `deployments`."""
    _, found, rest = url.partition("?")[0].partition("/deployments/")
    return rest.partition("/")[0] if found else ""


def _talk(row: Row, common: Fields, operation: str, answer: Answer) -> talk.Call:
    known = {key: value for key, value in answer.fields.items() if value is not None}
    if "gen_ai.response.model" in row.common:
        known["gen_ai.response.model"] = row.common["gen_ai.response.model"]
    return talk.Call(
        common=common,
        act=text(row.told.get("correlationid")),
        times=_times(row.told),
        ended=_times(row.told),
        operation=operation,
        answer=known,
    )


def _llm(row: Row) -> Iterator[Draft]:
    """Make drafts of the messages that the gateway cut out of a call; long ones come in several records."""
    told, chunk = row.told, row.told.get("sequencenumber")
    common = {
        **row.common,
        "event.dataset": "azure_openai.gateway_llm",
        "event.outcome": outcome(first(told, ("responsecode", "resultsignature")), told),
        "ai.network.via_gateway": True,
        "ai.content.chunk": chunk,
    }
    call = _talk(row, common, _llm_operation(told), Answer(fields=pick(told, _LLM)))
    sent, back = told.get("requestmessages"), told.get("responsemessages")
    parts = _messages(sent, "user")
    said = _messages(back, "assistant")
    if not parts and not said:
        parts, said = [Part("user", "text")], [Part("assistant", "text")]
    elif said and all(part.kind != "text" for part in said):
        said.append(Part("assistant", "text"))
    yield from _numbered(talk.drafts(call, parts), text(chunk), piece=_is_piece(sent))
    yield from _numbered(talk.drafts(call, said), text(chunk), piece=_is_piece(back))


def _numbered(drafts: Iterator[Draft], chunk: str, *, piece: bool) -> Iterator[Draft]:
    """Tell the acts of later records from those of the first, which are known from the other logs too."""
    for draft in drafts:
        if draft.part and chunk not in ("", "0"):
            draft.part = chunk if piece else f"{chunk}.{draft.part}"
        yield draft


def _llm_operation(told: Fields) -> str:
    name = text(told.get("operationname")).lower()
    return EMBEDDING if "embedding" in name else CHAT


def _messages(value: Any, role: str) -> list[Part]:
    """Give the parts of messages, or of the piece of their JSON that this record has."""
    if not given(value) or value == []:
        return []
    if _is_piece(value):
        return [Part(role, "text", value)]
    return fresh(value) if role == "user" else walk(value, role)


def _is_piece(value: Any) -> bool:
    """Say whether a text is no whole JSON, but a piece of one."""
    return type(value) is str and given(value) and type(loaded(value)) is str
