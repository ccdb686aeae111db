"""What a run has seen so far, and what it could not see, summed up for people."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from itertools import islice
from typing import TYPE_CHECKING

from msgspec import Struct, field

from pipeline.alert import Alert, Standing
from pipeline.event import Fields, Verdict
from pipeline.record import Record, Reject

if TYPE_CHECKING:
    from pipeline.edges.embedded import Batch

TEXTLESS = ("labels", "metadata")
SPOKEN = ("prompt", "completion", "tool_result", "file_upload", "web_visit")
"""Verbs that carry something that was said."""

MOST_REASONS = 5
MOST_FILES = 20
LOOKED_AT = 20
"""Records of a file that show whether anything of it can be read."""

LONGEST_LOOK = 1024 * 1024


class Seen(Struct):
    """The sum of the batches of a run: the last version of each alert and standing, counts, and rejects by reason."""

    counts: Counter[str] = field(default_factory=Counter)
    alerts: dict[str, Fields] = {}
    standings: dict[str, Fields] = {}
    reasons: dict[str, tuple[int, str]] = {}
    rejecting: dict[str, None] = {}
    reading: set[str] = set()
    textless: Counter[str] = field(default_factory=Counter)


def take(seen: Seen, batch: Batch) -> None:
    """Add a batch."""
    seen.counts.update(batch.counts)
    for output in batch.outputs:
        match output:
            case Verdict():
                fields = output.event.fields
                seen.reading.add(fields.get("log.file.path", ""))
                if fields.get("ai.content.available") in TEXTLESS and fields["event.action"] in SPOKEN:
                    seen.textless[fields.get("event.dataset") or fields.get("event.module") or "unknown"] += 1
            case Alert():
                seen.alerts[output.id] = output.fields
            case Standing():
                seen.standings[output.subject] = output.fields
            case Reject(place, reason):
                seen.rejecting[place.log] = None
                count, first = seen.reasons.get(reason, (0, f"{place.log}:{place.offset}"))
                if count or len(seen.reasons) < 1000:
                    seen.reasons[reason] = (count + 1, first)


def summary(seen: Seen) -> str:
    """Tell in one line what was read and found."""
    counts = seen.counts
    told = f"{counted(counts['records'], 'record')}: {counted(counts['events'], 'event')}, {counts['idle']:,} idle"
    return f"{told}, {counts['rejects']:,} rejected; {counted(len(seen.alerts), 'alert')}"


def unseen(seen: Seen) -> Iterator[tuple[str, str]]:
    """Tell what could not be seen: sentences, each with a place that belongs to it or nothing."""
    ordered = sorted(seen.reasons.items(), key=lambda item: (-item[1][0], item[0]))
    for reason, (count, first) in ordered[:MOST_REASONS]:
        yield f"{counted(count, 'record')} rejected: {reason}; the first is", first
    if more := seen.counts["rejects"] - sum(count for _, (count, _) in ordered[:MOST_REASONS]):
        yield f"{counted(more, 'record')} rejected for other reasons", ""
    for path in islice(seen.rejecting, MOST_FILES):
        if path != "-" and path not in seen.reading and (formats := _unknown(path)) is not None:
            yield f"nothing could be read; {formats}:", path
    if total := seen.textless.total():
        where = ", ".join(f"{name} {count:,}" for name, count in seen.textless.most_common(MOST_REASONS))
        yield f"{counted(total, 'event')} came without text ({where}): what was said there stays unknown", ""


def counted(number: int, noun: str) -> str:
    """Write a number with its noun."""
    return f"{number:,} {noun}" if number == 1 else f"{number:,} {noun}s"


def _unknown(path: str) -> str | None:
    """Name the formats that come nearest to a file of which nothing can be read; None if something can."""
    import orjson

    from pipeline.edges.files import LogFile
    from pipeline.errors import BadRecord
    from pipeline.understand.read import nearest, read

    keys: set[str] = set()
    file = LogFile(path, "auto")
    try:
        for record in islice(file.records(), LOOKED_AT):
            if not isinstance(record, Record):
                continue
            try:
                if any(True for _ in read(record)):
                    return None
            except BadRecord:
                pass
            try:
                value = orjson.loads(record.body[:LONGEST_LOOK])
            except orjson.JSONDecodeError:
                continue
            keys.update(value if isinstance(value, dict) else ())
    finally:
        file.close()
    names = nearest(frozenset(keys))
    return f"the nearest formats are {', '.join(names)}" if names else "no known format comes near"
