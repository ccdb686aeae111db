"""`shadowgraph classify`: data classes and intent of plain texts."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import click

from pipeline.cli.common import JSON, PATH, example, flush, inputs, reject, write

if TYPE_CHECKING:
    from pipeline.event import Fields
    from pipeline.record import Record, Reject

HELP = example("classify texts.jsonl --json", "classify - --json < texts.jsonl")


@click.command(epilog=HELP)
@PATH
@JSON
def classify(path: str, *, as_json: bool) -> int:
    """Find data classes and intent in texts.

    PATH has one {"id", "text"} a line; each is answered, in order. `-` is standard input.
    """
    rejected = 0
    for (file,) in [inputs((path,))]:
        for found in answers(file):
            if isinstance(found, dict):
                write(found) if as_json else print(_line(found))
            else:
                rejected += 1
                reject(found, as_json=as_json)
            if file == "-":
                flush()
    return int(rejected > 0)


def answers(path: str) -> Iterator[Fields | Reject]:
    """Answer every line of a file, or say why it cannot be answered."""
    from enrichers.classify.answer import answer
    from pipeline.edges.files import LogFile
    from pipeline.errors import BadRecord
    from pipeline.record import Record, Reject

    file = LogFile(path, "")
    try:
        for record in file.records():
            if isinstance(record, Record):
                try:
                    yield answer(*_text_of(record))
                except BadRecord as error:
                    yield Reject(record.place, str(error))
    finally:
        file.close()


def _text_of(record: Record) -> tuple[str, str]:
    """Give id and text of a line; what lacks one of them is a bad record."""
    import orjson

    from pipeline.edges.files import MOST_LINE
    from pipeline.errors import BadRecord

    if len(record.body) > MOST_LINE:
        raise BadRecord("longer than 16 MiB")
    try:
        found = orjson.loads(record.body)
    except orjson.JSONDecodeError as error:
        raise BadRecord("no JSON") from error
    if not isinstance(found, dict):
        raise BadRecord("no JSON object")
    for key in ("id", "text"):
        if not isinstance(found.get(key), str):
            raise BadRecord(f"no text under the key {key}")
    return found["id"], found["text"]


def _line(found: Fields) -> str:
    """Tell an answer on one line: its id, what was found and how often, and what the text asks for."""
    from collections import Counter

    from pipeline.cli.shown import brief, cell

    kinds = Counter(f"{span['class']}: {span['type']}" for span in found["spans"])
    told = ", ".join(
        kind if number == 1 else f"{kind} ({number} times)" for kind, number in sorted(kinds.items())
    )
    intent = found["intent"]
    asks = f"; intent {intent['score']:.2f} {', '.join(intent['families'])}" if intent["flagged"] else ""
    return f"{cell(found['id'], 20)}  {brief(told or 'nothing')}{brief(asks)}"
