"""Answer for one text: what it holds and what it asks for, in the form of the command line."""

from __future__ import annotations

from enrichers.classify.look import look
from enrichers.intent import intent_of
from pipeline.event import Fields

LONGEST = 1 << 20
"""Characters of a text that are looked at."""


def answer(id_: str, text: str) -> Fields:
    """Give the spans of a text, by place, and its intent; any text is taken, what is longer than 1 MiB is cut."""
    seen = look(text[:LONGEST])
    asked = intent_of(seen)
    return {
        "id": id_,
        "spans": [
            {
                "class": span.klass,
                "type": span.type,
                "start": span.start,
                "end": span.end,
                "valid": span.valid,
            }
            for span in seen.spans
        ],
        "intent": {"score": asked.score, "flagged": asked.flagged, "families": list(asked.families)},
    }
