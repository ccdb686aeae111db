"""What comes in: records at places, and the two records that carry time and content through the logs."""

from __future__ import annotations

from msgspec import Struct


class Place(Struct, frozen=True, order=True):
    """A position of a log: a file or topic-partition, and the line (from 1) or offset in it."""

    log: str
    offset: int


class Record(Struct, frozen=True):
    """Bytes of a source.

    `source` is the name of a reader, or "auto". `arrived` is the time at which its log took it (epoch seconds); for
    a file, which cannot say that, the last good time that `understand` gave for it. `header` is a file's header
    where its format has one: remarks that name its columns, or the first row of a table.
    """

    place: Place
    source: str
    arrived: float | None
    header: bytes | None
    body: bytes


class Reject(Struct, frozen=True):
    """A record that cannot be read, with its place and the reason; never its content."""

    place: Place
    reason: str


class Tick(Struct, frozen=True):
    """Nothing before `time` will come from `log`.

    Depth 0 comes from `suspect`, n + 1 from a `decide` that has judged depth n. `Tick(inf)` ends a log.
    """

    log: str
    time: float
    depth: int = 0


class Swap(Struct, frozen=True):
    """From here on, the pack with this digest judges."""

    digest: str
