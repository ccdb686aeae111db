"""What one home remembers: acts it has seen, how they may come again, what its task has touched, open hours."""

from __future__ import annotations

from functools import lru_cache
from hashlib import blake2b
from typing import Any

from msgspec import Struct

from pipeline.event import Fields

HOUR = 3600.0
FORGET_ACTS = 24 * HOUR
FORGET_HOME = 30 * 24 * HOUR
FORGET_LINKS = HOUR / 4
"""How long another source may take to tell of the same act, and a chunked text to end."""
SLACK = FORGET_LINKS
"""How late a find may come and still be counted with those that a home holds back."""
PAUSE = 2 * HOUR
"""How long a home says nothing of finds that only repeat what it has said; a day has a whole number of them."""
HASH = 32
"""Digits of an event id that is a hash."""


class Act(Struct, array_like=True, gc=False):
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


class Sum(Struct, array_like=True, gc=False):
    """Events and sensitive units of one subject in one hour, first and last time, and what else its inventory wants."""

    first: float
    last: float
    events: int = 0
    units: float = 0.0
    classes: dict[str, int] = {}
    names: dict[str, list[str]] = {}
    said: Fields = {}


Find = tuple[float, str, str, Fields]
"""The time and id of an event that a rule has found, the rule's digest, and what is told of it."""


class Kept(Struct, array_like=True, gc=False):
    """Finds of one subject that cannot matter to its correlation yet.

    With the latest time, the span that counts, and what all of them say of their group. `told`: they were enough, and
    since then each find is told at once.
    """

    subject: str
    last: float
    span: float
    facts: Fields
    told: bool = False
    finds: list[Find] = []


class Said(Struct, array_like=True, gc=False):
    """A find of a group was told in this pause; the last one since then waits, with what is to be told of it."""

    pause: int
    subject: str
    rule: str
    time: float = 0.0
    event: str = ""
    facts: Fields = {}


class Busy(Struct, array_like=True, gc=False):
    """What one hour of a home has come to up to now."""

    interactions: int = 0
    characters: int = 0
    bytes: int = 0
    subjects: int = 0
    tool_calls: int = 0
    apps: list[str] = []
    destinations: list[str] = []


class Usual(Struct, array_like=True, gc=False):
    """Median, spread and limit of each measure over the hours before one, of which so many have been learnt."""

    hour: int
    learnt: int
    middles: list[float]
    spreads: list[float]
    limits: list[float]


class Memory(Struct):
    """The memory of one home; every part is bounded in number and in time.

    `busy` are the hours opened last, `rows` those before them by hour with their measures; `met` tells of each value the first and the last hour.
    """

    acts: dict[int, Act] = {}
    links: dict[str, Link] = {}
    openings: dict[int, Opening] = {}
    chunks: dict[int, Chunked] = {}
    calls: dict[str, Fields] = {}
    taint: dict[str, float] = {}
    known: dict[str, float] = {}
    hours: dict[int, dict[str, Sum]] = {}
    kept: dict[int, Kept] = {}
    said: dict[int, Said] = {}
    busy: dict[int, Busy] = {}
    rows: list[tuple[int, ...]] = []
    usual: Usual | None = None
    met: dict[str, dict[str | int, tuple[int, int]]] = {}
    last: float = 0.0


def forget(memory: Memory, time: float) -> None:
    """Forget what is too old."""
    _forget(memory.acts, time - FORGET_ACTS)
    _forget(memory.openings, time - FORGET_ACTS)
    _forget(memory.links, time - FORGET_LINKS)
    _forget(memory.chunks, time - FORGET_LINKS)
    if memory.last + FORGET_HOME < time:
        memory.calls, memory.taint, memory.known, memory.last = {}, {}, {}, 0.0
        memory.busy, memory.rows, memory.usual, memory.met = {}, [], None, {}


def wakes(memory: Memory) -> float:
    """Tell when a home wants to rest: when its oldest open hour closes, else when its oldest link, act or all is too old."""
    if memory.hours:
        return (min(memory.hours) + 1) * HOUR
    if memory.said:
        return (min(said.pause for said in memory.said.values()) + 1) * PAUSE
    waiting: dict[Any, Any]
    for waiting in (memory.links, memory.chunks):
        if waiting:
            return _oldest(waiting) + FORGET_LINKS
    if memory.kept:
        return min(kept.last + kept.span for kept in memory.kept.values()) + SLACK
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
