"""A JSON value as Sigma sees it: as text, as a number, and as what is grouped and counted by."""

from __future__ import annotations

import re
from typing import Any

import orjson

_NUMBER = re.compile(r"[+-]?[0-9]+(\.[0-9]+)?([eE][+-]?[0-9]+)?")
LONGEST_INTEGER = 300
"""Digits up to which a text counts as an exact integer."""


def text_of(value: Any) -> str | None:
    """Give the text of a JSON value as Sigma compares it; None where it has none (null, a list, an object)."""
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() and abs(value) < 1e16 else repr(value)
    return str(value) if isinstance(value, int) else None


def number_of(value: Any) -> float | int | None:
    """Give the number of a JSON value as Sigma counts it: numbers, and strings that are one; None where it is none."""
    if isinstance(value, bool):
        return None
    if isinstance(value, int | float):
        return value
    if not isinstance(value, str) or not _NUMBER.fullmatch(value):
        return None
    whole = value.lstrip("+-").isdecimal() and len(value) < LONGEST_INTEGER
    return int(value) if whole else float(value)


def key_of(value: Any) -> str | None:
    """Give what values are grouped and counted by: their text with case, a list or an object as a whole."""
    if isinstance(value, list | dict):
        return orjson.dumps(value, option=orjson.OPT_SORT_KEYS).decode()
    return text_of(value)
