"""Collect what is wrong with content, and what is merely odd, each at its place."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from pipeline.errors import Problem

T = TypeVar("T")


class Refused(Exception):
    """A part of a rule is refused; whoever knows its place makes a Problem of it."""

    def __init__(self, fault: str, remedy: str = "") -> None:
        self.fault, self.remedy = fault, remedy
        super().__init__(fault)


class Faults:
    """The faults and the notes found so far in all files."""

    def __init__(self) -> None:
        self.problems: list[Problem] = []
        self.notes: list[Problem] = []

    def refuse(self, path: str, line: int, fault: str, remedy: str = "") -> None:
        """Take down a fault."""
        self.problems.append(Problem(path, line, fault, remedy))

    def note(self, path: str, line: int, remark: str) -> None:
        """Take down something odd that works all the same."""
        self.notes.append(Problem(path, line, remark))

    def attempt(self, path: str, line: int, read: Callable[..., T], *given: Any) -> T | None:
        """Call a reading function; take down what it refuses, and give None then."""
        try:
            return read(*given)
        except Refused as refused:
            self.refuse(path, line, refused.fault, refused.remedy)
            return None
