"""`shadowgraph normalise`: the events that logs hold, as the rules will see them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import click

from pipeline.cli.common import (
    DATA,
    JSON,
    PATHS,
    SOURCE,
    content,
    example,
    flush,
    inputs,
    known_source,
    reject,
    settings,
    write,
)

if TYPE_CHECKING:
    from pipeline.edges.embedded import Content
    from pipeline.event import Event, Fields
    from pipeline.record import Record, Reject, Tick

HELP = example(
    "normalise proxy.log --json",
    "normalise hooks.jsonl --source claude_code --data company/",
    "normalise - --json < records.jsonl",
    "normalise logs/ --unmapped",
)


@click.command(epilog=HELP)
@PATHS
@SOURCE
@DATA
@click.option("--unmapped", is_flag=True, help="Print instead which fields no event takes anything from.")
@JSON
def normalise(
    paths: tuple[str, ...], source: str, data: Path | None, *, unmapped: bool, as_json: bool
) -> int:
    """Print the events that logs hold, after reader and enrichers.

    Every record gives events or a reject. Files are read in the order given; `-` is standard input. With --unmapped, the
    fields of the records are counted from which nothing was taken: their names and types, never a value.
    """
    from pipeline.event import Event

    source, files = known_source(source), inputs(paths)
    if unmapped:
        from pipeline.cli.unmapped import survey

        return survey(files, source, as_json=as_json)
    judged, rejected = content(data, settings()), 0
    for path in files:
        for given in understood(path, source, judged):
            if isinstance(given, Event):
                _show(given, as_json=as_json)
            else:
                rejected += 1
                reject(given, as_json=as_json)
            if path == "-":
                flush()
    return int(rejected > 0)


def understood(
    path: str, source: str, judged: Content, watch: Callable[[Record], None] | None = None
) -> Iterator[Event | Reject]:
    """Read one file into events and rejects, in order; a record without a time gets the last good one.

    `watch` is shown every record before it is read.
    """
    from pipeline.arrival import arrivals
    from pipeline.edges.files import LogFile
    from pipeline.event import Event
    from pipeline.flow import understand
    from pipeline.record import Reject

    file = LogFile(path, source)
    try:
        for arrival in arrivals(
            _watched(file.records(), watch), partial(understand, pack=judged.pack, reference=judged.reference)
        ):
            for given in arrival.inputs:
                if isinstance(given, Event | Reject):
                    yield given
    finally:
        file.close()


def _watched(
    records: Iterator[Record | Tick], watch: Callable[[Record], None] | None
) -> Iterator[Record | Tick]:
    from pipeline.record import Record

    for record in records:
        if watch and isinstance(record, Record):
            watch(record)
        yield record


def _show(event: Event, *, as_json: bool) -> None:
    if as_json:
        write(event.fields | {"ai.idle": True} if event.idle else event.fields)
    else:
        print(_line(event.fields, idle=event.idle))


def _line(fields: Fields, *, idle: bool) -> str:
    """Tell an event on one line: when, who, what, where, and which data."""
    from pipeline.cli.people import who
    from pipeline.cli.shown import brief, cell

    where = fields.get("ai.app.name") or fields.get("url.domain") or fields.get("gen_ai.tool.name") or ""
    classes = fields.get("ai.data.classes") or ("idle" if idle else "")
    row = (
        fields["@timestamp"][11:19],
        cell(who(fields), 20),
        cell(fields["event.action"], 13),
        cell(brief(where), 20),
    )
    return "  ".join((*row, brief(classes))).rstrip()
