"""Split a rule into clauses: it matches where one of them holds, and a clause holds where all of its parts do."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import chain

from msgspec import Struct

from pipeline.rules.index.needs import Need, need
from pipeline.rules.tree import And, Item, Node, Not, Or, Refers, both, either, items

MOST = 12
"""Clauses that a rule is split into; alternatives beyond them are asked of the few events that are left."""

Branch = tuple[Node, ...]


class Clause(Struct, frozen=True):
    """What a clause asks of single fields (by field; keywords under the empty one), and what is asked in the end."""

    needs: dict[str, tuple[Node, Need | None]]
    rest: Branch


def clauses(tree: Node) -> Iterator[Clause]:
    """Give the clauses of a rule; none where it can never match."""
    return map(_clause, branches(tree))


def branches(node: Node) -> list[Branch]:
    """Multiply alternatives out as far as each of them narrows events down."""
    fixed: list[Node] = []
    choices: list[tuple[Node, list[Branch]]] = []
    for part in _conjuncts(node):
        options = _options(part)
        if not options:
            return []
        if len(options) == 1:
            fixed += options[0]
        elif all(map(_narrows, options)):
            choices.append((part, options))
        else:
            fixed += part, *_implied(options)

    found: list[Branch] = [()]
    for part, options in sorted(choices, key=lambda choice: len(choice[1])):
        if len(found) * len(options) <= MOST:
            found = [(*one, *other) for one in found for other in options]
        else:
            fixed += part, *_implied(options)
    return [(*fixed, *one) for one in found]


def fields_in(node: Node) -> frozenset[str]:
    """Give the fields that a part looks at, the empty one for keywords."""
    return frozenset(chain.from_iterable(map(_fields, items(node))))


def _fields(item: Item) -> tuple[str, ...]:
    return (item.field, *item.want.values) if isinstance(item.want, Refers) else (item.field,)


def _options(part: Node) -> list[Branch]:
    """Give the branches of an alternative; those that look at the same single field stay together."""
    alternatives = list(_alternatives(part))
    if alternatives == [part] or len(fields_in(part)) == 1:
        return [(part,)]
    single: dict[str, list[Node]] = {}
    found: list[Branch] = []
    for one in alternatives:
        field, *others = fields_in(one) or (None, None)
        if field is None or others:
            found += branches(one)
        else:
            single.setdefault(field, []).append(one)
    return [*((either(*parts),) for parts in single.values()), *found]


def _implied(options: list[Branch]) -> Iterator[Node]:
    """Give what all options together ask of a field that each of them looks at, where that narrows events down."""
    each = [_by_field(branch)[0] for branch in options]
    for field in sorted(frozenset.intersection(*(frozenset(single) for single in each))):
        implied = either(*(single[field] for single in each))
        found = need(implied)
        if found and not found.answer:
            yield implied


def _by_field(branch: Branch) -> tuple[dict[str, Node], list[Node]]:
    """Sort the parts of a branch by the only field that they look at; those that look at several are given apart."""
    single: dict[str, list[Node]] = {}
    rest: list[Node] = []
    for part in branch:
        field, *others = fields_in(part) or (None, None)
        if field is None or others:
            rest.append(part)
        else:
            single.setdefault(field, []).append(part)
    return {field: both(*parts) for field, parts in single.items()}, rest


def _narrows(branch: Branch) -> bool:
    needs = (need(part) for part in branch if len(fields_in(part)) == 1)
    return any(found is not None and not found.answer for found in needs)


def _conjuncts(node: Node) -> Iterator[Node]:
    match node:
        case And(parts):
            return chain.from_iterable(map(_conjuncts, parts))
        case Not(Or(parts)):
            return chain.from_iterable(_conjuncts(Not(part)) for part in parts)
        case Not(Not(part)):
            return _conjuncts(part)
        case _:
            return iter((node,))


def _alternatives(node: Node) -> Iterator[Node]:
    match node:
        case Or(parts):
            return chain.from_iterable(map(_alternatives, parts))
        case Not(And(parts)):
            return chain.from_iterable(_alternatives(Not(part)) for part in parts)
        case Not(Not(part)):
            return _alternatives(part)
        case _:
            return iter((node,))


def _clause(branch: Branch) -> Clause:
    """Sort the parts of a clause by field; a need of little use is left to the end where another one is strong."""
    single, rest = _by_field(branch)
    needs = {field: (whole, need(whole)) for field, whole in single.items()}
    strong = any(found and not found.answer and not found.weak for _, found in needs.values())
    for field, (whole, found) in tuple(needs.items()):
        if found is None or (not field and not found.sure):
            rest.append(whole)
        elif strong and found.weak:
            rest.append(whole)
            needs[field] = whole, None
    return Clause(needs, tuple(rest))
