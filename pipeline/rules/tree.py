"""The frozen tree of a rule: what its condition asks of an event."""

from __future__ import annotations

from collections.abc import Mapping
from enum import Enum
from ipaddress import IPv4Network, IPv6Network

from msgspec import Struct


class Gap(Enum):
    """A place in a Sigma string that is no literal text: any text, any one character, any kind of dash."""

    MANY = "*"
    ONE = "?"
    DASH = "-"

    __hash__ = object.__hash__  # each is one object, and trees are hashed often


class Hole(Struct, frozen=True):
    """A place in a Sigma string for the values of a placeholder."""

    name: str


Part = str | bytes | Gap | Hole
Text = tuple[Part, ...]
"""A Sigma string: literals (bytes where they were encoded) and gaps, in order."""


class Texts(Struct, frozen=True):
    """The text of a value is one of these; each value of the rule may have several forms."""

    values: tuple[tuple[Text, ...], ...]
    cased: bool = False


class Patterns(Struct, frozen=True):
    """A regular expression is found in the text of a value; `flags` are letters of i, m and s."""

    values: tuple[str, ...]
    flags: str = ""


class Compared(Struct, frozen=True):
    """A number is less or greater than another: lt, lte, gt or gte."""

    word: str
    values: tuple[float, ...]


class DatePart(Struct, frozen=True):
    """A part of a timestamp, as written, is one of these numbers."""

    part: str
    values: tuple[int, ...]


class Networks(Struct, frozen=True):
    """An address lies in one of these networks."""

    values: tuple[IPv4Network | IPv6Network, ...]


class Refers(Struct, frozen=True):
    """The text equals that of another field, or has it at its start, its end or anywhere (`side`)."""

    values: tuple[str, ...]
    side: str = ""
    cased: bool = False


class Exists(Struct, frozen=True):
    """The field is there, be it empty or null; or it is not."""

    wanted: bool


class Empty(Struct, frozen=True):
    """The field is absent, null, or a list of nothing else."""


Want = Texts | Patterns | Compared | DatePart | Networks | Refers | Exists | Empty


class Item(Struct, frozen=True, kw_only=True):
    """One line of a detection.

    `field` is empty for keywords, which look at every value of the event. `every`: each value of the rule must be met,
    else one of them. `negated` turns the whole item round. `words` say it for people.
    """

    field: str
    want: Want
    every: bool = False
    negated: bool = False
    words: str = ""


class And(Struct, frozen=True):
    """All parts hold."""

    parts: tuple[Node, ...]


class Or(Struct, frozen=True):
    """One of the parts holds."""

    parts: tuple[Node, ...]


class Not(Struct, frozen=True):
    """The part does not hold."""

    part: Node


class Name(Struct, frozen=True):
    """What an identifier stands for."""

    name: str


Node = And | Or | Not | Name | Item


def both(*parts: Node) -> Node:
    """Join parts by `and`, without brackets that change nothing."""
    flat = [inner for part in parts for inner in (part.parts if isinstance(part, And) else (part,))]
    return flat[0] if len(flat) == 1 else And(tuple(flat))


def either(*parts: Node) -> Node:
    """Join parts by `or`, without brackets that change nothing."""
    flat = [inner for part in parts for inner in (part.parts if isinstance(part, Or) else (part,))]
    return flat[0] if len(flat) == 1 else Or(tuple(flat))


def bind(node: Node, meanings: Mapping[str, Node]) -> Node:
    """Put what the identifiers stand for in their place."""
    match node:
        case And(parts):
            return both(*(bind(part, meanings) for part in parts))
        case Or(parts):
            return either(*(bind(part, meanings) for part in parts))
        case Not(part):
            return Not(bind(part, meanings))
        case Name(name):
            return meanings[name]
        case _:
            return node


def items(node: Node) -> tuple[Item, ...]:
    """Give all items of a tree, in order."""
    match node:
        case And(parts) | Or(parts):
            return tuple(item for part in parts for item in items(part))
        case Not(part):
            return items(part)
        case _:
            return (node,) if isinstance(node, Item) else ()


def names(node: Node) -> frozenset[str]:
    """Give all identifiers of a tree."""
    match node:
        case And(parts) | Or(parts):
            return frozenset().union(*map(names, parts))
        case Not(part):
            return names(part)
        case _:
            return frozenset({node.name} if isinstance(node, Name) else ())
