"""Answers that came in chunks, put together as if they had come whole."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import orjson
from msgspec import Struct

from pipeline.event import Fields
from pipeline.understand.sources.forms.values import at

_DATA, _DONE = "data:", "[DONE]"
_STOPS = ("stop_reason", "stopReason", "finish_reason", "completionReason")
_KEPT = frozenset(
    "id model prompt_token_count generation_token_count inputTextTokenCount totalOutputTextTokenCount prompt_filter_results error".split()
)
_OWN = "amazon-bedrock-"
_PLAIN = ("outputText", "generation", "text", "completion")


class _Stream(Struct):
    """What has come so far: the body, its blocks by their place, the texts of each, and whether the end came."""

    body: Fields = {}
    blocks: dict[Any, Fields] = {}
    pieces: dict[Any, list[str]] = {}
    stops: list[Any] = []
    filters: list[Any] = []
    ended: bool = False


def streamed(text: str) -> tuple[list[Any], bool]:
    """Give the chunks in a text of server-sent events, and whether one of them was cut; none where it is no such text."""
    if not text.lstrip().startswith((_DATA, "event:", ":", "id:")):
        return [], False
    chunks, cut = [], False
    for line in text.splitlines():
        data = line[len(_DATA) :].strip() if line.startswith(_DATA) else ""
        if data and data != _DONE:
            try:
                chunks.append(orjson.loads(data))
            except orjson.JSONDecodeError:
                cut = True
    return chunks, cut


def assembled(chunks: list[Any]) -> tuple[Fields, bool]:
    """Put chunks together, in their order: the body, and whether its end is missing."""
    stream = _Stream()
    for chunk in chunks:
        if type(chunk) is dict:
            _take(stream, chunk)
    if "output" in stream.body:
        return stream.body, False
    content = [_block(block, stream.pieces.get(place)) for place, block in stream.blocks.items()]
    body = {**stream.body, "content": content}
    if stream.stops:
        body["stop_reason"] = stream.stops[-1]
    if stream.filters:
        body["content_filter_results"] = stream.filters
    return body, not (stream.ended or stream.stops)


def _block(block: Fields, pieces: list[str] | None) -> Fields:
    if not pieces:
        return block
    said = "".join(pieces)
    if block.get("type") != "text":
        return {**block, "input": said}
    begun = block.get("text")
    return {**block, "text": begun + said if type(begun) is str else said}


def _take(stream: _Stream, chunk: Fields) -> None:
    for key, value in chunk.items():
        if (key in _KEPT or key.startswith(_OWN)) and value is not None:
            stream.body[key] = value
        elif key in _STOPS and type(value) is str:
            stream.stops.append(value)
        elif (take := _TAKEN.get(key)) is not None:
            take(stream, chunk, value)


def _add(stream: _Stream, place: Any, piece: Any) -> None:
    if type(piece) is str and piece:
        stream.blocks.setdefault(place, {"type": "text", "text": ""})
        stream.pieces.setdefault(place, []).append(piece)


def _place(value: Any) -> Any:
    return value if type(value) in (int, str) else None


def _typed(stream: _Stream, chunk: Fields, kind: Any) -> None:
    """Take a chunk that names its kind, as those of Anthropic and of the Responses API do."""
    place, delta = _place(chunk.get("index")), chunk.get("delta")
    if kind == "message_start" and type(message := chunk.get("message")) is dict:
        _message(stream, message)
    elif kind == "content_block_start" and type(block := chunk.get("content_block")) is dict:
        stream.blocks[place] = block
    elif kind == "content_block_delta" and type(delta) is dict:
        _add(stream, place, delta.get("text", delta.get("partial_json")))
    elif kind == "message_delta" and type(delta) is dict:
        _stop(stream, delta)
    elif kind == "message_stop":
        stream.ended = True
    elif kind == "content-delta":
        _add(stream, place, at(delta, ("message", "content", "text")))
    elif kind == "message-end" and type(delta) is dict:
        _stop(stream, delta)
    elif kind in ("response.output_text.delta", "response.refusal.delta"):
        _add(stream, _place(chunk.get("output_index")), delta)
    elif kind in ("response.completed", "response.incomplete") and type(chunk.get("response")) is dict:
        stream.body.update(chunk["response"])


def _message(stream: _Stream, message: Fields) -> None:
    stream.body.update({key: message[key] for key in ("id", "model") if message.get(key) is not None})
    _usage(stream, message, message.get("usage"))


def _stop(stream: _Stream, holder: Fields) -> None:
    stream.stops.extend(stop for key in _STOPS if type(stop := holder.get(key)) is str)


def _usage(stream: _Stream, _chunk: Fields, usage: Any) -> None:
    if type(usage) is dict:
        if type(stream.body.get("usage")) is not dict:
            stream.body["usage"] = {}
        stream.body["usage"].update((key, count) for key, count in usage.items() if count)


def _block_start(stream: _Stream, _chunk: Fields, start: Any) -> None:
    inside = start.get("start") if type(start) is dict else None
    if type(inside) is dict and type(use := inside.get("toolUse")) is dict:
        call: Fields = {"type": "tool_use", "id": use.get("toolUseId"), "name": use.get("name"), "input": {}}
        stream.blocks[_place(start.get("contentBlockIndex"))] = call


def _block_delta(stream: _Stream, _chunk: Fields, told: Any) -> None:
    delta = told.get("delta") if type(told) is dict else None
    if type(delta) is dict:
        use = delta.get("toolUse")
        piece = use.get("input") if type(use) is dict else delta.get("text")
        _add(stream, _place(told.get("contentBlockIndex")), piece)


def _message_stop(stream: _Stream, _chunk: Fields, told: Any) -> None:
    stream.ended = True
    if type(told) is dict:
        _stop(stream, told)


def _metadata(stream: _Stream, chunk: Fields, told: Any) -> None:
    if type(told) is dict:
        _usage(stream, chunk, told.get("usage"))
        if told.get("trace") is not None:
            stream.body["trace"] = told["trace"]


def _plain(stream: _Stream, _chunk: Fields, piece: Any) -> None:
    _add(stream, "plain", piece)


def _finished(stream: _Stream, _chunk: Fields, told: Any) -> None:
    stream.ended = stream.ended or told is True


def _outputs(stream: _Stream, _chunk: Fields, outputs: Any) -> None:
    for one in outputs if type(outputs) is list else ():
        if type(one) is dict:
            _add(stream, "plain", one.get("text"))
            _stop(stream, one)


def _choices(stream: _Stream, _chunk: Fields, choices: Any) -> None:
    for choice in choices if type(choices) is list else ():
        if type(choice) is not dict:
            continue
        _stop(stream, choice)
        index, delta = _place(choice.get("index")), choice.get("delta", choice.get("message"))
        _add(stream, index, choice.get("text"))
        if type(delta) is dict:
            _add(stream, index, delta.get("content") or delta.get("refusal"))
            for call in delta["tool_calls"] if type(delta.get("tool_calls")) is list else ():
                _called(stream, index, call)
        if given := choice.get("content_filter_results"):
            stream.filters.append(given)


def _called(stream: _Stream, index: Any, call: Any) -> None:
    function = call.get("function") if type(call) is dict else None
    if type(function) is not dict:
        return
    place = (index, _place(call.get("index")))
    block = stream.blocks.setdefault(place, {"type": "tool_use", "id": None, "name": None, "input": ""})
    stream.blocks[place] = {
        **block,
        "id": block["id"] or call.get("id"),
        "name": block["name"] or function.get("name"),
    }
    if type(piece := function.get("arguments")) is str:
        stream.pieces.setdefault(place, []).append(piece)


_TAKEN: dict[str, Callable[[_Stream, Fields, Any], None]] = {
    "type": _typed,
    "usage": _usage,
    "contentBlockStart": _block_start,
    "contentBlockDelta": _block_delta,
    "messageStop": _message_stop,
    "metadata": _metadata,
    "is_finished": _finished,
    "outputs": _outputs,
    "choices": _choices,
    **dict.fromkeys(_PLAIN, _plain),
}
"""Keys of chunks, and what each adds."""
