"""The memories of one act: states by key, when each wants waking, and how far each log has come."""

from __future__ import annotations

from collections.abc import Iterator
from heapq import heapify, heappop, heappush
from math import inf, nextafter
from typing import Any, Generic, TypeVar

import msgspec
from msgspec import Struct

from pipeline.record import Tick

S = TypeVar("S")


class Saved(Struct, frozen=True):
    """What a store keeps of one act: encoded states (None: dropped), when each wants waking, and the clock."""

    states: dict[str, bytes | None]
    due: dict[str, float]
    clock: bytes


class Clock(Struct):
    """How far the logs have come.

    `marks` is the last Tick by depth and log, -inf until the first. `passed` is the watermark by depth, `latest` the
    latest event time that was taken, `digest` the pack in force.
    """

    digest: str = ""
    latest: float = -inf
    marks: dict[str, dict[str, float]] = {}
    passed: dict[str, float] = {}

    def expect(self, logs: tuple[str, ...]) -> None:
        """Know these logs and no others: until its first Tick, a new one holds time back."""
        for depth in [*self.marks] or ["0"]:
            self.expect_at(int(depth), logs)

    def expect_at(self, depth: int, logs: tuple[str, ...]) -> None:
        """Know these logs and no others at one depth: until its first Tick, a new one holds time back."""
        known = self.marks.get(str(depth), {})
        self.marks[str(depth)] = {log: known.get(log, -inf) for log in logs}

    def move(self, tick: Tick) -> float | None:
        """Take a Tick; give the new watermark of its depth where it moved.

        When every log has ended, the watermark is just behind the latest event: what was seen can be judged, silence
        beyond it cannot.
        """
        depth = str(tick.depth)
        marks = self.marks.setdefault(depth, {})
        marks[tick.log] = tick.time
        mark = min(marks.values())
        if mark == inf:
            mark = nextafter(self.latest, inf)
        if mark <= self.passed.get(depth, -inf):
            return None
        self.passed[depth] = mark
        return mark


class States(Generic[S]):
    """States of one act over one partition, live; `changes` gives what a checkpoint must hold.

    `log` names the partition in the Ticks that the act gives.

    A state is kept as bytes until somebody asks for it. After a failed commit the whole object is thrown away and
    made again from the store: that is the only way back.
    """

    def __init__(
        self, log: str, kind: type[S], saved: dict[str, tuple[float, bytes]] | None = None, clock: bytes = b""
    ) -> None:
        self.log = log
        self._decode = msgspec.msgpack.Decoder(kind).decode
        self._states: dict[str, S | bytes] = {key: state for key, (_, state) in (saved or {}).items()}
        self._due: dict[str, float] = {key: due for key, (due, _) in (saved or {}).items()}
        self._heap = [(due, key) for key, due in self._due.items() if due < inf]
        self._changed: set[str] = set()
        heapify(self._heap)
        self.clock = msgspec.msgpack.decode(clock, type=Clock) if clock else Clock()

    def __len__(self) -> int:
        return len(self._states)

    def get(self, key: str) -> S | None:
        """Give a state by its key."""
        state = self._states.get(key)
        if isinstance(state, bytes):
            state = self._states[key] = self._decode(state)
        return state

    def keep(self, key: str, state: S, due: float, time: float = -inf) -> None:
        """Take a state as changed by an event of this time, and the time at which it wants waking (inf: never)."""
        self.clock.latest = max(self.clock.latest, time)
        self._states[key] = state
        self._changed.add(key)
        if self._due.get(key) != due:
            self._due[key] = due
            if due < inf:
                heappush(self._heap, (due, key))

    def drop(self, key: str) -> None:
        """Forget a state."""
        self._states.pop(key, None)
        self._due.pop(key, None)
        self._changed.add(key)

    def due(self, time: float) -> Iterator[tuple[str, S]]:
        """Give every state that wants waking before this time, in order of time and key, each once."""
        ready = []
        while self._heap and self._heap[0][0] < time:
            due, key = heappop(self._heap)
            if self._due.get(key) == due:
                del self._due[key]
                ready.append(key)
        for key in ready:
            if (state := self.get(key)) is not None:
                yield key, state

    def wake_at(self, key: str) -> float:
        """Tell when a state wants waking."""
        return self._due.get(key, inf)

    def changes(self) -> Saved:
        """Encode what has changed since the last time, with the clock."""
        states = {key: self._encoded(key) for key in sorted(self._changed)}
        self._changed.clear()
        return Saved(states, {key: self.wake_at(key) for key in states}, msgspec.msgpack.encode(self.clock))

    def _encoded(self, key: str) -> bytes | None:
        state = self._states.get(key)
        if state is None or isinstance(state, bytes):
            return state
        return msgspec.msgpack.encode(state)


class AllStates(Struct, frozen=True):
    """The states of both acts in one process."""

    suspect: States[Any]
    decide: States[Any]

    def begin(self, digest: str, logs: tuple[str, ...]) -> None:
        """Judge with this pack from here on, and wait for these logs alone."""
        self.suspect.clock.digest = self.decide.clock.digest = digest
        self.suspect.clock.expect(logs)

    def changes(self) -> dict[str, Saved]:
        """Encode what has changed of both acts."""
        return {"suspect": self.suspect.changes(), "decide": self.decide.changes()}
