"""What was asked in the body of a request to a model, in the form of any provider."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from pipeline.event import Fields
from pipeline.understand.sources.forms.messages import Part, fresh, walk
from pipeline.understand.sources.forms.values import at, json_text, loaded

CHAT, COMPLETION, EMBEDDING = "chat", "text_completion", "embeddings"

Asked = tuple[list[Part], str]
"""The parts that are new in a request, and the operation that it asks for."""

_TURN = re.compile(r"(?:^|\n\n)(Human|Assistant):")
_SPEAKERS = {"Human": "user", "Assistant": "assistant"}
_IMAGES = tuple(
    (f"{task}Params", "text")
    for task in ("textToImage", "inPainting", "outPainting", "imageVariation", "textToVideo")
)


def asked(body: Any) -> Asked | None:
    """Give what is new in a request and its operation; None where nothing in it is known to ask for anything."""
    if type(body) is str and body:
        return _spoken(body), CHAT
    if type(body) is list and body:
        return fresh(body), CHAT
    if type(body) is not dict:
        return None
    for key, form in _FORMS:
        if body.get(key) is not None:
            return form(body)
    drawn = next((said for path in _IMAGES if type(said := at(body, path)) is str), None)
    return None if drawn is None else (_spoken(drawn), COMPLETION)


def _spoken(text: str, role: str = "user") -> list[Part]:
    """Take a text for what it is, even where it looks like messages: somebody said so."""
    return [Part(role, "text", text)] if text else []


def instructed(instructions: Any) -> list[Part]:
    """Give the system text that stands beside the messages."""
    if type(instructions) is str:
        return _spoken(instructions, "system")
    return [Part("system", "text", part.text) for part in walk(instructions, "system") if part.text]


def _messages(body: Fields) -> Asked:
    system = body.get("system")
    new = fresh(loaded(body["messages"]))
    return ([*instructed(system), *new] if system else new), CHAT


def _input(body: Fields) -> Asked:
    told = body["input"]
    if "encoding_format" in body or "dimensions" in body:
        return walk([told] if type(told) is str else told), EMBEDDING
    new = _spoken(told) if type(told) is str else fresh(told)
    return [*instructed(body.get("instructions")), *new], CHAT


def _prompt(body: Fields) -> Asked:
    prompt = body["prompt"]
    if type(prompt) is str and (turns := _turns(prompt)):
        return fresh(turns), COMPLETION
    told = prompt if type(prompt) is list else [prompt]
    return [Part("user", "text", one) for one in told if type(one) is str and one], COMPLETION


def _turns(prompt: str) -> list[Fields]:
    """Take a prompt apart in which `Human:` and `Assistant:` take turns; nothing where they do not."""
    if "Human:" not in prompt:
        return []
    head, *rest = _TURN.split(prompt)
    turns = [{"role": "system", "content": head.strip()}] if head.strip() else []
    for speaker, said in zip(rest[::2], rest[1::2], strict=True):
        if said.strip():
            turns.append({"role": _SPEAKERS[speaker], "content": said.strip()})
    return turns if rest else []


def _message(body: Fields) -> Asked:
    """Read the form of Cohere: one new message, what was said before beside it."""
    said = body["message"]
    parts = [*instructed(body.get("preamble")), *(_spoken(said) if type(said) is str else walk(said))]
    results = body.get("tool_results")
    parts.extend(
        Part("tool", "result", json_text(one.get("outputs")), at(one, ("call", "name")))
        for one in (results if type(results) is list else ())
        if type(one) is dict
    )
    return parts, CHAT


def _texts(key: str, operation: str) -> Callable[[Fields], Asked]:
    def form(body: Fields) -> Asked:
        told = body[key]
        return [
            part for part in walk([told] if type(told) is str else told) if part.kind == "text"
        ], operation

    return form


_FORMS: tuple[tuple[str, Callable[[Fields], Asked]], ...] = (
    ("messages", _messages),
    ("prompt", _prompt),
    ("input", _input),
    ("message", _message),
    ("inputText", _texts("inputText", COMPLETION)),
    ("contents", lambda body: (fresh(body["contents"]), CHAT)),
    ("texts", _texts("texts", EMBEDDING)),
    ("inputs", _texts("inputs", EMBEDDING)),
    ("text_prompts", _texts("text_prompts", COMPLETION)),
    ("query", _texts("query", COMPLETION)),
)
"""A key that tells the form of a request, and how that form is read."""
