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
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from functools import cache

from msgspec import Struct

from enrichers.classify.assigned import VALUE, assigned
from enrichers.classify.cards import BARE, GROUPED, bare_card, card
from enrichers.classify.checks import check_named
from enrichers.classify.markings import marking
from enrichers.classify.personal import IBAN, PHONE, email, iban, ipv4, ipv6, phone
from enrichers.classify.placeholders import is_placeholder
from enrichers.classify.spans import Span
from enrichers.classify.tables import FOLDER, table

Look = Callable[[str, int, int], Span | None]
"""Look closer at a text where a cue starts and ends."""
REACH, BEFORE = 24, 96
WINDOW = 320
BROAD = 160
"""Characters behind a place without a finding in which there is none either, once a text has very many such places."""
SOON, NEVER = 40, sys.maxsize
"""Characters behind a number within which a text may say what it is."""
EARLY = 1 << 18
"""Characters of a text in which it is looked for, so that a mebibyte is done within a second."""
CHECKED, ONE_OF = 2048, 16
"""Hits of a kind in a text that are all checked, and of how many later ones one is."""
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
FORMS: dict[str, tuple[re.Pattern[str], int]] = {
    "assigned": (VALUE, 0),
    "bare_card": (BARE, 13),
    "card": (GROUPED, 0),
    "iban": (IBAN, 0),
    "phone": (PHONE, 0),
}
"""Forms by which finders go first, and how far before their place. An address has a form alone."""
_ANY_NUMBER = re.compile(r"(?<![0-9A-Za-z./-])[A-Za-z./-]{0,40}[0-9][0-9A-Za-z./-]*")
"""A token with a digit, whole: groups that stand apart are tokens of their own."""
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
    """A kind of finding: what the pass looks for, how to look closer, or by form alone, and what must or must not stand around it."""

    cues: tuple[str, ...]
    caseless: bool
    at: str
    look: Look
    glimpse: Look
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
        *_looks(klass, row),
        re.compile(row.context, re.IGNORECASE) if row.context else None,
        re.compile(rf"(?:{row.unless})\Z", re.IGNORECASE) if row.unless else None,
    )


def findings(text: str, hits: Sequence[tuple[Kind, int, int]]) -> Iterator[Span]:
    """Look closer at every hit of a kind; findings may still overlap.

    Of one kind the first CHECKED and then one of ONE_OF are checked. The others are taken by their form, and not valid:
    they are replaced where findings are, but count as nothing. So a flood of numbers hides none, and costs little.
    """
    since: dict[Kind, int] = {}
    looked: Counter[Kind] = Counter()
    done: dict[Kind, int] = {}
    many = len(hits) > CHECKED
    for kind, start, end in hits:
        if many and end <= done.get(kind, 0):
            continue
        if kind.context is not None and not _is_told(kind, kind.context, text, end, since):
            continue
        if kind.unless is not None and kind.unless.search(text[max(0, start - REACH) : start]):
            continue
        look = kind.look
        if many:
            looked[kind] += 1
            look = kind.glimpse if looked[kind] > CHECKED and looked[kind] % ONE_OF else look
        span = look(text, start, end)
        if many and kind.at == "around" and looked[kind] > CHECKED:
            done[kind] = span.end if span else end + BROAD
        if span:
            yield span


def _is_told(kind: Kind, context: re.Pattern[str], text: str, end: int, since: dict[Kind, int]) -> bool:
    """Say whether a text says before the end of a cue, or soon after it, what the number is."""
    if kind not in since:
        first = context.search(text, 0, EARLY)
        since[kind] = first.start() if first else NEVER
    return since[kind] < end + SOON


def _looks(klass: str, row: Row) -> tuple[Look, Look]:
    if row.finder:
        return _by_finder(klass, row), _by_form(klass, row)
    lead, tail = (rf".{{0,{REACH}}}?(?<![0-9A-Za-z])(?P<value>", ")") if row.at == "after" else ("", "")
    form = re.compile(rf"{lead}{row.form}{tail}(?![0-9A-Za-z])", re.ASCII)
    groups = [name for name in ("value", "quoted", "bare") if name in form.groupindex]
    check = check_named(row.check, sure=row.sure)
    plain = row.at == "start" and not groups

    def look(text: str, start: int, end: int) -> Span | None:
        if plain and not _free(text, start):
            return None
        match = _match(form, row.at, text, start, end)
        if match is None:
            return None
        group = next((name for name in groups if match[name] is not None), 0)
        value = match["password" if "password" in form.groupindex else group]
        if is_placeholder(value) or (group and row.at == "start" and not _free(text, match.start(group))):
            return None
        valid = check(value)
        return None if valid is False and row.strict else Span(*match.span(group), klass, row.type, valid)

    def glimpse(text: str, start: int, end: int) -> Span | None:
        if plain and not _free(text, start):
            return None
        match = _match(form, row.at, text, start, end)
        group = next((name for name in groups if match and match[name] is not None), 0)
        return match and Span(*match.span(group), klass, row.type, valid=False)

    return look, glimpse


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


def _by_form(klass: str, row: Row) -> Look:
    """Give a look without any check; at what redaction leaves alone there is nothing to see."""
    form, before = FORMS.get(row.finder, (None, 0))
    at_end = row.at == "end"
    if row.finder == "email" or form is None:
        return _by_finder(klass, row) if row.finder == "email" else lambda *_: None
    groups = [name for name in ("quoted", "bare") if name in form.groupindex]

    def glimpse(text: str, start: int, end: int) -> Span | None:
        if not at_end and text[max(0, start - 1) : start].isalnum():
            return None
        match = form.match(text, (end if at_end else start) - before)
        group = next((name for name in groups if match and match[name] is not None), 0)
        return match and Span(*match.span(group), klass, row.type, valid=False)

    return glimpse


def numbers(text: str, start: int) -> Iterator[Span]:
    """Give whatever may be a number of a person from a place on, unproved."""
    for found in _ANY_NUMBER.finditer(text, start):
        yield Span(*found.span(), "personal", "number", valid=False)
