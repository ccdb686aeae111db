"""Hear the phrases of a text in one pass, and say which of them speak loudest."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import cache

from msgspec import Struct

from enrichers.classify.cues import Cue
from enrichers.classify.glance import glance
from enrichers.phrases.cut import REACH, expression
from enrichers.phrases.model import model

WINDOWS = 4
"""Places of a long text that are read."""
TOLD = 5
"""Phrases that are named."""


class Heard(Struct, frozen=True):
    """What the phrases of a text weigh together, more than 0 for harm, and the heaviest that speak of it."""

    points: float
    told: tuple[str, ...] = ()


Hear = Callable[[str, Iterable[int]], Heard]
"""A model: what it hears in a text, or around these places of a long one."""


def deaf(_text: str, _ends: Iterable[int] = ()) -> Heard:
    """Hear nothing: named patterns speak alone."""
    return Heard(0.0)


def heard(text: str, ends: Iterable[int] = ()) -> Heard:
    """Weigh a text without disguise; of a long one the parts around these places, the worst of which counts."""
    return max((_heard(part) for part in _windows(text, ends)), key=lambda one: one.points)


@cache
def phrase_cues() -> tuple[Cue, ...]:
    """Give what the pass looks for: each phrase with its weight, once a text."""
    return tuple(
        Cue("phrase", (weight, phrase), expression(phrase), caseless=True, once=True)
        for phrase, weight in sorted(model().phrases.items())
    )


def _heard(text: str) -> Heard:
    found = [thing for thing, _, _ in glance(text, phrase_cues).get("phrase", ())]
    points = model().bias + sum(weight for weight, _ in found)
    loudest = sorted((-weight, phrase) for weight, phrase in found if weight > 0)[:TOLD]
    return Heard(points / 100, tuple(phrase for _, phrase in loudest))


def _windows(text: str, ends: Iterable[int]) -> Iterable[str]:
    if len(text) <= 2 * REACH:
        return [text]
    places: list[int] = []
    for end in ends:
        if len(places) < WINDOWS and (not places or end - places[-1] > REACH):
            places.append(end)
    return [text[max(0, place - REACH) : place + REACH] for place in places or [REACH]]
