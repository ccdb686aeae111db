"""Compile the tree of a rule to closures: does an event meet it, and which of its items were met."""

from __future__ import annotations

import operator
from collections.abc import Callable, Iterator
from collections.abc import Set as AbstractSet
from itertools import chain, islice
from typing import Any, NamedTuple

from msgspec import UNSET

from pipeline.event import Fields
from pipeline.pack import Met, Test
from pipeline.rules.checks import Check, check_any, checks
from pipeline.rules.cost import cost
from pipeline.rules.text import fold
from pipeline.rules.tree import And, Empty, Exists, Item, Node, Not, Or, Refers
from pipeline.rules.values import branches, leaves, members, reader
from pipeline.scalars import text_of

VERB = "event.action"

LONGEST = 120
"""Characters of a value that an explanation shows."""

MOST_MEMBERS = 1000
"""Members of a list that a reference to another field looks at."""

SIDES: dict[str, Callable[[str, str], bool]] = {
    "": operator.eq,
    "contains": operator.contains,
    "startswith": str.startswith,
    "endswith": str.endswith,
}


Narrowed = Callable[[str, AbstractSet[str]], bool | Test]
"""What is left of a test for events with this verb and these keys: what it says of them all, or what their values decide."""


class Compiled(NamedTuple):
    """A part of a rule: roughly what it costs, whether an event meets it, what verb and keys leave of that, and what was met."""

    cost: float
    test: Test
    narrowed: Narrowed
    tell: Callable[[Fields], Iterator[Met]]


def compile_tree(node: Node) -> Compiled:
    """Compile a bound tree; what costs least is asked first."""
    match node:
        case Item():
            return _item(node)
        case Not(part):
            inner = compile_tree(part)
            return Compiled(inner.cost, _not(inner.test), _opposite(inner.narrowed), lambda _: iter(()))
        case And(parts):
            return _several(parts, _all, ends=False)
        case Or(parts):
            return _several(parts, _any, ends=True)
        case _:
            raise LookupError(node.name)  # a tree is bound before it is compiled


def _several(parts: tuple[Node, ...], join: Callable[[tuple[Test, ...]], Test], *, ends: bool) -> Compiled:
    compiled = sorted(map(compile_tree, parts), key=lambda part: part.cost)
    test = join(tuple(part.test for part in compiled))

    def tell(fields: Fields) -> Iterator[Met]:
        if test(fields):
            yield from chain.from_iterable(part.tell(fields) for part in compiled)

    def narrowed(verb: str, keys: AbstractSet[str]) -> bool | Test:
        """Leave out what is decided; a false part ends a conjunction, a true one an alternative."""
        left = [part.narrowed(verb, keys) for part in compiled]
        if ends in left:
            return ends
        open_ones = tuple(test for test in left if not isinstance(test, bool))
        return join(open_ones) if open_ones else not ends

    return Compiled(sum(part.cost for part in compiled), test, narrowed, tell)


def _opposite(inner: Narrowed) -> Narrowed:
    def narrowed(verb: str, keys: AbstractSet[str]) -> bool | Test:
        left = inner(verb, keys)
        return not left if isinstance(left, bool) else _not(left)

    return narrowed


def _all(tests: tuple[Test, ...]) -> Test:
    if len(tests) == 1:
        return tests[0]

    def test(fields: Fields) -> bool:
        for one in tests:  # noqa: SIM110 - twice as fast as `all` over a generator
            if not one(fields):
                return False
        return True

    return test


def _any(tests: tuple[Test, ...]) -> Test:
    if len(tests) == 1:
        return tests[0]

    def test(fields: Fields) -> bool:
        for one in tests:  # noqa: SIM110 - twice as fast as `any` over a generator
            if one(fields):
                return True
        return False

    return test


def _not(test: Test) -> Test:
    return lambda fields: not test(fields)


