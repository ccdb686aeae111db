"""Regular expressions of rules: in linear time where RE2 knows the form, else with a time limit."""

from __future__ import annotations

import logging
import re
from collections.abc import Callable, Iterable
from functools import lru_cache
from itertools import repeat

import re2
import regex

from pipeline.rules.faults import Refused
from pipeline.rules.tree import Gap, Text

Search = Callable[[str], bool]

LIMIT = 0.05
"""Seconds that an expression with look-around may take on one text."""

MOST_STEPS = 50_000
"""Steps of an expression with its repetitions written out."""

LONGEST_NUMBER = 9
_PIECE = re.compile(r"\\.|\[\^?\]?(?:\\.|[^\]])*\]|\{(\d*)(?:,(\d*))?\}|.", re.DOTALL)
_DOLLAR = re.compile(r"\\.|\[\^?\]?(?:\\.|[^\]])*\]|\$", re.DOTALL)
_INLINE_M = re.compile(r"\(\?[a-zA-Z]*m")
_WILD = {Gap.MANY: ".*", Gap.ONE: ".", Gap.DASH: "[-/–—―]"}
_log = logging.getLogger(__name__)


@lru_cache(maxsize=8192)
def search_for(pattern: str, flags: str = "") -> Search:
    """Compile a pattern to a search with the flags i, m and s; refuse what cannot be compiled."""
    return _linear(f"(?{flags}){pattern}" if flags else pattern) or _limited(pattern, flags)


def search_any(patterns: Iterable[str], flags: str = "") -> Search:
    """Compile patterns to one search for any of them: all that RE2 knows in one pass, the others one by one."""
    linear = [pattern for pattern in patterns if not costly(pattern, flags)]
    others = [search_for(pattern, flags) for pattern in patterns if pattern not in linear]
    joined = _linear(f"(?{flags}:{'|'.join(f'(?:{pattern})' for pattern in linear)})") if linear else None
    searches = [*([joined] if joined else map(search_for, linear, repeat(flags))), *others]
    return searches[0] if len(searches) == 1 else lambda text: any(search(text) for search in searches)


def costly(pattern: str, flags: str = "") -> bool:
    """Say whether a pattern has what RE2 lacks, such as look-around, and so runs with a time limit."""
    return _linear(f"(?{flags}){pattern}" if flags else pattern) is None


def wildcards(text: Text) -> Search:
    """Compile a Sigma string with gaps to a test of a whole text."""
    many = Gap.MANY
    start, end = text[:1] == (many,), text[-1:] == (many,)
    inner = text[start : len(text) - end]
    body = "".join(_WILD[part] if isinstance(part, Gap) else re2.escape(part) for part in inner)
    return search_for(("" if start else r"\A") + body + ("" if end else r"\z"), "s")


@lru_cache(maxsize=8192)
def _linear(pattern: str) -> Search | None:
    options = re2.Options()
    options.log_errors, options.never_capture = False, True
    try:
        search = re2.compile(pattern, options).search
    except re2.error:
        return None
    return lambda text: search(text.encode("utf-8", "surrogatepass")) is not None


def _limited(pattern: str, flags: str) -> Search:
    """Make `regex` mean what RE2 means: ASCII classes, `$` at the very end; case of other scripts as in RE2."""
    if _unrolled(pattern) > MOST_STEPS:
        raise Refused(
            f"the regular expression {pattern[:60]!r} repeats too much", "repeat less, or less often"
        )
    letters = sum(
        (getattr(regex, flag.upper()) for flag in flags), regex.ASCII if pattern.isascii() else regex.UNICODE
    )
    plain = "m" in flags or _INLINE_M.search(pattern)
    ends = pattern if plain else _DOLLAR.sub(lambda token: r"\Z" if token[0] == "$" else token[0], pattern)
    try:
        compiled = regex.compile(ends, letters)
    except (regex.error, RecursionError, OverflowError, MemoryError) as error:
        raise Refused(f"the regular expression {pattern[:60]!r} does not compile", "correct it") from error

    def search(text: str) -> bool:
        try:
            return compiled.search(text, timeout=LIMIT) is not None
        except TimeoutError:
            _log.warning(
                "a regular expression of a rule was given up after %d ms: %s", LIMIT * 1000, pattern[:60]
            )
            return False

    return search


def _unrolled(pattern: str) -> int:
    """Count the steps of an expression, each as often as it may be repeated by a number."""
    sizes, last = [0], 1
    for piece in _PIECE.finditer(pattern):
        if piece[0] == "(":
            sizes.append(0)
            continue
        if piece[0] == ")" and len(sizes) > 1:
            last = sizes.pop()
        elif piece[0][0] == "{" and (times := piece[2] or piece[1]):
            sizes[-1] += last * (int(times[:LONGEST_NUMBER]) - 1)
            last *= int(times[:LONGEST_NUMBER])
            continue
        else:
            last = 1
        sizes[-1] += last
    return sum(sizes)
