"""Read the learned weights: JSON with a version and a digest, so that no file of another kind or hand is believed."""

from __future__ import annotations

import re
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import Annotated

import msgspec
import orjson
from msgspec import Meta, Struct

from enrichers.phrases.cut import LONGEST
from pipeline.errors import ContentError, Problem

VERSION = 1
"""Of the form of the file and of how phrases are cut; a file of another one means something else."""
SHIPPED = Path(__file__).parents[1] / "data" / "models" / "intent.json"
MOST = 3000
"""Phrases of a model."""
LARGEST = 1 << 20
"""Bytes of a file of weights."""

_PHRASE = re.compile(rf"[a-z0-9_]{{1,24}}(?: [a-z0-9_]{{1,24}}){{0,{LONGEST - 1}}}")
_AGAIN = "train it anew: shadowgraph train intent"
Weight = Annotated[int, Meta(ge=-1000, le=1000)]


class Model(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What phrases weigh, in hundredths, and what a text without any weighs."""

    version: int
    digest: str
    texts: dict[str, Annotated[int, Meta(ge=0)]]
    """How many harmful and harmless texts it learned from."""
    bias: Weight
    phrases: Annotated[dict[str, Weight], Meta(min_length=1, max_length=MOST)]


def written(texts: dict[str, int], bias: int, phrases: dict[str, int]) -> bytes:
    """Write a model: one form for the same weights, a phrase a line."""
    body = {"version": VERSION, "texts": texts, "bias": bias, "phrases": phrases}
    head = {"version": VERSION, "digest": _digest(body), "texts": texts, "bias": bias, "phrases": phrases}
    return orjson.dumps(head, option=orjson.OPT_INDENT_2 | orjson.OPT_SORT_KEYS | orjson.OPT_APPEND_NEWLINE)


def read_model(path: Path) -> Model:
    """Read a model; raise ContentError for what is missing, of another version, edited by hand, or no model at all."""
    try:
        data = path.read_bytes()
    except OSError as error:
        raise _refused(path, f"cannot be read: {error.strerror}", "check path and rights") from error
    if len(data) > LARGEST:
        raise _refused(path, "is larger than any model: 1 MiB", _AGAIN)
    try:
        found = orjson.loads(data)
    except orjson.JSONDecodeError as error:
        raise _refused(path, "is not JSON", _AGAIN, line=error.lineno) from error
    if not isinstance(found, dict):
        raise _refused(path, "is no model", _AGAIN)
    if found.get("version") != VERSION:
        raise _refused(path, f"is not of version {VERSION}, the only one that is understood here", _AGAIN)
    if found.pop("digest", None) != _digest(found):
        raise _refused(path, "does not match its own digest: it was edited or cut off", _AGAIN)
    return _checked(path, found)


@cache
def model() -> Model:
    """Give the shipped model."""
    return read_model(SHIPPED)


def _checked(path: Path, found: dict[str, object]) -> Model:
    try:
        model = msgspec.convert({**found, "digest": _digest(found)}, Model)
    except msgspec.ValidationError as error:
        raise _refused(path, f"is no model: {error}", _AGAIN) from error
    if not all(map(_PHRASE.fullmatch, model.phrases)):
        raise _refused(path, f"has a phrase that is not one to {LONGEST} plain words", _AGAIN)
    return model


def _digest(body: object) -> str:
    return sha256(orjson.dumps(body, option=orjson.OPT_SORT_KEYS)).hexdigest()


def _refused(path: Path, fault: str, remedy: str, line: int = 1) -> ContentError:
    return ContentError([Problem(str(path), line, fault, remedy)])
