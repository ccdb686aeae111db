"""Rows of values: lines of CSV and the like, and columns that have fields."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator
from hashlib import sha256
from typing import Any

import orjson

from pipeline.errors import BadRecord
from pipeline.event import Fields
from pipeline.understand.sources.forms.values import NOTHING
from pipeline.understand.sources.source import Draft

HEADER = "#header"
"""The hint that holds the header of a file whose rows depend on it."""

_LONGEST = 1024 * 1024

Columns = tuple[tuple[str, int], ...]
"""Fields and the places of their columns, from 0."""


def cells(line: str, delimiter: str = ",") -> list[str]:
    """Take a line of values apart; quoted values may hold the delimiter, doubled quotes and line breaks."""
    if len(line) > _LONGEST:
        raise BadRecord("a row of more than a mebibyte")
    if '"' not in line:
        return line.split(delimiter)
    try:
        return next(csv.reader((line,), delimiter=delimiter), [])
    except csv.Error:
        raise BadRecord("a row of values that cannot be taken apart") from None


def unclosed(line: str) -> bool:
    """Say whether a line breaks off within quotes."""
    return line.count('"') % 2 == 1


def columns(row: list[str], places: Columns) -> Fields:
    """Give the fields of the columns that a row has and that say something."""
    size = len(row)
    return {field: row[at] for field, at in places if at < size and row[at] not in NOTHING}


def cell(row: list[str], at: int) -> str:
    """Give what stands in a column, or nothing where the row ends before it."""
    return found if at < len(row) and (found := row[at]) not in NOTHING else ""


def among(drafts: Iterable[Draft], member: Any, at: int) -> Iterator[Draft]:
    """Give drafts of one member of a record an act of their own where the source states none: what it says, and its place."""
    act = ""
    for draft in drafts:
        if not draft.act:
            act = act or content(member)
            draft.act, draft.part = act, str(at)
        yield draft


def content(value: Any) -> str:
    """Name a member of a record by what it says.

    `settle` would take the whole record for that, once for each member, which takes too long where they are many.
    """
    try:
        data = (
            value.encode(errors="replace")
            if type(value) is str
            else orjson.dumps(value, option=orjson.OPT_SORT_KEYS)
        )
    except TypeError:
        raise BadRecord("JSON nested deeper than 254 levels") from None
    return sha256(data).hexdigest()
