"""Look for all needles of a field in one pass over a text."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from hashlib import sha256
from importlib.metadata import version

import hyperscan

from pipeline.rules.index.kept import keep, kept
from pipeline.rules.index.needs import Needle
from pipeline.rules.text import fold

Scan = Callable[..., object]
Expression = tuple[int, bytes, int]
"""A number, an expression in Hyperscan's form, and its flags."""

_ONCE = hyperscan.HS_FLAG_SINGLEMATCH
_LITERAL = _ONCE | hyperscan.HS_FLAG_CASELESS
_PATTERN = _ONCE | hyperscan.HS_FLAG_PREFILTER | hyperscan.HS_FLAG_ALLOWEMPTY
_PLAIN = re.compile(rb"[^A-Za-z0-9_]")
_EDGES = {"starts": (b"^", b""), "ends": (b"", rb"\z"), "has": (b"", b"")}
FEW = 30
"""Expressions that are compiled as fast as they are read."""

_VERTICAL = "\v"
"""White space to Hyperscan and not to RE2."""


class Scanner:
    """Finds needles in texts, by their positions; it belongs to one thread.

    Texts in ASCII are scanned as they are, others folded; there regular expressions count as found. Databases are
    compiled when the first text asks for them.
    """

    def __init__(self, needles: Sequence[Needle]) -> None:
        self._literals = [(at, one) for at, one in enumerate(needles) if one.shape != "re"]
        self._patterns = {at: one.text for at, one in enumerate(needles) if one.shape == "re"}
        self._unknown: list[int] = []
        self._plain: Scan | None = None
        self._folded: Scan | None = None

    def found(self, text: str) -> list[int]:
        """Give the positions of the needles that are in a text; of regular expressions perhaps too many."""
        if not text:
            return [
                *self._patterns
            ]  # an expression may match nothing, and Hyperscan does not look at nothing
        if text.isascii() and not (self._patterns and _VERTICAL in text):
            scan = self._plain or self._open_plain()
            hits = self._unknown.copy()
            scan(text.encode(), _note, 0, hits)
            return hits
        hits = [*self._patterns]
        (self._folded or self._open_folded())(fold(text).encode("utf-8", "surrogatepass"), _note, 0, hits)
        return hits

    def _open_plain(self) -> Scan:
        literals = [_literal(at, one) for at, one in self._literals if one.text.isascii()]
        patterns = [(at, text.encode(), _PATTERN) for at, text in self._patterns.items() if text.isascii()]
        self._unknown = [at for at, text in self._patterns.items() if not text.isascii()]
        try:
            self._plain = _opened([*literals, *patterns])
        except hyperscan.error:
            known = [one for one in patterns if _compiles(one)]
            self._unknown = [*self._patterns.keys() - {at for at, *_ in known}]
            self._plain = _opened([*literals, *known])
        return self._plain

    def _open_folded(self) -> Scan:
        self._folded = _opened([_literal(at, one) for at, one in self._literals])
        return self._folded


def _note(at: int, _start: int, _end: int, _flags: int, hits: list[int]) -> None:
    hits.append(at)


def _literal(at: int, needle: Needle) -> Expression:
    text = needle.text.encode("utf-8", "surrogatepass")
    escaped = _PLAIN.sub(lambda found: b"\\x%02x" % found[0][0], text)
    before, behind = _EDGES[needle.shape]
    return at, before + escaped + behind, _LITERAL


def _compiles(expression: Expression) -> bool:
    try:
        _compile([expression])
    except hyperscan.error:
        return False
    return True


def _opened(expressions: Sequence[Expression]) -> Scan:
    if not expressions:
        return lambda *_: None
    if len(expressions) < FEW:
        return _scan_of(_compile(expressions))
    key = f"{version('hyperscan')} {[*expressions]}".encode("utf-8", "surrogatepass")
    name = f"rules-{sha256(key).hexdigest()[:32]}"
    database = _loaded(kept(name))
    if database is None:
        database = _compile(expressions)
        keep(name, hyperscan.dumpb(database))
    return _scan_of(database)


def _scan_of(database: hyperscan.Database) -> Scan:
    scan: Scan = database.scan
    return scan


def _loaded(stored: bytes | None) -> hyperscan.Database | None:
    """Open what was kept; None where it was made by another kind of processor."""
    try:
        database = stored and hyperscan.loadb(stored, hyperscan.HS_MODE_BLOCK)
        if database:
            database.scratch = hyperscan.Scratch(database)
    except hyperscan.error:
        return None
    return database or None


def _compile(expressions: Sequence[Expression]) -> hyperscan.Database:
    database = hyperscan.Database(mode=hyperscan.HS_MODE_BLOCK)
    ids, texts, flags = zip(*expressions, strict=True)
    database.compile(expressions=texts, ids=ids, elements=len(ids), flags=flags)
    return database
