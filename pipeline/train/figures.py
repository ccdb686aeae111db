"""Measure what is found in sources that the model never saw: each is left out in turn and judged by what the others teach."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from msgspec import Struct

from enrichers.intent import FLAGGED, classify_intent
from enrichers.phrases import Hear, Heard, deaf
from pipeline.train.intent import learn, points
from pipeline.train.select import Cut
from pipeline.train.texts import Labelled

PIECES = 4
"""Pieces in which a source is left out that alone holds what it holds."""
RATES = (0.001, 0.003)
"""Shares of harmless texts that may lie above a threshold."""


class Figure(Struct, frozen=True):
    """How many texts of a kind a source has and how many are found, each time by patterns alone and with phrases.

    `flagged`: those that speak for themselves; `found`: those above the harmless texts but for each of `RATES`.
    """

    source: str
    harmful: bool
    texts: int
    flagged: tuple[int, int]
    found: tuple[tuple[int, int], ...]


def figures(
    texts: Sequence[Labelled], cuts: Sequence[Cut], *, pieced: frozenset[str] = frozenset()
) -> list[Figure]:
    """Give the figures of every source; the `pieced` are left out a quarter at a time, the others whole."""
    named = [classify_intent(text.text, hear=deaf) for text in texts]
    unseen = _unseen(cuts, pieced)
    both = [classify_intent(text.text, hear=_told(unseen[place])).score for place, text in enumerate(texts)]
    alone = [one.score for one in named]
    harmless = [place for place, cut in enumerate(cuts) if not cut.harmful]
    bars = [(_bar(alone, harmless, rate), _bar(both, harmless, rate)) for rate in RATES]
    kinds = sorted({(cut.source, cut.harmful) for cut in cuts})
    told = []
    for kind in kinds:
        own = [place for place, cut in enumerate(cuts) if (cut.source, cut.harmful) == kind]
        flagged = sum(named[place].flagged for place in own), sum(both[place] >= FLAGGED for place in own)
        found = tuple(
            (sum(alone[place] > one for place in own), sum(both[place] > two for place in own))
            for one, two in bars
        )
        told.append(Figure(*kind, len(own), flagged, found))
    return told


def _told(points: float) -> Hear:
    """Give a model that hears so many points in any text."""
    return lambda _text, _ends: Heard(points, ("unseen",))


def _unseen(cuts: Sequence[Cut], pieced: frozenset[str]) -> Mapping[int, float]:
    """Weigh each text by what the texts of other sources teach."""
    found = {}
    for held in _held_out(cuts, pieced):
        learned = learn([cut for place, cut in enumerate(cuts) if place not in held])
        found.update({place: points(learned, cuts[place]) for place in held})
    return found


def _held_out(cuts: Sequence[Cut], pieced: frozenset[str]) -> Iterator[frozenset[int]]:
    places: dict[str, list[int]] = {}
    for place, cut in enumerate(cuts):
        places.setdefault(cut.source, []).append(place)
    for source, own in sorted(places.items()):
        pieces = PIECES if source in pieced else 1
        for first in range(min(pieces, len(own))):
            yield frozenset(own[first::pieces])


def _bar(scores: Sequence[float], harmless: Sequence[int], rate: float) -> float:
    """Give the score that at most this share of harmless texts exceeds."""
    return sorted((scores[place] for place in harmless), reverse=True)[int(len(harmless) * rate)]
