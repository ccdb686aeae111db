"""Read the condition of a rule, a filter or a correlation into a tree of identifiers."""

from __future__ import annotations

import re
from collections.abc import Collection
from difflib import get_close_matches

from pipeline.rules.faults import Refused
from pipeline.rules.regexes import wildcards
from pipeline.rules.text import join
from pipeline.rules.tree import Gap, Name, Node, Not, Part, both, either

_WORD = re.compile(r"[()|]|[^\s()|]+")
_LOUD = ("AND", "OR", "NOT")
_DEEPEST = 50


def read_condition(text: str, names: Collection[str], *, quantified: bool = True) -> Node:
    """Read a condition over these identifiers; `quantified`: it may say `1 of` and `all of`."""
    words = _WORD.findall(text)
    if "|" in words:
        raise Refused(
            "a condition cannot aggregate with `|`", "write a correlation of its own that counts this rule"
        )
    return _Reading([word.lower() if word in _LOUD else word for word in words], names, quantified).whole()


def loud(text: str) -> bool:
    """Say whether a condition has operators in capitals, which other tools refuse."""
    return any(word in _LOUD for word in _WORD.findall(text))


class _Reading:
    """Words of a condition and how far they are read: or < and < not < x of < ( )."""

    def __init__(self, words: list[str], names: Collection[str], quantified: bool) -> None:
        self.words, self.names, self.quantified = words, names, quantified
        self.at = self.depth = 0

    def whole(self) -> Node:
        node = self.any_of()
        if self.at < len(self.words):
            raise Refused(
                f"the condition makes no sense from {self.words[self.at]!r} on",
                "join its parts by and, or, not",
            )
        return node

    def ahead(self, offset: int = 0) -> str:
        at = self.at + offset
        return self.words[at] if at < len(self.words) else ""

    def takes(self, word: str) -> bool:
        found = self.ahead() == word
        self.at += found
        return found

    def any_of(self) -> Node:
        parts = [self.all_of()]
        while self.takes("or"):
            parts.append(self.all_of())
        return either(*parts)

    def all_of(self) -> Node:
        parts = [self.one()]
        while self.takes("and"):
            parts.append(self.one())
        return both(*parts)

    def one(self) -> Node:
        self.depth += 1
        if self.depth > _DEEPEST:
            raise Refused("the condition is nested too deeply", "split it into detections of their own")
        node = self.inner()
        self.depth -= 1
        return node

    def inner(self) -> Node:
        if self.takes("not"):
            return Not(self.one())
        if self.takes("("):
            node = self.any_of()
            if not self.takes(")"):
                raise Refused("a bracket of the condition is never closed", "close it")
            return node
        if self.quantified and self.ahead() in ("1", "any", "all") and self.ahead(1) == "of":
            return self.some()
        return self.identifier()

    def some(self) -> Node:
        quantity, pattern = self.ahead(), self.ahead(2)
        self.at += 3
        named = [Name(name) for name in matching(pattern, self.names)]
        if not named:
            raise Refused(
                f"no identifier is meant by `{quantity} of {pattern}`", "name identifiers of this detection"
            )
        return both(*named) if quantity == "all" else either(*named)

    def identifier(self) -> Node:
        word = self.ahead()
        self.at += 1
        if word in self.names:
            return Name(word)
        if word in ("", ")", "and", "or", "("):
            raise Refused(
                "the condition lacks an identifier" + (f" before {word!r}" if word else " at its end"),
                "name one",
            )
        near = get_close_matches(word, self.names, n=1)
        raise Refused(
            f"the condition names {word!r}, which is not there",
            f"did you mean {near[0]!r}?" if near else "define it",
        )


def matching(pattern: str, names: Collection[str]) -> list[str]:
    """Give the identifiers that `them` or a pattern means; those with `_` in front must be asked for by `_`."""
    asked = "*" if pattern == "them" else pattern
    pieces: list[Part] = [piece for literal in asked.split("*") for piece in (Gap.MANY, literal)]
    means = wildcards(join(pieces[1:]))
    return [name for name in names if means(name) and (asked.startswith("_") or not name.startswith("_"))]
