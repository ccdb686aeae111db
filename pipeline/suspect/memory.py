"""What one home remembers: acts it has seen, calls that wait for results, what its task has touched, open hours."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from hashlib import blake2b

from msgspec import Struct

from pipeline.event import Event, Fields
from pipeline.pack import Pack
from pipeline.record import Tick
from pipeline.signal import Signal

HOUR = 3600.0
FORGET_ACTS = 24 * HOUR
FORGET_HOME = 30 * 24 * HOUR
HASH = 32
"""Digits of an event id that is a hash."""
MOST_ACTS = 2000
MOST_CALLS = 200
MOST_SUBJECTS = 500

SUBJECTS = ("user.id", "user.email", "gen_ai.agent.id", "ai.key.id", "ai.app.id")
"""Entities that have a standing; a person is `user.id`, else `user.email`."""

FROM_CALL = (
    "gen_ai.tool.name",
    "gen_ai.agent.id",
    "ai.tool.server",
    "ai.tool.risk",
    "ai.tool.kind",
    "ai.approval.state",
)
"""What a result, or another sighting of a call, takes from the call where it does not say so itself."""

TOUCHES = {"read_private": "private", "read_secret": "secret", "read_untrusted": "untrusted"}


class Act(Struct, array_like=True):
    """An act that was seen: its time, and the digests of the rules that have fired on it."""

    time: float
    fired: list[str]


class Sum(Struct, array_like=True):
    """Events and sensitive units of one subject in one hour."""

    events: int = 0
    units: float = 0.0


class Memory(Struct):
    """The memory of one home; every part is bounded in number and in time."""

    acts: dict[int, Act] = {}
    calls: dict[str, Fields] = {}
    taint: dict[str, float] = {}
    known: dict[str, float] = {}
    hours: dict[int, dict[str, Sum]] = {}
    last: float = 0.0


def recall(event: Event, memory: Memory) -> tuple[Act | None, Fields]:
    """Join an event with what its home saw before: the same act, its call, and what the task has touched by then."""
    adds: Fields = {}
    if memory.taint and (taint := sorted(t for t, since in memory.taint.items() if since <= event.time)):
        adds["ai.taint"] = taint
    if memory.calls and (call := memory.calls.get(event.fields.get("gen_ai.tool.call.id", ""))):
        adds.update((field, value) for field, value in call.items() if field not in event.fields)
        if event.fields["event.action"] == "tool_result" and "ai.tool.risk" in call:
            adds["ai.tool.risk"] = call["ai.tool.risk"]
    return memory.acts.get(_short(event.id)), adds


def learn(event: Event, fired: list[str], memory: Memory) -> Iterator[Signal]:
    """Remember an event and the rules that fired on it; tell subjects that this home meets for the first time."""
    fields, memory.last = event.fields, max(memory.last, event.time)
    if fields["event.action"] in ("tool_call", "tool_result"):
        _touch(event, fields, memory)
    act = memory.acts.get(_short(event.id))
    if act is not None:
        act.fired = sorted({*act.fired, *fired})
        return
    memory.acts[_short(event.id)] = Act(event.time, fired)
    if len(memory.acts) > MOST_ACTS:
        _bound(memory.acts, MOST_ACTS)

    number, units = int(event.time // HOUR), fields.get("ai.data.units", 0.0)
    if (hour := memory.hours.get(number)) is None:
        hour = memory.hours[number] = {}
    for entity in entities(fields):
        if (total := hour.get(entity)) is None:
            total = hour[entity] = Sum()
        total.events += 1
        total.units += units
        if entity not in memory.known and len(memory.known) < MOST_SUBJECTS:
            memory.known[entity] = event.time
            yield Signal(entity, event.time, event.id, None, None, _introduced(fields, event.time))


def rest(_home: str, memory: Memory, tick: Tick, _pack: Pack) -> Iterator[Signal]:
    """Sum up hours that have closed and forget what is too old."""
    for hour in sorted(h for h in memory.hours if (h + 1) * HOUR <= tick.time):
        for entity, total in sorted(memory.hours.pop(hour).items()):
            facts: Fields = {"ai.standing.events": total.events, "ai.standing.units": round(total.units, 3)}
            yield Signal(entity, (hour + 1) * HOUR, "", None, None, facts)

    for key in [key for key, act in memory.acts.items() if act.time + FORGET_ACTS < tick.time]:
        del memory.acts[key]
    if memory.last + FORGET_HOME < tick.time:
        memory.calls, memory.taint, memory.known, memory.last = {}, {}, {}, 0.0


def wakes(memory: Memory) -> float:
    """Tell when a home wants to rest: when its oldest open hour closes, else when an act or all of it is too old."""
    if memory.hours:
        return (min(memory.hours) + 1) * HOUR
    if memory.acts:
        return next(iter(memory.acts.values())).time + FORGET_ACTS
    return memory.last + FORGET_HOME


def entities(fields: Fields) -> Iterator[str]:
    """Name the entities of an event that have a standing."""
    for field in SUBJECTS:
        if field == "user.email" and fields.get("user.id"):
            continue
        if value := fields.get(field):
            yield f"{field}={value}"


def _introduced(fields: Fields, time: float) -> Fields:
    facts: Fields = {"ai.standing.first_seen": time}
    for field in ("user.id", "user.email", "ai.app.id", "ai.app.name", "ai.app.status", "ai.app.category"):
        if value := fields.get(field):
            facts[field] = value
    return facts


def _touch(event: Event, fields: Fields, memory: Memory) -> None:
    call = fields.get("gen_ai.tool.call.id")
    if call and fields["event.action"] == "tool_call":
        memory.calls[call] = {field: fields[field] for field in FROM_CALL if field in fields}
        _bound(memory.calls, MOST_CALLS)
    if fields.get("ai.policy.decision") == "block":
        return
    found = {TOUCHES[risk] for risk in fields.get("ai.tool.risk", ()) if risk in TOUCHES}
    if fields.get("ai.content.origin") == "web":
        found.add("untrusted")
    if fields["event.action"] == "tool_result" and "secret" in fields.get("ai.data.classes", ()):
        found.add("secret")
    for taint in found:
        memory.taint[taint] = min(event.time, memory.taint.get(taint, event.time))


def _bound(kept: dict[int, Act] | dict[str, Fields], most: int) -> None:
    while len(kept) > most:
        del kept[next(iter(kept))]  # type: ignore[arg-type]


@lru_cache(4)
def _short(event_id: str) -> int:
    """Give 64 bits of an id; asked for thrice for each event, hence the cache.

    Half of an id that is itself a hash, as those of our own readers, serves as well as another hash.
    """
    if len(event_id) == HASH:
        try:
            return int(event_id[HASH // 2 :], 16)
        except ValueError:
            pass
    return int.from_bytes(blake2b(event_id.encode(), digest_size=8).digest(), "big")
