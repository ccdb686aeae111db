"""Times in every shape that sources write them."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

EARLIEST = 946684800.0
"""2000-01-01: what is older is no time but a counter or a mistake."""
LATEST = 4133980800.0
"""2101-01-01."""

_LONGEST = 64
_BETWEEN = ("T", "t", " ", "")
_SECONDS = re.compile(r"\d{9,11}\.\d+")
_TICKS = 62135596800
"""Seconds from year 1, where .NET ticks begin, to 1970."""

_SHAPES = (
    (re.compile(r"[A-Z][a-z]{2} [A-Z][a-z]{2} +\d"), "%a %b %d %H:%M:%S %Y"),
    (re.compile(r"\d{4}/\d"), "%Y/%m/%d %H:%M:%S"),
    (re.compile(r"\d{1,2}/\d{1,2}/\d{4} \S+ [AP]M"), "%m/%d/%Y %I:%M:%S %p"),
    (re.compile(r"\d{1,2}/\d{1,2}/\d{4} "), "%d/%m/%Y %H:%M:%S"),
    (re.compile(r"\d{1,2}/[A-Z][a-z]{2}/\d{4}:\S+ "), "%d/%b/%Y:%H:%M:%S %z"),
    (re.compile(r"\d{1,2}/[A-Z][a-z]{2}/\d{4}:"), "%d/%b/%Y:%H:%M:%S"),
)
"""What is not ISO 8601: how it looks, and how it is read. Month first only where AM or PM says so."""


def moment(value: Any) -> float | None:
    """Give a time in epoch seconds, or None where it is none; whoever asks judges whether it is absurd."""
    if type(value) is str:
        return _of_text(value)
    if type(value) is int or type(value) is float:
        return _of_number(value)
    return None


def _of_text(value: str) -> float | None:
    if value[10:11] == "T" and len(value) <= _LONGEST:
        return _dated(datetime.fromisoformat, value.strip())
    if len(value) > _LONGEST:
        return None
    text = value.strip()
    # Digits first: Python would read 13 of them as a compact ISO date of some century.
    if text.isdecimal():
        return _of_number(int(text))
    if _SECONDS.fullmatch(text):
        return float(text)
    # Python takes any character between date and time, so `2026-03-04:06:07`, which lost its hour, would have one.
    dated = _dated(datetime.fromisoformat, text) if text[10:11] in _BETWEEN else None
    return _of_other_text(text) if dated is None else dated


def _of_other_text(text: str) -> float | None:
    for looks, shape in _SHAPES:
        if looks.match(text):
            return _dated(lambda given: datetime.strptime(given, shape), text)  # noqa: B023, DTZ007 - called at once; a zone is added below
    return None


def _dated(read: Callable[[str], datetime], text: str) -> float | None:
    try:
        time = read(text)
        return (time if time.tzinfo else time.replace(tzinfo=UTC)).timestamp()
    except (ValueError, OverflowError):
        return None


def _of_number(value: float) -> float | None:
    """Tell the unit by the number of digits: seconds, milliseconds, microseconds, nanoseconds, .NET ticks."""
    whole = abs(value)
    if whole < 1e11:
        return float(value)
    if whole < 1e14:
        return value / 1e3
    if whole < 1e17:
        return value / 1e6
    if 6.3e17 <= value < 6.4e17:
        return value / 1e7 - _TICKS
    return value / 1e9 if whole < 1e20 else None
