"""Records that could not be read: which, why, and how the originals come into their topic again."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from pipeline.edges.admin.nouns import Cluster, Kept, Slot
from pipeline.edges.admin.records import DeadLetter, dead_letter
from pipeline.edges.topics import raw_topics, topic_name
from pipeline.settings import Kafka

MOST = 100_000
"""Dead letters that are looked at, the latest ones."""


def letters(
    cluster: Cluster, kafka: Kafka, ends: Mapping[Slot, tuple[int, int]] | None = None
) -> Iterator[DeadLetter]:
    """Give the dead letters, the latest MOST of each partition, in their order."""
    name = topic_name(kafka, "deadletter")
    for slot, (first, end) in (ends or cluster.ends([name])).items():
        if slot.topic == name:
            yield from filter(None, map(dead_letter, cluster.read(slot, max(first, end - MOST))))


def source_of(topic: str, kafka: Kafka) -> str:
    """Give the source whose records a topic holds; the topic itself where it is none of raw records."""
    return next((source for source, name in raw_topics(kafka).items() if name == topic), topic)


def original(cluster: Cluster, letter: DeadLetter) -> Kept | None:
    """Give the record that a dead letter is about; None where its topic no longer has it."""
    kept = next(cluster.read(Slot(letter.topic, letter.partition), letter.offset), None)
    return kept if kept and kept.offset == letter.offset else None


def replayed(cluster: Cluster, letter: DeadLetter) -> bool:
    """Send an original into its own partition once more, as it was; say whether it was still there."""
    kept = original(cluster, letter)
    if kept is None:
        return False
    cluster.send(letter.topic, kept.value, kept.key, headers=kept.headers, partition=letter.partition)
    return True
