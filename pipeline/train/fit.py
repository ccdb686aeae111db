"""Fit signed weights: a linear classifier with squared hinge loss, by coordinate descent in the order of the texts.

Hsieh and others, "A Dual Coordinate Descent Method for Large-scale Linear SVM", 2008. Only sums, products and quotients
are used, which every machine rounds alike: the same texts give the same weights everywhere.
"""

from __future__ import annotations

from collections.abc import Sequence

ROUNDS = 40
"""Passes over all texts at most."""
CLOSE = 0.01
"""A pass that moves no weight further than this is the last."""


def fit(
    rows: Sequence[Sequence[int]], harmful: Sequence[bool], costs: Sequence[float], width: int
) -> list[float]:
    """Give a weight for each of `width` columns and, as the last, that of none; a row names the columns it has.

    `costs` say what an error about a row costs: the dearer, the larger the weights may become for its sake.
    """
    weights = [0.0] * (width + 1)
    pulls = [0.0] * len(rows)
    for _ in range(ROUNDS):
        furthest = 0.0
        for place, row in enumerate(rows):
            sign = 1.0 if harmful[place] else -1.0
            slack = 0.5 / costs[place]
            margin = weights[width]
            for column in row:
                margin += weights[column]
            gradient = sign * margin - 1 + slack * pulls[place]
            pull = max(0.0, pulls[place] - gradient / (len(row) + 1 + slack))
            move = (pull - pulls[place]) * sign
            if not move:
                continue
            pulls[place] = pull
            weights[width] += move
            for column in row:
                weights[column] += move
            furthest = max(furthest, abs(move))
        if furthest < CLOSE:
            break
    return weights
