"""Log files and standard input as records: bounded lines, a place after each, and the proof that a file is still the same."""

from __future__ import annotations

import sys
import zlib
from collections.abc import Iterator
from gzip import GzipFile
from hashlib import sha256
from math import inf
from pathlib import Path
from time import monotonic
from typing import IO

from msgspec import Struct

from pipeline.edges.headers import Headers
from pipeline.errors import ContentError, Problem
from pipeline.record import Place, Record, Tick

MOST_LINE = 16 * 1024 * 1024
"""Bytes of a line; what is longer is cut one byte later, which the reader rejects."""

HEAD = 4096
DAMAGED = (EOFError, OSError, zlib.error)
"""What reading gives where a file is cut off, damaged, or on a disk that fails."""
GZIP, DATABASE = b"\x1f\x8b", b"SQLite format 3\0"


class Proof(Struct, frozen=True):
    """What was read of a file: its bytes, and hashes of its head and of the last line read.

    `header` is where the header of its last lines begins and ends; its bytes are hashed with the head.
    """

    size: int
    head: str
    start: int
    line: str
    header: tuple[int, int] = (0, 0)


class LogFile:
    """One file, or standard input (`-`), from where an earlier run stopped.

    Raises ContentError if it cannot be opened, or if what was read of it has changed since.
    """

    def __init__(self, path: str, source: str, *, line: int = 0, proof: Proof | None = None) -> None:
        self.path, self.source, self.line = path, source, line
        self._ends: dict[int, tuple[int, int, tuple[int, int]]] = {}
        self._headers = Headers()
        self._heard = monotonic()
        try:
            self._stream = _opened(path)
            self._seekable = path != "-" and self._stream.seekable()
            if proof is not None:
                self._resume(proof)
        except DAMAGED as error:
            fault = f"cannot be read: {getattr(error, 'strerror', None) or error}"
            raise ContentError(
                [Problem(path, max(line, 1), fault, "check the path and its rights")]
            ) from error
        self._at = proof.size if proof is not None else 0

    def records(self, *, follow: bool = False) -> Iterator[Record | Tick]:
        """Give the records that are there, without blank lines, then a Tick that ends the log.

        Header lines are no records: they stand in those behind them.
        While following, a line without its end waits for it, and the log does not end. Raises ContentError where
        nothing more can be read though there is more.
        """
        while line := self._next():
            if follow and self._seekable and not line.endswith(b"\n") and len(line) <= MOST_LINE:
                self._stream.seek(self._at)
                return
            start, self._at = self._at, self._at + len(line) + self._rest_of(line)
            self.line += 1
            if (body := line.strip(b" \t\r\n")) and not self._headers.takes(body, start, self._at):
                self._ends[self.line] = (start, self._at, self._headers.span)
                self._heard = monotonic()
                yield Record(Place(self.path, self.line), self.source, None, self._headers.text, body)
        if not follow:
            yield Tick(self.path, inf)

    def proof(self, line: int) -> Proof | None:
        """Prove what was read up to a line that `records` gave; None if nothing new was."""
        if not self._seekable or line not in self._ends:
            return None
        start, size, header = self._ends[line]
        self._ends = {number: ends for number, ends in self._ends.items() if number > line}
        try:
            with _opened(self.path) as stream:
                return _proof(stream, start, size, header)[0]
        except DAMAGED as error:
            raise _damaged(self.path, line, error) from error

    def silence(self) -> float:
        """Tell for how many seconds nothing new was there."""
        return monotonic() - self._heard

    def close(self) -> None:
        """Let the file go."""
        if self.path != "-":
            self._stream.close()

    def _next(self) -> bytes:
        try:
            return self._stream.readline(MOST_LINE + 1)
        except DAMAGED as error:
            raise _damaged(self.path, self.line, error) from error

    def _rest_of(self, line: bytes) -> int:
        """Read past a line that is too long; give the bytes that were left out."""
        left_out = 0
        while len(line) > MOST_LINE and not line.endswith(b"\n"):
            line = self._next()
            left_out += len(line)
            if len(line) <= MOST_LINE:
                break
        return left_out

    def _resume(self, proof: Proof) -> None:
        found, header = _proof(self._stream, proof.start, proof.size, proof.header)
        if found != proof:
            self._stream.close()
            fault = "has changed in the part that an earlier run has read"
            remedy = "give it another name, or use another store"
            raise ContentError([Problem(self.path, self.line, fault, remedy)])
        self._headers.resume(header, proof.header)
        self._stream.seek(proof.size)


def expanded(paths: tuple[str, ...]) -> list[str]:
    """Give the files that these paths name, each once and in order; a folder names the logs in it, and no store."""
    found: list[str] = []
    for path in paths:
        if path != "-" and Path(path).is_dir():
            found += sorted(str(file) for file in Path(path).rglob("*") if file.is_file() and _is_log(file))
        else:
            found.append(path)
    return sorted(set(found))


def _is_log(file: Path) -> bool:
    if file.name[0] == "." or file.name.endswith(("-wal", "-shm")):
        return False
    try:
        with file.open("rb") as stream:
            return stream.read(len(DATABASE)) != DATABASE
    except OSError:
        return True  # it is named when it is opened to be read


def _opened(path: str) -> IO[bytes] | GzipFile:
    if path == "-":
        return sys.stdin.buffer
    stream = Path(path).open("rb")  # noqa: SIM115 - closed by whoever holds it
    if stream.peek(2)[:2] != GZIP:
        return stream
    if not stream.seekable():
        return GzipFile(fileobj=stream, mode="rb")
    stream.close()
    return GzipFile(path, mode="rb")


def _damaged(path: str, line: int, error: Exception) -> ContentError:
    """Name the last whole line. That a file ends too soon is no end of input: the rest of it is not read."""
    why = "is cut off" if isinstance(error, EOFError) else "is damaged"
    if isinstance(error, OSError) and error.strerror:
        why = f"cannot be read ({error.strerror})"
    remedy = "get it again, or unpack what is whole of it and give that"
    return ContentError([Problem(path, max(line, 1), f"{why} after line {line}", remedy)])


def _proof(
    stream: IO[bytes] | GzipFile, start: int, size: int, header: tuple[int, int]
) -> tuple[Proof, bytes]:
    """Give the proof, and the bytes of the header."""
    stream.seek(0)
    head = stream.read(min(HEAD, size))
    stream.seek(header[0])
    named = stream.read(min(max(header[1] - header[0], 0), MOST_LINE))
    stream.seek(start)
    line = stream.read(min(size - start, MOST_LINE))
    return Proof(size, sha256(head + named).hexdigest(), start, sha256(line).hexdigest(), header), named
