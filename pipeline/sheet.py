"""A YAML file of ours on the way in: its values by kind, with every fault and every remark at its line."""

from __future__ import annotations

from collections.abc import Iterator
from difflib import get_close_matches
from pathlib import Path
from typing import Any

from msgspec import Struct

from pipeline.errors import ContentError, Problem
from pipeline.yamlfile import Located, load_document

ANY = "*"


class Sheet(Struct, frozen=True):
    """A file that is being read, and what its reading has found so far."""

    path: Path
    problems: list[Problem] = []
    notes: list[str] = []

    def fault(self, line: int, fault: str, remedy: str) -> None:
        """Add what is wrong, and how to mend it."""
        self.problems.append(Problem(str(self.path), line, fault, remedy))

    def note(self, line: int, remark: str) -> None:
        """Add what works, but is odd."""
        self.notes.append(f"{self.path}:{line}: {remark}")

    def load(self) -> Located | None:
        """Give the mapping that the file holds, None where it cannot be had."""
        try:
            body = load_document(self.path)
        except ContentError as error:
            self.problems.extend(error.problems)
            return None
        if isinstance(body, Located):
            return body
        self.fault(1, "is no mapping", "begin with keys, such as `id:`")
        return None

    def entries(self, body: Located, key: str) -> Iterator[Located]:
        """Give the mappings of a list; each must have an id, and one of its own."""
        entries = body.get(key) or []
        if not isinstance(entries, list):
            self.fault(body.at(key), f"{key} is no list", "begin each entry with `- id:`")
            return
        seen: set[str] = set()
        for number, entry in enumerate(entries, 1):
            if not isinstance(entry, Located):
                self.fault(body.at(key), f"entry {number} of {key} is no mapping", "write `- {id: ..., ...}`")
                continue
            name = self.word(entry, "id")
            if not name:
                self.fault(entry.line, f"entry {number} of {key} has no id", "give it one of its own")
            elif name in seen:
                self.fault(entry.at("id"), f"the id {name} of {key} is taken", "give each entry its own id")
            seen.add(name)
            yield entry

    def word(self, body: Located, key: str) -> str:
        """Give a text or a number as text; an empty one where there is none."""
        value = body.get(key)
        if value is None:
            return ""
        if isinstance(value, bool | list | dict):
            self.fault(body.at(key), f"{key} is no text", "put the text in quotes")
            return ""
        return str(value)

    def words(self, body: Located, key: str) -> tuple[str, ...]:
        """Give a text or a list of texts as texts; an empty list is a fault, for nobody can tell what it means."""
        value = body[key]
        values = value if isinstance(value, list) else [value]
        if not values or value is None:
            self.fault(
                body.at(key), f"{key} names nothing", f"name values, or '{ANY}' for any, or leave it out"
            )
            return ()
        if any(isinstance(item, bool | list | dict | None) for item in values):
            self.fault(body.at(key), f"{key} holds what is no text", "put each value in quotes")
            return ()
        return tuple(map(str, values))

    def table(self, body: Located, key: str) -> Located:
        """Give the mapping under a key; an empty one where there is none."""
        value = body.get(key)
        if isinstance(value, Located):
            return value
        if value is not None:
            self.fault(body.at(key), f"{key} is no mapping", f"write `{key}: {{name: value}}`")
        return Located()

    def one_of(self, line: int, key: str, value: str, known: tuple[str, ...]) -> None:
        """Refuse a value that is not in a closed list."""
        if value not in known:
            near = get_close_matches(value, known, n=1)
            remedy = f"did you mean {near[0]}?" if near else f"choose of {', '.join(known)}"
            self.fault(line, f"nobody knows the {key} {value}", remedy)


def near(key: Any, known: tuple[str, ...]) -> str:
    """Give the known word that was perhaps meant, as a question in brackets; else nothing."""
    found = get_close_matches(str(key), known, n=1)
    return f" (did you mean {found[0]}?)" if found else ""
