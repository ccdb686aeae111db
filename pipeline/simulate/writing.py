"""Write what happens into files: one raw log for each source, and beside them the truth about it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import orjson
from msgspec import Struct

from pipeline.errors import ContentError, Problem
from pipeline.simulate.clock import iso
from pipeline.simulate.scene import Line
from pipeline.simulate.story import Mark
from pipeline.simulate.stream import Told
from pipeline.simulate.surfaces import FILES

BUFFER = 1 << 20


class Written(Struct):
    """What was written: records by file, acts and look-alikes by story, and the first and last time."""

    files: Counter[str]
    stories: Counter[str]
    truth: Path
    acts: int = 0
    first: float = 0.0
    last: float = 0.0


def write(told: Iterable[Told], folder: Path) -> Iterator[Written]:
    """Write lines as they come, and say after each how far it is; older simulated logs in the folder are replaced."""
    truth = truth_of(folder)
    folder.mkdir(parents=True, exist_ok=True)
    for name in FILES:
        (folder / name).unlink(missing_ok=True)
    done = Written(Counter(), Counter(), truth)
    with ExitStack() as open_files:
        facts = open_files.enter_context(truth.open("wb"))
        logs: dict[str, Any] = {}
        for at, line, mark in told:
            if line.file not in logs:
                logs[line.file] = open_files.enter_context((folder / line.file).open("wb", BUFFER))
            body = line.body.encode() if type(line.body) is str else orjson.dumps(line.body)
            logs[line.file].write(body + b"\n")
            done.files[line.file] += 1
            done.first, done.last = done.first or at, at
            if mark:
                done.acts += mark.step.act
                done.stories[mark.story.name] += mark.step.act
                facts.write(orjson.dumps(fact(line, mark, done.files[line.file])) + b"\n")
            yield done


def check_folder(folder: Path) -> None:
    """Refuse a folder that holds logs which no simulation wrote, or that people work in; raise ContentError."""
    if Path.cwd().is_relative_to(folder.resolve()):
        fault = "is the folder that you work in, or one around it"
        raise ContentError([Problem(str(folder), 1, fault, "name a folder for the logs alone")])
    there = [] if truth_of(folder).exists() else [folder / name for name in FILES if (folder / name).exists()]
    if there:
        fault = "is a log that no simulation wrote"
        raise ContentError(Problem(str(path), 1, fault, "name another folder") for path in there)


def truth_of(folder: Path) -> Path:
    """Give the file that tells the truth about a folder of logs; it lies beside the folder, since it is no log."""
    named = folder.resolve() if folder.name in ("", "..") else folder
    return named.with_name(f"{named.name}.truth.jsonl")


def fact(line: Line, mark: Mark, number: int) -> dict[str, Any]:
    """Give the truth about a line: the attack or look-alike that it is part of, where it stands, when, and who it was."""
    where = {"file": line.file, "line": number, "time": iso(line.at), "step": mark.number}
    who = {"user": mark.who} | ({"agent": mark.agent} if mark.agent else {})
    return _kind(mark) | where | who


def _kind(mark: Mark) -> dict[str, Any]:
    """Tell an attack's act from its look-alike, and both from what only leads there."""
    story = mark.story
    if not mark.step.act:
        return {"context": story.name}
    if story.must:
        return {"kind": story.name, "must": story.must}
    return {"scenario": story.name, "expects": story.expects, "also": story.also}
