"""Read files of rules: documents in any mix, and the old collections with `action: global`, `reset` and `repeat`."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path

from msgspec import Struct

from pipeline.errors import ContentError
from pipeline.rules.faults import Faults
from pipeline.rules.remembered import load_all
from pipeline.yamlfile import Located


class Document(Struct, frozen=True):
    """One document of a file: an event rule (`detection`), a correlation or a filter."""

    path: str
    line: int
    kind: str
    body: Located


def read_documents(files: Iterable[Path], faults: Faults) -> tuple[Document, ...]:
    """Read all documents of these files; a file that is no YAML is one fault, the others are read."""
    documents: list[Document] = []
    for file, bodies in load_all(tuple(files)):
        if isinstance(bodies, ContentError):
            faults.problems.extend(bodies.problems)
        else:
            documents += _collected(str(file), bodies, faults)
    return tuple(documents)


def _collected(path: str, bodies: list[object], faults: Faults) -> Iterator[Document]:
    """Merge what a `global` document says into the event rules after it."""
    if not bodies:
        faults.refuse(path, 1, "the file is empty", "write a rule into it, or delete it")
    shared, before = _nothing(), _nothing()
    for body in bodies:
        if not isinstance(body, Located):
            faults.refuse(path, 1, "a document is not a mapping", "write a rule, a correlation or a filter")
            continue
        action = body.pop("action", None)
        if action == "global":
            shared = merged(shared, body)
        elif action == "reset":
            shared = _nothing()
        elif action not in (None, "repeat"):
            faults.refuse(
                path, body.at("action"), f"there is no action {action!r}", "write global, reset or repeat"
            )
        elif action == "repeat" and not before:
            faults.refuse(path, body.line, "there is no rule before it to repeat", "write the whole rule")
        elif "correlation" in body or "filter" in body:
            yield Document(path, body.line, "correlation" if "correlation" in body else "filter", body)
        else:
            before = merged(before if action else shared, body)
            if "detection" not in before:
                fault = "the document is neither a rule nor a correlation nor a filter"
                faults.refuse(path, body.line, fault, "write `detection`, `correlation` or `filter`")
                continue
            yield Document(path, body.line, "detection", before)


def _nothing() -> Located:
    nothing = Located()
    nothing.lines = {}
    return nothing


def merged(below: Located, above: Located) -> Located:
    """Merge two mappings deeply into a new one; what stands above wins."""
    result = Located(below)
    result.line, result.lines = above.line, {**below.lines, **above.lines}
    for key, value in above.items():
        old = below.get(key)
        result[key] = merged(old, value) if isinstance(old, Located) and isinstance(value, Located) else value
    return result
