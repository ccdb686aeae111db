"""Learn the points of a scorecard: additive and monotone, calibrated on families it never saw, the same bytes each time.

A step's column is 1 from that step on, so that weights are what climbing to it adds. Columns that would count against
are taken away and the rest is fitted anew until none is left.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import accumulate
from math import exp

import numpy as np
from msgspec import Struct
from sklearn.linear_model import LogisticRegression

from pipeline.suspect.features import FEATURES
from pipeline.suspect.scorecard import written
from pipeline.train.scorecard_rows import BENIGN, EXFILTRATION, FOLDS, Row

COLUMNS = tuple((feature.name, step) for feature in FEATURES for step in range(1, feature.steps + 1))
SMOOTH = 1.0
"""How freely weights may grow: the inverse of the ridge."""
FURTHEST = 2000
"""Hundredths beyond which no point goes."""


class Learned(Struct, frozen=True):
    """What climbing to each step adds, in log odds, and what there is without any."""

    bias: float
    adds: tuple[float, ...]


class Judged(Struct, frozen=True):
    """A row and its log odds by a model that saw neither its family nor its fold."""

    row: Row
    odds: float


def taught(rows: Iterable[Row]) -> list[Row]:
    """Give the rows that teach, in one order whatever theirs: sums of fractions depend on it."""
    teaching = [row for row in rows if row.label in (EXFILTRATION, BENIGN)]
    return sorted(teaching, key=lambda row: (row.label, row.family, row.fold, row.count, _columns(row)))


def learn(rows: Sequence[Row]) -> Learned:
    """Fit weights that are never negative to rows that teach."""
    table = np.array([_columns(row) for row in rows])
    harmful = np.array([row.label == EXFILTRATION for row in rows])
    counts = np.array([row.count for row in rows], dtype=float)
    kept = [place for place in range(len(COLUMNS)) if table[:, place].any()]
    while kept:
        model = LogisticRegression(C=SMOOTH, solver="newton-cholesky", max_iter=1000, tol=1e-8)
        model.fit(table[:, kept], harmful, sample_weight=counts)
        weights = dict(zip(kept, map(float, model.coef_[0]), strict=True))
        worst = min(weights.values())
        if worst >= 0:
            return Learned(
                float(model.intercept_[0]), tuple(weights.get(place, 0.0) for place in range(len(COLUMNS)))
            )
        kept = [place for place in kept if weights[place] >= 0]
    return Learned(0.0, (0.0,) * len(COLUMNS))


def odds(learned: Learned, row: Row) -> float:
    """Add up a row."""
    return learned.bias + sum(add for add, column in zip(learned.adds, _columns(row), strict=True) if column)


def unseen(rows: Sequence[Row]) -> list[Judged]:
    """Judge each row by what others teach: a family of attacks is left out whole, together with a fold of harmless events."""
    return [Judged(row, odds(learned, row)) for held, learned in _apart(rows) for row in held]


def calibration(judged: Sequence[Judged]) -> tuple[float, float]:
    """Give slope and shift that make log odds about unseen families true (Platt, 1999); no slope counts against."""
    table = np.array([[one.odds] for one in judged])
    harmful = np.array([one.row.label == EXFILTRATION for one in judged])
    counts = np.array([one.row.count for one in judged], dtype=float)
    model = LogisticRegression(C=1e6, solver="newton-cholesky", max_iter=1000, tol=1e-8)
    model.fit(table, harmful, sample_weight=counts)
    return round(max(float(model.coef_[0][0]), 0.0), 3), round(float(model.intercept_[0]), 3)


def calibrated(one: float, slope: float, shift: float) -> float:
    """Give the probability of log odds."""
    return 1 / (1 + exp(-max(min(slope * one + shift, 50.0), -50.0)))


def file_of(rows: Sequence[Row]) -> bytes:
    """Learn, calibrate and write the file that scoring reads."""
    teaching = taught(rows)
    learned, (slope, shift) = learn(teaching), calibration(unseen(teaching))
    points: dict[str, list[int]] = {}
    adds = iter(learned.adds)
    for feature in FEATURES:
        climbed = accumulate(next(adds) for _ in range(feature.steps))
        points[feature.name] = [min(round(100 * slope * height), FURTHEST) for height in climbed]
    bias = max(min(round(100 * (slope * learned.bias + shift)), FURTHEST), -FURTHEST)
    events = {
        label: sum(row.count for row in teaching if row.label == label) for label in (BENIGN, EXFILTRATION)
    }
    return written(events, (slope, shift), bias, points)


def _apart(rows: Sequence[Row]) -> Iterator[tuple[list[Row], Learned]]:
    """Give what is left out and what the rest teaches; look-alikes are left out by the fold of their company."""
    families = sorted({row.family for row in rows if row.label == EXFILTRATION})
    for family in families:
        rest = [row for row in rows if row.label == BENIGN or row.family != family]
        for fold in range(FOLDS):
            learned = learn([row for row in rest if row.label != BENIGN or row.fold != fold])
            held = [
                row for row in rows if row.fold == fold and row.label == EXFILTRATION and row.family == family
            ]
            yield held, learned
            if family == families[fold % len(families)]:
                yield [row for row in rows if row.label == BENIGN and row.fold == fold], learned


def _columns(row: Row) -> tuple[int, ...]:
    return tuple(int(row.steps.get(name, 0) >= step) for name, step in COLUMNS)
