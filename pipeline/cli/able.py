"""Which rules can work with the events of a source: whether the fields that a detection cannot do without ever occur."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import partial
from pathlib import Path

from msgspec import Struct

from pipeline.cli.derived import derived
from pipeline.pack import Correlation, Pack, Rule
from pipeline.rules.collection import read_documents
from pipeline.rules.event_rule import read_event_rule, restrictions
from pipeline.rules.faults import Faults
from pipeline.rules.text import fold
from pipeline.rules.tree import And, Empty, Exists, Item, Node, Not, Or, Refers, Texts, both

VERB = "event.action"
CLOSED = frozenset((VERB, "event.module", "event.dataset"))
"""Fields of which the values count too: the verb, and what names the source."""

Missing = frozenset[str]


class Ability(Struct, frozen=True):
    """A rule that speaks for itself, and what it misses; nothing: it can work."""

    rule: str
    title: str
    misses: tuple[str, ...]


class Occurring(Struct, frozen=True):
    """What occurs in events with one verb: fields, those that enrichers would make of them included, and closed values."""

    fields: frozenset[str]
    values: Mapping[str, frozenset[str]]


def abilities(
    pack: Pack, fields: Mapping[str, Iterable[str]], values: Mapping[str, Iterable[str]]
) -> list[Ability]:
    """Say of every rule that speaks for itself what it misses, in the order of their names.

    `fields` are those that occur, by verb; `values` what the fields of CLOSED were.
    """
    seen = {
        verb: Occurring(
            derived(names),
            {name: frozenset(map(fold, words)) for name, words in values.items()} | {VERB: frozenset({verb})},
        )
        for verb, names in fields.items()
    }
    misses: dict[str, Missing] = {}
    trees = _trees(pack)
    for rule in pack.rules:
        misses[rule.digest] = _of_rule(trees[rule.path, rule.line], seen)
    for correlation in sorted(pack.correlations, key=lambda one: one.depth):
        misses[correlation.digest] = _of_correlation(correlation, misses, seen)
    speaking: list[Rule | Correlation] = [rule for rule in pack.rules if rule.listed]
    speaking += [correlation for correlation in pack.correlations if correlation.listed]
    found = [
        Ability(one.about.catalogue or one.id, one.title, tuple(sorted(_plainly(misses[one.digest]))))
        for one in speaking
    ]
    return sorted(found, key=lambda one: one.rule)


def _plainly(misses: Missing) -> Missing:
    """Leave out choices between values of which one is missed in any case."""
    sure = {miss for miss in misses if ": " in miss and " or " not in miss}
    return frozenset(
        miss
        for miss in misses
        if miss in sure or not any(f"{field}: {word}" in sure for field, word in _choices(miss))
    )


def _choices(miss: str) -> Iterator[tuple[str, str]]:
    field, _, words = miss.partition(": ")
    yield from ((field, word) for word in words.split(" or "))


def _trees(pack: Pack) -> dict[tuple[str, int], Node]:
    """Read what the event rules of a pack ask, by file and line."""
    faults = Faults()
    files = sorted({Path(rule.path) for rule in pack.rules})
    found = {}
    for document in read_documents(files, faults):
        if document.kind == "detection":
            draft = read_event_rule(document, pack.placeholders, faults, lint=False)
            found[draft.head.path, draft.head.line] = both(*restrictions(draft.source), draft.tree)
    return found


def _of_rule(tree: Node, seen: Mapping[str, Occurring]) -> Missing:
    """Give what is missing for the verb for which least is."""
    nothing = Occurring(frozenset(), {VERB: frozenset()})
    return _least(missing(tree, occurring) for occurring in (seen.values() or [nothing]))


def _of_correlation(
    one: Correlation, misses: Mapping[str, Missing], seen: Mapping[str, Occurring]
) -> Missing:
    everything = frozenset[str]().union(*(occurring.fields for occurring in seen.values()))
    sources = {one.aliases.get(field, {}).get(rule, field) for field in one.group_by for rule in one.rules}
    groups = frozenset((sources | {*one.fields}) - everything)
    if one.kind.startswith("temporal"):
        needed = one.positive or frozenset(one.rules)
        return groups.union(*(misses.get(rule, frozenset()) for rule in needed))
    return groups | _least(misses.get(rule, frozenset()) for rule in one.rules)


def missing(node: Node, seen: Occurring, *, wanted: bool = True) -> Missing:
    """Give the fewest fields that would have to occur for a tree to hold (not `wanted`: to fail)."""
    inside = partial(missing, seen=seen, wanted=wanted)
    match node:
        case Not(part):
            return missing(part, seen, wanted=not wanted)
        case And(parts):
            return _joined(wanted)(map(inside, parts))
        case Or(parts):
            return _joined(not wanted)(map(inside, parts))
        case Item():
            return _of_item(node, seen, wanted=wanted is not node.negated)
        case _:
            return frozenset()


def _joined(every: bool) -> Callable[[Iterable[Missing]], Missing]:
    return _all if every else _least


def _all(found: Iterable[Missing]) -> Missing:
    return frozenset[str]().union(*found)


def _least(found: Iterable[Missing]) -> Missing:
    return min(found, key=lambda one: (len(one), sorted(one)), default=frozenset())


def _of_item(item: Item, seen: Occurring, *, wanted: bool) -> Missing:
    match item.want:
        case Empty() | Exists(False):
            needs = not wanted
        case _:
            needs = wanted
    if not needs or not item.field:
        return frozenset()
    fields = {item.field, *(item.want.values if isinstance(item.want, Refers) else ())}
    return frozenset(fields - seen.fields) or _of_words(item, seen)


def _of_words(item: Item, seen: Occurring) -> Missing:
    """Give the values of a closed field that would have to occur, as far as they are plain words."""
    if item.field not in CLOSED or not isinstance(item.want, Texts) or item.every:
        return frozenset()
    forms = [form for forms in item.want.values for form in forms]
    words = {fold(form[0]) for form in forms if len(form) == 1 and isinstance(form[0], str)}
    if len(words) < len(forms) or words & seen.values.get(item.field, frozenset()):
        return frozenset()
    return frozenset((f"{item.field}: {' or '.join(sorted(words))}",))
