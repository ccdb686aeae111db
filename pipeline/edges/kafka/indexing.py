"""`index` over one partition of verdicts, alerts or standings: documents to where the SOC works, then the position."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from typing import Any

import orjson

from pipeline.alert import Alert, Standing
from pipeline.edges.elastic.names import fitting, level_id
from pipeline.edges.elastic.settle import Letter
from pipeline.edges.elastic.sink import Sink
from pipeline.edges.kafka.incoming import Incoming, after
from pipeline.edges.kafka.routes import ALERTS, POSITIONS, SCORED, Routes, Row, owner
from pipeline.edges.kafka.wire import FORM, POSITION, Position, position_of, saved_position
from pipeline.event import Event, Verdict
from pipeline.record import Place, Reject

OpenSink = Callable[[Callable[[Letter], None]], Sink]
"""Makes a sink that tells of documents which can never be indexed."""


class Indexing:
    """Hold one partition whose documents are indexed: `prepare` reads them, `outward` settles each of them outside.

    It has no memory: ids follow from the documents, so that a batch may come again.
    """

    def __init__(
        self, topic: str, log: str, *, saved: dict[bytes, bytes], open_sink: OpenSink, routes: Routes
    ) -> None:
        self.log, self._topic, self._routes = log, topic, routes
        self._key = POSITION + log.encode()
        self.position = position_of(saved[self._key], log).offset if self._key in saved else 0
        self._refused: list[Letter] = []
        self._sink = open_sink(self._refused.append)
        self._first = True
        self._batch: list[Any] = []
        self._offsets: dict[str, int] = {}

    def prepare(self, records: Sequence[Incoming]) -> list[Row]:
        """Read documents; give dead letters for what is none, and the new position."""
        letters: list[Reject] = []
        self._offsets = {}
        self._batch = list(self._documents(records, letters))
        self.position = records[-1].offset + 1
        return [*self._routes.rows(letters), self._position()]

    async def outward(self) -> list[Row]:
        """Index the batch; give a dead letter for each document that the index can never take."""
        await self._sink.index(self._batch, first=self._first)
        self._first = False
        letters = [
            Reject(Place(self.log, self._offsets.get(letter.id, self.position)), letter.reason)
            for letter in self._refused
        ]
        self._refused.clear()
        return [*self._routes.rows(letters)]

    def reject(self, record: Incoming, reason: str) -> list[Row]:
        """Give a dead letter for a record in place of indexing it, and the position behind it."""
        self.position, self._batch = record.offset + 1, []
        return [*self._routes.rows((Reject(after(self.log, record), reason),)), self._position()]

    async def ready(self) -> None:
        """Wait until Elasticsearch answers. Raises Refused where only an operator can help."""
        await self._sink.ready()

    async def close(self) -> None:
        """Let the connections go."""
        await self._sink.close()

    def _documents(self, records: Sequence[Incoming], letters: list[Reject]) -> Iterator[Any]:
        for record in records:
            try:
                noun = _noun(self._topic, record)
                self._offsets |= dict.fromkeys(_ids(noun), record.offset + 1)
                yield noun
            except (ValueError, KeyError, TypeError):
                letters.append(Reject(after(self.log, record), "no document"))

    def _position(self) -> Row:
        number = owner(self.log, self._routes.count(POSITIONS))
        value = saved_position(Position(FORM, self.position))
        return Row(self._routes.prefix + POSITIONS, number, self._key, value)


def _ids(noun: Verdict | Alert | Standing) -> tuple[str, ...]:
    """Name a document as the sink does when it cannot be indexed."""
    match noun:
        case Verdict():
            return (fitting(noun.event.id),)
        case Alert():
            return level_id(noun.fields), noun.id
        case Standing():
            return (fitting(noun.subject),)


def _noun(topic: str, record: Incoming) -> Verdict | Alert | Standing:
    """Give what a document was before it travelled, as far as a sink asks."""
    fields = orjson.loads(record.value or b"")
    key = (record.key or b"").decode("utf-8", "surrogatepass")
    if topic == SCORED:
        return Verdict(Event(fields["event.id"], 0.0, key, idle=False, fields=fields), (), 0.0)
    if topic == ALERTS:
        fields["ai.risk.level"]
        return Alert(key, 0.0, fields)
    return Standing(key, datetime.fromisoformat(fields["@timestamp"]).timestamp(), fields)
