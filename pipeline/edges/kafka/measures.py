"""What a worker measures of itself, for Prometheus, and whether it makes progress."""

from __future__ import annotations

import time
from collections import Counter as Count
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from math import inf, isfinite
from typing import Any

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest

from pipeline.edges.kafka.routes import Row, log_name

BUCKETS = (0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10)
"""Seconds of a checkpoint."""


class Measures:
    """Counters and gauges of one process; `clock` gives monotonic seconds."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._busy: dict[tuple[str, Any], float] = {}
        self._owned: dict[str, int] = {}
        self.registry = CollectorRegistry()
        counter, gauge = self._counter, self._gauge
        self._records = counter("records", "Records taken", "act")
        self._rows = counter("written", "Records written, by topic", "act", "topic")
        self._failures = counter("reopened", "Partitions that had to be opened again", "act")
        self._checkpoint = Histogram(
            "shadowgraph_checkpoint_seconds",
            "From begin to commit of a checkpoint",
            ["act"],
            buckets=BUCKETS,
            registry=self.registry,
        )
        self._position = gauge("position", "Next offset of a partition", "act", "log")
        self._watermark = gauge(
            "watermark_seconds", "Event time that has passed, in epoch seconds", "act", "log"
        )
        self._states = gauge("entities", "Entities in memory", "act", "log")
        self._partitions = gauge("partitions", "Partitions owned", "act")

    def took(self, act: str, records: int) -> None:
        """Count records that are about to be judged."""
        self._records.labels(act).inc(records)

    def gave(self, act: str, rows: Sequence[Row]) -> None:
        """Count rows of a commit."""
        for topic, number in Count(row.topic for row in rows).items():
            self._rows.labels(act, topic).inc(number)

    def failed(self, act: str) -> None:
        """Count a partition that must be opened again."""
        self._failures.labels(act).inc()

    @contextmanager
    def checkpoint(self, act: str) -> Iterator[None]:
        """Time a checkpoint that succeeds."""
        began = self._clock()
        yield
        self._checkpoint.labels(act).observe(self._clock() - began)

    def stands(self, act: str, place: Any, holder: Any) -> None:
        """Take down how far a partition has come."""
        name = log_name(*place)
        self._position.labels(act, name).set(holder.position)
        if states := getattr(holder, "states", None):
            self._states.labels(act, name).set(len(states))
            passed = states.clock.passed.get("0", -inf)
            if isfinite(passed):
                self._watermark.labels(act, name).set(passed)
        self.waits(act, place)

    def forget(self, act: str, place: Any) -> None:
        """Say no more of a partition that others have now."""
        for gauge in (self._position, self._watermark, self._states):
            with suppress(KeyError):
                gauge.remove(act, log_name(*place))

    def begun(self, act: str, place: Any) -> None:
        """Say that a batch is in hand."""
        self._busy[act, place] = self._clock()

    def waits(self, act: str, place: Any) -> None:
        """Say that the batch in hand waits for somebody else, not for us."""
        if (act, place) in self._busy:
            self._busy[act, place] = self._clock()

    def ended(self, act: str, place: Any) -> None:
        """Say that it is no longer."""
        self._busy.pop((act, place), None)

    def owned(self, act: str, partitions: int) -> None:
        """Take down how many partitions an act has here."""
        self._owned[act] = partitions
        self._partitions.labels(act).set(partitions)

    def stuck(self) -> float:
        """Give for how many seconds a batch has been in hand without a checkpoint; 0 where none is."""
        return max((self._clock() - since for since in self._busy.values()), default=0.0)

    def joined(self) -> dict[str, int]:
        """Give the partitions of each act that has taken part in an assignment."""
        return dict(self._owned)

    def page(self) -> bytes:
        """Give all figures in Prometheus' text format."""
        return generate_latest(self.registry)

    def _counter(self, name: str, told: str, *labels: str) -> Counter:
        return Counter(f"shadowgraph_{name}", told, labels, registry=self.registry)

    def _gauge(self, name: str, told: str, *labels: str) -> Gauge:
        return Gauge(f"shadowgraph_{name}", told, labels, registry=self.registry)
