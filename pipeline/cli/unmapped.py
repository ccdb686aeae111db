"""The fields of records from which no event takes anything, counted and shown; used by `normalise` and `sources check`."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from pipeline.cli.common import reject, write
from pipeline.cli.seen import counted
from pipeline.cli.shown import put, terminal, whole

if TYPE_CHECKING:
    from rich.console import Console

    from pipeline.record import Record
    from pipeline.understand.unmapped import Strange, Survey, Unmapped

MOST_ROWS = 40


def survey(files: list[str], source: str, *, as_json: bool) -> int:
    """Print the unmapped fields of these files, the most frequent first; rejects go to stderr."""
    from pipeline.edges.files import LogFile
    from pipeline.record import Record
    from pipeline.understand.unmapped import Strange, take, unmapped

    surveys: dict[str, Survey] = {}
    strange, rejected = Strange(), 0
    for path in files:
        file = LogFile(path, source)
        try:
            for record in file.records():
                if isinstance(record, Record):
                    rejected += not _readable(record, as_json=as_json)
                    take(record, surveys, strange)
        finally:
            file.close()

    found = unmapped(surveys)
    if as_json:
        for one in found:
            write(as_document(one))
    else:
        _show(terminal(), found, surveys, strange)
    return int(rejected > 0)


def as_document(one: Unmapped) -> dict[str, str | int]:
    """Give an unmapped field as a line of JSON has it."""
    return {"source": one.source, "field": one.field, "count": one.count, "type": one.type}


def table(console: Console, found: Iterable[Unmapped]) -> None:
    """Print unmapped fields as rows."""
    whole(console, f"{'SOURCE':<14}{'RECORDS':>8}  {'TYPE':<9}FIELD", style="dim")
    for one in found:
        whole(console, f"{one.source:<14}{one.count:>8,}  {one.type:<9}{one.field}")


def nameless(lines: int) -> str:
    """Tell of lines of text, whose parts have no names."""
    return f"{counted(lines, 'line')} of text, without names of fields"


def _readable(record: Record, *, as_json: bool) -> bool:
    """Read a record for its faults alone, and tell them."""
    from pipeline.errors import BadRecord
    from pipeline.record import Reject
    from pipeline.understand import read

    try:
        for _ in read(record):
            pass
    except BadRecord as error:
        reject(Reject(record.place, str(error)), as_json=as_json)
        return False
    return True


def _show(console: Console, found: list[Unmapped], surveys: dict[str, Survey], strange: Strange) -> None:
    from pipeline.understand.unmapped import unexamined

    if found:
        table(console, found[:MOST_ROWS])
        whole(console)
    if not surveys and not strange.lines:
        put(console, "nothing could be read")
        return
    total = sum(len(one.paths) for one in surveys.values())
    told = [f"{counted(total, 'field')} looked at, {len(found):,} unmapped"] if surveys else []
    if len(found) > MOST_ROWS:
        told.append(f"{len(found) - MOST_ROWS:,} more with --json")
    if missed := unexamined(surveys):
        told.append(f"for {missed:,} there was no room or no time")
    if strange.lines:
        told.append(nameless(strange.lines))
    put(console, "; ".join(told))
