"""What our streams and indices are called, and the ids of what lies in them."""

from __future__ import annotations

from hashlib import sha256

from msgspec import Struct

from pipeline.event import Fields
from pipeline.settings import Elastic

PREFIX = "shadowgraph"
LONGEST_ID = 512
"""Bytes of an id at most; a longer one would spoil the whole request."""


class Names(Struct, frozen=True):
    """All names that begin with one prefix, so that several installations can share a node."""

    prefix: str = PREFIX

    @property
    def events(self) -> str:
        """Name the data stream of judged events."""
        return f"logs-{self.prefix}.event-default"

    @property
    def alerts(self) -> str:
        """Name the data stream of immutable alerts: one document for each alert and level that it reached."""
        return f"logs-{self.prefix}.alert-default"

    @property
    def state(self) -> str:
        """Name the alias over all months of alerts as they are now."""
        return f"{self.prefix}-alerts"

    @property
    def standings(self) -> str:
        """Name the index of standings."""
        return f"{self.prefix}-standings"

    def month(self, alert: Fields) -> str:
        """Name the index of an alert as it is now, by the month of its day: all its firings lie on one UTC day."""
        return f"{self.state}-{alert['ai.alert.first_seen'][:7].replace('-', '.')}"


def fitting(key: str) -> str:
    """Give an id that Elasticsearch takes: this one, or its hash where it is too long."""
    if len(key) * 4 <= LONGEST_ID or len(key.encode()) <= LONGEST_ID:
        return key
    return f"sha256:{sha256(key.encode()).hexdigest()}"


def level_id(alert: Fields) -> str:
    """Name the document of an alert at the level that it has reached."""
    return f"{alert['event.id']}.{alert['ai.risk.level']}"


def names_of(given: Elastic) -> Names:
    """Give the names that an operator has chosen."""
    return Names(given.prefix)
