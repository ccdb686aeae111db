"""Labelled events to train a scorecard on: how often each set of features occurred, as lines of JSON."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Annotated, Any

import msgspec
import orjson
from msgspec import Meta, Struct

from pipeline.errors import ContentError, Problem
from pipeline.event import Fields
from pipeline.suspect.features import BY_NAME, features

SHIPPED = Path(__file__).with_name("scorecard.jsonl")
"""What the shipped weights learned from."""
EXFILTRATION, BENIGN, OTHER = LABELS = ("exfiltration", "benign", "other")
"""Labels that are known; `other` is an attack in which no data goes out, and teaches nothing."""
FOLDS = 5
"""Parts in which harmless events are left out."""
MOST_FAULTS = 20
LONGEST_LINE = 1 << 16


class Row(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """So many events of a label and a family with these steps of features; `fold` parts the harmless ones.

    `ruled`: rules alone already raised them to level high.
    """

    label: str
    family: Annotated[str, Meta(min_length=1, max_length=64)]
    fold: Annotated[int, Meta(ge=0, lt=FOLDS)] = 0
    ruled: bool = False
    count: Annotated[int, Meta(ge=1)] = 1
    steps: dict[str, Annotated[int, Meta(ge=1)]] = {}


Key = tuple[str, str, int, bool, tuple[tuple[str, int], ...]]


def steps_of(fields: Fields) -> tuple[tuple[str, int], ...]:
    """Give the steps of an event's features by name, read as the stream reads them."""
    return tuple((feature.name, step) for feature, step, _ in features(fields))


def rows_of(counts: Mapping[Key, int]) -> list[Row]:
    """Give rows in one order for the same counts."""
    return [
        Row(label=label, family=family, fold=fold, ruled=ruled, count=count, steps=dict(steps))
        for (label, family, fold, ruled, steps), count in sorted(counts.items())
    ]


def row_lines(rows: Iterable[Row]) -> bytes:
    """Write rows, one a line."""
    return b"".join(orjson.dumps(msgspec.to_builtins(row)) + b"\n" for row in rows)


def read_rows(path: Path) -> list[Row]:
    """Give the rows of a file; raise ContentError with the line of each fault, the first twenty."""
    rows: list[Row] = []
    problems: list[Problem] = []
    for number, line in enumerate(_lines(path), 1):
        if len(line) <= LONGEST_LINE and not line.strip():
            continue
        found = _row(line)
        if isinstance(found, Row):
            rows.append(found)
        else:
            problems.append(Problem(str(path), number, *found))
        if len(problems) == MOST_FAULTS:
            break
    if problems := problems or list(_lacking(path, rows)):
        raise ContentError(problems)
    return rows


def _lines(path: Path) -> Iterator[bytes]:
    try:
        with path.open("rb") as file:
            while line := file.readline(LONGEST_LINE + 1):
                yield line
                if len(line) > LONGEST_LINE:
                    return
    except OSError as error:
        fault = Problem(str(path), 1, f"cannot be read: {error.strerror}", "check path and rights")
        raise ContentError([fault]) from error


def _row(line: bytes) -> Row | tuple[str, str]:
    """Give the row of a line, or its fault and the remedy."""
    if len(line) > LONGEST_LINE:
        return "is longer than 64 KiB", "write one row a line"
    try:
        found: Any = orjson.loads(line)
    except orjson.JSONDecodeError:
        return "is not JSON", 'write {"label", "family", "steps"} a line, in UTF-8'
    if isinstance(found, dict) and found.get("label") not in LABELS:
        return "has an unknown label", f"write {', '.join(LABELS)}"
    try:
        row = msgspec.convert(found, Row)
    except msgspec.ValidationError as error:
        return f"is no row: {error}", 'write {"label", "family", "steps"} a line'
    for name, step in row.steps.items():
        if name not in BY_NAME or step > BY_NAME[name].steps:
            return "has a feature or a step that nobody knows", f"features are {', '.join(BY_NAME)}"
    return row


def _lacking(path: Path, rows: list[Row]) -> Iterator[Problem]:
    """Tell what rows lack to be learned from."""
    there = Counter(row.label for row in rows)
    for label in (EXFILTRATION, BENIGN):
        if not there[label]:
            yield Problem(str(path), 1, f"holds no events with the label {label}", "a model needs both")
    if there[EXFILTRATION] and len({row.family for row in rows if row.label == EXFILTRATION}) < 2:
        fault = "holds exfiltrations of one family"
        yield Problem(str(path), 1, fault, "one is left out to calibrate: add events of another")
    if there[BENIGN] and len({row.fold for row in rows if row.label == BENIGN}) < 2:
        fault = "holds harmless events of one fold"
        yield Problem(str(path), 1, fault, f"part them: fold 0 to {FOLDS - 1}")
