"""Epoch seconds as the text of documents, and days."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from functools import lru_cache

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def iso(time: float) -> str:
    """Write epoch seconds as `2026-03-04T09:07:00.000000Z`, to the microsecond."""
    minute, rest = divmod(round(time * 1_000_000), 60_000_000)
    return f"{_minute(minute)}{rest // 1_000_000:02}.{rest % 1_000_000:06}Z"


def day(time: float) -> str:
    """Name the UTC day of epoch seconds: `2026-03-04`."""
    return iso(time)[:10]


@lru_cache(4096)
def _minute(minute: int) -> str:
    return (_EPOCH + timedelta(minutes=minute)).strftime("%Y-%m-%dT%H:%M:")
