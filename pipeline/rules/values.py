"""Find what an event has in a field: the flat key first, then the nested path; lists fan out."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import lru_cache
from typing import Any

from msgspec import UNSET

from pipeline.event import Fields


def reader(field: str) -> Callable[[Fields], Any]:
    """Give a function that finds this field in an event; UNSET where it is absent.

    At each level the longest dotted prefix that is a key wins, without a second try.
    """
    branches = _branches(field)

    def read(fields: Fields) -> Any:
        value = fields.get(field, UNSET)
        if value is UNSET:
            for prefix, rest in branches:
                if prefix in fields:
                    return _within(fields[prefix], rest)
        return value

    return read


def branches(field: str) -> tuple[str, ...]:
    """Name the keys under which an event can hold a field: itself, and what it may be nested in."""
    return (field, *(prefix for prefix, _ in _branches(field)))


@lru_cache(maxsize=4096)
def _branches(path: str) -> tuple[tuple[str, str], ...]:
    dots = [at for at, character in enumerate(path) if character == "."]
    return tuple((path[:at], path[at + 1 :]) for at in reversed(dots))


def _within(value: Any, path: str) -> Any:
    """Follow a path inside a value; the values of a list's members form a list."""
    if isinstance(value, list):
        found = [_within(member, path) for member in members(value) if isinstance(member, dict)]
        return [one for one in found if one is not UNSET] or UNSET
    if not isinstance(value, dict):
        return UNSET
    if path in value:
        return value[path]
    for prefix, rest in _branches(path):
        if prefix in value:
            return _within(value[prefix], rest)
    return UNSET


def members(value: Any) -> Iterator[Any]:
    """Give the members of a list, nested ones too, in order and without nulls; a single value stands for itself."""
    waiting = [value]
    while waiting:
        value = waiting.pop()
        if isinstance(value, list):
            waiting.extend(reversed(value))
        elif value is not None:
            yield value


def leaves(fields: Fields) -> Iterator[Any]:
    """Give every single value of an event, nested ones too; names of fields are not among them."""
    waiting: list[Any] = [fields]
    while waiting:
        value = waiting.pop()
        if isinstance(value, dict):
            waiting.extend(reversed(value.values()))
        elif isinstance(value, list):
            waiting.extend(reversed(value))
        elif value is not None:
            yield value
