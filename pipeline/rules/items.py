"""Read a line of a detection: a field with its modifiers, and the values that it must meet."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date, datetime
from difflib import get_close_matches
from ipaddress import ip_network
from typing import Any

from pipeline.rules.faults import Refused
from pipeline.rules.regexes import search_for
from pipeline.rules.text import read_text
from pipeline.rules.transforms import TRANSFORMS, Placeholders, transformed
from pipeline.rules.tree import (
    Compared,
    DatePart,
    Empty,
    Exists,
    Item,
    Networks,
    Patterns,
    Refers,
    Text,
    Texts,
    Want,
)
from pipeline.rules.words import in_words
from pipeline.scalars import text_of

EVERYWHERE = ("all", "neq", "cased")
FLAGS = {"i": "i", "ignorecase": "i", "m": "m", "multiline": "m", "s": "s", "dotall": "s"}
SIDES = ("contains", "startswith", "endswith")
MOST_PARTS = 50
"""Dotted parts that the name of a field may have."""


def read_item(key: Any, value: Any, placeholders: Placeholders) -> Item:
    """Read `field|modifiers: values`; an empty field means keywords."""
    if not isinstance(key, str):
        raise Refused(f"the field name {key!r} is not a text", "put it in quotes")
    field, *modifiers = key.split("|")
    _bounded(field)
    values, chain = _values(value), [modifier for modifier in modifiers if modifier not in EVERYWHERE]
    every, negated, cased = (word in modifiers for word in EVERYWHERE)
    if every and len(values) == 1:
        raise Refused(f"`all` stands on a single value of {key!r}", "take `all` away")
    want = _want(chain, values, placeholders, cased=cased)
    if not field:
        want = _keywords(want, chain)
    words = in_words(want, chain if field else [*chain, "contains"], values, every=every, negated=negated)
    return Item(field=field, want=want, every=every, negated=negated, words=words)


def _bounded(field: str) -> str:
    if field.count(".") >= MOST_PARTS:
        raise Refused("the name of a field has too many parts", f"name one with less than {MOST_PARTS} dots")
    return field


def _values(value: Any) -> list[Any]:
    """Give the values of a line; a single one stands for a list of one."""
    values = value if isinstance(value, list) else [value]
    if not values:
        raise Refused(
            "a list of values is empty, so nothing can match", "give a value, or null for an absent field"
        )
    if len(values) > 1 and None in values:
        raise Refused("null stands in a list of values", "ask for null in a detection of its own")
    return [_single(member) for member in values]


def _single(value: Any) -> Any:
    if isinstance(value, datetime):
        raise Refused("a value is a point in time to YAML", "put it in quotes")
    if isinstance(value, date):
        return value.isoformat()
    if value is None or text_of(value) is not None:
        return value
    raise Refused("a value is neither text, number, true, false nor null", "write plain values")


def _want(chain: Sequence[str], values: list[Any], placeholders: Placeholders, *, cased: bool) -> Want:
    special = [modifier for modifier in chain if modifier in KINDS]
    unknown = [
        modifier
        for modifier in chain
        if not (modifier in KINDS or modifier in TRANSFORMS or modifier in FLAGS)
    ]
    if unknown:
        near = get_close_matches(unknown[0], [*KINDS, *TRANSFORMS, *EVERYWHERE], n=1)
        raise Refused(
            f"Sigma has no modifier {unknown[0]!r}", f"did you mean {near[0]!r}?" if near else "take it away"
        )
    if values == [None] and not chain:
        return Empty()
    if None in values:
        raise Refused(f"null does not fit the modifier {chain[0]!r}", "take one of the two away")
    if not special:
        return _texts(chain, values, placeholders, cased=cased)
    kind = special[0]
    others = [modifier for modifier in chain if modifier != kind]
    if (misfit := next((m for m in others if m not in COMPANIONS.get(kind, ())), None)) or (
        cased and kind != "fieldref"
    ):
        raise Refused(
            f"the modifiers {kind!r} and {misfit or 'cased'!r} do not go together", "take one of them away"
        )
    if kind == "re" and chain[0] != "re":
        raise Refused("`re` must be the first modifier", f"write `re` before {chain[0]!r}")
    return KINDS[kind](kind, others, values, cased)


def _texts(chain: Sequence[str], values: list[Any], placeholders: Placeholders, *, cased: bool) -> Texts:
    if flag := next((modifier for modifier in chain if modifier in FLAGS), None):
        raise Refused(
            f"the modifier {flag!r} says something of a regular expression, and there is none",
            "write `re` before it",
        )
    texts = [_text(value, holes="expand" in chain) for value in values]
    return Texts(tuple(transformed(text, chain, placeholders) for text in texts), cased)


def _text(value: Any, *, holes: bool) -> Text:
    return read_text(value, holes=holes) if isinstance(value, str) else (text_of(value) or "",)


def _keywords(want: Want, chain: Sequence[str]) -> Want:
    """Make texts mean any part of a value, as keywords do."""
    if isinstance(want, Patterns):
        return want
    misfit = next((modifier for modifier in chain if modifier in ("startswith", "endswith")), None)
    if misfit or not isinstance(want, Texts):
        raise Refused(
            f"a keyword has no field, so {misfit or (chain or ['null'])[0]!r} does not fit", "name a field"
        )
    return Texts(
        tuple(tuple(transformed(form, ["contains"], {})[0] for form in forms) for forms in want.values),
        want.cased,
    )


def _patterns(_: str, others: list[str], values: list[Any], __: bool) -> Patterns:
    flags = "".join(sorted({FLAGS[modifier] for modifier in others}))
    patterns = tuple(text_of(value) or "" for value in values)
    for pattern in patterns:
        search_for(pattern, flags)
    return Patterns(patterns, flags)


def _exists(_: str, __: list[str], values: list[Any], ___: bool) -> Exists:
    if not (len(values) == 1 and isinstance(values[0], bool)):
        raise Refused("`exists` takes true or false", "write one of them, without quotes")
    return Exists(values[0])


def _compared(kind: str, _: list[str], values: list[Any], __: bool) -> Compared:
    if any(isinstance(value, bool | str) for value in values):
        raise Refused(f"{kind!r} compares with numbers", "write a number, without quotes")
    return Compared(kind, tuple(values))


def _date_part(kind: str, _: list[str], values: list[Any], __: bool) -> DatePart:
    if any(isinstance(value, bool) or not isinstance(value, int) for value in values):
        raise Refused(f"{kind!r} takes whole numbers", "write a whole number, without quotes")
    return DatePart(kind, tuple(values))


def _networks(_: str, __: list[str], values: list[Any], ___: bool) -> Networks:
    networks = []
    for value in values:
        try:
            networks.append(ip_network(str(value)))
        except ValueError as error:
            raise Refused(
                f"{value!r} is no network", "write an address and a mask, without bits behind the mask"
            ) from error
    return Networks(tuple(networks))


def _refers(_: str, others: list[str], values: list[Any], cased: bool) -> Refers:
    if not all(isinstance(value, str) for value in values):
        raise Refused("`fieldref` takes names of fields", "write the name of a field")
    if len(others) > 1:
        raise Refused("`fieldref` lies on one side only", "keep one of contains, startswith, endswith")
    return Refers(tuple(map(_bounded, values)), "".join(others), cased)


KINDS: dict[str, Callable[[str, list[str], list[Any], bool], Want]] = {
    "re": _patterns,
    "exists": _exists,
    **dict.fromkeys(("lt", "lte", "gt", "gte"), _compared),
    **dict.fromkeys(("minute", "hour", "day", "week", "month", "year"), _date_part),
    "cidr": _networks,
    "fieldref": _refers,
}
COMPANIONS = {"re": tuple(FLAGS), "fieldref": SIDES}
