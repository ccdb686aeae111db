"""Our topics in Kafka as data: names, partitions, what is kept and for how long. Imports neither faust nor kafka."""

from __future__ import annotations

from collections.abc import Iterator
from difflib import get_close_matches

from msgspec import Struct

from pipeline.errors import ContentError, Problem
from pipeline.settings import Kafka
from pipeline.understand.sources import READERS, source_named

MIB = 1024 * 1024
LARGE = 17 * MIB
"""Bytes of a record that may hold a line of 16 MiB or what became of one."""
SMALL = 1_048_588
"""Bytes of any other record: what brokers take unless told otherwise."""

SEGMENT = 64 * MIB
"""Bytes after which a compacted topic begins a new file: only closed ones are compacted."""

REFERENCES = (
    "people",
    "devices",
    "organisation",
    "apps",
    "agents",
    "mcp_servers",
    "policy",
    "exceptions",
    "changes",
    "documents",
)
"""Kinds of reference data, each with a topic of its own."""


class Topic(Struct, frozen=True, kw_only=True):
    """One topic: its name, what a record's key means, and how it must be set up.

    `retention` is in seconds, None where the last record of each key is kept (compacted). `most_bytes` is the largest
    record. `appended`: times are those at which the broker took a record, not those of who sent it. `setting` is what
    sets the number of partitions, empty where nothing does.
    """

    name: str
    key: str
    partitions: int
    retention: float | None
    most_bytes: int = SMALL
    appended: bool = False
    setting: str = ""

    @property
    def compact(self) -> bool:
        """Say whether only the last record of each key is kept."""
        return self.retention is None

    def config(self) -> dict[str, str]:
        """Give its settings in Kafka's own words."""
        kept = (
            {"cleanup.policy": "compact", "segment.bytes": str(SEGMENT), "min.cleanable.dirty.ratio": "0.2"}
            if self.retention is None
            else {"cleanup.policy": "delete", "retention.ms": str(int(self.retention * 1000))}
        )
        times = "LogAppendTime" if self.appended else "CreateTime"
        return kept | {"max.message.bytes": str(self.most_bytes), "message.timestamp.type": times}


LOGS = (
    ("events", "home", LARGE),
    ("scored", "home", LARGE),
    ("signals", "subject", LARGE),
    ("alerts", "id", LARGE),
    ("verdicts", "event id", SMALL),
    ("deadletter", "place", SMALL),
)
"""Logs between and behind the acts: name, meaning of the key, bytes of a record."""

CHANGELOGS = (
    ("memory", "home", LARGE),
    ("dockets", "subject", LARGE),
    ("positions", "act, topic and partition", SMALL),
    ("standing", "subject", SMALL),
)
"""Compacted topics with as many partitions as the logs."""


def topics(kafka: Kafka) -> tuple[Topic, ...]:
    """Give every topic that these settings need, in the order of the way.

    Raises ContentError for a source that no reader has.
    """
    return (*_raw(kafka), *_logs(kafka), *_changelogs(kafka), *_content(kafka))


def topic_name(kafka: Kafka, name: str) -> str:
    """Give the full name of a topic, such as `raw.litellm`, `events` or `ref.people`."""
    return f"{kafka.prefix}ai.{name}"


def raw_topics(kafka: Kafka) -> dict[str, str]:
    """Give the topics of raw records by the name of their source."""
    return {source: topic_name(kafka, f"raw.{source}") for source in kafka.raw}


def _raw(kafka: Kafka) -> list[Topic]:
    known = ["auto", *(name for reader in READERS for name in (reader.name, *reader.aliases))]
    problems = []
    for source in kafka.raw:
        if source != "auto" and source_named(source) is None:
            near = get_close_matches(source, known, n=1)
            remedy = (
                f"did you mean {near[0]}?" if near else "choose a name that `shadowgraph sources list` gives"
            )
            problems.append(
                Problem("settings", 1, f"kafka.raw has a source that nobody can read: {source}", remedy)
            )
    if problems:
        raise ContentError(problems)
    return [
        Topic(
            name=name,
            key="any",
            partitions=kafka.raw[source],
            retention=kafka.retention,
            most_bytes=LARGE,
            appended=True,
            setting=f"kafka.raw.{source}",
        )
        for source, name in raw_topics(kafka).items()
    ]


def _logs(kafka: Kafka) -> Iterator[Topic]:
    for name, key, most in LOGS:
        partitions, setting = (1, "") if name == "deadletter" else (kafka.partitions, "kafka.partitions")
        yield Topic(
            name=topic_name(kafka, name),
            key=key,
            partitions=partitions,
            retention=kafka.retention,
            most_bytes=most,
            setting=setting,
        )


def _changelogs(kafka: Kafka) -> Iterator[Topic]:
    for name, key, most in CHANGELOGS:
        yield Topic(
            name=topic_name(kafka, name),
            key=key,
            partitions=kafka.partitions,
            retention=None,
            most_bytes=most,
            setting="kafka.partitions",
        )


def _content(kafka: Kafka) -> Iterator[Topic]:
    for name, key in (("packs", "digest"), *((f"ref.{kind}", "file") for kind in REFERENCES)):
        yield Topic(name=topic_name(kafka, name), key=key, partitions=1, retention=None, most_bytes=LARGE)
