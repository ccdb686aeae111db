"""Exactly-once effects: outputs, changed memories and the position of one batch, committed together or not at all."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any, Protocol

from msgspec import Struct

from pipeline.alert import Alert, Standing
from pipeline.record import Place

Work = Callable[[Iterable[Any]], Iterator[Any]]
"""An act, or the whole way, over the states that it was given."""


class Savable(Protocol):
    """What can say what has changed since it was last asked."""

    def changes(self) -> Any:
        """Give changed states, encoded, with their clock."""


class Checkpoint(Struct, frozen=True):
    """All that one batch leaves behind. An edge commits it as one transaction and throws its states away if it cannot."""

    outputs: tuple[Any, ...]
    changed: Any
    position: dict[str, int]


def step(batch: Sequence[tuple[Place, Any]], work: Work, states: Savable) -> Checkpoint:
    """Run the work over one batch; give outputs, changed states and the new position, by log.

    Pure: it reads and writes nothing but the states. Of several versions of one alert at one level, or of one standing,
    only the last leaves. The work must be one over the same states; a batch holds whole records.
    """
    outputs = tuple(_latest(work(given for _, given in batch)))
    position = {place.log: place.offset for place, _ in batch}
    return Checkpoint(outputs, states.changes(), position)


def _latest(outputs: Iterable[Any]) -> Iterable[Any]:
    kept: dict[Any, Any] = {}
    for number, output in enumerate(outputs):
        key: Any = number
        if isinstance(output, Alert):
            key = ("alert", output.id, output.fields.get("ai.risk.level"))
        elif isinstance(output, Standing):
            key = ("standing", output.subject)
        kept.pop(key, None)
        kept[key] = output
    return kept.values()
