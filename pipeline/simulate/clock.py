"""Times as the sources write them: epoch seconds in, text out; everything is UTC."""

from __future__ import annotations

from datetime import UTC, date, datetime

FIRST_DAY = date(2026, 3, 4)
"""The Wednesday on which every simulation begins."""

HOUR = 3600.0
DAY = 24 * HOUR
_EPOCH = date(1970, 1, 1)


def midnight(day: int) -> float:
    """Give the epoch seconds at which a day begins, counted from the first day."""
    return ((FIRST_DAY - _EPOCH).days + day) * DAY


def weekday(day: int) -> int:
    """Give the day of the week: Monday is 0."""
    return (FIRST_DAY.weekday() + day) % 7


def iso(at: float) -> str:
    """Write `2026-03-04T09:07:00.125Z`."""
    return datetime.fromtimestamp(at, UTC).isoformat(timespec="milliseconds")[:-6] + "Z"


def iso_seconds(at: float) -> str:
    """Write `2026-03-04T09:07:00`, as Microsoft 365 does."""
    return datetime.fromtimestamp(at, UTC).isoformat(timespec="seconds")[:-6]


def spaced(at: float) -> str:
    """Write `2026-03-04 09:07:00`, as Zscaler does."""
    return datetime.fromtimestamp(at, UTC).isoformat(" ", "seconds")[:-6]


def nanoseconds(at: float) -> str:
    """Write epoch nanoseconds, as OTLP does: a text, exact to the microsecond."""
    return f"{round(at * 1e6)}000"


def milliseconds(at: float) -> int:
    """Give epoch milliseconds."""
    return int(at * 1000)
