"""Learn what phrases weigh from labelled texts; the same texts give the same file, bit by bit."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from math import sqrt

from msgspec import Struct

from enrichers.phrases.cut import phrases, plain
from enrichers.phrases.model import written
from pipeline.train.fit import fit
from pipeline.train.select import Cut, select
from pipeline.train.texts import Labelled

COST = 0.03
"""What an error about a text of a source of average size costs."""
DEAREST = 3.0
"""Times that cost, for a text of a small source."""
FAINTEST = 6
"""Hundredths below which a weight is noise: without them less is heard, faster, and unseen sources fare better."""


class Learned(Struct, frozen=True):
    """Weights of phrases in hundredths, none of them faint, and of a text that has none of them."""

    bias: int
    phrases: dict[str, int]


def cut(texts: Iterable[Labelled]) -> list[Cut]:
    """Cut texts into phrases as the pass over an event's text sees them."""
    return [Cut(frozenset(phrases(plain(text.text))), text.harmful, text.source) for text in texts]


def learn(texts: Sequence[Cut]) -> Learned:
    """Learn the weights of phrases; every source counts by the root of its size, so that none drowns the others."""
    chosen = select(texts)
    column = {phrase: place for place, phrase in enumerate(chosen)}
    rows = [sorted(column[phrase] for phrase in text.phrases & column.keys()) for text in texts]
    weights = fit(rows, [text.harmful for text in texts], _costs(texts), len(chosen))
    *told, bias = (round(weight * 100) for weight in weights)
    loud = {phrase: weight for phrase, weight in zip(chosen, told, strict=True) if abs(weight) >= FAINTEST}
    return Learned(bias, loud)


def points(learned: Learned, text: Cut) -> float:
    """Weigh a text."""
    told = learned.phrases
    return (learned.bias + sum(told[phrase] for phrase in text.phrases & told.keys())) / 100


def file_of(texts: Sequence[Cut], learned: Learned) -> bytes:
    """Write what was learned from texts as the file that scoring reads."""
    harmful = sum(text.harmful for text in texts)
    return written({"harmful": harmful, "harmless": len(texts) - harmful}, learned.bias, learned.phrases)


def _costs(texts: Sequence[Cut]) -> list[float]:
    sizes = Counter((text.source, text.harmful) for text in texts)
    average = len(texts) / len(sizes)
    return [COST * min(DEAREST, sqrt(average / sizes[text.source, text.harmful])) for text in texts]
