"""Remember the documents of large packs as they were parsed, under the hash of their files, so that the next start need not."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, datetime
from hashlib import sha256
from pathlib import Path
from typing import Any

import msgspec

from pipeline.errors import ContentError, Problem
from pipeline.rules.index.kept import keep, kept, tidy
from pipeline.yamlfile import Located, load_documents

FEW = 100
"""Files that are parsed as fast as they are looked up."""

MOST_NODES = 2_000_000
"""Values of one pack that are remembered; a document whose aliases unfold to more is not."""

MOST_VALUES = 100_000
UNFOLDS = f"its aliases stand for more than {MOST_VALUES:,} values"

LIST, MAPPING, DATE, TIME = range(4)
"""What the first member of a kept list says it is; everything else is kept as it is."""

Bodies = list[Any] | ContentError
"""The documents of a file, or what is wrong with it."""


class Unkept(Exception):
    """A pack holds something that is not remembered."""


def load_all(files: Sequence[Path]) -> Iterator[tuple[Path, Bodies]]:
    """Give the documents of each file, as `load_documents` does; those of a large sound pack from memory."""
    if len(files) < FEW or (name := _name(files)) is None:
        yield from ((file, _loaded(file)) for file in files)
        return
    known = _known(kept(name), len(files))
    if known is None:
        known = [_loaded(file) for file in files]
        _remember(name, files, known)
    yield from zip(files, known, strict=True)


def _loaded(file: Path) -> Bodies:
    try:
        found = load_documents(file)
    except ContentError as error:
        return error
    if _unfolded(found, {}) > MOST_VALUES:
        return ContentError([Problem(str(file), 1, UNFOLDS, "write the values out, or split the file")])
    return found


def _unfolded(value: Any, known: dict[int, int]) -> int:
    """Count the values of a document with every alias as what it stands for; one inside itself counts as too many."""
    if not isinstance(value, dict | list):
        return 1
    if (size := known.get(id(value))) is None:
        known[id(value)] = MOST_VALUES + 1
        members = value.values() if isinstance(value, dict) else value
        size = known[id(value)] = 1 + sum([_unfolded(member, known) for member in members])
    return size


def _name(files: Sequence[Path]) -> str | None:
    """Name a pack by the content of its files in their order; None where one cannot be read."""
    try:
        digests = [sha256(file.read_bytes()).digest() for file in files]
    except OSError:
        return None
    return f"documents-1-{sha256(b''.join(digests)).hexdigest()[:32]}"


def _remember(name: str, files: Sequence[Path], found: list[Bodies]) -> None:
    """Keep the documents of a sound pack, unless a file has changed while it was read."""
    left = [MOST_NODES]
    try:
        made = msgspec.msgpack.encode([_flat(bodies, left) for bodies in found])
    except (Unkept, RecursionError, OverflowError, UnicodeEncodeError):
        return
    if _name(files) == name:
        keep(name, made)
        tidy()


def _flat(value: Any, left: list[int]) -> Any:
    """Give a value as lists, texts and numbers alone; `left` is how many more there may be."""
    left[0] -= 1
    if left[0] < 0:
        raise Unkept
    kind = value.__class__
    if kind is Located:
        keys = [_flat(key, left) for key in value]
        values = [_flat(member, left) for member in value.values()]
        return [MAPPING, value.line, keys, [value.at(key) for key in value], values]
    if kind is list:
        return [LIST, [_flat(member, left) for member in value]]
    if kind is datetime:
        return [TIME, value.isoformat()]
    if kind is date:
        return [DATE, value.isoformat()]
    if value is None or kind in (str, int, float, bool):
        return value
    raise Unkept  # a file with a fault, a set, bytes


def _known(stored: bytes | None, count: int) -> list[Bodies] | None:
    """Give what was kept; None where that is not the documents of so many files."""
    if stored is None:
        return None
    try:
        found = [_risen(bodies) for bodies in msgspec.msgpack.decode(stored)]
    except (msgspec.DecodeError, ValueError, TypeError, LookupError, RecursionError):
        return None
    whole = len(found) == count and all(isinstance(bodies, list) for bodies in found)
    return found if whole else None


def _risen(value: Any) -> Any:
    if value.__class__ is not list:
        return value
    kind, *parts = value
    if kind == MAPPING:
        line, keys, lines, values = parts
        names = [_risen(key) for key in keys]
        found = Located(zip(names, map(_risen, values), strict=True))
        found.line, found.lines = line, dict(zip(names, lines, strict=True))
        return found
    if kind == LIST:
        return [_risen(member) for member in parts[0]]
    if kind == TIME:
        return datetime.fromisoformat(parts[0])
    return date.fromisoformat(parts[0])
