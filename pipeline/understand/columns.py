"""Tables: files of comma-separated values whose first row names the columns."""

from __future__ import annotations

from functools import lru_cache

from pipeline.errors import BadRecord
from pipeline.event import Fields
from pipeline.understand.sources import READERS
from pipeline.understand.sources.forms.rows import cells, unclosed

_NO_TABLE = (b"{", b"[", b"<", b"#")
_LEAST = 3
"""Names of one source that make a row the head of its table."""
_WRAPPED = "AuditData"
"""A column that holds a whole record."""


def names_columns(line: bytes) -> bool:
    """Say whether a line is the head of a table that one of the readers knows."""
    if line.startswith(_NO_TABLE) or line.count(b",") < _LEAST - 1:
        return False
    try:
        names = head(line)
    except BadRecord:
        return False
    if len(set(names)) < len(names) or not all(names):
        return False
    return _WRAPPED in names or any(len(source.keys.intersection(names)) >= _LEAST for source in READERS)


@lru_cache(maxsize=64)
def head(line: bytes) -> tuple[str, ...]:
    """Give the names of the columns in the head of a table."""
    return tuple(name.strip() for name in cells(line.decode(errors="replace").removeprefix("\ufeff")))


def row(line: bytes, names: tuple[str, ...]) -> Fields:
    """Give a row of a table as an object, without the cells in which nothing stands."""
    told = line.decode(errors="replace")
    if unclosed(told):
        raise BadRecord("a row of a table that breaks off within quotes")
    values = cells(told)
    if len(values) > len(names):
        raise BadRecord("a row of a table with more cells than it has columns")
    return {name: value for name, value in zip(names, values, strict=False) if value}
