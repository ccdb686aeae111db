"""What one home remembers: acts it has seen, how they may come again, what its task has touched, open hours."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from hashlib import blake2b
from typing import Any

from msgspec import Struct

from pipeline.event import Fields
from pipeline.pack import Pack
from pipeline.record import Tick
from pipeline.signal import Signal

HOUR = 3600.0
FORGET_ACTS = 24 * HOUR
FORGET_HOME = 30 * 24 * HOUR
FORGET_LINKS = HOUR / 4
"""How long another source may take to tell of the same act, and a chunked text to end."""
HASH = 32
"""Digits of an event id that is a hash."""


class Act(Struct, array_like=True):
    """An act that was seen: its time, and the digests of the rules that have fired on it.

    `same` is the id of the act that this one turned out to be, if another.
    """

    time: float
    fired: list[str]
    same: str = ""


class Link(Struct, array_like=True, gc=False):
    """An act as it stands under a key: its id and time, the sources that have told it, and what it must not differ in."""

    id: str
    time: float
    told: tuple[str, ...]
    must: str


class Opening(Struct, array_like=True):
    """How a conversation began.

    `turn` was the last one to speak and has followed the opening up to `chain` (0: it has left it); `ids` are the acts
    of the opening by chain.
    """

    time: float
    turn: str
    chain: int
    ids: dict[int, str]


class Chunked(Struct, array_like=True):
    """A text whose end is still to come: since when, the chunk that came first, and what was found up to now."""

    time: float
    first: int
    found: Fields


class Sum(Struct, array_like=True):
    """Events and sensitive units of one subject in one hour."""

    events: int = 0
    units: float = 0.0


class Memory(Struct):
    """The memory of one home; every part is bounded in number and in time."""

    acts: dict[int, Act] = {}
    links: dict[str, Link] = {}
    openings: dict[int, Opening] = {}
    chunks: dict[int, Chunked] = {}
    calls: dict[str, Fields] = {}
    taint: dict[str, float] = {}
    known: dict[str, float] = {}
    hours: dict[int, dict[str, Sum]] = {}
    last: float = 0.0


def rest(_home: str, memory: Memory, tick: Tick, _pack: Pack) -> Iterator[Signal]:
    """Sum up hours that have closed and forget what is too old."""
    for hour in sorted(h for h in memory.hours if (h + 1) * HOUR <= tick.time):
        for entity, total in sorted(memory.hours.pop(hour).items()):
            facts: Fields = {"ai.standing.events": total.events, "ai.standing.units": round(total.units, 3)}
            yield Signal(entity, (hour + 1) * HOUR, "", None, None, facts)

    _forget(memory.acts, tick.time - FORGET_ACTS)
    _forget(memory.openings, tick.time - FORGET_ACTS)
    _forget(memory.links, tick.time - FORGET_LINKS)
    _forget(memory.chunks, tick.time - FORGET_LINKS)
    if memory.last + FORGET_HOME < tick.time:
        memory.calls, memory.taint, memory.known, memory.last = {}, {}, {}, 0.0


def wakes(memory: Memory) -> float:
    """Tell when a home wants to rest: when its oldest open hour closes, else when its oldest link, act or all is too old."""
    if memory.hours:
        return (min(memory.hours) + 1) * HOUR
    waiting: dict[Any, Any]
    for waiting in (memory.links, memory.chunks):
        if waiting:
            return _oldest(waiting) + FORGET_LINKS
    if memory.acts:
        return _oldest(memory.acts) + FORGET_ACTS
    return memory.last + FORGET_HOME


def bound(kept: dict[Any, Any], most: int) -> None:
    """Drop what came first until no more than `most` are left."""
    while len(kept) > most:
        del kept[next(iter(kept))]


@lru_cache(4)
def short(event_id: str) -> int:
    """Give 64 bits of an id; asked for thrice for each event, hence the cache.

    Half of an id that is itself a hash, as those of our own readers, serves as well as another hash.
    """
    if len(event_id) == HASH:
        try:
            return int(event_id[HASH // 2 :], 16)
        except ValueError:
            pass
    return hashed(event_id)


def hashed(text: str) -> int:
    """Give 64 bits of the hash of a text."""
    return int.from_bytes(blake2b(text.encode("utf-8", "replace"), digest_size=8).digest(), "big")


def _forget(kept: dict[Any, Any], limit: float) -> None:
    for key in [key for key, one in kept.items() if one.time < limit]:
        del kept[key]


def _oldest(kept: dict[Any, Any]) -> float:
    time: float = next(iter(kept.values())).time
    return time
