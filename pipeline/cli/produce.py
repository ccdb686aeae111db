"""`shadowgraph produce`: send logs into a topic of raw records."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import click

from pipeline.cli.common import JSON, PATHS, example, inputs, reject, write
from pipeline.cli.reached import CONFIG, configured, reached
from pipeline.cli.shown import say

if TYPE_CHECKING:
    from pipeline.edges.admin.nouns import Cluster
    from pipeline.edges.admin.sending import Way
    from pipeline.record import Reject
    from pipeline.settings import Kafka

EXAMPLE = example(
    "produce gateway.jsonl --source litellm",
    "produce logs/ --topic ai.raw.zscaler --rate 500 --key user",
    "produce - --source squid --end",
)


@click.command(epilog=EXAMPLE)
@PATHS
@click.option(
    "--source", metavar="NAME", help="Send to the topic of this source; one of the settings' kafka.raw."
)
@click.option("--topic", metavar="TOPIC", help="Send to this topic, by its full name.")
@click.option(
    "--rate", type=click.FloatRange(0, min_open=True), metavar="N", help="Records per second at most."
)
@click.option("--partition", type=click.IntRange(0), metavar="N", help="Send everything to this partition.")
@click.option(
    "--key", metavar="FIELD", help="Field of the records that is their key: equal keys share a partition."
)
@click.option(
    "--end", is_flag=True, help="Say at the end that nothing more will come, so that time need not wait."
)
@CONFIG
@JSON
def produce(
    paths: tuple[str, ...],
    *,
    source: str | None,
    topic: str | None,
    rate: float | None,
    partition: int | None,
    key: str | None,
    config: Path | None,
    end: bool,
    as_json: bool,
) -> int:
    """Send the records of files, folders or standard input into a topic, gzip unpacked.

    Unless a partition or a key is chosen, each file goes to one partition, in its order. Exit 1 if a record was too large
    or had no key.
    """
    from pipeline.edges.admin.sending import finished, paced, records, sent

    given = configured(config).kafka
    name, rejects = _topic(source, topic, given), list[int]()
    if key and partition is not None:
        raise click.UsageError("choose --key or --partition", click.get_current_context(silent=True))
    files = inputs(paths)

    def refuse(found: Reject) -> None:
        rejects.append(1)
        reject(found, as_json=as_json)

    begin, total = time.monotonic(), 0
    with reached(given) as cluster:
        way = _way(name, partition, key, cluster)
        for total in _watched(sent(paced(records(files, source or "auto"), rate), way, cluster, refuse)):  # noqa: B007 - the last one counts
            pass
        cluster.flush()
        if end:
            finished(way, cluster)
            cluster.flush()
    told = {
        "topic": name,
        "records": total,
        "rejected": len(rejects),
        "seconds": round(time.monotonic() - begin, 3),
    }
    if as_json:
        write(told)
    else:
        say(f"{total:,} records sent to {name} in {told['seconds']:.1f} s, {len(rejects)} rejected")
    return int(bool(rejects))


def _topic(source: str | None, topic: str | None, kafka: Kafka) -> str:
    from pipeline.edges.topics import raw_topics

    raw = raw_topics(kafka)
    if (source is None) == (topic is None):
        raise click.UsageError("choose --source or --topic", click.get_current_context(silent=True))
    if topic is not None:
        if topic not in raw.values():
            known = (
                f"those of the settings are {', '.join(raw.values())}" if raw else "the settings name none"
            )
            words = f"{topic} is no topic of raw records: {known}"
            raise click.UsageError(words, click.get_current_context(silent=True))
        return topic
    if source not in raw:
        known = f"it names {', '.join(raw)}" if raw else "it names none"
        words = f"kafka.raw in the settings has no source {source}: {known}"
        raise click.UsageError(words, click.get_current_context(silent=True))
    return raw[source]


def _way(name: str, partition: int | None, key: str | None, cluster: Cluster) -> Way:
    """Look at the topic before anything is sent."""
    from pipeline.edges.admin.sending import Way
    from pipeline.edges.topics import SMALL
    from pipeline.errors import Outage

    laid = cluster.laid([name]).get(name)
    if laid is None:
        raise Outage(f"{name} does not exist: run `shadowgraph setup kafka`, and check kafka.prefix")
    if partition is not None and partition >= laid.partitions:
        words = f"{name} has the partitions 0 to {laid.partitions - 1}, {partition} is none of them"
        raise click.UsageError(words, click.get_current_context(silent=True))
    return Way(name, laid.partitions, int(laid.config.get("max.message.bytes") or SMALL), partition, key)


def _watched(counts: Iterable[int]) -> Iterator[int]:
    """Show on a terminal, once a second, how many were sent and how fast."""
    shown = sys.stderr.isatty()
    begin = last = time.monotonic()
    for number in counts:
        now = time.monotonic()
        if shown and now - last >= 1:
            print(
                f"\r{number:,} records, {number / (now - begin):,.0f}/s ", end="", file=sys.stderr, flush=True
            )
            last = now
        yield number
    if last != begin:
        print(file=sys.stderr)
