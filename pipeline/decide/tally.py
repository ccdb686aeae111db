"""Count what a window holds while it changes, so that no signal makes anybody look through all of it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from msgspec import Struct


class Tally(Struct):
    """The distinct members of a window: how often each stands in it, and the latest time of each in the order of these times.

    `recent` is None where a late event has disturbed that order; it is made anew when somebody asks.
    """

    often: dict[Any, int] = {}
    recent: dict[Any, float] | None = {}
    last: float = float("-inf")

    def add(self, member: Any, time: float) -> None:
        """Take a member that was seen at this time."""
        self.often[member] = self.often.get(member, 0) + 1
        if self.recent is None:
            self.last = max(self.last, time)
        elif time >= self.last:
            self.last = time
            self.recent.pop(member, None)
            self.recent[member] = time
        elif time > self.recent.get(member, float("-inf")):
            self.recent = None

    def drop(self, member: Any) -> None:
        """Let go of one sighting of a member."""
        left = self.often[member] - 1
        if left:
            self.often[member] = left
        else:
            del self.often[member]

    def since(self, start: float, members: Iterable[tuple[float, Any]]) -> int:
        """Count the distinct members that were seen at this time or later; `members` are all that the window holds."""
        if self.recent is None:
            self.recent = {}
            for time, member in sorted(members, key=_time):
                self.recent.pop(member, None)
                self.recent[member] = time
        recent = self.recent
        while recent:
            first = next(iter(recent))
            if recent[first] >= start:
                break
            del recent[first]
        return len(recent)


def tallied(members: Iterable[tuple[float, Any]]) -> Tally:
    """Make the tally of what a window holds."""
    tally = Tally()
    for time, member in sorted(members, key=_time):
        tally.add(member, time)
    return tally


def _time(member: tuple[float, Any]) -> float:
    return member[0]
