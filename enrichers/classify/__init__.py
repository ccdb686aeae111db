"""Classify texts: credentials, personal data, cards, source code, malicious code, markings, and what is encoded.

One pass (`glance.py`) looks for the cues of all tables under `enrichers/data/classifiers/` at once; only where it stops
do `kinds.py`, `code.py` and `decode.py` look closer. `look.py` puts it together.
"""

from __future__ import annotations

from enrichers.classify.look import Seen, look
from enrichers.classify.spans import Span

__all__ = ["Seen", "Span", "look", "scan"]


def scan(text: str) -> list[Span]:
    """Give what a text holds, by place and never overlapping; an encoded part counts as what it hides."""
    return look(text).spans
