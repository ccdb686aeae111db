"""Join what named patterns say of a text with what was learned: together they may leave no doubt."""

from __future__ import annotations

from enrichers.phrases.heard import Heard

WORTH = 0.45
"""The score by named patterns from which phrases are heard: below it they change nothing that matters."""
NAMED = 2.0
"""What a score of 1 by named patterns adds to the points of phrases."""
ENOUGH = 1.0
"""Points at which a text is flagged though its patterns alone leave a doubt, if some of them are its phrases'."""
FLAG = 1.0
"""What patterns that leave none add."""
CERTAIN = 3.0
"""Points beyond which nothing is gained."""
LEAST, MOST = 0.90, 0.99
"""Scores of what is flagged."""


def joined(score: float, heard: Heard, *, flagged: bool, meant: bool = True) -> float:
    """Give the score of a text: `LEAST` or more if its patterns flag it, or if patterns and phrases together do.

    Who wrote it is in the score already. Phrases flag nothing that is not `meant`, but quoted or talked about.
    """
    total = NAMED * score + heard.points + FLAG * flagged
    telling = meant and heard.points > 0 and total >= ENOUGH
    if not (flagged or telling):
        return score
    share = min(max(total - ENOUGH, 0) / (CERTAIN - ENOUGH), 1)
    return round(LEAST + (MOST - LEAST) * share, 2)
