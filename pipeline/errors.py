"""The three kinds of failure, each with one home.

BadRecord      one record is wrong: it becomes a Reject, the run goes on
ContentError   the content is wrong: the start stops, every Problem is listed
Outage         the world is down: the edge waits, nothing is lost
"""

from __future__ import annotations

from collections.abc import Iterable

from msgspec import Struct


class Problem(Struct, frozen=True, order=True):
    """One fault of a content file: where it is, what is wrong, and what to do about it."""

    path: str
    line: int
    fault: str
    remedy: str = ""

    def __str__(self) -> str:
        told = f"{self.path}:{self.line}: {self.fault}"
        return f"{told} ({self.remedy})" if self.remedy else told


class BadRecord(Exception):
    """A record cannot be read; the reason names keys and kinds, never values."""


class ContentError(Exception):
    """Content is wrong; `problems` holds every fault found, in order of place."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = tuple(sorted(problems))
        super().__init__("\n".join(map(str, self.problems)))


class Outage(Exception):
    """Something outside is not there for now."""
