"""Read a text backwards and thirteen letters on: whole where a word of it is telling, else its long tokens alone."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from enrichers.classify.hidden import Hidden

LONGEST = 1 << 16
"""Characters that are turned; more of that kind is no message."""
MOST = 16
"""Tokens of a text that are turned."""

_LOWER, _UPPER = "abcdefghijklmnopqrstuvwxyz", "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
_ON = str.maketrans(_LOWER + _UPPER, _LOWER[13:] + _LOWER[:13] + _UPPER[13:] + _UPPER[:13])
_TOKEN = re.compile(r"(?<![!-~])(?:(?:[!-~]{1,76}\r?\n)?[!-~]{60,}(?:\r?\n[!-~]{4,}(?=\s|\Z))*|[!-~]{24,})")
_DRAWN = re.compile(r"\d|[a-z][A-Z]|[A-Z]{2}")
"""What a token has that no word has."""
TURNS: tuple[tuple[str, Callable[[str], str]], ...] = (
    ("reversed", lambda text: text[::-1]),
    ("rot13", lambda text: text.translate(_ON)),
)


def whole(text: str, turns: frozenset[str]) -> Iterator[Hidden]:
    """Give a text turned each way that it was not turned yet."""
    for name, turn in TURNS:
        if name not in turns and len(text) <= LONGEST:
            places = range(len(text))
            order = places[::-1] if name == "reversed" else places
            yield Hidden(0, len(text), (name,), turn(text), order, sure=False, turn=name)


def tokens(text: str, turns: frozenset[str], known: list[tuple[int, int]]) -> Iterator[Hidden]:
    """Give the first long tokens of a text turned, but those at places where something else was read."""
    count = 0
    for token in _TOKEN.finditer(text):
        start, end = token.span()
        if _DRAWN.search(token[0]) is None or any(first < end and start < last for first, last in known):
            continue
        count += 1
        if count > MOST or len(token[0]) > LONGEST:
            return
        for name, turn in TURNS:
            if name not in turns:
                yield Hidden(start, end, (name,), turn(token[0]), sure=False, turn=name)
