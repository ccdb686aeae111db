"""Epoch seconds as the text of documents, and days."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def iso(time: float) -> str:
    """Write epoch seconds as `2026-03-04T09:07:00.000000Z`, to the microsecond."""
    return (_EPOCH + timedelta(seconds=round(time, 6))).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def day(time: float) -> str:
    """Name the UTC day of epoch seconds: `2026-03-04`."""
    return iso(time)[:10]
