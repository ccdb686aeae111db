"""Guess what an item costs to ask, so that the cheap ones are asked first."""

from __future__ import annotations

from pipeline.rules.regexes import costly
from pipeline.rules.tree import (
    Empty,
    Exists,
    Gap,
    Item,
    Patterns,
    Text,
    Texts,
    Want,
)

FIRST = "event.action"
"""The field that tells most events apart."""

WHOLE_EVENT = 20.0
"""What it costs more to look at every value of an event than at one."""


def cost(item: Item) -> float:
    """Give the cost of an item, in costs of one look-up."""
    if item.field == FIRST:
        return 0.0
    return _cost(item.want) * (1.0 if item.field else WHOLE_EVENT)


def _cost(want: Want) -> float:
    match want:
        case Exists() | Empty():
            return 1.0
        case Patterns(values, flags):
            return sum(100.0 if costly(value, flags) else 10.0 for value in values)
        case Texts(values):
            return 1.0 + sum(_text(form) for forms in values for form in forms)
        case _:
            return 2.0 + len(want.values)


def _text(form: Text) -> float:
    inner = form[form[:1] == (Gap.MANY,) : len(form) - (form[-1:] == (Gap.MANY,))]
    if any(isinstance(part, Gap) for part in inner):
        return 10.0
    return 0.0 if inner == form else 0.3
