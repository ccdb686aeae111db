"""One check for every field that a reader may give: what the field's type in `FIELDS` lets through."""

from __future__ import annotations

import json
from collections.abc import Callable
from functools import lru_cache
from hashlib import sha256
from typing import Any

from pipeline.fields import FIELDS, Field
from pipeline.times import iso
from pipeline.understand.sources.forms import addresses, people
from pipeline.understand.sources.forms.moments import EARLIEST, LATEST, moment
from pipeline.understand.sources.forms.values import UNKNOWN, withheld

Check = Callable[[Any], Any]
"""Gives the value as we keep it, or None where it cannot be kept."""

LONGEST_TEXT = 1024 * 1024
"""Code points of a text."""
LONGEST_KEYWORD = 1024
"""Characters of any other value."""
LONGEST_ID = 512
"""Bytes of an id; a longer one is hashed, for two that begin alike are not the same."""
SHORT_ID = LONGEST_ID // 4
"""Characters that are no more bytes than an id may have, whatever they are."""
_LONGEST_LIST = 1000
LARGEST = 2**63 - 1
"""The greatest whole number that a store holds."""

_DERIVED = frozenset(
    "@timestamp ecs.version event.id event.kind event.ingested event.risk_score event.severity message tags "
    "log.file.path log.offset ai.content.hash ai.content.mentions ai.content.sketch ai.content.excerpt "
    "ai.data.secret_fingerprints ai.taint ai.provenance.destination ai.registry.problems ai.policy.id ai.policy.version "
    "ai.policy.expected ai.policy.reason ai.policy.violations ai.policy.exception ai.idle ai.pack.digest".split()
)
_JUDGED = (
    "rule.",
    "threat.",
    "ai.alert.",
    "ai.standing.",
    "ai.risk.",
    "ai.entity.",
    "ai.baseline.",
    "ai.quality.",
)


def keyword(value: Any) -> str | None:
    """Keep a word, as much of it as a keyword may hold."""
    return value[:LONGEST_KEYWORD] if type(value) is str else None


def text(value: Any) -> str | None:
    """Keep a text, as much of it as we take."""
    return (value or None) and value[:LONGEST_TEXT] if type(value) is str else None


def identifier(value: Any) -> str | None:
    """Keep an id whole, or its hash where it is too long."""
    return bounded(value) if type(value) is str else None


def bounded(value: str) -> str:
    """Give an id itself, or the first 32 hex digits of its SHA-256 where it is longer than 512 bytes."""
    if len(value) <= SHORT_ID or len(data := value.encode(errors="replace")) <= LONGEST_ID:
        return value
    return sha256(data).hexdigest()[:32]


def stated(value: Any) -> str:
    """Give an event id that a record states; one that is long or holds control characters is hashed, one that is none is empty."""
    if type(value) is not str or not value:
        return ""
    short = len(value) <= LONGEST_ID and (value.isascii() or len(json.dumps(value)) <= LONGEST_ID)
    return value if short and value.isprintable() else sha256(value.encode(errors="replace")).hexdigest()[:32]


def count(value: Any) -> int | None:
    """Keep a whole number that is not negative, also one written as digits or with an empty fraction."""
    whole = type(value) is float and value.is_integer()
    if whole or (type(value) is str and len(value) <= 19 and value.isdecimal()):
        value = int(value)
    return value if type(value) is int and 0 <= value <= LARGEST else None


def number(value: Any) -> float | None:
    """Keep a number."""
    return float(value) if type(value) is float or type(value) is int else None


def flag(value: Any) -> bool | None:
    """Keep true and false, also as words."""
    if type(value) is str:
        return {"true": True, "false": False}.get(value.lower())
    return value if type(value) is bool else None


def date(value: Any) -> str | None:
    """Keep a time of our own era, in our own form."""
    time = moment(value)
    return iso(time) if time is not None and EARLIEST <= time <= LATEST else None


def _formed(known: Callable[[str], str | None]) -> Check:
    return lambda value: known(value[:LONGEST_KEYWORD]) if type(value) is str else None


def _named(value: str) -> str | None:
    """Keep the name of a person or host, unless it says that nobody knows or may know it."""
    return None if value in UNKNOWN or withheld(value) else value


