"""What a model answered in the body of a response, whole or streamed, in the form of any provider."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from msgspec import Struct

from pipeline.event import Fields
from pipeline.understand.sources.forms.messages import Part, walk
from pipeline.understand.sources.forms.streams import assembled, streamed
from pipeline.understand.sources.forms.values import loaded

_STOPS = ("stopReason", "stop_reason", "finish_reason", "completionReason")
_LISTS = ("choices", "results", "outputs", "generations")
"""Lists of alternatives, and what an alternative says."""
_SAID = ("message", "outputText", "text", "content")
_PLAIN = ("generation", "text", "completion", "outputText")
_VECTORS = ("embedding", "embeddings", "embeddingsByType")
_COUNTED = (
    (
        "usage",
        (
            ("input_tokens", "output_tokens"),
            ("inputTokens", "outputTokens"),
            ("prompt_tokens", "completion_tokens"),
        ),
    ),
    ("amazon-bedrock-invocationMetrics", (("inputTokenCount", "outputTokenCount"),)),
)
"""Objects that hold counts of tokens, and the names of asked and answered ones in them."""
_COUNTS = (
    ("prompt_token_count", "generation_token_count"),
    ("inputTextTokenCount", "totalOutputTextTokenCount"),
)


class Answer(Struct, frozen=True, kw_only=True):
    """What a body answers: its parts, `gen_ai.*` of the answer, why it stopped.

    `silent` is true where vectors came instead of words, `cut` where a stream ended before its end. `body` is the body,
    put together where it came in chunks.
    """

    parts: list[Part] = []
    fields: Fields = {}
    stops: list[Any] = []
    silent: bool = False
    cut: bool = False
    body: Fields = {}


def answered(body: Any) -> Answer:
    """Read an answer; a text that is a stream of server-sent events, and a list of chunks, are put together first."""
    inside = loaded(body)
    if type(inside) is str:
        chunks, cut = streamed(inside)
        if not chunks:
            return Answer(parts=[Part("assistant", "text", inside)] if inside else [], cut=inside[:1] == "{")
        inside, partial = assembled(chunks)
        return _whole(inside, cut=cut or partial)
    if type(inside) is list:
        inside, cut = assembled(inside)
        return _whole(inside, cut=cut)
    return _whole(inside, cut=False) if type(inside) is dict else Answer()


def _whole(body: Fields, *, cut: bool) -> Answer:
    model, message = body.get("model"), body.get("message")
    if model is None and type(message) is dict:
        model = message.get("model")
    others = list(_alternatives(body))
    stops = [stop for one in (body, *others) for key in _STOPS if type(stop := one.get(key)) is str and stop]
    asked, said = _tokens(body)
    fields = {
        "gen_ai.response.id": body.get("id"),
        "gen_ai.response.model": model,
        "gen_ai.usage.input_tokens": asked,
        "gen_ai.usage.output_tokens": said,
    }
    if stops:
        fields["gen_ai.response.finish_reasons"] = stops
    parts = _parts(body, others)
    return Answer(parts=parts, fields=fields, stops=stops, silent=_silent(body), cut=cut, body=body)


def _tokens(body: Fields) -> tuple[Any, Any]:
    """Give what was counted of question and answer, in the first place that counted anything."""
    for key, pairs in _COUNTED:
        if type(counts := body.get(key)) is dict:
            for asked, said in pairs:
                if counts.get(asked) or counts.get(said):
                    return counts.get(asked), counts.get(said)
    for asked, said in _COUNTS:
        if body.get(asked) or body.get(said):
            return body.get(asked), body.get(said)
    return None, None


def _alternatives(body: Fields) -> Iterator[Fields]:
    for key in _LISTS:
        if type(many := body.get(key)) is list:
            yield from (one for one in many if type(one) is dict)


def _silent(body: Fields) -> bool:
    if not body.keys().isdisjoint(_VECTORS):
        return True
    data = body.get("data")
    return type(data) is list and bool(data) and type(data[0]) is dict and "embedding" in data[0]


def _parts(body: Fields, others: list[Fields]) -> list[Part]:
    """Give what an answer says; its one form is known by the key that holds it."""
    parts = _spoken(body, others)
    if type(calls := body.get("tool_calls")) is list:
        parts.extend(
            Part("assistant", "call", tool=call.get("name"), arguments=call.get("parameters"))
            for call in calls
            if type(call) is dict
        )
    return parts


def _spoken(body: Fields, others: list[Fields]) -> list[Part]:
    if (output := body.get("output")) is not None:
        return walk(output.get("message") if type(output) is dict else output, "assistant")
    if (content := body.get("content")) is not None:
        return walk({"role": "assistant", "content": content})
    if type(message := body.get("message")) is dict:
        return walk({**message, "role": "assistant"})
    if others:
        told = (next((one[key] for key in _SAID if one.get(key)), None) for one in others)
        return walk([one for one in told if one is not None], "assistant")
    return [Part("assistant", "text", said) for key in _PLAIN if type(said := body.get(key)) is str and said]
