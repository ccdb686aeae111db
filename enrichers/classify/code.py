"""Find source code by the signs at the starts of its lines; prose, logs, JSON and lists have too few of them."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from functools import cache
from itertools import accumulate

from msgspec import Struct

from enrichers.classify.spans import Span
from enrichers.classify.tables import FOLDER, table

QUERY = "query"
ENOUGH = 4
"""Points that make a block source code."""
FEWEST = 3
"""Lines of a block, unless it is a query, which may stand in one line."""
WIDTH = 160
"""Characters of a line that are looked at."""
_LEAD = r"^[>+ -]{0,3}[ \t]*"
_GAP = 3
"""Lines without any look of code that a block may hold: comments, text in quotes."""
_CODE_LINE = re.compile(
    r"\s*(?:[})\]@#*;]|//|--|/\*|<!|[\w.$\[\]\"']+ ?(?::=|[-+*/|&%]?=(?!=)|=>|->|\()|(?:if|for|while|elif|else|end|"
    r"return|try|do|then|fi|done|from|where|and|select|join|case|let|var|const|import|use|class|break|continue|pass)\b"
    r"(?! [a-z]+ [a-z]+ [a-z]+ ))|[^(]*\w\(|.*[;{}(\[,:\\|]\s*$|(?: {2}|\t)\s*\S",
    re.IGNORECASE,
)
_FIRST, _LAST, WORDS = "})]@#*;", ";{}([,:\\|", 5
"""How lines of code begin or end, and the spaces of a line that is prose."""
_PROSE = re.compile(r"[>\s]*[A-ZÀ-Þa-zß-ÿ][\w'’-]*,?(?: [\w'’-]+[,:]?){5,}[^{}();=<>\[\]]*$")
_MARKS = ("(", "=", "{", ";", "\n    ", "\n\t", "\nimport ", "\nend")


class Row(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The signs of one language, as written; `at` are expressions at the start of a line."""

    language: str
    signs: tuple[Signs, ...]
    caseless: bool = False
    hits: tuple[str, ...] = ()


class Signs(Struct, frozen=True, forbid_unknown_fields=True):
    """Signs of one weight; `alone`: one of them may be a whole block in one line."""

    weight: int
    at: tuple[str, ...]
    alone: bool = False


class Sign(Struct, frozen=True, eq=False):
    """What makes a line look like a language, and how much it counts."""

    language: str
    expression: str
    weight: int
    caseless: bool
    alone: bool


@cache
def rows() -> tuple[Row, ...]:
    """Give the table of languages."""
    return tuple(table(FOLDER / "code.yaml", Row))


@cache
def signs() -> tuple[Sign, ...]:
    """Give all signs of all languages."""
    return tuple(
        Sign(row.language, f"{_LEAD}(?:{expression})", group.weight, row.caseless, group.alone)
        for row in rows()
        for group in row.signs
        for expression in group.at
    )


def may_be_code(text: str) -> bool:
    """Say whether a text has lines enough, and any mark of code, to be worth a pass for code."""
    if text.count("\n") < FEWEST - 1:
        return False
    return any(mark in text for mark in _MARKS)


def blocks(text: str, hits: list[tuple[Sign, int, int]]) -> Iterator[tuple[Span, int]]:
    """Give each block of code as a span, its type the likeliest language, with its lines that are not blank."""
    if sum([sign.weight for sign, _, _ in hits]) < ENOUGH:
        return
    lines = text.split("\n")
    starts = list(accumulate((len(line) + 1 for line in lines), initial=0))
    found: dict[int, dict[str, Sign]] = {}
    line = 0
    for sign, _, end in hits:
        while starts[line + 1] < end:
            line += 1
        best = found.setdefault(line, {})
        if sign.language not in best or best[sign.language].weight < sign.weight:
            best[sign.language] = sign
    for first, last in _stretches(lines, sorted(found)):
        votes, alone = _votes(found[line] for line in range(first, last + 1) if line in found)
        language, points = votes.most_common(1)[0]
        count = sum(1 for line in lines[first : last + 1] if line.strip())
        if points >= ENOUGH and (count >= FEWEST or alone):
            yield (
                Span(starts[first], starts[last] + len(lines[last].rstrip()), "source_code", language),
                count,
            )


def _votes(found: Iterator[dict[str, Sign]]) -> tuple[Counter[str], bool]:
    votes: Counter[str] = Counter()
    alone = False
    for best in found:
        for language, sign in best.items():
            votes[language] += sign.weight
            alone |= sign.alone
    return votes, alone


def _stretches(lines: list[str], marked: list[int]) -> Iterator[tuple[int, int]]:
    """Give first and last line of each run of code around marked lines."""
    first = last = -1
    for line in marked:
        if line <= last:
            continue
        if first >= 0 and _joined(lines, last, line):
            last = _reach(lines, line)
            continue
        if first >= 0:
            yield first, last
        first = _back(lines, line, last + 1)
        last = _reach(lines, line)
    if first >= 0:
        yield first, last


def _joined(lines: list[str], last: int, line: int) -> bool:
    between = [text for text in lines[last + 1 : line][: 4 * _GAP] if text.strip()]
    return line - last <= 4 * _GAP and len(between) <= _GAP


def _reach(lines: list[str], line: int) -> int:
    last = line
    while line + 1 < len(lines) and (_looks_like_code(lines[line + 1]) or not lines[line + 1].strip()):
        line += 1
        last = line if lines[line].strip() else last
    return last


def _back(lines: list[str], line: int, least: int) -> int:
    while line > least and _looks_like_code(lines[line - 1]):
        line -= 1
    return line


def _looks_like_code(line: str) -> bool:
    """Say whether a line is more like code than like prose; what begins or ends like code needs no expression."""
    head = line[:WIDTH]
    bare = head.strip()
    if not bare:
        return False
    if bare[0] in _FIRST or bare[-1] in _LAST or head.startswith(("  ", "\t")) or _CODE_LINE.match(head):
        return bare.count(" ") < WORDS or _PROSE.match(head) is None
    return False
