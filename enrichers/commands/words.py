"""Cut a command line into its simple commands."""

from __future__ import annotations

import re
from collections.abc import Iterator

from msgspec import Struct

_SIGN = re.compile(
    r"""(?:"(?:[^"\\]|\\.)*"|'[^']*'|\\.|[^\s|;&<>()`"'\\]++)+|&?>{1,2}(?:&\d)?|<{1,3}|\|\|?|&&?|[;()`\n]""",
    re.DOTALL,
)
_INSIDE = re.compile(r"\$\(([^()]{1,2000})\)|`([^`]{1,2000})`")
_BREAKS = frozenset(("(", ")", "`", "|", "||", "&", "&&", ";", "\n"))
"""Signs at which a simple command begins or ends."""
_QUOTES = str.maketrans("", "", "\"'")


class Simple(Struct, frozen=True):
    """One program with its words, quotes taken off, without files that it writes to; `fed`: a pipe feeds it."""

    words: tuple[str, ...]
    fed: bool = False


def simple_commands(line: str) -> list[Simple]:
    """Give the simple commands of a line, those of substitutions too, in the order in which they end."""
    return list(_cut(line.replace("\\\n", " "), 0))


def _cut(line: str, depth: int) -> Iterator[Simple]:
    open_words: list[list[str]] = [[]]
    fed, ticked = False, False
    nested = depth == 0 and ("$(" in line or "`" in line)
    for sign in _SIGN.findall(line):
        if sign not in _BREAKS:
            open_words[-1].append(sign)
            if nested and sign[0] != "'":
                for found in _INSIDE.findall(sign):
                    yield from _cut("".join(found), depth + 1)
        elif sign == "(" or (sign == "`" and not ticked):
            open_words.append([])
            ticked = ticked or sign == "`"
        elif sign in ")`":
            yield from _simple(open_words[-1], fed)
            if len(open_words) > 1:
                open_words.pop()
            ticked = ticked and sign != "`"
        else:
            yield from _simple(open_words[-1], fed)
            open_words[-1] = []
            fed = sign == "|"
    for words in reversed(open_words):
        yield from _simple(words, fed)


def _simple(signs: list[str], fed: bool) -> Iterator[Simple]:
    words, writes = [], False
    for sign in signs:
        if sign[0] in "<>&":
            writes = sign.endswith(">")
        else:
            if not writes:
                words.append(plain(sign))
            writes = False
    if words:
        yield Simple(tuple(words), fed)


def plain(sign: str) -> str:
    """Take quotes off a word, and write the paths of any system with slashes."""
    marked = "\\" in sign or '"' in sign or "'" in sign
    return sign if not marked else sign.translate(_QUOTES).replace("\\ ", " ").replace("\\", "/")
