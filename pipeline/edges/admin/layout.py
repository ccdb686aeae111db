"""Which topics are there, which are missing, and which are laid out otherwise than we need them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from msgspec import Struct

from pipeline.edges.admin.nouns import Cluster, Laid
from pipeline.edges.topics import Topic
from pipeline.settings import Kafka

EXACT = ("cleanup.policy", "message.timestamp.type")
"""Settings of a topic that must be as we need them."""

LEAST = ("max.message.bytes",)
"""Settings that must be at least so great."""


class Finding(Struct, frozen=True):
    """One topic as it was found: missing, ok, or faulty; each fault is (what, remedy), a note is no fault."""

    topic: Topic
    state: str
    faults: tuple[tuple[str, str], ...] = ()
    notes: tuple[str, ...] = ()


def compared(needed: Sequence[Topic], laid: Mapping[str, Laid], kafka: Kafka) -> list[Finding]:
    """Hold what is needed against what is there, topic by topic."""
    return [_finding(topic, laid.get(topic.name), kafka) for topic in needed]


def set_up(needed: Sequence[Topic], cluster: Cluster, kafka: Kafka, *, dry: bool = False) -> list[Finding]:
    """Create what is missing and tell how everything was found; nothing is ever changed or deleted."""
    found = compared(needed, cluster.laid([topic.name for topic in needed]), kafka)
    missing = [one.topic for one in found if one.state == "missing"]
    if missing and not dry:
        cluster.create(missing, kafka.replication)
    return found


def _finding(topic: Topic, there: Laid | None, kafka: Kafka) -> Finding:
    if there is None:
        return Finding(topic, "missing")
    faults = (*_partitions(topic, there), *_settings(topic, there, kafka))
    return Finding(topic, "faulty" if faults else "ok", faults, (*_notes(topic, there, kafka),))


def _partitions(topic: Topic, there: Laid) -> Iterator[tuple[str, str]]:
    if there.partitions != topic.partitions:
        fault = f"has {there.partitions} partitions, {topic.partitions} are needed"
        yield (
            fault,
            f"write {there.partitions} as {topic.setting}; {_OTHERWISE}" if topic.setting else _DELETE,
        )


_DELETE = "stop the workers, delete the topic, and set it up again"
_OTHERWISE = "to have another number, begin with another kafka.prefix: keys would move between partitions"


def _settings(topic: Topic, there: Laid, kafka: Kafka) -> Iterator[tuple[str, str]]:
    needed = topic.config()
    wrong = [name for name in EXACT if there.config.get(name) != needed[name]]
    wrong += [name for name in LEAST if int(there.config.get(name) or 0) < int(needed[name])]
    for name in wrong:
        command = f"kafka-configs.sh --bootstrap-server {kafka.brokers[0]} --alter --entity-type topics"
        fault = f"has {name}={there.config.get(name)}, {needed[name]} is needed"
        yield fault, f"{command} --entity-name {topic.name} --add-config {name}={needed[name]}"


def _notes(topic: Topic, there: Laid, kafka: Kafka) -> Iterator[str]:
    if there.copies < kafka.replication:
        yield f"has {there.copies} copies where kafka.replication asks for {kafka.replication}"
    kept = topic.config().get("retention.ms")
    if kept and there.config.get("retention.ms") not in (kept, None):
        yield f"keeps records for {there.config['retention.ms']} ms where kafka.retention says {kept}"
