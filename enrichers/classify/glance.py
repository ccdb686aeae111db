"""One pass over a text for all classifiers at once; they look closer only where it stopped."""

from __future__ import annotations

import hashlib
import os
import re
import tempfile
import threading
from collections.abc import Callable
from contextlib import suppress
from functools import cache
from importlib.metadata import version
from pathlib import Path
from typing import Any

import hyperscan

from enrichers.classify.cues import Cue, general_cues

Hit = tuple[Any, int, int]
"""What the cue is for, and where it matched in code points; the start is 0 where the cue does not want it."""
Hits = dict[str, list[Hit]]
"""Hits by topic, in the order of their ends; no topic without a hit."""
Cues = Callable[[], tuple[Cue, ...]]
Scan = Callable[..., object]

NOTHING: Hits = {}
_FOLLOWERS = bytes(range(0x80, 0xC0))
_WIDE = re.compile(r"\[\w*[^\x00-\x7f]\w*\]|[^\x00-\x7f]")
_local = threading.local()


def glance(text: str, cues: Cues = general_cues, most: int = 0) -> Hits:
    """Look for all cues of one kind in a text, the general ones unless told otherwise; the time is linear.

    `most`: how many hits end the pass, if any do.
    """
    try:
        scan, meanings = _local.scans[cues]
    except (AttributeError, KeyError):
        scan, meanings = _opened(cues)
    data = text.encode("utf-8", "surrogatepass")
    found: list[tuple[int, int, int]] = []
    if most:
        _scan_some(scan, data, found, most)
    else:
        scan(data, _note, 0, found)
    if not found:
        return NOTHING

    hits: Hits = {}
    if len(data) == len(text):
        for cue, start, end in found:
            topic, thing = meanings[cue]
            if topic in hits:
                hits[topic].append((thing, start, end))
            else:
                hits[topic] = [(thing, start, end)]
        return hits
    points = _code_points(data, found)
    for cue, start, end in found:
        topic, thing = meanings[cue]
        hits.setdefault(topic, []).append((thing, points(start), points(end)))
    return hits


def _note(cue: int, start: int, end: int, _flags: int, found: list[tuple[int, int, int]]) -> None:
    found.append((cue, start, end))


def _scan_some(scan: Scan, data: bytes, found: list[tuple[int, int, int]], most: int) -> None:
    def note(cue: int, start: int, end: int, _flags: int, _context: object) -> bool:
        found.append((cue, start, end))
        return len(found) >= most

    with suppress(hyperscan.ScanTerminated):
        scan(data, note, 0, None)


def _code_points(data: bytes, found: list[tuple[int, int, int]]) -> Callable[[int], int]:
    points, before, count = {0: 0}, 0, 0
    for offset in sorted({offset for _, start, end in found for offset in (start, end)}):
        count += len(data[before:offset].translate(None, _FOLLOWERS))
        points[offset], before = count, offset
    return points.__getitem__


def _opened(cues: Cues) -> tuple[Scan, list[tuple[str, Any]]]:
    """Open a database for this thread: its scratch memory must not be shared."""
    database = hyperscan.loadb(_compiled(cues), hyperscan.HS_MODE_BLOCK)
    database.scratch = hyperscan.Scratch(database)
    scan: Scan = database.scan
    opened = scan, [(cue.topic, cue.thing) for cue in cues()]
    _local.__dict__.setdefault("scans", {})[cues] = opened
    return opened


@cache
def _compiled(cues: Cues) -> bytes:
    table = [(_as_bytes(cue.expression), _flags(cue)) for cue in cues()]
    digest = hashlib.sha256(f"{version('hyperscan')} {table}".encode()).hexdigest()
    path = _cache() / f"cues-{digest[:32]}"
    return _stored(path) or _store(path, _compile(table))


def _cache() -> Path:
    home = os.path.expanduser("~/.cache")  # noqa: PTH111 - gives a path even where nobody has a home
    return Path(os.environ.get("XDG_CACHE_HOME") or home, "shadowgraph")


def _compile(table: list[tuple[bytes, int]]) -> bytes:
    database = hyperscan.Database(mode=hyperscan.HS_MODE_BLOCK)
    expressions, flags = zip(*table, strict=True)
    database.compile(expressions=expressions, ids=range(len(table)), elements=len(table), flags=flags)
    compiled: bytes = hyperscan.dumpb(database)
    return compiled


def _as_bytes(expression: str) -> bytes:
    """Hold letters beyond ASCII together: the pass sees bytes, and they have several."""
    return _WIDE.sub(lambda found: f"(?:{'|'.join(found[0].strip('[]'))})", expression).encode()


def _flags(cue: Cue) -> int:
    flags: int = hyperscan.HS_FLAG_MULTILINE
    flags |= hyperscan.HS_FLAG_CASELESS if cue.caseless else 0
    flags |= hyperscan.HS_FLAG_SOM_LEFTMOST if cue.starts else 0
    return flags | (hyperscan.HS_FLAG_SINGLEMATCH if cue.once else 0)


def _stored(path: Path) -> bytes | None:
    """Give what an earlier start left, if it is whole and of this kind of processor; its own hash stands before it."""
    try:
        stored = path.read_bytes()
        if hashlib.sha256(stored[32:]).digest() != stored[:32]:
            return None
        hyperscan.loadb(stored[32:], hyperscan.HS_MODE_BLOCK)
    except (OSError, hyperscan.error):
        return None
    return stored[32:]


def _store(path: Path, compiled: bytes) -> bytes:
    """Leave it for the next start, whole or not at all; without a writable cache every start compiles."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile(dir=path.parent, delete=False) as file:
            file.write(hashlib.sha256(compiled).digest() + compiled)
        Path(file.name).replace(path)
    except OSError:
        pass
    return compiled
