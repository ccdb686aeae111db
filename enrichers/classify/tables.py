"""Read the tables under `enrichers/data/classifiers/`: what is looked for is content, not code."""

from __future__ import annotations

from pathlib import Path
from typing import TypeVar

import msgspec
from msgspec import Struct

from pipeline.errors import ContentError, Problem
from pipeline.yamlfile import load_documents

FOLDER = Path(__file__).parents[1] / "data" / "classifiers"
S = TypeVar("S", bound=Struct)


def table(path: Path, row: type[S]) -> list[S]:
    """Read the rows of a table, its last document; raise ContentError with every row that is none."""
    rows, problems = [], []
    for entry in load_documents(path)[-1]:
        try:
            rows.append(msgspec.convert(entry, row))
        except msgspec.ValidationError as error:
            fault = f"is no row of this table: {error}"
            problems.append(Problem(str(path), getattr(entry, "line", 1), fault, "see the rows beside it"))
    if problems:
        raise ContentError(problems)
    return rows


def words(path: Path) -> dict[str, str]:
    """Give the words that stand for longer expressions in a table, its first document."""
    return dict(load_documents(path)[0])
