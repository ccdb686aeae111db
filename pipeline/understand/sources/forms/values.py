"""Values as sources write them: words for nothing, words for withheld, and tables of field paths."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import orjson
from msgspec import Struct

from pipeline.errors import BadRecord
from pipeline.event import Fields

NOTHING = frozenset(
    (
        *("", " ", "-", '"-"', "None", "NA", "N/A", "null", "<null>", "NotAvailable", "Unavailable"),
        "00000000-0000-0000-0000-000000000000",
    )
)
UNKNOWN = NOTHING | {"unknown", "Unknown"}
"""The same for people, hosts, statuses and methods."""

_WITHHELD = frozenset(("[REDACTED]", "<REDACTED>", "redacted-by-litellm", "redacted", "REDACTED"))

Path = tuple[str, ...]


Row = tuple[str, str, Path, tuple[Path, ...]]
"""A field and where to look for it: at a key and on from there along a path, else at other paths."""

Table = tuple[Row, ...]


def given(value: Any) -> bool:
    """Say whether a value is there: 0, false and empty lists are."""
    if type(value) is str:
        return value not in NOTHING
    return value is not None


def withheld(text: str) -> bool:
    """Say whether a text only tells that the source kept the real one back."""
    if len(text) > 64:
        return False
    cut = text.startswith("[") and text.endswith("not shown]")
    return cut or text in _WITHHELD or text.startswith("ANONYMIZED")


def table(rows: Mapping[str, str]) -> Table:
    """Read rows of `field: a.path | another.path`."""
    return tuple(
        _row(field, [tuple(path.strip().split(".")) for path in paths.split("|")])
        for field, paths in rows.items()
    )


def _row(field: str, paths: list[Path]) -> Row:
    return field, paths[0][0], paths[0][1:], tuple(paths[1:])


def at(value: Any, path: Iterable[str]) -> Any:
    """Give what stands at a path of nested objects, or None."""
    for key in path:
        if type(value) is not dict:
            return None
        value = value.get(key)
    return value


def pick(value: Fields, rows: Table) -> Fields:
    """Look each field up at its paths: the first value that is there wins; fields without one are left out."""
    found = {}
    for field, key, rest, others in rows:
        here = value.get(key)
        if rest:
            here = at(here, rest)
        if here is None or (here.__class__ is str and here in NOTHING):
            here = _another(value, others) if others else None
        if here is not None:
            found[field] = here
    return found


def _another(value: Fields, paths: tuple[Path, ...]) -> Any:
    for path in paths:
        if given(here := at(value, path)):
            return here
    return None


def first(value: Fields, names: Iterable[str]) -> Any:
    """Give the first value that is there under one of these literal keys, or None."""
    for name in names:
        here = value.get(name)
        if here is not None and (type(here) is not str or here not in NOTHING):
            return here
    return None


class Aliases(Struct, frozen=True):
    """The names to try for fields: `fields` of every name, and how good each name is for its field."""

    fields: dict[str, str]
    ranks: dict[str, int]


def aliases(names: Mapping[str, tuple[str, ...]]) -> Aliases:
    """Read the names to try for each field, the best first."""
    pairs = [(name, field, rank) for field, known in names.items() for rank, name in enumerate(known)]
    return Aliases({name: field for name, field, _ in pairs}, {name: rank for name, _, rank in pairs})


def told(value: Fields, names: Aliases) -> Fields:
    """Give the fields whose names an object has: of several names of one field, the best that says something."""
    found: Fields = {}
    best: dict[str, int] = {}
    known, ranks = names.fields, names.ranks
    for name, here in value.items():
        if name not in known or here is None or (here.__class__ is str and here in NOTHING):
            continue
        field, rank = known[name], ranks[name]
        if field not in found or rank < best[field]:
            found[field], best[field] = here, rank
    return found


def json_text(value: Any) -> str | None:
    """Write a value as JSON text; text stays as it is. What is nested deeper than JSON can be written is no record."""
    if value is None or type(value) is str:
        return value
    try:
        return orjson.dumps(value).decode()
    except TypeError:
        raise BadRecord("JSON nested deeper than 254 levels") from None


def loaded(value: Any) -> Any:
    """Give the JSON value inside a text, or the value itself where it is no JSON text."""
    if type(value) is str and value.lstrip()[:1] in ("{", "["):
        try:
            return orjson.loads(value)
        except orjson.JSONDecodeError:
            return value
    return value


def text(value: Any) -> str:
    """Give an id as text: ids come as text or as numbers; anything else is none."""
    if type(value) is str:
        return "" if value in NOTHING else value
    return str(value) if type(value) is int else ""
