"""The kinds of findings: credentials, personal data, cards and markings, read from tables.

A row has a `type`, a `cue` or several that the pass looks for, and a `form` (a Python expression) that is tried where the cue stands:
at its `start`, at its `end`, `after` it (within 24 characters) or `around` its start. The finding is the form's group
`value`, `quoted` or `bare`, else all of it. `check` judges it: see `checks.py`. A `finder` does all that by itself.
`sure: false`: the form alone proves nothing. `strict`: what the check refuses is no finding. `context` must stand
somewhere before it or soon after it; `unless` must not end right before it. `hits`, `broken` and `misses` prove the row in tests; « » marks the finding there.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Iterable, Iterator
from functools import cache

from msgspec import Struct

from enrichers.classify.assigned import assigned
from enrichers.classify.cards import bare_card, card
from enrichers.classify.checks import check_named
from enrichers.classify.markings import marking
from enrichers.classify.personal import email, iban, ipv4, ipv6, phone
from enrichers.classify.placeholders import is_placeholder
from enrichers.classify.spans import Span
from enrichers.classify.tables import FOLDER, table

Look = Callable[[str, int, int], Span | None]
"""Look closer at a text where a cue starts and ends."""
REACH, BEFORE = 24, 96
WINDOW = 320
SOON, NEVER = 40, sys.maxsize
"""Characters behind a number within which a text may say what it is."""
EARLY = 1 << 18
"""Characters of a text in which it is looked for, so that a mebibyte is done within a second."""
Find = Callable[[str, int, int], tuple[int, int, bool | None] | tuple[int, int, bool | None, str] | None]
"""Find something at a place of a text, where a cue ends; give its start, its end, whether it is valid, and a better type."""
FINDERS: dict[str, Find] = {
    "assigned": assigned,
    "bare_card": bare_card,
    "card": card,
    "email": email,
    "iban": iban,
    "ipv4": ipv4,
    "ipv6": ipv6,
    "marking": marking,
    "phone": phone,
}
GENERAL = (
    ("secret", "secrets/*.yaml"),
    ("personal", "personal.yaml"),
    ("card", "card.yaml"),
    ("", "markings.yaml"),
)
NUMBERS = (("personal", "national/*.yaml"), ("personal", "addresses.yaml"), ("financial", "financial.yaml"))
"""Classes and tables that are looked for in every text, and where it has numbers."""


class Row(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One row of a table, as written."""

    type: str
    cue: str | tuple[str, ...]
    klass: str = ""
    caseless: bool = False
    at: str = "start"
    form: str = ""
    check: str = ""
    finder: str = ""
    context: str = ""
    unless: str = ""
    sure: bool = True
    strict: bool = False
    hits: tuple[str, ...] = ()
    broken: tuple[str, ...] = ()
    misses: tuple[str, ...] = ()


class Kind(Struct, frozen=True, eq=False):
    """A kind of finding: what the pass looks for, how to look closer, and what must or must not stand around it."""

    cues: tuple[str, ...]
    caseless: bool
    at: str
    look: Look
    context: re.Pattern[str] | None
    unless: re.Pattern[str] | None


@cache
def rows() -> tuple[tuple[str, Row], ...]:
    """Give all rows with the class of what they find."""
    return _rows(GENERAL) + _rows(NUMBERS)


@cache
def kinds() -> tuple[Kind, ...]:
    """Give the kinds that are looked for in every text, in the order of their tables."""
    return tuple(_kind(klass, row) for klass, row in _rows(GENERAL))


@cache
def number_kinds() -> tuple[Kind, ...]:
    """Give the kinds that are looked for where a text has numbers."""
    return tuple(_kind(klass, row) for klass, row in _rows(NUMBERS))


@cache
def _rows(tables: tuple[tuple[str, str], ...]) -> tuple[tuple[str, Row], ...]:
    files = [(klass, path) for klass, names in tables for path in sorted(FOLDER.glob(names))]
    return tuple((row.klass or klass, row) for klass, path in files for row in table(path, Row))


def _kind(klass: str, row: Row) -> Kind:
    return Kind(
        (row.cue,) if isinstance(row.cue, str) else row.cue,
        row.caseless,
        row.at,
        _look(klass, row),
        re.compile(row.context, re.IGNORECASE) if row.context else None,
        re.compile(rf"(?:{row.unless})\Z", re.IGNORECASE) if row.unless else None,
    )


def findings(text: str, hits: Iterable[tuple[Kind, int, int]]) -> Iterator[Span]:
    """Look closer at every hit of a kind; findings may still overlap."""
    since: dict[Kind, int] = {}
    for kind, start, end in hits:
        if kind.context is not None and not _is_told(kind, kind.context, text, end, since):
            continue
        if kind.unless is not None and kind.unless.search(text[max(0, start - REACH) : start]):
            continue
        if span := kind.look(text, start, end):
            yield span


def _is_told(kind: Kind, context: re.Pattern[str], text: str, end: int, since: dict[Kind, int]) -> bool:
    """Say whether a text says before the end of a cue, or soon after it, what the number is."""
    if kind not in since:
        first = context.search(text, 0, EARLY)
        since[kind] = first.start() if first else NEVER
    return since[kind] < end + SOON


def _look(klass: str, row: Row) -> Look:
    if row.finder:
        return _by_finder(klass, row)
    lead, tail = (rf".{{0,{REACH}}}?(?<![0-9A-Za-z])(?P<value>", ")") if row.at == "after" else ("", "")
    form = re.compile(rf"{lead}{row.form}{tail}(?![0-9A-Za-z])", re.ASCII)
    groups = [name for name in ("value", "quoted", "bare") if name in form.groupindex]
    check = check_named(row.check, sure=row.sure)

    def look(text: str, start: int, end: int) -> Span | None:
        match = _match(form, row.at, text, start, end)
        if match is None:
            return None
        group = next((name for name in groups if match[name] is not None), 0)
        value = match["password" if "password" in form.groupindex else group]
        if is_placeholder(value) or (row.at == "start" and not _free(text, match.start(group))):
            return None
        valid = check(value)
        return None if valid is False and row.strict else Span(*match.span(group), klass, row.type, valid)

    return look


def _match(form: re.Pattern[str], at: str, text: str, start: int, end: int) -> re.Match[str] | None:
    if at == "start":
        return form.match(text, start)
    if at != "around":
        return form.match(text, end)
    return next(
        (match for match in form.finditer(text, max(0, end - BEFORE), end + WINDOW) if match.end() >= end),
        None,
    )


def _free(text: str, start: int) -> bool:
    """Say whether a token begins here: after no letter or digit, or after an escape such as that of a line break or `%3D`."""
    before = text[max(0, start - 3) : start]
    return not before[-1:].isalnum() or before[-2:] in ("\\n", "\\t", "\\r") or before[-3:-2] == "%"


def _by_finder(klass: str, row: Row) -> Look:
    find, at_end = FINDERS[row.finder], row.at == "end"

    def look(text: str, start: int, end: int) -> Span | None:
        found = find(text, end if at_end else start, end)
        return found and Span(found[0], found[1], klass, found[3] if len(found) > 3 else row.type, found[2])

    return look