def _page(value: str) -> str | None:
    """Keep scheme, host and path of a URL."""
    return addresses.web(value).get("url.full")


def _path(value: str) -> str | None:
    """Keep the path of a URL without its query."""
    return value.partition("?")[0].partition("#")[0] or None


def _closed(values: tuple[str, ...]) -> Check:
    known = {value: value for value in values}
    return lambda value: known.get(value) or known.get(value.lower()) if type(value) is str else None


def _many(check: Check) -> Check:
    """Keep the members that pass; one that stands alone is a list of one."""

    def members(value: Any) -> list[Any] | None:
        found = value[:_LONGEST_LIST] if type(value) is list else [value]
        kept = [member for one in found if one not in ("", None) and (member := check(one)) is not None]
        return kept if kept or value == [] else None

    return members


_KINDS: dict[str, Check] = {
    "keyword": keyword,
    "text": text,
    "long": count,
    "float": number,
    "boolean": flag,
    "date": date,
    "ip": _formed(addresses.address),
}
WORDED: dict[str, Callable[[str], str | None]] = {
    name: lru_cache(maxsize=2048)(form)
    for name, form in {
        "user.email": people.mail,
        "user.id": _named,
        "user.name": _named,
        "host.name": _named,
        "http.request.method": _named,
        "url.domain": addresses.domain,
        "destination.domain": addresses.domain,
        "url.full": _page,
        "url.path": _path,
        "source.ip": addresses.address,
        "destination.ip": addresses.address,
    }.items()
    if name in FIELDS and not FIELDS[name].many
}
"""The form of fields that hold one word of a form, with the words of late remembered: they come again and again."""
_FORMS: dict[str, Check] = {name: _formed(known) for name, known in WORDED.items()}
_LIMITS: dict[Check, int] = {keyword: LONGEST_KEYWORD, text: LONGEST_TEXT, identifier: SHORT_ID}


def _check(name: str, field: Field) -> Check:
    one = _FORMS.get(name) or (_closed(field.values) if field.values else _KINDS[field.kind])
    if one is keyword and name.endswith(".id"):
        one = identifier
    return _many(one) if field.many else one


CHECKS: dict[str, Check] = {
    name: _check(name, field)
    for name, field in FIELDS.items()
    if field.kind != "object" and name not in _DERIVED and not name.startswith(_JUDGED)
}
"""Every field that may come from outside. What is judged, keyed or numbered here may not."""


class _Rooms(dict[str, int]):
    """Room for characters by field name; a name that is not here has none."""

    def __missing__(self, _name: str) -> int:
        return 0


ROOM = _Rooms({name: _LIMITS.get(check, 0) for name, check in CHECKS.items()})
"""How long a text may be that a field takes as it is; 0 where its form is looked at first."""

WHOLE: frozenset[str] = frozenset(name for name, check in CHECKS.items() if check is count)
"""Fields of one whole number."""

WORDS: frozenset[str] = frozenset(
    name
    for name in CHECKS
    if FIELDS[name].many and FIELDS[name].kind == "keyword" and not FIELDS[name].values
    if name not in _FORMS and not name.endswith(".id")
)
"""Fields of many words that may have any form."""

LISTED: dict[str, frozenset[str]] = {
    name: frozenset(FIELDS[name].values) for name in CHECKS if FIELDS[name].values and not FIELDS[name].many
}
"""The closed list of every field that has one and takes one word of it."""

FORMED: tuple[tuple[str, Check], ...] = tuple(
    (name, check) for name, check in CHECKS.items() if name in _FORMS or FIELDS[name].kind in ("date", "ip")
)
"""Fields whose text must have a form, beside its type."""

_PYTHON = {"long": (int, float), "float": (int, float), "boolean": (bool,), "date": (str, int, float)}


def fault(name: str, value: Any) -> str:
    """Name what is wrong with a value that its check refused: its type, or what it says; nothing if it only says that it is not there."""
    if type(value) is str and (value in UNKNOWN or withheld(value)):
        return ""
    field = FIELDS[name]
    right = type(value) in _PYTHON.get(field.kind, (str,)) and (
        field.kind != "long" or type(value) is not bool
    )
    return f"wrong_value:{name}" if right else f"wrong_type:{name}"
