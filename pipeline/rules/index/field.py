"""One field of the index: which clauses does a value leave open."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from msgspec import UNSET, Struct

from pipeline.event import Fields
from pipeline.pack import Test
from pipeline.rules.compile import compile_tree
from pipeline.rules.index.needs import SEPARATOR, Need, Needle, holds
from pipeline.rules.index.scan import Scanner
from pipeline.rules.text import fold
from pipeline.rules.tree import Node
from pipeline.rules.values import branches, leaves, members
from pipeline.scalars import text_of

MOST_VALUES = 4096
"""Values of a field that are remembered."""

MOST_SETTLED = 4096
"""Sets of needles whose bits are remembered."""

MOST_NEEDLES = 32
"""Needles of a set that is remembered."""

LONGEST = 1000
"""Characters of a value that is remembered."""

PATIENCE = 65536
"""New values that a full memory turns away before it starts afresh: traffic has changed by then."""

MOST_BYTES = 64_000_000
"""What all fields of an index remember, roughly."""

_ENTRY = 160


Parts = dict[tuple[Node, Need | None], int]
"""Parts of rules that look at one field, their needs, and the bits of their clauses."""


class Room:
    """What all memories of an index may still take, in bytes; when it is used up all of them start afresh."""

    def __init__(self) -> None:
        self.fields: list[Field] = []
        self.left = MOST_BYTES

    def take(self, size: int) -> None:
        """Note that something is remembered."""
        self.left -= size
        if self.left < 0:
            for field in self.fields:
                field.forget()
            self.left = MOST_BYTES - size


class Turn(Struct, frozen=True):
    """What a needle in a value does: bits that it sets and that it clears, and questions that it raises."""

    sets: int
    clears: int
    asks: tuple[int, ...]


Settled = tuple[int, tuple["Question", ...]]
"""What a set of needles leaves open, and the questions that it raises."""


class Question:
    """A part of some clauses whose needles do not settle it; it is compiled when it is first asked.

    `given` says that a text without needles meets it.
    """

    def __init__(self, node: Node, bits: int, *, given: bool) -> None:
        self.bits, self.given = bits, given
        self._node = node
        self._test: Test | None = None

    def met(self, fields: Fields) -> bool:
        """Say whether this field meets the part."""
        test = self._test = self._test or compile_tree(self._node).test
        return test(fields)


class Field:
    """What all clauses want of one field. A mask has the bit of each clause that is met here, or wants nothing here."""

    def __init__(self, name: str, parts: Parts, every: int, room: Room) -> None:
        needs = [(found, bits) for (_, found), bits in parts.items()]
        free = every & ~_union(parts.values())
        self.name, self.keys = name, frozenset(branches(name))
        self.telling = _union(bits for found, bits in needs if found)
        """The bits that a present value can clear."""
        self.absent, self.null, self.textless = (free | bits for bits in _without_text(parts))
        """What an absent field, a null (or a list of nothing else) and a value without a text leave."""
        self.base = every & ~_union(bits for found, bits in needs if found and not found.answer)
        self._questions = [
            Question(node, bits, given=bool(found and found.answer)) for (node, found), bits in parts.items()
        ]
        turns = _turns(needs)
        needles = [needle for needle in turns if needle.shape != "is"]
        equal = [needle for needle in turns if needle.shape == "is"]
        self._turns = [turns[needle] for needle in (*needles, *equal)]
        self._equal = {needle.text: at for at, needle in enumerate(equal, len(needles))}
        self._settled: dict[tuple[int, ...], Settled] = {}
        self._scanner = Scanner(needles) if needles else None
        self.scans = bool(needles)
        self._room, self._missed = room, 0
        self.memo: dict[Any, int] = {}
        room.fields.append(self)

    def miss(self, value: Any, alive: int = -1) -> int:
        """Give the mask of a value that is not in the memo; of bits that are not `alive` it may say anything."""
        kind = value.__class__
        if kind is str:
            if len(value) <= LONGEST:
                return self._new(value, value, alive)
            return self._of_one(value, value, alive)
        if kind is int:
            return self._new(value, str(value), alive)
        if value is None:
            return self.null
        if kind is list:
            return self._of_list(value, alive)
        if value is UNSET:
            return self.absent
        text = text_of(value)  # never remembered: a truth equals a number, and a fraction may
        return self.textless if text is None else self._of(value, (text,), alive)

    def anywhere(self, fields: Fields) -> int:
        """Give the mask of keywords, which look at every value of an event; what is unsure stays open."""
        given = [v if v.__class__ is str else _told(v) for v in fields.values() if v is not None]
        return self._of(None, (SEPARATOR.join(given),), -1)

    def forget(self) -> None:
        """Start the memory afresh."""
        self.memo.clear()
        self._settled.clear()
        self._missed = 0

    def _of_list(self, value: list[Any], alive: int) -> int:
        if len(value) == 1 and value[0].__class__ is str:
            mask = self.memo.get(value[0])
            return self.miss(value[0], alive) if mask is None else mask
        given = list(members(value))
        texts = {text for member in given if (text := text_of(member)) is not None}
        if texts:
            return self._of(value, texts, alive)
        return self.textless if given else self.null

    def _of(self, value: Any, texts: Iterable[str], alive: int) -> int:
        """Put together what the texts of a value say."""
        found: list[int] = []
        for text in texts:
            found += self._found(text)
        return self._told(value, found, alive) if found else self.base

    def _of_one(self, value: Any, text: str, alive: int) -> int:
        found = self._found(text)
        return self._told(value, found, alive) if found else self.base

    def _found(self, text: str) -> list[int]:
        """Give the needles that are in a text, by their positions."""
        scanner, equal = self._scanner, self._equal
        found = scanner.found(text) if scanner is not None else []
        if equal and (at := equal.get(fold(text))) is not None:
            found.append(at)
        return found

    def _told(self, value: Any, found: list[int], alive: int) -> int:
        """Give the mask of a value with these needles; keywords have no value to ask questions of, so those stay open."""
        needles = tuple(found)
        mask, questions = self._settled.get(needles) or self._settle(needles)
        if not questions:
            return mask
        fields = {self.name: value}
        for question in questions:
            if not question.bits & alive:
                continue
            if value is None or question.met(fields):
                mask |= question.bits
            elif question.given:
                mask &= ~question.bits
        return mask

    def _settle(self, needles: tuple[int, ...]) -> Settled:
        """Work out what a set of needles says by itself, and what must be asked."""
        turns = [self._turns[at] for at in dict.fromkeys(needles)]
        sets, clears = _union(turn.sets for turn in turns), _union(turn.clears for turn in turns)
        asked = [self._questions[at] for at in sorted({at for turn in turns for at in turn.asks})]
        settled = (self.base | sets) & ~clears, tuple(one for one in asked if not one.bits & clears)
        if len(needles) <= MOST_NEEDLES:
            if len(self._settled) >= MOST_SETTLED:
                self._settled.clear()
            self._room.take(_ENTRY + (settled[0].bit_length() >> 3))
            self._settled[needles] = settled
        return settled

    def _new(self, value: Any, text: str, alive: int) -> int:
        """Give the mask of a value, and remember it where there is room: then it must be right for all bits."""
        if self.full():
            self._missed += 1
            if self._missed > PATIENCE:
                self.forget()
            return self._of_one(value, text, alive)
        mask = self._of_one(value, text, -1)
        if mask == self.base:
            mask = self.base  # one number for the many values that say nothing
            size = 0
        else:
            size = mask.bit_length() >> 3
        self._room.take(size + len(text) + _ENTRY)
        self.memo[value] = mask
        return mask

    def full(self) -> bool:
        """Say whether no further value is remembered."""
        return len(self.memo) >= MOST_VALUES


def _union(masks: Iterable[int]) -> int:
    whole = 0
    for mask in masks:
        whole |= mask
    return whole


def _without_text(parts: Parts) -> Iterator[int]:
    """Give the bits of parts that hold for an absent field, for null, and for an object."""
    for absent, empty in ((True, True), (False, True), (False, False)):
        yield _union(bits for (node, _), bits in parts.items() if holds(node, absent=absent, empty=empty))


def _turns(needs: Sequence[tuple[Need | None, int]]) -> dict[Needle, Turn]:
    """Sort by needle what each does."""
    sets: dict[Needle, int] = {}
    clears: dict[Needle, int] = {}
    asks: dict[Needle, list[int]] = {}
    for at, (found, bits) in enumerate(needs):
        if found is None:
            continue
        turned = clears if found.answer else sets
        for needle in sorted(found.needles):
            if found.sure:
                turned[needle] = turned.get(needle, 0) | bits
            else:
                asks.setdefault(needle, []).append(at)
        for needle in sorted(found.vetoes):
            clears[needle] = clears.get(needle, 0) | bits
    order = dict.fromkeys((*sets, *clears, *asks))
    return {one: Turn(sets.get(one, 0), clears.get(one, 0), tuple(asks.get(one, ()))) for one in order}


def _told(value: Any) -> str:
    """Put all texts of a value behind each other."""
    if value.__class__ is int:
        return str(value)
    return SEPARATOR.join(text for leaf in leaves({"": value}) if (text := text_of(leaf)) is not None)
