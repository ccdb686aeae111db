"""The whole way in one process: files in, a store out, one transaction a batch."""

from __future__ import annotations

import gc
from collections import Counter
from collections.abc import Iterator
from functools import partial
from itertools import islice
from math import floor
from typing import Any, Protocol

from msgspec import Struct

from enrichers.reference import Reference
from pipeline.arrival import LATENESS, START, TICK, Arrival, Progress, arrivals, merged
from pipeline.edges.checkpoint import Checkpoint, Work, step
from pipeline.edges.files import LogFile, Proof
from pipeline.event import Event, Verdict
from pipeline.flow import fresh_states, judge, understand
from pipeline.pack import Pack
from pipeline.record import Place, Reject, Tick
from pipeline.states import AllStates

RARELY = (100_000, 50, 50)
"""When to look for garbage in cycles: a batch holds many live objects and leaves none, and looking often costs a tenth."""

IDLE = 600.0
"""Seconds without a record after which a followed log no longer holds the others back."""

BATCH = 1000
"""Records between two transactions."""


class Position(Struct, frozen=True):
    """Where a run goes on with a log, and the proof that it is still the same file."""

    progress: Progress
    proof: Proof | None


class Store(Protocol):
    """What keeps outputs, memories and positions together."""

    def load(self) -> tuple[AllStates, dict[str, Position]]:
        """Give the memories and positions of the last commit."""

    def commit(self, checkpoint: Checkpoint, positions: dict[str, Position], counts: Counter[str]) -> None:
        """Keep all of a batch, or nothing."""


class Batch(Struct, frozen=True):
    """One committed batch: its outputs in order, and how many records, events, idle ones and rejects it had."""

    outputs: tuple[Any, ...]
    counts: Counter[str]


class Content(Struct, frozen=True):
    """What a run judges with: the pack, and the reference data that `understand` reads."""

    pack: Pack
    reference: Reference


def run(
    paths: list[str],
    source: str,
    content: Content,
    *,
    store: Store | None = None,
    size: int = BATCH,
    lateness: float = LATENESS,
    follow: bool = False,
    idle: float = IDLE,
) -> Iterator[Batch]:
    """Run these files from where the store says; give each batch when it is committed.

    Ends when all files are read; while following, gives a batch whenever nothing new was there, mostly an empty one, so
    that the caller decides how long to wait and when to stop. A followed log that has been silent for `idle` seconds
    holds the others back no longer.
    """
    states, positions = store.load() if store else (fresh_states(), {})
    positions.pop("-", None)
    states.begin(content.pack.digest, tuple(paths))
    files = {path: _opened(path, source, positions.get(path)) for path in paths}
    understood = partial(understand, pack=content.pack, reference=content.reference)
    work = partial(judge, states=states, packs={content.pack.digest: content.pack})
    commit = partial(_committed, files=files, positions=positions, states=states, work=work, store=store)

    thresholds = gc.get_threshold()
    gc.set_threshold(*RARELY)
    try:
        while True:
            starts = {path: positions[path].progress if path in positions else START for path in paths}
            streams = [
                arrivals(file.records(follow=follow), understood, start=starts[path], lateness=lateness)
                for path, file in files.items()
            ]
            arrived = merged(streams)
            while batch := list(islice(arrived, size)):
                yield commit(batch)
            if not follow:
                return
            yield commit(list(_silent(files, positions, idle, lateness)))
    finally:
        gc.set_threshold(*thresholds)
        for file in files.values():
            file.close()


def _opened(path: str, source: str, position: Position | None) -> LogFile:
    if position is None:
        return LogFile(path, source)
    return LogFile(path, source, line=position.progress.offset, proof=position.proof)


def _silent(
    files: dict[str, LogFile], positions: dict[str, Position], idle: float, lateness: float
) -> Iterator[Arrival]:
    """Let time pass for logs that say nothing: to their latest event, and as much later as they have been silent."""
    for path, file in files.items():
        progress = positions[path].progress if path in positions else START
        silence = file.silence()
        if silence >= idle and progress.last is not None:
            tick = Tick(path, floor((progress.high + silence - lateness) / TICK) * TICK)
            yield Arrival(Place(path, progress.offset), progress, (tick,))


def _committed(
    batch: list[Arrival],
    *,
    files: dict[str, LogFile],
    positions: dict[str, Position],
    states: AllStates,
    work: Work,
    store: Store | None,
) -> Batch:
    checkpoint = step([(arrival.place, given) for arrival in batch for given in arrival.inputs], work, states)
    moved = _moved(batch, files, positions)
    positions.update(moved)
    counts = _counted(batch, checkpoint)
    if store and batch:
        store.commit(checkpoint, moved, counts)
    return Batch(checkpoint.outputs, counts)


def _moved(
    batch: list[Arrival], files: dict[str, LogFile], positions: dict[str, Position]
) -> dict[str, Position]:
    """Give the new position of each log of a batch; a log that only ended keeps its proof."""
    moved = {}
    for log, progress in {arrival.place.log: arrival.progress for arrival in batch}.items():
        before = positions.get(log)
        proof = files[log].proof(progress.offset) or (before.proof if before else None)
        moved[log] = Position(progress, proof)
    return moved


def _counted(batch: list[Arrival], checkpoint: Checkpoint) -> Counter[str]:
    records = events = idle = rejects = 0
    for arrival in batch:
        before = events + rejects
        for given in arrival.inputs:
            if isinstance(given, Event):
                events += 1
                idle += given.idle
            elif isinstance(given, Reject):
                rejects += 1
        records += events + rejects > before
    counts = Counter(records=records, events=events - idle, idle=idle, rejects=rejects)
    counts["verdicts"] = sum(isinstance(output, Verdict) for output in checkpoint.outputs)
    return counts
