"""The partitions of one act that this process owns: each with its holder, its right to write and a task of its own."""

from __future__ import annotations

import asyncio
import logging
from collections import defaultdict
from collections.abc import Awaitable, Callable, Iterable, Sequence
from contextlib import suppress
from typing import Any, NamedTuple, Protocol

from msgspec import Struct

from pipeline.edges.elastic.settle import Refused
from pipeline.edges.kafka.incoming import Incoming
from pipeline.edges.kafka.measures import Measures
from pipeline.edges.kafka.routes import Row, log_name
from pipeline.edges.kafka.transaction import Checkpoints
from pipeline.errors import ContentError, Outage

log = logging.getLogger("shadowgraph.worker")

SOON, LATE = 2.0, 30.0
"""Seconds before a partition is opened again: at first, so that two holders do not chase each other, and at most."""


class Place(NamedTuple):
    """A partition of a source topic."""

    topic: str
    partition: int


class Holder(Protocol):
    """What judges one partition."""

    position: int

    def prepare(self, records: Sequence[Incoming]) -> list[Row]:
        """Give all that a batch leaves behind."""

    def reject(self, record: Incoming, reason: str) -> list[Row]:
        """Give a dead letter for a record in place of judging it, and the position behind it."""

    async def outward(self) -> list[Row]:
        """Do what a batch does outside of Kafka, to its end; give what that leaves behind. It may come again."""

    async def close(self) -> None:
        """Let go of what is held outside of Kafka."""


class Unjudged(Exception):
    """Judging fell over these records: an error of ours, which must not hold up all that comes behind them."""

    def __init__(self, records: Sequence[Incoming]) -> None:
        super().__init__("an error of ours")
        self.records = records


class Held(Struct):
    """A holder with its right to write; `lock`: one checkpoint at a time."""

    holder: Any
    right: Checkpoints
    lock: asyncio.Lock

    async def close(self) -> None:
        """Let go of both."""
        await self.right.close()
        await self.holder.close()


class Lane(Struct, eq=False):
    """The batches of a partition that wait for its task.

    `lost`: the rebalance after which a batch was left to others, so that what is behind it must not be taken.
    """

    queue: asyncio.Queue[Any]
    task: asyncio.Task[None]
    lost: int = -1
    busy: bool = False


Open = Callable[[Place], Awaitable[tuple[Any, Checkpoints]]]


