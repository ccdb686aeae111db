"""A worker with a fault of its own: it stops or ends itself at a chosen moment, is slow, or writes without transactions.

`python -m tests.services.rigged RIG [ACT]... -c settings.toml`; RIG is a `Rig` as JSON.
"""

import asyncio
import os
import sys
from typing import Literal

import msgspec
from aiokafka import AIOKafkaProducer

from pipeline.cli import main
from pipeline.edges.kafka import apps, opening, transaction, worker
from pipeline.edges.kafka.judging import Judging
from pipeline.edges.kafka.link import client
from pipeline.edges.kafka.routes import DOCKETS, MEMORY, POSITIONS, SCORED
from pipeline.event import Event

CHANGELOGS = (MEMORY, DOCKETS, POSITIONS)


class Rig(msgspec.Struct, frozen=True):
    """At the n-th `call` of a moment of `act`, this signal goes to the worker itself.

    Moments: `open` before the right to write is taken, `begin` before the transaction, `sent` within it, all rows
    written, `done` behind it, nobody told yet. `slow` seconds pass before each commit. `split`: no transactions.
    `poll`: seconds after which a member of a group that does not fetch counts as gone, 0 as it is. `relay`: nothing is
    judged, events are read and written as they are.
    """

    act: str = ""
    moment: Literal["", "open", "begin", "sent", "done"] = ""
    call: int = 1
    signal: int = 0
    slow: float = 0.0
    split: bool = False
    poll: float = 0.0
    relay: bool = False


RIG = msgspec.json.decode(sys.argv[1], type=Rig) if __name__ == "__main__" else Rig()
MET = {"calls": 0}


def met(act, moment):
    """Do what the rig says about this moment."""
    if (act, moment) != (RIG.act, RIG.moment):
        return
    MET["calls"] += 1
    if MET["calls"] == RIG.call:
        os.kill(os.getpid(), RIG.signal)


class Rigged(transaction.Checkpoints):
    """The right to write, with moments."""

    act = ""

    @classmethod
    async def open(cls, kafka, act, log):
        met(act, "open")
        right = await (unfenced(kafka) if RIG.split else super().open(kafka, act, log))
        right.act = act
        return right

    async def commit(self, rows):
        rows = list(rows)
        await asyncio.sleep(RIG.slow)
        met(self.act, "begin")
        await (self.split(rows) if RIG.split else self.whole(rows))
        met(self.act, "done")

    async def whole(self, rows):
        await self._producer.begin_transaction()
        await transaction._sent(self._producer, rows)
        met(self.act, "sent")
        await self._producer.commit_transaction()

    async def split(self, rows):
        changes = [row for row in rows if row.topic.endswith(CHANGELOGS)]
        await transaction._sent(self._producer, [row for row in rows if row not in changes])
        met(self.act, "sent")
        await transaction._sent(self._producer, changes)


async def unfenced(kafka):
    """Give a right that everybody has at once."""
    producer = AIOKafkaProducer(
        **client(kafka),
        acks="all",
        enable_idempotence=True,
        max_batch_size=transaction.LARGEST,
        max_request_size=transaction.LARGEST,
    )
    await producer.start()
    return Rigged(producer)


def faust_app(act, settings):
    """Give the app of an act, its poll interval shortened."""
    app = apps.faust_app(act, settings)
    if RIG.poll:
        app.conf.broker_max_poll_interval = RIG.poll
    return app


def relayed(self, records):
    """Read events and write them as they are, with the new position."""
    self.position = records[-1].offset + 1
    given = [self._seat.read(record.key, record.value) for record in records]
    rows = list(self._routes.rows(event for event in given if isinstance(event, Event)))
    topic = self._routes.prefix + SCORED
    rows = [row._replace(topic=topic) for row in rows]
    return [*rows, *self._changes(self.states.changes())]


if __name__ == "__main__":
    if RIG.relay:
        Judging.prepare = relayed
    opening.Checkpoints, worker.faust_app = Rigged, faust_app
    main(["worker", *sys.argv[2:]], prog_name="shadowgraph")
