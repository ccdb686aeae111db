"""What the text of one field must show before a part of a rule can change its answer."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import NamedTuple

from msgspec import Struct

from pipeline.rules.regexes import costly
from pipeline.rules.text import fold
from pipeline.rules.tree import And, Empty, Exists, Gap, Item, Node, Not, Or, Patterns, Text, Texts

LONGEST = 100
"""Characters of a needle; of a longer text its start or end stands for it."""

SEPARATOR = "\0"
"""Stands between the values of an event when all are searched in one pass."""

WEAK = 4
"""A needle of fewer characters is found in too many values to tell events apart."""

COMMON = (
    "c:\\windows\\system32\\",
    "c:\\program files",
    "c:\\users\\",
    ".exe",
    "http://",
    "https://",
    "microsoft",
)
"""Needles that lie inside one of these are weak too. This is about speed only."""

_UNLIKE = re.compile(r"\\[vC]")
"""Means something else to Hyperscan than to RE2."""


class Needle(NamedTuple):
    """A folded text that a value `is`, or that it `starts` or `ends` with or `has`; or a regular expression, `re`."""

    shape: str
    text: str


class Need(Struct, frozen=True):
    """`answer` is what a part of a rule says to a text without needles and vetoes; with a veto it says no.

    With a needle and no veto it says the opposite of `answer` if it is `sure`; else it must be asked.
    """

    answer: bool
    needles: frozenset[Needle] = frozenset()
    sure: bool = True
    vetoes: frozenset[Needle] = frozenset()

    @property
    def turners(self) -> frozenset[Needle]:
        """Give what can make it say something else."""
        return self.needles | self.vetoes if self.answer else self.needles

    @property
    def weak(self) -> bool:
        """Say whether the needles are found so often that looking for them is of little use."""
        return _strength(self) < WEAK


def need(node: Node) -> Need | None:
    """Give the need of a part that looks at one field; None where no needle can tell. Values are present and not null."""
    match node:
        case Not(part):
            return _opposite(need(part))
        case And(parts) | Or(parts):
            return _joined(map(need, parts), ends=isinstance(node, Or))
        case Item(negated=True):
            return _opposite(_of_item(node))
        case Item():
            return _of_item(node)
        case _:
            raise LookupError(node.name)  # a tree is bound before it is indexed


def holds(node: Node, *, absent: bool, empty: bool) -> bool:
    """Say whether a part that looks at one field holds where it has no text: it is absent, `empty`, or holds objects."""
    match node:
        case Not(part):
            return not holds(part, absent=absent, empty=empty)
        case And(parts):
            return all(holds(part, absent=absent, empty=empty) for part in parts)
        case Or(parts):
            return any(holds(part, absent=absent, empty=empty) for part in parts)
        case Item(want=Exists(wanted)):
            return (wanted is not absent) is not node.negated
        case Item(want=Empty()):
            return empty is not node.negated
        case _:
            return isinstance(node, Item) and node.negated


def _opposite(found: Need | None) -> Need | None:
    return found and Need(not found.answer, found.turners, found.sure and not found.vetoes)


def _joined(parts: Iterable[Need | None], *, ends: bool) -> Need | None:
    """Join by `or` (`ends` is true) or `and`: one part that says `ends` decides, so only the best such need is looked at."""
    given = tuple(parts)
    if len(given) == 1:
        return given[0]
    known = [part for part in given if part is not None]
    best = max((part for part in known if part.answer is ends), key=_strength, default=None)
    if best is None and len(known) < len(given):
        return None
    if not ends:
        return _all_of(known, best, sure=len(known) == len(given))
    if best:
        return Need(answer=True, needles=best.turners, sure=False)
    needles = frozenset().union(*(part.needles for part in known))
    return Need(answer=False, needles=needles, sure=all(part.sure and not part.vetoes for part in known))


def _all_of(parts: list[Need], best: Need | None, *, sure: bool) -> Need:
    """Join by `and`: what one part surely says no to is a veto."""
    vetoes = frozenset().union(*(part.vetoes for part in parts))
    vetoes = vetoes.union(*(part.needles for part in parts if part.answer and part.sure))
    unsure = [part for part in parts if not part.sure]
    if best:
        sure = sure and not unsure and sum(not part.answer for part in parts) == 1
        return Need(answer=False, needles=best.needles, sure=sure, vetoes=vetoes)
    return Need(
        answer=True,
        needles=frozenset().union(*(part.needles for part in unsure)),
        sure=not unsure,
        vetoes=vetoes,
    )


def _strength(found: Need) -> int:
    return min(map(_length, found.turners), default=LONGEST)


def _length(needle: Needle) -> int:
    if needle.shape == "is":
        return LONGEST
    return 0 if any(needle.text in common for common in COMMON) else len(needle.text)


def _of_item(item: Item) -> Need | None:
    match item.want:
        case Exists(wanted):
            return Need(wanted)
        case Empty():
            return Need(answer=False)
        case Texts(values, cased):
            each = (_joined((_of_text(form, cased=cased) for form in forms), ends=True) for forms in values)
        case Patterns(values, flags):
            each = (_of_pattern(pattern, flags) for pattern in values)
        case _:
            return None
    found = _joined(each, ends=not item.every)
    return found if item.field or _anywhere(found) else None


def _anywhere(found: Need | None) -> bool:
    """Say whether a need of keywords can be looked for in all values of an event at once."""
    return (
        found is not None
        and not found.answer
        and all(
            needle.shape == "has" and SEPARATOR not in needle.text for needle in found.needles | found.vetoes
        )
    )


def _of_text(form: Text, *, cased: bool) -> Need | None:
    literals: dict[int, str] = {}
    for at, part in enumerate(form):
        if isinstance(part, str):
            literals[at] = fold(part)
        elif not isinstance(part, Gap):
            return None
    if form and not literals and form.count(Gap.MANY) == len(form):
        return Need(answer=True)
    if not literals:
        return None if form else Need(answer=False, needles=frozenset({Needle("is", "")}))
    at = max(literals, key=lambda at: len(literals[at])) if len(literals) > 1 else next(iter(literals))
    first, last, text = at == 0, at == len(form) - 1, literals[at]
    if first and last:
        return Need(answer=False, needles=frozenset({Needle("is", text)}), sure=not cased)
    short = text[-LONGEST:] if last else text[:LONGEST]
    shape = "starts" if first else "ends" if last else "has"
    around = sum(part is Gap.MANY for part in (form[at - 1 : at] + form[at + 1 : at + 2]))
    whole = len(literals) == 1 and around == len(form) - 1 == 2 - first - last
    return Need(
        answer=False, needles=frozenset({Needle(shape, short)}), sure=whole and not cased and short == text
    )


def _of_pattern(pattern: str, flags: str) -> Need | None:
    if costly(pattern, flags) or _UNLIKE.search(pattern):
        return None
    whole = f"(?{flags}){pattern}" if flags else pattern
    return Need(answer=False, needles=frozenset({Needle("re", whole)}), sure=False)
