"""The index: every clause of every rule is a bit, and what an event shows in its fields clears the bits that cannot hold."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from collections.abc import Set as AbstractSet
from functools import cache
from typing import Any, NamedTuple

from msgspec import Struct

from pipeline.event import Fields
from pipeline.pack import Rule, Test
from pipeline.rules.compile import VERB, Compiled, compile_tree
from pipeline.rules.index.clauses import Clause, clauses, fields_in
from pipeline.rules.index.field import Field, Parts, Room
from pipeline.rules.quiet import quiet
from pipeline.rules.tree import And, Node
from pipeline.rules.values import reader

MOST_PLANS = 1024
"""Sets of keys whose plan is remembered."""

MOST_FINDS = 20_000
"""Sets of clauses, over all plans, whose rules are remembered."""

KEYWORDS = ""

Wants = dict[str, Parts]
"""What clauses want of each field."""

Find = tuple[Rule, Test | None]
"""A rule, and what must still be asked of the event; None: it is met."""


class Direct(NamedTuple):
    """A field that lies under its own key."""

    key: str
    known: Callable[[Any], int | None]
    miss: Callable[[Any, int], int]
    telling: int


class Nested(NamedTuple):
    """A field that lies inside the value of another key."""

    read: Callable[[Fields], Any]
    field: Field


class Plan(Struct, frozen=True):
    """What the keys of an event settle: bits that are left, fields still to look at, and rules by bits that remained."""

    mask: int
    direct: tuple[Direct, ...]
    nested: tuple[Nested, ...]
    finds: dict[int, tuple[Find, ...]]


class Owner(NamedTuple):
    """Whose clause a bit is: the position of the rule, and what its fields do not settle for events with these keys."""

    at: int
    left: Callable[[AbstractSet[str]], bool | Test]


class Index:
    """Gives the rules that an event meets; make one with `indexed`. It belongs to one thread, its memories are bounded."""

    def __init__(self, rules: Sequence[Rule]) -> None:
        self._rules = tuple(rules)
        self._owners: list[Owner] = []
        wants: Wants = {}
        for at, rule in enumerate(self._rules):
            if rule.tree is None:
                self._owners.append(Owner(at, _always(rule.matches)))
                continue
            for clause in clauses(rule.tree):
                _note(wants, clause, 1 << len(self._owners))
                self._owners.append(Owner(at, _rest(clause.rest)))
        every, room = (1 << len(self._owners)) - 1, Room()
        fields = {name: Field(name, parts, every, room) for name, parts in wants.items()}
        self._every = every
        self._keywords = fields.pop(KEYWORDS, None)
        self._fields = sorted(fields.values(), key=lambda field: field.scans)
        self._plans: dict[tuple[str, ...], Plan] = {}
        self._found = 0

    def matching(self, fields: Fields) -> list[Rule]:
        """Give exactly the rules whose test an event meets, in the order of the pack."""
        keys = tuple(fields)
        plan = self._plans.get(keys) or self._plan(keys)
        mask = plan.mask
        for key, known, miss, telling in plan.direct:
            value = fields[key]
            bits = known(value) if (kind := value.__class__) is str or kind is int else None
            if bits is None:
                if not mask & telling:
                    continue
                bits = miss(value, mask)
            mask &= bits
        for read, field in plan.nested:
            if mask & field.telling:
                value = read(fields)
                bits = field.memo.get(value) if (kind := value.__class__) is str or kind is int else None
                mask &= field.miss(value, mask) if bits is None else bits
        keywords = self._keywords
        if keywords is not None and mask & keywords.telling:
            mask &= keywords.anywhere(fields)
        if not mask:
            return []
        finds = plan.finds.get(mask)
        if finds is None:
            finds = self._find(plan, mask, fields.keys())
        return [rule for rule, test in finds if test is None or test(fields)]

    def _plan(self, keys: tuple[str, ...]) -> Plan:
        """Settle what the keys of an event say by themselves."""
        if len(self._plans) >= MOST_PLANS:
            self._forget()
        mask, given = self._every, frozenset(keys)
        direct, nested = [], []
        for field in self._fields:
            if field.name in given:
                direct.append(Direct(field.name, field.memo.get, field.miss, field.telling))
            elif not field.keys.isdisjoint(given):
                nested.append(Nested(reader(field.name), field))
            else:
                mask &= field.absent
        plan = self._plans[keys] = Plan(
            mask,
            tuple(one for one in direct if one.telling & mask),
            tuple(one for one in nested if one.field.telling & mask),
            {},
        )
        return plan

    def _find(self, plan: Plan, mask: int, keys: AbstractSet[str]) -> tuple[Find, ...]:
        """Give the rules of these bits; one clause that is met without a question is enough."""
        if self._found >= MOST_FINDS:
            self._forget()
        self._found += 1
        left: dict[int, list[bool | Test]] = {}
        for bit in _bits(mask):
            owner = self._owners[bit]
            left.setdefault(owner.at, []).append(owner.left(keys))
        finds = plan.finds[mask] = tuple(
            (self._rules[at], _any(tests)) for at, tests in left.items() if any(tests)
        )
        return finds

    def _forget(self) -> None:
        self._plans.clear()
        self._found = 0


def indexed(rules: Iterable[Rule]) -> Index:
    """Make the index of these rules; one without a tree is asked about every event."""
    with quiet():
        return Index(tuple(rules))


def _note(wants: Wants, clause: Clause, bit: int) -> None:
    for field, want in clause.needs.items():
        parts = wants.setdefault(field, {})
        parts[want] = parts.get(want, 0) | bit


def _always(test: Test) -> Callable[[AbstractSet[str]], bool | Test]:
    return lambda _keys: test


def _rest(parts: tuple[Node, ...]) -> Callable[[AbstractSet[str]], bool | Test]:
    """Give what is still to be asked of a clause; it is compiled when the first event asks for it."""
    if not parts:
        return lambda _keys: True
    verbal = any(VERB in fields_in(part) for part in parts)

    @cache
    def compiled() -> Compiled:
        return compile_tree(And(parts))

    def left(keys: AbstractSet[str]) -> bool | Test:
        return compiled().test if verbal else compiled().narrowed("", keys)

    return left


def _any(tests: Sequence[bool | Test]) -> Test | None:
    if True in tests:
        return None
    asked = tuple(test for test in tests if not isinstance(test, bool))
    return asked[0] if len(asked) == 1 else lambda fields: any(test(fields) for test in asked)


def _bits(mask: int) -> Iterator[int]:
    while mask:
        low = mask & -mask
        yield low.bit_length() - 1
        mask ^= low
