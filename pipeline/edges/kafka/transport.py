"""Faust's own transport, one message per fetched list of records, read committed.

Faust's stock way makes two tasks of each record, which costs ten times what the record costs. Groups, assignment,
rebalance, flow control and commits stay Faust's. The names with an underscore are Faust 0.15's; tests on a real broker
hold each of them.
"""

from __future__ import annotations

import time
from collections import defaultdict, deque
from collections.abc import AsyncIterator
from typing import Any

from faust.transport.drivers import aiokafka as driver
from faust.types import TP, ConsumerMessage
from mode import Service

MOMENT = 0.01
"""Seconds to wait while every partition is full; Faust waits a whole one."""


class CommittedThread(driver.AIOKafkaConsumerThread):
    """The thread that fetches: what was not committed does not exist."""

    def _create_worker_consumer(self, transport: Any) -> Any:
        consumer = super()._create_worker_consumer(transport)
        consumer._isolation_level = "read_committed"  # noqa: SLF001 - Faust asks nobody
        return consumer


class ListConsumer(driver.Consumer):
    """A consumer whose messages are lists of records; its offset is that of the last one."""

    def __init__(self, *args: Any, **options: Any) -> None:
        self._ends: defaultdict[TP, deque[int]] = defaultdict(deque)
        super().__init__(*args, **options)
        deliver = self.callback

        async def counted(message: Any) -> None:
            self._ends[message.tp].append(message.offset)
            await deliver(message)

        self.callback = counted

    def _new_consumer_thread(self) -> Any:
        return CommittedThread(self, loop=self.loop, beacon=self.beacon)

    @Service.task
    async def _stay(self) -> None:
        """Stay in the group while a long batch keeps us from fetching: aiokafka leaves, and never joins again."""
        while not self.should_stop:
            await self.sleep(1.0)
            if (consumer := self._thread._consumer) is not None:  # noqa: SLF001 - see above
                consumer._subscription._last_fetch_ended = time.monotonic()  # noqa: SLF001 - see above

    async def _wait_next_records(self, timeout: float) -> tuple[Any, Any]:  # noqa: ASYNC109 - Faust's own signature
        if not self.flow_active:
            await self.wait(self.can_resume_flow)  # type: ignore[arg-type]
        active = self._get_active_partitions()
        if active:
            return await self._getmany(active_partitions=active, timeout=timeout), active
        await self.sleep(MOMENT)
        return {}, active

    async def getmany(self, timeout: float) -> AsyncIterator[tuple[TP, Any]]:  # noqa: ASYNC109 - Faust's own signature
        """Give one message for each partition that has records."""
        records, active = await self._wait_next_records(timeout)
        if records is None or self.should_stop:
            return
        if not self.flow_active:
            await self._sought()
            return
        generation = self.app.consumer_generation_id
        for place, some in records.items():
            if not self.flow_active or self.app.consumer_generation_id != generation:
                return
            if some and (active is None or place in active or place in self._buffered_partitions):
                self.app.monitor.track_tp_end_offset(place, self.highwater(place))
                yield place, self._listed(place, some, generation)

    async def _sought(self) -> None:
        try:
            await self.perform_seek()
        except Exception as error:  # noqa: BLE001 - the flow is stopped: Faust seeks again when it goes on
            self.log.warning("seek while the flow stands: %s", type(error).__name__)

    @staticmethod
    def _listed(place: TP, some: Any, generation: int) -> ConsumerMessage:
        last = some[-1]
        stamp = (last.timestamp or 0) / 1000.0
        return ConsumerMessage(
            last.topic,
            last.partition,
            last.offset,
            stamp,
            last.timestamp_type,
            [],
            None,
            some,
            None,
            0,
            0,
            place,
            generation_id=generation,
        )

    async def _add_gap(self, _place: TP, _first: int, _next: int) -> None:
        """Gaps are where transactions end; a list knows its last offset."""

    def _new_offset(self, place: TP) -> int | None:
        """Give the offset behind the last list up to which all are done."""
        ends, done, last = self._ends[place], self._acked_index[place], None
        while ends and ends[0] in done:
            last = ends.popleft()
            done.discard(last)
        if last is None:
            return None
        self._acked[place][:] = [offset for offset in self._acked[place] if offset > last]
        return last + 1

    async def perform_seek(self) -> None:
        """Go back to what was committed; what was on its way is fetched again."""
        for kept in (self._ends, self._acked, self._acked_index):
            kept.clear()
        await super().perform_seek()

    async def on_partitions_revoked(self, revoked: set[TP]) -> None:
        """Forget what was on its way for partitions that somebody else has now."""
        for place in revoked:
            self._ends.pop(place, None)
        await super().on_partitions_revoked(revoked)


class ListTransport(driver.Transport):
    """The transport to give to an app before its agents are declared."""

    Consumer = ListConsumer
