"""Keys that a re-export spelt its own way, spelt again as the source itself does."""

from __future__ import annotations

from typing import Any

from pipeline.event import Fields
from pipeline.understand.sources.forms.values import Table

Spelling = dict[str, str]
"""The lower-case form of a key to the key."""

_DEEPEST = 40
_AT = "at_sign_"
"""How some stores write the `@` that a key begins with; the dots behind it are `_` then."""


def spelling(*tables: Table, more: str = "") -> Spelling:
    """Learn the spelling of every key that tables look up, and of some more."""
    known = {key.lower(): key for key in more.split()}
    for rows in tables:
        for _, key, rest, others in rows:
            known |= {part.lower(): part for path in ((key, *rest), *others) for part in path}
    return known


def respelt(value: Any, known: Spelling, depth: int = _DEEPEST) -> Any:
    """Give a value with its known keys, and those of what is inside, spelt as they are known; what is too deep is left out."""
    if type(value) is dict:
        return (
            {_key(key, known): respelt(one, known, depth - 1) for key, one in value.items()} if depth else {}
        )
    if type(value) is list:
        return [respelt(one, known, depth - 1) for one in value] if depth else []
    return value


def respelt_top(value: Fields, known: Spelling) -> Fields:
    """Do the same with the keys of an object, and leave alone what is inside."""
    return {_key(key, known): one for key, one in value.items()}


def _key(key: str, known: Spelling) -> str:
    if key in known:
        return known[key]
    plain = key.lower()
    if plain.startswith(_AT):
        plain = "@" + plain.removeprefix(_AT).replace("_", ".")
        return known.get(plain, plain)
    return known.get(plain, key)


def squashed(value: Any, depth: int = _DEEPEST) -> Any:
    """Give a value with all keys in lower case and without `_`: so two spellings of one name are one."""
    if type(value) is dict:
        inside = value.items() if depth else ()
        return {key.lower().replace("_", ""): squashed(one, depth - 1) for key, one in inside}
    if type(value) is list:
        return [squashed(one, depth - 1) for one in value] if depth else []
    return value