def _item(item: Item) -> Compiled:
    plain = _test(item)
    test = _not(plain) if item.negated else plain

    def tell(fields: Fields) -> Iterator[Met]:
        if test(fields):
            field, value = _found(item, fields)
            yield Met(field, item.words, _shown(value))

    return Compiled(cost(item), test, _of_item(item, test), tell)


def _of_item(item: Item, test: Test) -> Narrowed:
    """Decide an item whose field is absent, or is the verb; keywords look at all fields, references at others too."""
    if not item.field:
        return lambda _verb, _keys: test
    if item.field == VERB and not isinstance(item.want, Refers):
        return lambda verb, _keys: test({VERB: verb})
    names, absent = frozenset(branches(item.field)), test({})
    if isinstance(item.want, Refers):
        others = [frozenset(branches(other)) for other in item.want.values]
        quantity = any if item.every else all

        def refers(_verb: str, keys: AbstractSet[str]) -> bool | Test:
            """One side that is absent equals nothing."""
            missing = names.isdisjoint(keys) or quantity(other.isdisjoint(keys) for other in others)
            return absent if missing else test

        return refers
    return lambda _verb, keys: absent if names.isdisjoint(keys) else test


def _test(item: Item) -> Test:
    read = reader(item.field)
    match item.want:
        case Exists(wanted):
            return lambda fields: (read(fields) is not UNSET) is wanted
        case Empty():
            return lambda fields: (value := read(fields)) is UNSET or not any(True for _ in members(value))
        case Refers() as want:
            return _refers(item.field, want, every=item.every)
        case want if item.every:
            return _each(item.field, checks(want))
        case want:
            return _some(item.field, check_any(want))


def _some(field: str, check: Check) -> Test:
    """One value of the field, or of the whole event, meets the check."""
    if not field:
        return lambda fields: any(map(check, leaves(fields)))
    read = reader(field)

    def test(fields: Fields) -> bool:
        value = fields.get(field)
        if value.__class__ is str:
            return check(value)
        if value is None:
            value = read(fields)
        if value.__class__ is list:
            if len(value) == 1 and value[0].__class__ is str:  # most lists; a third of the cost
                return check(value[0])
            return any(map(check, members(value)))
        return value is not UNSET and value is not None and check(value)

    return test


def _each(field: str, every: tuple[Check, ...]) -> Test:
    """Every check is met by some value of the field, not all by the same."""
    return _all(tuple(_some(field, check) for check in every))


def _refers(field: str, want: Refers, *, every: bool) -> Test:
    compare, quantity = SIDES[want.side], all if every else any
    left, rights = reader(field), [reader(other) for other in want.values]

    def texts(value: Any) -> list[str]:
        if value.__class__ is str:  # most values; half the cost
            return [value if want.cased else fold(value)]
        given = (
            text for member in islice(members(value), MOST_MEMBERS) if (text := text_of(member)) is not None
        )
        return list(given if want.cased else map(fold, given))

    def test(fields: Fields) -> bool:
        mine = texts(left(fields))
        others = (texts(right(fields)) for right in rights)
        return quantity(any(compare(one, other) for one in mine for other in found) for found in others)

    return test


def _found(item: Item, fields: Fields) -> tuple[str, Any]:
    """Give the field and the value that an item speaks of; for keywords the field in which one was found."""
    if isinstance(item.want, Exists | Empty | Refers) or item.negated:
        value = reader(item.field)(fields)
        return item.field, next((member for member in members(value) if member is not UNSET), None)
    check = check_any(item.want)
    named = fields.items() if not item.field else [(item.field, reader(item.field)(fields))]
    return next((field, value) for field, whole in named for value in leaves({field: whole}) if check(value))


def _shown(value: Any) -> Any:
    """Shorten a value for people."""
    if isinstance(value, dict):
        return "an object"
    if isinstance(value, str) and len(value) > LONGEST:
        return value[: LONGEST - 1] + "…"
    return value
