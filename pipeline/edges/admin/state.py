"""How the whole stands: how far each act is behind, which time has passed, what was rejected, what content is there."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping

from msgspec import Struct

from pipeline.edges.admin.deadletters import letters, source_of
from pipeline.edges.admin.lag import Ends, Lag, Mark, lags, marks, positions, slots
from pipeline.edges.admin.nouns import Cluster
from pipeline.edges.topics import REFERENCES, topic_name, topics
from pipeline.settings import Kafka


class State(Struct, frozen=True):
    """One look at everything.

    `missing` are topics that do not exist, `rejects` (reason, source, count), `packs` digests of what is stored, `files`
    counts of stored files by kind of reference data.
    """

    missing: tuple[str, ...]
    lags: tuple[Lag, ...]
    marks: tuple[Mark, ...]
    rejects: tuple[tuple[str, str, int], ...]
    packs: tuple[str, ...]
    files: Mapping[str, int]


def looked(cluster: Cluster, kafka: Kafka) -> State:
    """Look at lag, watermarks, dead letters, packs and reference data of a cluster."""
    names = [topic.name for topic in topics(kafka)]
    ends = cluster.ends(names)
    there = {slot.topic for slot in ends}
    found = positions(cluster, kafka, ends)
    rejects = Counter(
        (letter.reason, source_of(letter.topic, kafka)) for letter in letters(cluster, kafka, ends)
    )
    return State(
        missing=tuple(name for name in names if name not in there),
        lags=tuple(lags(cluster, kafka, ends, found)),
        marks=tuple(marks(found)),
        rejects=tuple((reason, source, count) for (reason, source), count in rejects.most_common()),
        packs=tuple(key.decode(errors="replace") for key in _live(cluster, ends, topic_name(kafka, "packs"))),
        files={kind: len(_live(cluster, ends, topic_name(kafka, f"ref.{kind}"))) for kind in REFERENCES},
    )


def _live(cluster: Cluster, ends: Ends, topic: str) -> list[bytes]:
    """Give the keys that a compacted topic holds."""
    live: dict[bytes, bool] = {}
    for slot in slots(ends, topic):
        for kept in cluster.read(slot, ends[slot][0]):
            live[kept.key or b""] = kept.value is not None
    return [key for key, there in live.items() if there]
