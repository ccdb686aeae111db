"""Checked content on its way to the workers: packs with their Swaps, and reference data file by file."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from pipeline.edges.admin.nouns import Cluster, Slot
from pipeline.edges.kafka.wire import swap_record
from pipeline.edges.parcel import parcel
from pipeline.edges.topics import LARGE, raw_topics, topic_name
from pipeline.errors import ContentError, Outage, Problem
from pipeline.record import Swap
from pipeline.settings import Kafka

KINDS = {
    "people.csv": "people",
    "devices.csv": "devices",
    "organisation.yaml": "organisation",
    "apps.yaml": "apps",
    "agents.yaml": "agents",
    "mcp_servers.yaml": "mcp_servers",
    "policy.yaml": "policy",
    "exceptions.yaml": "exceptions",
    "changes.yaml": "changes",
    "documents.csv": "documents",
}
"""Files of reference data, and the kind that names their topic."""

DOCUMENTS = "documents"
ROOM = 4096
"""Bytes that a record takes besides its value."""


def push_pack(digest: str, files: Mapping[str, Path], cluster: Cluster, kafka: Kafka) -> int:
    """Store the files of a pack under its digest, then write a Swap to every partition that judges; count these.

    Raises ContentError if they are too large for one record, Outage where a topic is missing.
    """
    value = parcel({name: path.read_bytes() for name, path in files.items()})
    _fits("the pack", value)
    slots = _judged(cluster, kafka)
    cluster.send(topic_name(kafka, "packs"), value, digest.encode())
    cluster.flush()  # a worker that meets the Swap must find the pack
    key, body = swap_record(Swap(digest))
    for slot in slots:
        cluster.send(slot.topic, body, key, partition=slot.partition)
    cluster.flush()
    return len(slots)


def reference_files(folder: Path) -> dict[tuple[str, str], Path]:
    """Give the files of reference data in a folder by kind and name; texts of documents are `documents/NAME`."""
    found = {(kind, name): folder / name for name, kind in KINDS.items() if (folder / name).is_file()}
    texts = (path for path in sorted((folder / DOCUMENTS).rglob("*")) if path.is_file())
    return found | {(DOCUMENTS, path.relative_to(folder).as_posix()): path for path in texts}


def push_reference(files: Mapping[tuple[str, str], Path], cluster: Cluster, kafka: Kafka) -> int:
    """Write files of reference data to the topics of their kinds; count those that the topics had otherwise.

    A text of a document that is no longer there is taken away; a whole file that is not there stays as it is.
    """
    bodies = {place: path.read_bytes() for place, path in files.items()}
    for (_, name), body in bodies.items():
        _fits(name, body)
    kinds = dict.fromkeys(kind for kind, _ in bodies)
    known = {kind: _kept(cluster, topic_name(kafka, f"ref.{kind}")) for kind in kinds}
    changed: list[tuple[str, str, bytes | None]] = [
        (kind, name, body) for (kind, name), body in bodies.items() if known[kind].get(name.encode()) != body
    ]
    if (DOCUMENTS, "documents.csv") in bodies:
        gone = [name.decode() for name in known[DOCUMENTS] if (DOCUMENTS, name.decode()) not in bodies]
        changed += [(DOCUMENTS, name, None) for name in gone]
    for kind, name, value in changed:
        cluster.send(topic_name(kafka, f"ref.{kind}"), value, name.encode(), partition=0)
    cluster.flush()
    return len(changed)


def _judged(cluster: Cluster, kafka: Kafka) -> list[Slot]:
    """Give every partition in which a Swap must stand."""
    names = [*raw_topics(kafka).values(), topic_name(kafka, "events"), topic_name(kafka, "signals")]
    laid = cluster.laid([*names, topic_name(kafka, "packs")])
    missing = [name for name in (*names, topic_name(kafka, "packs")) if name not in laid]
    if missing:
        raise Outage(
            f"{', '.join(missing)} does not exist: run `shadowgraph setup kafka`, and check kafka.prefix"
        )
    return [Slot(name, number) for name in names for number in range(laid[name].partitions)]


def _kept(cluster: Cluster, topic: str) -> dict[bytes, bytes]:
    slot, live = Slot(topic, 0), dict[bytes, bytes]()
    if slot not in cluster.ends([topic]):
        raise Outage(f"{topic} does not exist: run `shadowgraph setup kafka`, and check kafka.prefix")
    for kept in cluster.read(slot):
        if kept.value is None:
            live.pop(kept.key or b"", None)
        else:
            live[kept.key or b""] = kept.value
    return live


def _fits(name: str, value: bytes) -> None:
    if len(value) + ROOM > LARGE:
        fault = f"is {len(value)} bytes, {LARGE - ROOM} fit into a record"
        raise ContentError([Problem(name, 1, fault, "take away what is not needed")])
