"""How far each act is behind in each partition, by the positions in the changelogs, else by its consumer group."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from math import inf

from msgspec import Struct

from pipeline.edges.admin.nouns import Cluster, Slot
from pipeline.edges.admin.records import Reached, reached
from pipeline.edges.topics import raw_topics, topic_name
from pipeline.settings import Kafka

ACTS = (("suspect", "events", "memory"), ("decide", "signals", "dockets"))
"""Acts with a memory: what each reads, and where it keeps its memory and position."""

TAIL = 4000
"""Records of a changelog in which its last position is looked for first."""

FEW = 200
"""Offsets of a backlog that are counted one by one, as those of transactions are no records."""

Ends = Mapping[Slot, tuple[int, int]]


class Lag(Struct, frozen=True):
    """How far an act is behind in one partition, in records; `position` None: it has never been there."""

    act: str
    slot: Slot
    position: int | None
    end: int
    behind: int


class Mark(Struct, frozen=True):
    """The event time that has passed in one partition of an act, and the pack that judges there."""

    act: str
    slot: Slot
    passed: float
    digest: str


def positions(cluster: Cluster, kafka: Kafka, ends: Ends) -> dict[tuple[str, Slot], Reached]:
    """Give the position of every act in every partition, as far as there is one."""
    by_name = {str(slot): slot for slot in ends}
    raw = raw_topics(kafka).values()
    found: dict[tuple[str, Slot], Reached] = {}
    for slot in slots(ends, topic_name(kafka, "positions")):
        for position in filter(None, map(reached, cluster.read(slot, ends[slot][0]))):
            if place := by_name.get(position.log):
                found["understand" if place.topic in raw else "index", place] = position
    for act, read, kept in ACTS:
        for slot in slots(ends, topic_name(kafka, kept)):
            place = Slot(topic_name(kafka, read), slot.partition)
            if last := _last(cluster, slot, ends[slot]):
                found[act, place] = last
    return found


def lags(
    cluster: Cluster, kafka: Kafka, ends: Ends, found: Mapping[tuple[str, Slot], Reached]
) -> Iterator[Lag]:
    """Give how far every act is behind in what it reads, in the order of the way."""
    known = {place: position.offset for place, position in found.items()}
    for place, offset in _of_groups(cluster, kafka, ends):
        known.setdefault(place, offset)
    reads = [("understand", topic) for topic in raw_topics(kafka).values()]
    reads += [(act, topic_name(kafka, read)) for act, read, _ in ACTS]
    wanted = [(act, slot) for act, topic in reads for slot in slots(ends, topic)]
    for act, slot in (*wanted, *sorted(known.keys() - set(wanted))):
        position = known.get((act, slot))
        yield Lag(act, slot, position, ends[slot][1], _behind(cluster, slot, position or 0, ends[slot]))


def marks(found: Mapping[tuple[str, Slot], Reached]) -> Iterator[Mark]:
    """Give the watermark of every partition of the acts that have one; -inf: some log before it has not begun."""
    timed = {act for act, _, _ in ACTS}
    for (act, slot), position in found.items():
        if act in timed:
            yield Mark(act, slot, position.passed.get("0", -inf), position.digest)


def slots(ends: Ends, topic: str) -> list[Slot]:
    """Give the partitions of a topic."""
    return [slot for slot in ends if slot.topic == topic]


def _last(cluster: Cluster, slot: Slot, ends: tuple[int, int]) -> Reached | None:
    """Give the last position of a changelog: it stands near the end, as every checkpoint writes one."""
    (first, end), window = ends, TAIL
    while True:
        start = max(end - window, first)
        read = [position for position in map(reached, cluster.read(slot, start)) if position]
        if read or start == first:
            return read[-1] if read else None
        window *= 16


def _of_groups(cluster: Cluster, kafka: Kafka, ends: Ends) -> Iterator[tuple[tuple[str, Slot], int]]:
    for group in cluster.groups(f"{kafka.group}-"):
        for slot, offset in cluster.committed(group).items():
            if slot in ends:
                yield (group.removeprefix(f"{kafka.group}-"), slot), offset


def _behind(cluster: Cluster, slot: Slot, position: int, ends: tuple[int, int]) -> int:
    (first, end), start = ends, max(position, ends[0])
    behind = max(end - start, 0)
    return sum(1 for _ in cluster.read(slot, start)) if 0 < behind <= FEW and end > first else behind
