"""Elasticsearch as the only store of a run: it keeps no memories, so that each run begins at the beginning."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Callable

from pipeline.edges.checkpoint import Checkpoint
from pipeline.edges.elastic.names import Names
from pipeline.edges.elastic.settle import Letter
from pipeline.edges.elastic.sink import Sink
from pipeline.edges.embedded import Position
from pipeline.errors import Outage
from pipeline.flow import fresh_states
from pipeline.settings import Elastic
from pipeline.states import AllStates

PATIENCE = 20.0
"""Seconds in which a node must answer at the start; later on an outage is waited for, however long it takes."""


class ElasticRun:
    """A node as the store of a run. What was there already stays as it is: all ids follow from the documents.

    `say` hears of waiting, and of every document that cannot be indexed.
    """

    def __init__(self, given: Elastic, say: Callable[[str], None], names: Names | None = None) -> None:
        self.path = str(given.url)
        self.counts = Counter[str]()
        self._say = say
        self._runner = asyncio.Runner()
        try:
            self._sink = self._runner.run(self._opened(given, names))
        except BaseException:
            self._runner.close()
            raise

    def load(self) -> tuple[AllStates, dict[str, Position]]:
        """Give empty memories: nothing is known of earlier runs."""
        return fresh_states(), {}

    def commit(self, checkpoint: Checkpoint, positions: dict[str, Position], counts: Counter[str]) -> None:  # noqa: ARG002 - the signature of a store
        """Put the outputs of a batch; when this returns, each of them is settled."""
        self.counts += self._runner.run(self._sink.index(checkpoint.outputs, first=True))

    def close(self) -> None:
        """Let the connections go."""
        self._runner.run(self._sink.close())
        self._runner.close()

    async def _opened(self, given: Elastic, names: Names | None) -> Sink:
        sink = Sink(given, letter=self._told, say=self._say, names=names)
        try:
            async with asyncio.timeout(PATIENCE):
                await sink.ready()
        except TimeoutError:
            await sink.close()
            raise Outage(f"{self.path} does not answer: check the address, and whether it runs") from None
        except BaseException:
            await sink.close()
            raise
        return sink

    def _told(self, letter: Letter) -> None:
        self._say(f"{letter.id}: {letter.reason}")
