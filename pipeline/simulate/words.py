"""Texts of a working day: templates and words that chance puts together, in English, German and French."""

from __future__ import annotations

import re
from functools import lru_cache
from pathlib import Path
from random import Random  # noqa: TID251 - the type alone; streams come from chance.py
from typing import Any

from pipeline.simulate.chance import about, pick
from pipeline.simulate.company import Person
from pipeline.yamlfile import load_document

TEXTS = Path(__file__).parent / "texts"
_SLOT = re.compile(r"\{(\w+)\}")
_OWN_LANGUAGE = 0.5
"""How often people whose language is not English ask in it."""
_OWN_TRADE = 0.6
"""How often people ask about their own trade."""
_PASTED = 0.06
"""How often people paste something long behind what they ask."""
LONGEST = 200
"""Sentences that a text may have beside its first."""

Template = tuple[tuple[str, tuple[str, ...]], ...]
"""What stands before a slot, and the words that may stand there; the last has no slot."""


@lru_cache(maxsize=1)
def _slots() -> dict[str, tuple[str, ...]]:
    return {name: tuple(words) for name, words in load_document(TEXTS / "slots.yaml").items()}


@lru_cache(maxsize=1)
def _texts() -> dict[str, tuple[Template, ...]]:
    slots = _slots()
    found: dict[str, Any] = {
        **load_document(TEXTS / "common.yaml"),
        **load_document(TEXTS / "departments.yaml"),
    }
    return {name: tuple(_template(text, slots) for text in texts) for name, texts in found.items()}


def _template(text: str, slots: dict[str, tuple[str, ...]]) -> Template:
    parts = [*_SLOT.split(text), ""]
    return tuple(
        (before, slots.get(name, ("",))) for before, name in zip(parts[::2], parts[1::2], strict=True)
    )


def ask(dice: Random, person: Person) -> str:
    """Ask something that somebody of this department would ask, in as many sentences as chance will have it."""
    texts = _texts()
    if person.language != "en" and dice.random() < _OWN_LANGUAGE:
        return _filled(dice, texts["german" if person.language == "de" else "french"])
    first = _filled(dice, texts[person.department if dice.random() < _OWN_TRADE else "asks"])
    pasted = dice.random() < _PASTED
    return first + _sentences(dice, "more", about(dice, 18.0 if pasted else 1.2, 0.9))


def answer(dice: Random) -> str:
    """Answer in the way of assistants: politely, and at some length."""
    return _filled(dice, _texts()["answers"]) + _sentences(dice, "answers", about(dice, 1.0, 0.9))


def _sentences(dice: Random, kind: str, count: float) -> str:
    texts = _texts()[kind]
    return "".join(" " + _filled(dice, texts) for _ in range(min(int(count), LONGEST)))


def _filled(dice: Random, of: tuple[Template, ...]) -> str:
    return "".join([before + pick(dice, words) for before, words in pick(dice, of)])


def told(dice: Random, value: Any) -> Any:
    """Fill the slots of every text in a value; words that stand twice in it are picked twice."""
    match value:
        case str():
            return _filled(dice, (_one(value),)) if "{" in value else value
        case dict():
            return {key: told(dice, inner) for key, inner in value.items()}
        case list():
            return [told(dice, inner) for inner in value]
        case _:
            return value


@lru_cache(maxsize=4096)
def _one(text: str) -> Template:
    return _template(text, _slots())


@lru_cache(maxsize=4)
def work(name: str) -> dict[str, Any]:
    """Give the texts of a kind of work: `agents` or `coding`."""
    found: dict[str, Any] = load_document(TEXTS / f"{name}.yaml")
    return found
