"""A Kafka record as it comes from the broker, whoever fetched it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from pipeline.record import Place


class Incoming(Protocol):
    """One fetched record: `timestamp` is in milliseconds, -1 where there is none."""

    @property
    def offset(self) -> int:
        """Give its offset."""

    @property
    def timestamp(self) -> int:
        """Give when its log took it."""

    @property
    def key(self) -> bytes | None:
        """Give its key."""

    @property
    def value(self) -> bytes | None:
        """Give its value."""

    @property
    def headers(self) -> Sequence[tuple[str, bytes]]:
        """Give its headers."""


def after(log: str, record: Incoming) -> Place:
    """Give the place behind a record: the first of a partition stands where the first line of a file does."""
    return Place(log, record.offset + 1)
