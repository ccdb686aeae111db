"""What the tools know of a cluster, and what they ask of one."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple, Protocol

from msgspec import Struct

from pipeline.edges.topics import Topic

Headers = Sequence[tuple[str, bytes]]


class Slot(NamedTuple):
    """One partition of a topic."""

    topic: str
    partition: int

    def __str__(self) -> str:
        return f"{self.topic}-{self.partition}"


class Laid(Struct, frozen=True):
    """A topic as it lies in the cluster: partitions, copies of each, and its settings in Kafka's words."""

    partitions: int
    copies: int
    config: Mapping[str, str]


class Kept(Struct, frozen=True):
    """A record as a topic keeps it; a value of None deletes its key."""

    slot: Slot
    offset: int
    key: bytes | None
    value: bytes | None
    headers: Headers = ()


class Cluster(Protocol):
    """What the tools ask of Kafka. Every method raises Outage, in words that name a remedy, where it cannot."""

    def laid(self, names: Sequence[str]) -> dict[str, Laid]:
        """Give those of the topics that exist."""

    def create(self, topics: Sequence[Topic], copies: int) -> None:
        """Create topics, and wait until they can be used."""

    def ends(self, names: Sequence[str]) -> dict[Slot, tuple[int, int]]:
        """Give the first offset and the end of every partition of the topics that exist."""

    def committed(self, group: str) -> dict[Slot, int]:
        """Give up to where a consumer group has come, as far as it says so."""

    def groups(self, beginning: str) -> list[str]:
        """Give the consumer groups whose name begins so."""

    def read(self, slot: Slot, start: int = 0) -> Iterator[Kept]:
        """Give the committed records of a partition from an offset to the end that it has now."""

    def send(
        self,
        topic: str,
        value: bytes | None,
        key: bytes | None = None,
        *,
        headers: Headers = (),
        partition: int | None = None,
    ) -> None:
        """Hand a record over; it is safe when `flush` has returned."""

    def flush(self) -> None:
        """Wait until everything that was handed over is safe."""
