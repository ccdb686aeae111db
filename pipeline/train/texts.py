"""Read labelled texts to learn from: lines of JSON, every fault at its place."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import orjson
from msgspec import Struct

from pipeline.errors import ContentError, Problem

HARMLESS = "benign"
HARMFUL = ("exfiltration", "injection", "jailbreak", "prompt_extraction")
"""Labels that are known; which harm it is makes no difference."""
MOST_FAULTS = 20
LONGEST_LINE = 1 << 20


class Labelled(Struct, frozen=True):
    """A text, whether it asks for harm, and where it comes from."""

    text: str
    harmful: bool
    source: str


def read_texts(path: Path) -> list[Labelled]:
    """Give the texts of a file in its order; raise ContentError with the line of each fault, the first twenty."""
    texts, problems = [], []
    for number, line in _lines(path):
        found = _text(line)
        if isinstance(found, Labelled):
            texts.append(found)
        else:
            problems.append(Problem(str(path), number, *found))
        if len(problems) == MOST_FAULTS:
            break
    problems = problems or list(_lacking(path, texts))
    if problems:
        raise ContentError(problems)
    return texts


def _lines(path: Path) -> Iterator[tuple[int, bytes]]:
    try:
        with path.open("rb") as file:
            number = 0
            while line := file.readline(LONGEST_LINE + 1):
                number += 1
                if line.strip():
                    yield number, line
                if len(line) > LONGEST_LINE:
                    return
    except OSError as error:
        fault = Problem(str(path), 1, f"cannot be read: {error.strerror}", "check path and rights")
        raise ContentError([fault]) from error


def _text(line: bytes) -> Labelled | tuple[str, str]:
    """Give the text of a line, or its fault and the remedy."""
    if len(line) > LONGEST_LINE:
        return "is longer than 1 MiB", "shorten the text"
    try:
        row = orjson.loads(line)
    except orjson.JSONDecodeError:
        return "is not JSON", 'write {"text", "label", "source"} a line, in UTF-8'
    if not isinstance(row, dict):
        return "is no JSON object", 'write {"text", "label", "source"} a line'
    return _row(row)


def _row(row: dict[str, Any]) -> Labelled | tuple[str, str]:
    for key in ("text", "label", "source"):
        if not isinstance(row.get(key), str) or not row[key].strip():
            return f"has no text under the key {key}", "every text has a label and a source"
    if row["label"] != HARMLESS and row["label"] not in HARMFUL:
        return "has an unknown label", f"write {HARMLESS}, {', '.join(HARMFUL)}"
    return Labelled(row["text"], row["label"] != HARMLESS, row["source"])


def _lacking(path: Path, texts: list[Labelled]) -> Iterator[Problem]:
    """Tell what a set of texts lacks to be learned from."""
    if not texts:
        yield Problem(str(path), 1, "holds no texts", 'write {"text", "label", "source"} a line')
        return
    for harmful, kind in ((True, "harmful"), (False, "harmless")):
        sources = {text.source for text in texts if text.harmful is harmful}
        if len(sources) < 2:
            fault = f"holds {kind} texts of {len(sources)} sources" if sources else f"holds no {kind} texts"
            yield Problem(str(path), 1, fault, "a phrase must occur in two: add texts of other sources")
