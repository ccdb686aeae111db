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
    for sign in _SIGN.findall(line):
        if sign == "(" or (sign == "`" and not ticked):
            open_words.append([])
            ticked = ticked or sign == "`"
        elif sign in ")`":
            yield from _simple(open_words[-1], fed)
            if len(open_words) > 1:
                open_words.pop()
            ticked = ticked and sign != "`"
        elif sign[0] in "|;\n" or sign in ("&", "&&"):
            yield from _simple(open_words[-1], fed)
            open_words[-1] = []
            fed = sign == "|"
        else:
            open_words[-1].append(sign)
            if depth == 0 and sign[0] != "'" and ("$(" in sign or "`" in sign):
                for found in _INSIDE.findall(sign):
                    yield from _cut("".join(found), depth + 1)
    for words in reversed(open_words):
        yield from _simple(words, fed)


def _simple(signs: list[str], fed: bool) -> Iterator[Simple]:
    words, writes = [], False
    for sign in signs:
        if sign[0] in "<>" or sign.startswith("&>"):
            writes = sign.endswith(">")
        else:
            if not writes:
                words.append(plain(sign))
            writes = False
    if words:
        yield Simple(tuple(words), fed)


def plain(sign: str) -> str:
    """Take quotes off a word, and write the paths of any system with slashes."""
    return sign if sign.isalnum() else sign.translate(_QUOTES).replace("\\ ", " ").replace("\\", "/")
