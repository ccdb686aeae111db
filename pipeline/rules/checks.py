"""What a single value of an event must meet: every kind of want as a function of one value."""

from __future__ import annotations

import operator
import re
from collections.abc import Callable, Iterable
from datetime import date
from functools import lru_cache
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address
from typing import Any

from pipeline.rules.regexes import Search, search_any, search_for, wildcards
from pipeline.rules.text import fold
from pipeline.rules.tree import Compared, DatePart, Gap, Networks, Patterns, Text, Texts
from pipeline.scalars import number_of, text_of

Check = Callable[[Any], bool]
"""Says whether one value (never null, never a list) meets a want."""

_TIMESTAMP = re.compile(
    r"(?P<year>\d{4})-(?P<month>\d\d)-(?P<day>\d\d)"
    r"([Tt ](?P<hour>[01]\d|2[0-3]):(?P<minute>[0-5]\d)(:\d\d(\.\d+)?)?([Zz]|[+-]\d\d:?\d\d)?)?",
    re.ASCII,
)
_LONGEST_ADDRESS = 64

COMPARE: dict[str, Callable[[float, float], bool]] = {
    "lt": operator.lt,
    "lte": operator.le,
    "gt": operator.gt,
    "gte": operator.ge,
}


def checks(want: Texts | Patterns | Compared | DatePart | Networks) -> tuple[Check, ...]:
    """Compile a want to one check for each of its values."""
    match want:
        case Texts(values, cased):
            return tuple(_on_text(_one_of(forms, cased), cased) for forms in values)
        case Patterns(values, flags):
            return tuple(_on_text(search_for(value, flags), cased=True) for value in values)
        case Compared(word, values):
            return tuple(_compared(word, value) for value in values)
        case DatePart(part, values):
            return tuple(_date_part(part, value) for value in values)
        case _:
            return tuple(_in_network(value) for value in want.values)


def check_any(want: Texts | Patterns | Compared | DatePart | Networks) -> Check:
    """Compile a want to a check that one of its values is met."""
    if isinstance(want, Texts):
        forms = [form for value in want.values for form in value]
        return _on_text(_one_of(forms, want.cased), want.cased)
    if isinstance(want, Patterns):
        return _on_text(search_any(want.values, want.flags), cased=True)
    single = checks(want)
    return single[0] if len(single) == 1 else lambda value: any(check(value) for check in single)


def _on_text(search: Search, cased: bool) -> Check:
    if cased:
        return lambda value: (text := text_of(value)) is not None and search(text)

    def check(value: Any) -> bool:
        if value.__class__ is str:
            return search(fold(value))
        text = text_of(value)
        return text is not None and search(fold(text))

    return check


def _one_of(forms: Iterable[Text], cased: bool) -> Search:
    """Sort the forms of a text by their shape: whole, start, end, anywhere, and all else by a regular expression."""
    equal: set[str] = set()
    starts: list[str] = []
    ends: list[str] = []
    inside: list[str] = []
    searches: list[Search] = []
    for form in forms:
        text = form if cased else tuple(fold(part) if isinstance(part, str) else part for part in form)
        match text:
            case ():
                equal.add("")
            case (str(whole),):
                equal.add(whole)
            case (str(start), Gap.MANY):
                starts.append(start)
            case (Gap.MANY, str(end)):
                ends.append(end)
            case (Gap.MANY, str(needle), Gap.MANY):
                inside.append(needle)
            case _:
                searches.append(_guarded(text, wildcards(text)))
    return _first(
        _whole(equal), _edge(starts, str.startswith), _edge(ends, str.endswith), _inside(inside), *searches
    )


def _guarded(form: Text, search: Search) -> Search:
    """Ask for the longest piece of a form first: a text that lacks it needs no regular expression."""
    longest = max((part for part in form if isinstance(part, str)), key=len, default="")
    return lambda text: longest in text and search(text)


def _first(*searches: Search | None) -> Search:
    given = tuple(search for search in searches if search)
    if len(given) == 1:
        return given[0]

    def search(text: str) -> bool:
        for one in given:  # noqa: SIM110 - twice as fast as `any` over a generator
            if one(text):
                return True
        return False

    return search


def _whole(texts: set[str]) -> Search | None:
    return frozenset(texts).__contains__ if texts else None


def _edge(texts: list[str], side: Callable[[str, tuple[str, ...]], bool]) -> Search | None:
    edges = tuple(texts)
    return (lambda text: side(text, edges)) if edges else None


def _inside(texts: list[str]) -> Search | None:
    needles = tuple(texts)
    if len(needles) == 1:
        return lambda text: needles[0] in text

    def search(text: str) -> bool:
        for needle in needles:  # noqa: SIM110 - twice as fast as `any` over a generator
            if needle in text:
                return True
        return False

    return search if needles else None


def _compared(word: str, than: float) -> Check:
    holds = COMPARE[word]
    return lambda value: (number := number_of(value)) is not None and holds(number, than)


def _date_part(part: str, wanted: int) -> Check:
    def check(value: Any) -> bool:
        found = _TIMESTAMP.fullmatch(value) if isinstance(value, str) else None
        if found is None or found[part if part != "week" else "day"] is None:
            return False
        try:
            day = date(int(found["year"]), int(found["month"]), int(found["day"]))
        except ValueError:
            return False
        return wanted == (day.isocalendar().week if part == "week" else int(found[part]))

    return check


def _in_network(network: IPv4Network | IPv6Network) -> Check:
    def check(value: Any) -> bool:
        address = _address(value) if isinstance(value, str) and len(value) <= _LONGEST_ADDRESS else None
        return address is not None and address in network

    return check


@lru_cache(maxsize=4096)
def _address(text: str) -> IPv4Address | IPv6Address | None:
    try:
        return ip_address(text)
    except ValueError:
        return None
