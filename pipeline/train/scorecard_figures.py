"""Measure a scorecard on families that it never saw: what it finds, what it finds without reason, and how true it is."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from math import nan

from msgspec import Struct

from pipeline.suspect.scorecard import SPEAKS
from pipeline.train.scorecard import Judged, calibrated, calibration, learn, odds, taught, unseen
from pipeline.train.scorecard_rows import BENIGN, EXFILTRATION, OTHER, Row

BINS = 10
"""Parts of the reliability curve."""


class Family(Struct, frozen=True):
    """Events of a family: how many, and how many are found by rules alone, by the scorecard, and by either."""

    label: str
    family: str
    events: int
    rules: int
    scorecard: int
    either: int


class Bin(Struct, frozen=True):
    """Events whose probability lies in a part: how many, what was said of them, and what was true."""

    events: int
    said: float
    true: float


class Figures(Struct, frozen=True):
    """Figures of unseen families; Brier scores: of the scorecard, of rules alone (0 or 1), and of the base rate."""

    families: list[Family]
    curve: list[Bin]
    brier: float
    brier_rules: float
    brier_base: float


Likely = list[tuple[Row, float]]
"""Rows with their probability."""


def figures(rows: Sequence[Row]) -> Figures:
    """Give the figures; other attacks, which teach nothing, are judged by what all rows teach."""
    teaching = taught(rows)
    judged = unseen(teaching)
    slope, shift = calibration(judged)
    learned = learn(teaching)
    rest = [Judged(row, odds(learned, row)) for row in rows if row.label == OTHER]
    likely = [(one.row, calibrated(one.odds, slope, shift)) for one in judged]
    others = [(one.row, calibrated(one.odds, slope, shift)) for one in rest]
    harmful = _share(likely, lambda row, _: row.label == EXFILTRATION)
    return Figures(
        _families(likely + others),
        _curve(likely),
        _brier(likely, lambda _, said: said),
        _brier(likely, lambda row, _: float(row.ruled)),
        _brier(likely, lambda _row, _said: harmful),
    )


def _families(likely: Likely) -> list[Family]:
    told: dict[tuple[str, str], list[int]] = {}
    for row, said in likely:
        kind = (row.label, row.family if row.label != BENIGN or row.family == "day" else "look-alikes")
        found = told.setdefault(kind, [0, 0, 0, 0])
        loud = said >= SPEAKS
        for place, counts in enumerate((True, row.ruled, loud, row.ruled or loud)):
            found[place] += row.count * counts
    return [Family(*kind, *found) for kind, found in sorted(told.items())]


def _curve(likely: Likely) -> list[Bin]:
    parts: list[Likely] = [[] for _ in range(BINS)]
    for row, said in likely:
        parts[min(int(said * BINS), BINS - 1)].append((row, said))
    return [
        Bin(
            sum(row.count for row, _ in part),
            round(_share(part, lambda _, said: said), 4),
            round(_share(part, lambda row, _: row.label == EXFILTRATION), 4),
        )
        if part
        else Bin(0, nan, nan)
        for part in parts
    ]


def _brier(likely: Likely, say: Callable[[Row, float], float]) -> float:
    return round(_share(likely, lambda row, said: (say(row, said) - (row.label == EXFILTRATION)) ** 2), 6)


def _share(likely: Likely, value: Callable[[Row, float], float]) -> float:
    """Give the mean of something over events."""
    return sum(row.count * value(row, said) for row, said in likely) / sum(row.count for row, _ in likely)
