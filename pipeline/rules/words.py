"""Say in words what an item of a rule asks for."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from pipeline.rules.tree import Compared, DatePart, Empty, Exists, Networks, Patterns, Refers, Want
from pipeline.scalars import text_of

MOST_VALUES = 5
LONGEST = 60

VERBS = {
    "is": ("is", "is not"),
    "contains": ("contains", "does not contain"),
    "startswith": ("begins with", "does not begin with"),
    "endswith": ("ends with", "does not end with"),
    "re": ("matches", "does not match"),
    "cidr": ("lies in", "does not lie in"),
    "lt": ("is less than", "is not less than"),
    "lte": ("is at most", "is more than"),
    "gt": ("is more than", "is at most"),
    "gte": ("is at least", "is less than"),
}
"""How a want is said, and its negation."""


def in_words(
    want: Want, modifiers: Sequence[str], values: Sequence[Any], *, every: bool, negated: bool
) -> str:
    """Say a want for people: `is one of prompt, file_upload`."""
    match want:
        case Empty():
            return "is there" if negated else "is absent"
        case Exists(wanted):
            return "is there" if wanted is not negated else "is absent"
        case DatePart(part):
            return f"has the {part} {_listed(values, every=False)}" if not negated else f"has another {part}"
        case Patterns():
            verb = "re"
        case Networks():
            verb = "cidr"
        case Compared(word):
            verb = word
        case _:
            verb = next((m for m in reversed(modifiers) if m in ("contains", "startswith", "endswith")), "is")
    object_ = ("the value of " if isinstance(want, Refers) else "") + _listed(values, every=every)
    return f"{VERBS[verb][negated]} {object_}"


def _listed(values: Sequence[Any], *, every: bool) -> str:
    shown = [_short(text_of(value) or "nothing") for value in values[:MOST_VALUES]]
    if len(values) > MOST_VALUES:
        shown.append(f"{len(values) - MOST_VALUES} more")
    if len(values) == 1:
        return shown[0]
    return f"{'all of' if every else 'one of'} {', '.join(shown)}"


def _short(text: str) -> str:
    return text if len(text) <= LONGEST else text[: LONGEST - 1] + "…"
