"""Read rows and mappings of reference files, every fault with its file and line."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterable, Mapping
from datetime import date
from pathlib import Path
from typing import Any

from msgspec import Struct

from pipeline.errors import ContentError, Problem
from pipeline.yamlfile import load_document

FLAGS = {"true": True, "false": False}


class Entry(Struct, frozen=True):
    """One row or mapping of a file; what is wrong with it is added to `faults`, and reads as absent."""

    path: str
    line: int
    body: Mapping[str, Any]
    faults: list[Problem]

    def fault(self, key: str, fault: str, remedy: str) -> None:
        """Note a fault of one key."""
        at: Callable[[str], int] | None = getattr(self.body, "at", None)
        self.faults.append(Problem(self.path, at(key) if at else self.line, f"`{key}` {fault}", remedy))

    def word(self, key: str) -> str | None:
        """Give a text; numbers and dates count as their spelling, an empty text as absent."""
        value = self.body.get(key)
        if value is None:
            return None
        if (text := _spelling(value)) is None:
            self.fault(key, "is no text", "write one value, in quotes where YAML would read it otherwise")
        return text or None

    def one_of(self, key: str, allowed: tuple[str, ...]) -> str | None:
        """Give a text of a closed list."""
        text = self.word(key)
        if text is None or text in allowed:
            return text
        self.fault(key, "has a value that is not in its list", f"use one of {', '.join(allowed)}")
        return None

    def words(self, key: str) -> tuple[str, ...]:
        """Give a list of texts; a single text is a list parted by `|`."""
        value = self.body.get(key)
        values = value.split("|") if isinstance(value, str) else value if isinstance(value, list) else [value]
        texts = [_spelling(item) for item in values if item is not None]
        if None in texts:
            self.fault(key, "is no list of texts", "write [one, two]")
        return tuple(text for text in texts if text)

    def all_of(self, key: str, allowed: tuple[str, ...]) -> tuple[str, ...]:
        """Give a list of texts of a closed list."""
        texts = self.words(key)
        if any(text not in allowed for text in texts):
            self.fault(key, "has a value that is not in its list", f"use some of {', '.join(allowed)}")
        return tuple(text for text in texts if text in allowed)

    def flag(self, key: str) -> bool | None:
        """Give a truth value."""
        value = self.body.get(key)
        if value is None or value == "":
            return None
        found = (
            value
            if isinstance(value, bool)
            else FLAGS.get(value.strip().lower())
            if isinstance(value, str)
            else None
        )
        if found is None:
            self.fault(key, "is neither true nor false", "write true or false, or leave it empty")
        return found

    def day(self, key: str) -> str | None:
        """Give an ISO day."""
        text = self.word(key)
        try:
            return text and date.fromisoformat(text[:10]).isoformat()
        except ValueError:
            self.fault(key, "is no day", "write YYYY-MM-DD")
            return None

    def mapping(self, key: str) -> Mapping[str, Any]:
        """Give a nested mapping as it is."""
        value = self.body.get(key)
        if value is None or isinstance(value, dict):
            return value or {}
        self.fault(key, "is no mapping", "write {name: value}")
        return {}

    def parts(self, key: str, word: str | None = None) -> list[Entry]:
        """Give nested mappings as entries; with `word`, a bare text stands for {word: text}."""
        value = self.body.get(key)
        items = [] if value is None else value if isinstance(value, list) else [None]
        bodies = [{word: item} if word and isinstance(item, str) else item for item in items]
        if not all(isinstance(body, dict) for body in bodies):
            self.fault(key, "is no list of mappings", "write a list, each item on its own line after a dash")
        return [
            Entry(self.path, getattr(body, "line", self.line), body, self.faults)
            for body in bodies
            if isinstance(body, dict)
        ]


def _spelling(value: Any) -> str | None:
    if isinstance(value, str):
        return value.strip()
    if isinstance(value, date):
        return value.isoformat()
    return str(value) if isinstance(value, int | float) and not isinstance(value, bool) else None


def document(path: Path, faults: list[Problem]) -> Entry:
    """Read a YAML file as one entry; an unreadable one is a fault and reads as empty."""
    try:
        body = load_document(path)
    except ContentError as error:
        faults.extend(error.problems)
        body = {}
    if not isinstance(body, dict):
        faults.append(Problem(str(path), 1, "is no mapping", "begin the file with a key"))
        body = {}
    return Entry(str(path), 1, body, faults)


def items(path: Path, key: str, id_key: str, faults: list[Problem]) -> list[Entry]:
    """Read the list under one key of a YAML file; each item has its id, and each id stands once."""
    whole = document(path, faults)
    if whole.body and key not in whole.body:
        whole.fault(key, "is missing", f"begin the file with `{key}:`")
    return distinct(whole.parts(key), id_key)


def rows(path: Path, id_key: str, faults: list[Problem]) -> list[Entry]:
    """Read the rows of a CSV file with a header; blank lines and cells are left out."""
    try:
        text = path.read_bytes().decode("utf-8-sig")
        found = list(_cells(path, text, faults))
    except OSError as error:
        faults.append(Problem(str(path), 1, f"cannot be read: {error.strerror}", "check path and rights"))
        return []
    except UnicodeDecodeError as error:
        line = error.object[: error.start].count(b"\n") + 1
        faults.append(Problem(str(path), line, "is not UTF-8", "save it as UTF-8"))
        return []
    return distinct(found, id_key)


def _cells(path: Path, text: str, faults: list[Problem]) -> Iterable[Entry]:
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    header: list[str] = []
    try:
        for cells in reader:
            if not any(cell.strip() for cell in cells):
                continue
            if not header:
                header = [cell.strip() for cell in cells]
            elif len(cells) == len(header):
                body = {name: cell.strip() for name, cell in zip(header, cells, strict=True) if cell.strip()}
                yield Entry(str(path), reader.line_num, body, faults)
            else:
                fault = f"has {len(cells)} cells, the header has {len(header)}"
                faults.append(Problem(str(path), reader.line_num, fault, "quote a cell that holds a comma"))
    except csv.Error as error:
        faults.append(
            Problem(str(path), reader.line_num, f"is not CSV: {error}", "correct the quotes of this line")
        )


def distinct(entries: Iterable[Entry], id_key: str) -> list[Entry]:
    """Give the entries that have an id of their own; note the others."""
    seen: dict[str, int] = {}
    kept = []
    for entry in entries:
        if (name := entry.word(id_key)) is None:
            entry.fault(id_key, "is missing", "give each entry its own")
        elif name.lower() in seen:
            entry.fault(id_key, f"stands already in line {seen[name.lower()]}", "give each entry its own")
        else:
            seen[name.lower()] = entry.line
            kept.append(entry)
    return kept