class Holdings:
    """Take batches of records for owned partitions and commit what they leave behind.

    `owned` tells what the group has given to this process; the producer's epoch decides. `open_place` gives a holder
    as the changelog has it. Any error has one remedy: close, wait, open again. `fatal` hears what no waiting mends.
    """

    def __init__(
        self,
        act: str,
        open_place: Open,
        *,
        owned: Callable[[], Iterable[Any]],
        measures: Measures,
        size: int,
        fatal: Callable[[Exception], None],
    ) -> None:
        self.act, self.measures = act, measures
        self._open, self._owned, self._size, self._fatal = open_place, owned, size, fatal
        self._held: dict[Place, Held] = {}
        self._lanes: dict[Place, Lane] = {}
        self._opening: defaultdict[Place, asyncio.Lock] = defaultdict(asyncio.Lock)
        self._rebalances = 0
        self._singly: dict[Place, dict[int, str]] = {}
        self._closed = False

    async def give(self, place: Place, records: Sequence[Incoming], done: Callable[[], Any]) -> None:
        """Queue a batch; `done` is called when it is committed. Waits while the partition has one queued already."""
        if self._closed:
            return
        if place not in self._lanes:
            queue: asyncio.Queue[Any] = asyncio.Queue(maxsize=1)
            self._lanes[place] = Lane(queue, asyncio.create_task(self._work(place, queue)))
        await self._lanes[place].queue.put((self._rebalances, records, done))

    async def settle(self) -> None:
        """After a rebalance: let go of what belongs to others now.

        What still waits is fetched again, from what was committed: taken now, it could stand behind a gap.
        """
        self._rebalances += 1
        owned = {Place(*place) for place in self._owned()}
        for place in [place for place in {*self._held, *self._lanes} if place not in owned]:
            await self.let_go(place)
        self.measures.owned(self.act, len(owned))

    async def let_go(self, place: Place) -> None:
        """End the task of a partition and give its right away."""
        if lane := self._lanes.pop(place, None):
            lane.task.cancel()
            with suppress(asyncio.CancelledError):
                await lane.task
            while not lane.queue.empty():  # whoever waits to put something into it must not wait for ever
                lane.queue.get_nowait()
        self._singly.pop(place, None)
        self.measures.forget(self.act, place)
        await self._close(place)

    async def close(self) -> None:
        """Let go of everything."""
        self._closed = True
        await asyncio.gather(*(self.let_go(place) for place in {*self._held, *self._lanes}))

    def waits(self, place: Place) -> bool:
        """Say whether records of a partition are in hand or wait for it."""
        lane = self._lanes.get(place)
        return lane is not None and (lane.busy or not lane.queue.empty())

    async def speak(self, place: Place, told: Callable[[Any], list[Row]]) -> bool:
        """Commit what a holder says of its own, not because of records: that time has passed. False if that failed."""
        try:
            held = await self._opened(place)
            async with held.lock:
                if rows := told(held.holder):
                    await self._commit(place, held, rows)
        except Exception as error:  # noqa: BLE001 - said again soon
            log.warning("cannot speak", extra={"log": log_name(*place), "error": _word(error)})
            await self._close(place)
            return False
        return True

    async def _work(self, place: Place, queue: asyncio.Queue[Any]) -> None:
        while True:
            rebalance, records, done = await queue.get()
            lane = self._lanes[place]
            if rebalance != self._rebalances or rebalance == lane.lost:
                continue
            self.measures.begun(self.act, place)
            lane.busy = True
            try:
                if await self._take(place, records):
                    done()
                else:
                    lane.lost = self._rebalances
            finally:
                lane.busy = False
                self.measures.ended(self.act, place)

    async def _take(self, place: Place, records: Sequence[Incoming]) -> bool:
        """Commit a batch; false where the partition went to somebody else, who will read it again."""
        wait = SOON
        while place in {Place(*owned) for owned in self._owned()}:
            try:
                held = await self._opened(place)
                async with held.lock:
                    await self._judge(place, held, records)
            except (ContentError, Refused) as error:
                self._fatal(error)
                return False
            except Unjudged as error:
                await self._doubt(place, error)
            except Exception as error:
                level = logging.WARNING if isinstance(error, Outage) else logging.ERROR
                told = {"log": log_name(*place), "error": _word(error), "wait": wait}
                log.log(level, "opening again", extra=told, exc_info=not isinstance(error, Outage))
                self.measures.failed(self.act)
                await self._close(place)
                await asyncio.sleep(wait)
                wait = min(wait * 2, LATE)
            else:
                self._singly.pop(place, None)
                return True
        return False

    async def _doubt(self, place: Place, error: Unjudged) -> None:
        """Judge the batch once more, record by record; one alone over which judging falls becomes a dead letter."""
        known = self._singly.setdefault(place, {})
        if len(error.records) == 1:
            known[error.records[0].offset] = f"cannot be judged: {type(error.__cause__).__name__}"
        told = {"log": log_name(*place), "records": len(error.records), "first": error.records[0].offset}
        log.error("judging failed", extra=told, exc_info=error.__cause__)
        self.measures.failed(self.act)
        await self._close(place)

    async def _judge(self, place: Place, held: Held, records: Sequence[Incoming]) -> None:
        fresh = [record for record in records if record.offset >= held.holder.position]
        singly = self._singly.get(place)
        size = self._size if singly is None else 1
        for start in range(0, len(fresh), size):
            some = fresh[start : start + size]
            self.measures.took(self.act, len(some))
            if singly and (reason := singly.get(some[0].offset)):
                await self._commit(place, held, held.holder.reject(some[0], reason))
                continue
            rows = _prepared(held.holder, some)
            await self._commit(place, held, [*rows, *await held.holder.outward()])

    async def _commit(self, place: Place, held: Held, rows: list[Row]) -> None:
        """Commit rows; a holder whose commit did not end has gone on too far and is thrown away."""
        try:
            with self.measures.checkpoint(self.act):
                await held.right.commit(rows)
        except BaseException:
            if self._held.get(place) is held:
                del self._held[place]
            await held.close()
            raise
        self.measures.gave(self.act, rows)
        self.measures.stands(self.act, place, held.holder)

    async def _opened(self, place: Place) -> Held:
        async with self._opening[place]:
            if self._closed:
                raise Outage("the worker ends")
            if place not in self._held:
                holder, right = await self._open(place)
                self._held[place] = Held(holder, right, asyncio.Lock())
                log.info("opened", extra={"log": log_name(*place), "position": holder.position})
            return self._held[place]

    async def _close(self, place: Place) -> None:
        if held := self._held.pop(place, None):
            await held.close()


def _prepared(holder: Holder, records: Sequence[Incoming]) -> list[Row]:
    try:
        return holder.prepare(records)
    except (Outage, ContentError):
        raise
    except Exception as error:
        raise Unjudged(records) from error


def _word(error: BaseException) -> str:
    """Name an error without repeating what it may quote of a record."""
    ours = isinstance(error, Outage | ContentError)
    return str(error) if ours else type(error).__name__
