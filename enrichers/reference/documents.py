"""documents.csv and documents/: texts that are to be recognised."""

from __future__ import annotations

from pathlib import Path

from enrichers.reference.entry import Entry, rows
from enrichers.reference.nouns import Document
from pipeline.errors import Problem

KINDS = ("document", "repository", "system_prompt")
LABELS = ("public", "internal", "confidential", "restricted")
LIMIT = 1 << 20
"""Bytes of a document that are read."""


def read_documents(path: Path, faults: list[Problem]) -> list[Document]:
    """Read the register of documents, and the texts that lie in the folder `documents` beside it."""
    return [_document(row, path.with_name("documents")) for row in rows(path, "ai.data.document.id", faults)]


def _document(row: Entry, folder: Path) -> Document:
    return Document(
        id=row.word("ai.data.document.id") or "",
        title=row.word("title") or "",
        kind=row.one_of("ai.data.document.kind", KINDS) or "document",
        label=row.one_of("ai.data.label", LABELS),
        owner=row.word("owner"),
        text=_text(row, folder),
    )


def _text(row: Entry, folder: Path) -> str:
    name = row.word("file")
    if name is None:
        return ""
    try:
        path = (folder / name).resolve()
        if path.is_relative_to(folder.resolve()):
            with path.open("rb") as file:
                return file.read(LIMIT).decode("utf-8", "replace")
    except (OSError, ValueError):
        pass  # told below
    row.fault(
        "file", "names no file that can be read", "put the file into the folder documents beside this list"
    )
    return ""
