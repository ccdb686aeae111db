"""One Faust app for an act: its consumer group, its topics, and an agent that hands lists of records on."""

from __future__ import annotations

import tempfile
import time
from collections.abc import MutableMapping, Sequence
from typing import Any

import faust
from faust.exceptions import ConsumerNotStarted
from faust.types import TP
from yarl import URL

from pipeline.edges.kafka.holdings import Holdings, Place
from pipeline.edges.kafka.link import credentials
from pipeline.edges.kafka.transport import ListTransport
from pipeline.settings import Settings

FETCH = 4 * 1024 * 1024
"""Bytes of a partition that are fetched at once; a larger record comes alone."""


class ActApp(faust.App):
    """The app of an act: a group that has no tables, no web and no topics of its own."""

    def consumer_assignment(self) -> set[TP]:
        """Give the partitions that the group has given to this process; none before it has joined."""
        try:
            return self.consumer.assignment() if self.started else set()
        except ConsumerNotStarted:
            return set()


def faust_app(act: str, settings: Settings) -> ActApp:
    """Give the app of an act, in the group `<group>-<act>`."""
    kafka, worker = settings.kafka, settings.worker
    brokers = [URL(f"kafka://{broker}") for broker in kafka.brokers]
    app = ActApp(
        f"{kafka.group}-{act}",
        broker=brokers,
        broker_credentials=credentials(kafka),
        broker_session_timeout=kafka.session_timeout,
        broker_heartbeat_interval=kafka.session_timeout / 5,
        broker_request_timeout=max(90.0, kafka.session_timeout * 2),
        broker_max_poll_records=worker.checkpoint,
        broker_commit_interval=2.0,
        consumer_max_fetch_size=FETCH,
        stream_buffer_maxsize=worker.buffer,
        stream_wait_empty=False,
        topic_allow_declare=False,
        topic_disable_leader=True,
        web_enabled=False,
        store="memory://",
        datadir=tempfile.gettempdir(),
    )
    app.transport = ListTransport(brokers, app)
    return app


def attend(
    app: ActApp, topics: Sequence[str], holdings: Holdings, heard: MutableMapping[Place, float]
) -> None:
    """Give the app its agent: every list of records goes to the holdings, and is done when they say so.

    `heard` is told when each partition last said something, in monotonic seconds.
    """
    source = app.topic(*topics, key_serializer="raw", value_serializer="raw")

    async def listen(stream: Any) -> None:
        async for event in stream.noack().events():
            place = Place(*event.message.tp)
            heard[place] = time.monotonic()
            await holdings.give(place, event.message.value, event.ack)

    async def settle(*_: Any, **__: Any) -> None:
        await holdings.settle()

    app.agent(source, name=f"{app.conf.id}.listen")(listen)
    app.on_rebalance_complete.connect(settle, weak=False)
