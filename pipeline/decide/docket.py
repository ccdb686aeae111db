"""What is known of one subject: windows of correlations, alerts of open days, and its standing."""

from __future__ import annotations

from math import inf

from msgspec import Struct

from pipeline.decide.statistics import Window
from pipeline.event import Fields
from pipeline.pack import Correlation, Rule
from pipeline.risk import Risk

DAY = 86400.0
MOST_FACTS = 200


class Firing(Struct, frozen=True):
    """(rule, group, t): a rule speaks of a group at a time, with the events that made it and what they say.

    `again`: it has spoken of this time before and now knows more.
    """

    rule: Rule | Correlation
    group: str
    time: float
    event: str
    risk: Risk
    facts: Fields
    events: tuple[tuple[float, str], ...]
    again: bool = False


class Fold(Struct):
    """All firings of one rule and group on one UTC day: they become one alert. `depth` is the rule's.

    `best` is (-risk, time, event id) of the firing that gives title, reasons and facts. `early` and `late` are the first
    and the last hundred events.
    """

    day: int
    depth: int
    count: int = 0
    first: float = inf
    last: float = -inf
    best: tuple[float, float, str] = (1.0, inf, "")
    level: str = "low"
    reasons: list[Fields] = []
    facts: Fields = {}
    early: list[tuple[float, str]] = []
    late: list[tuple[float, str]] = []


class Ledger(Struct):
    """The standing of one subject: its alerts with risk and time, and sums of closed hours.

    `facts` are the last that was said of an app, at the time `said`; `names` holds the lists that a standing shows.
    """

    first: float = inf
    last: float = -inf
    alerts: dict[str, tuple[float, float]] = {}
    events: int = 0
    units: float = 0.0
    users: set[str] = set()
    facts: Fields = {}
    told: float = 0.0
    said: float = -inf
    classes: dict[str, int] = {}
    names: dict[str, list[str]] = {}


class Docket(Struct):
    """The docket of one subject; every part is bounded in number and in time."""

    windows: dict[str, Window] = {}
    facts: dict[str, Fields] = {}
    alerts: dict[str, Fold] = {}
    ledger: Ledger | None = None


def opens(docket: Docket) -> float:
    """Tell when a docket wants a look: a window can be concluded, a day is over, a standing has decayed."""
    due = inf
    for window in docket.windows.values():
        due = min(due, window.wakes)
    for fold in docket.alerts.values():
        due = min(due, (fold.day + 2) * DAY)
    if docket.ledger is not None and docket.ledger.alerts:
        due = min(due, (docket.ledger.told // DAY + 1) * DAY)
    return due
