"""Sigma strings: how they are read, and how text is compared without case."""

from __future__ import annotations

import re
from functools import lru_cache

from pipeline.rules.tree import Gap, Hole, Part, Text

LONG = 200
"""Characters from which on a folded text is worth remembering."""

_WIDE = re.compile("([\u00df\u0130\u0149\u01f0\u0390\u03b0\u0587\u1e96-\u1e9e\u1f50-\u1ffc\ufb00-\ufb17])")
_LATER = {"\u1fd3": "\u0390", "\u1fe3": "\u03b0", "\ufb05": "\ufb06"}  # pairs that Unicode 15.1 has added
_TOKEN = re.compile(r"\\(?P<escaped>[*?\\])|(?P<gap>[*?])")
_TOKEN_WITH_HOLES = re.compile(r"\\(?P<escaped>[*?\\%])|(?P<gap>[*?])|%(?P<hole>[\w.-]+)%")


def fold(text: str) -> str:
    """Take the case off a text: simple Unicode case folding, one code point for one."""
    if len(text) > LONG:
        return _fold_long(text)
    return text.lower() if text.isascii() else _fold(text)


@lru_cache(maxsize=4)
def _fold_long(text: str) -> str:
    return text.lower() if text.isascii() else _fold(text)


def _fold(text: str) -> str:
    """Full folding gives the simple one wherever it keeps the length; the few other characters go one by one."""
    folded = text.casefold()
    if len(folded) == len(text) and not _LATER.keys() & set(text):
        return folded
    pieces = _WIDE.split(text)
    pieces[::2] = [piece.casefold() for piece in pieces[::2]]
    pieces[1::2] = [_fold_one(character) for character in pieces[1::2]]
    return "".join(pieces)


def _fold_one(character: str) -> str:
    forms = (_LATER.get(character, character.casefold()), character.lower())
    return next((form for form in forms if len(form) == 1), character)


def read_text(raw: str, *, holes: bool = False) -> Text:
    """Read a Sigma string: wildcards, what a backslash makes literal, and placeholders where they are wanted."""
    if "\\" not in raw and "*" not in raw and "?" not in raw and not holes:
        return (raw,) if raw else ()
    parts: list[Part] = []
    end = 0
    for token in (_TOKEN_WITH_HOLES if holes else _TOKEN).finditer(raw):
        parts.append(raw[end : token.start()])
        end = token.end()
        if token["gap"]:
            parts.append(Gap(token["gap"]))
        elif token["escaped"]:
            parts.append(token["escaped"])
        else:
            parts.append(Hole(token["hole"]))
    return join([*parts, raw[end:]])


def join(parts: list[Part]) -> Text:
    """Put neighbouring literals together and leave out empty ones."""
    joined: list[Part] = []
    for part in parts:
        if isinstance(part, str) and joined and isinstance(joined[-1], str):
            joined[-1] += part
        elif part != "":
            joined.append(part)
    return tuple(joined)
