"""`shadowgraph run`: logs in, alerts out."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import click

from pipeline.cli.common import (
    DATA,
    JSON,
    PATHS,
    SOURCE,
    STORE,
    content,
    example,
    flush,
    inputs,
    known_source,
    reject,
    settings,
    write,
)
from pipeline.cli.stores import checked, filled

if TYPE_CHECKING:
    from pipeline.edges.elastic.running import ElasticRun
    from pipeline.edges.embedded import Batch
    from pipeline.edges.sqlite import SqliteStore

PAUSE = 0.5
"""Seconds between two looks at files that are followed."""

HELP = example(
    "run proxy.log hooks.jsonl",
    "run logs/ --data company/ --store sqlite:///alerts.db",
    "run gateway.jsonl --follow --json",
    "run gateway.jsonl --store https://writer@search.example:9200",
    "run - --source squid < access.log",
)


@click.command(epilog=HELP)
@PATHS
@SOURCE
@DATA
@STORE
@click.option("--follow", is_flag=True, help="Wait for more at the end; Ctrl-C ends it.")
@JSON
def run(
    paths: tuple[str, ...], source: str, data: Path | None, store: str | None, *, follow: bool, as_json: bool
) -> int:
    """Read AI logs and print the alerts that they give.

    Files are merged by event time; a folder stands for the files in it, `-` for standard input. An alert may be printed
    again when it grows: the last print counts. With a store of SQLite, the same command goes on where it stopped; with
    Elasticsearch it begins anew, and what is there already stays as it is.
    """
    from pipeline.edges import embedded

    store = checked(store) if store else None
    source, files, chosen = known_source(source), inputs(paths), settings()
    judged = content(data, chosen)
    kept = filled(store) if store else None
    batches = paced(
        embedded.run(
            files,
            source,
            judged,
            store=kept,
            size=chosen.batch,
            lateness=chosen.lateness_of(source),
            follow=follow,
            idle=chosen.idle,
        )
    )
    try:
        return _as_json(batches) if as_json else _for_people(batches, kept, store or "", follow=follow)
    except KeyboardInterrupt:
        if follow:
            return 0
        raise
    finally:
        if kept:
            kept.close()


def paced(batches: Iterable[Batch]) -> Iterator[Batch]:
    """Give batches; after an empty one, wait before asking for more."""
    for batch in batches:
        yield batch
        if not batch.counts.total():
            time.sleep(PAUSE)


def _as_json(batches: Iterable[Batch]) -> int:
    from pipeline.alert import Alert
    from pipeline.record import Reject

    rejected = 0
    for batch in batches:
        for output in batch.outputs:
            if isinstance(output, Alert):
                write(output.fields)
            elif isinstance(output, Reject):
                rejected += 1
                reject(output, as_json=True)
        flush()
    return int(rejected > 0)


def _for_people(
    batches: Iterable[Batch], kept: SqliteStore | ElasticRun | None, url: str, *, follow: bool
) -> int:
    from pipeline.cli.report import findings, not_seen, progress, rate
    from pipeline.cli.seen import Seen, summary, take
    from pipeline.cli.shown import say, terminal, whole
    from pipeline.edges.sqlite import SqliteStore

    seen, began, console = Seen(), time.perf_counter(), terminal()
    for batch in batches:
        take(seen, batch)
        if follow:
            watched(batch)
        else:
            progress(seen, time.perf_counter() - began)
    progress(None)

    speed = rate(seen, time.perf_counter() - began)
    alerts, standings = list(seen.alerts.values()), seen.standings
    if isinstance(kept, SqliteStore):
        alerts, standings = list(kept.alerts()), dict(kept.standings())
    findings(console, alerts, standings, url)
    if alerts:
        whole(console)
    whole(console, summary(seen))
    not_seen(console, seen)
    say(speed)
    return int(seen.counts["rejects"] > 0)


def watched(batch: Batch) -> None:
    """Tell each new or grown alert on a line, for those who watch."""
    from pipeline.alert import Alert
    from pipeline.cli.shown import visible

    for output in batch.outputs:
        if isinstance(output, Alert):
            fields = output.fields
            print(
                visible(f"{fields['@timestamp'][11:19]}  {fields['ai.risk.level']:<8}  {fields['message']}")
            )
    sys.stdout.flush()
