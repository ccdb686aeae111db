"""The leaves of a JSON value by their paths, and copies of it in which some of them are other or gone."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Any

from pipeline.understand.sources.forms.values import given

Path = tuple[str, ...]
"""Keys from the outside in; `[]` stands for the members of a list, `[name]` for those that name themselves so."""

GONE = object()
"""What a change gives for a leaf that is to be left out."""

DEEPEST = 32
"""Levels that are told apart; what lies below is one leaf."""

_MEMBER, _ANY = "[]", "*"
_PAIRS = (("key", "value"), ("Name", "Value"))
"""How attributes are written that are a list of names and values."""
_NAMES = frozenset(name for name, _ in _PAIRS)

_KEY = re.compile(r"[A-Za-z_$@#][\w.:$/-]{0,63}", re.ASCII)
_DIGITS = re.compile(r"(?:\d[^.:/_-]*){4}|(?=[A-Z]*\d)[A-Z0-9]{12}")
"""So many digits in one word make it an id, and one digit among so many capitals."""

_TYPES: dict[type, str] = {bool: "boolean", int: "number", float: "number", dict: "object", list: "list"}


def leaves(value: Any) -> dict[Path, Any]:
    """Give the first value that is there at each path. A key that may be an id, a name or anybody's words is `*`."""
    found: dict[Path, Any] = {}
    waiting: list[tuple[Path, Any]] = [((), value)]
    while waiting:
        path, here = waiting.pop()
        if type(here) not in (dict, list) or len(path) == DEEPEST or _is_pair(path):
            inside = _stated(here) if _is_pair(path) else here
            if given(inside) and path not in found:
                found[path] = inside
        else:
            waiting += [((*path, token), inside) for token, _, inside in reversed([*_members(here)])]
    return found


def altered(value: Any, path: Path, change: Callable[[Any], Any]) -> Any:
    """Give a copy in which what stands at a path is changed; all else is shared with the value itself."""
    if not path:
        return change(value)
    if type(value) not in (dict, list):
        return value
    kept = [
        (key, altered(inside, path[1:], change) if token == path[0] else inside)
        for token, key, inside in _members(value)
    ]
    if type(value) is list:
        return [inside for _, inside in kept if inside is not GONE]
    return {key: inside for key, inside in kept if inside is not GONE}


def another(value: Any, levels: int = 4) -> Any:
    """Give a value of the same type that is not the same; names of attributes stay."""
    match value:
        case bool():
            return not value
        case int() | float():
            return value + 1
        case str():
            return f"{value}x"
        case dict() if levels:
            return {k: inside if k in _NAMES else another(inside, levels - 1) for k, inside in value.items()}
        case _:
            return None


def written(path: Path) -> str:
    """Write a path for people: `messages[].content`, `attributes[gen_ai.request.model]`."""
    return ".".join(path).replace(".[", "[")


def type_of(value: Any) -> str:
    """Name the type of a value: what JSON calls it, `json` for a text that holds some."""
    if type(value) is str:
        return "json" if value.lstrip()[:1] in ("{", "[") else "string"
    return _TYPES.get(type(value), "null")


def _members(value: Any) -> Iterator[tuple[str, Any, Any]]:
    """Give (token of a path, key or index, value) of what is in an object or a list."""
    if type(value) is dict:
        for key, inside in value.items():
            yield _plain(key), key, inside
        return
    name = next((name for name, told in _PAIRS if all(_tells(one, name, told) for one in value)), None)
    for index, inside in enumerate(value):
        yield f"[{_plain(inside[name])}]" if name else _MEMBER, index, inside


def _tells(member: Any, name: str, told: str) -> bool:
    return type(member) is dict and type(member.get(name)) is str and told in member


def _is_pair(path: Path) -> bool:
    return bool(path) and path[-1][:1] == "[" and path[-1] != _MEMBER


def _stated(pair: Any) -> Any:
    """Give the value of an attribute; OTLP wraps it in its type."""
    told = next(pair[told] for _, told in _PAIRS if told in pair)
    return next(iter(told.values())) if type(told) is dict and len(told) == 1 else told


def _plain(key: str) -> str:
    return key if _KEY.fullmatch(key) and not _DIGITS.search(key) else _ANY
