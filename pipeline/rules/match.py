"""What a rule's tree gives: the test of an event, the explanation, and what the rule looks at."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import cache

from pipeline.event import Fields
from pipeline.pack import Met, Test
from pipeline.rules.compile import Compiled, Narrowed, compile_tree
from pipeline.rules.cost import FIRST
from pipeline.rules.text import fold
from pipeline.rules.tree import And, Item, Node, Or, Refers, Texts, items


def matcher(tree: Node) -> tuple[Test, Callable[[Fields], tuple[Met, ...]], Narrowed]:
    """Give the test of an event, which items of the rule it met, and what is left of the test for certain events.

    The tree is compiled when one of them is first asked: of thousands of rules most never are.
    """

    @cache
    def compiled() -> Compiled:
        return compile_tree(tree)

    return (
        lambda fields: compiled().test(fields),
        lambda fields: tuple(compiled().tell(fields)),
        lambda verb, keys: compiled().narrowed(verb, keys),
    )


def fields_of(*trees: Node) -> frozenset[str]:
    """Give all fields that these trees look at; keywords look at none."""
    return frozenset(field for tree in trees for item in items(tree) for field in _fields(item))


def verbs_of(tree: Node) -> frozenset[str] | None:
    """Give the only actions that a rule can match, as far as it names them; None: any."""
    match tree:
        case And(parts):
            named = [verbs for part in parts if (verbs := verbs_of(part)) is not None]
            return frozenset.intersection(*named) if named else None
        case Or(parts):
            all_named = [verbs_of(part) for part in parts]
            known = [verbs for verbs in all_named if verbs is not None]
            return frozenset().union(*known) if len(known) == len(all_named) else None
        case Item(field=field, want=Texts(values), every=False, negated=False) if field == FIRST:
            words = [form[0] if len(form) == 1 else None for forms in values for form in forms]
            return frozenset(map(fold, words)) if all(isinstance(word, str) for word in words) else None  # type: ignore[arg-type]
        case _:
            return None


def _fields(item: Item) -> Iterator[str]:
    if item.field:
        yield item.field
    if isinstance(item.want, Refers):
        yield from item.want.values
