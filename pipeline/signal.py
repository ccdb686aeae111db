"""What a home tells a subject."""

from __future__ import annotations

from msgspec import Struct

from pipeline.event import Fields, Reason


class Signal(Struct, frozen=True):
    """What a subject must hear.

    `rule` is the digest of the rule that fired (None: a plain fact), `time` the event's time, `event` its id. `reason`
    is given where the rule speaks for itself; without one the signal only feeds correlations. `facts` are what the
    rule groups, counts and shows; `risk` is that of the reason in its context.
    """

    subject: str
    time: float
    event: str
    rule: str | None
    reason: Reason | None
    facts: Fields
    risk: float = 0.0
