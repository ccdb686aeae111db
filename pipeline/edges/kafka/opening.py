"""How each act opens one of its partitions: fence whoever had it, read what is settled, and make a holder of it."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable, Mapping
from functools import partial
from typing import TYPE_CHECKING, Any

from msgspec import Struct

from pipeline.edges.kafka.bulletin import KnownPacks, KnownReference
from pipeline.edges.kafka.holdings import Open, Place
from pipeline.edges.kafka.judging import DECIDES, SUSPECTS, Judging, Seat
from pipeline.edges.kafka.measures import Measures
from pipeline.edges.kafka.routes import ALERTS, POSITIONS, SCORED, STANDING, Routes, log_name, owner
from pipeline.edges.kafka.transaction import Checkpoints, bounds, restored
from pipeline.edges.kafka.understanding import Understanding
from pipeline.edges.topics import raw_topics
from pipeline.errors import ContentError, Problem
from pipeline.settings import Settings

if TYPE_CHECKING:
    from pipeline.edges.elastic.settle import Letter
    from pipeline.edges.elastic.sink import Sink

log = logging.getLogger("shadowgraph.worker")

ACTS = ("understand", "suspect", "decide", "index")
INDEXED = (SCORED, ALERTS, STANDING)


class Setup(Struct, frozen=True):
    """What all acts of a worker share."""

    settings: Settings
    routes: Routes
    packs: KnownPacks
    reference: KnownReference
    measures: Measures

    @property
    def raw(self) -> dict[str, str]:
        """Give the source of each raw topic."""
        return {topic: source for source, topic in raw_topics(self.settings.kafka).items()}

    def raw_logs(self) -> tuple[str, ...]:
        """Name every raw partition as a log."""
        counts = self.settings.kafka.raw
        return tuple(
            log_name(topic, number) for topic, source in self.raw.items() for number in range(counts[source])
        )


def sources_of(act: str, setup: Setup) -> list[str]:
    """Name the topics that an act reads."""
    prefix = setup.settings.kafka.prefix
    read: Mapping[str, list[str]] = {
        "understand": [*setup.raw],
        "suspect": [prefix + SUSPECTS.source],
        "decide": [prefix + DECIDES.source],
        "index": [prefix + topic for topic in INDEXED],
    }
    return read[act]


def opener(act: str, setup: Setup) -> Open:
    """Give what opens a partition for an act."""
    makes: Mapping[str, Callable[[Setup, Place], Awaitable[Any]]] = {
        "understand": _understanding,
        "suspect": partial(_judging, seat=SUSPECTS),
        "decide": partial(_judging, seat=DECIDES),
        "index": _indexing,
    }

    async def open_place(place: Place) -> tuple[Any, Checkpoints]:
        right = await Checkpoints.open(setup.settings.kafka, act, log_name(*place))
        try:
            holder = await makes[act](setup, place)
            compare(holder.position, await bounds(setup.settings.kafka, place), log_name(*place))
        except BaseException:
            await right.close()
            raise
        return holder, right

    return open_place


async def _understanding(setup: Setup, place: Place) -> Understanding:
    name, source = log_name(*place), setup.raw[place.topic]
    return Understanding(
        name,
        source,
        saved=await _positions(setup, name),
        packs=setup.packs,
        begin=setup.packs.at,
        reference=lambda: setup.reference.now,
        routes=setup.routes,
        lateness=setup.settings.lateness_of(source),
    )


async def _judging(setup: Setup, place: Place, seat: Seat) -> Judging:
    kafka = setup.settings.kafka
    return Judging(
        seat,
        place.partition,
        saved=await restored(kafka, kafka.prefix + seat.changelog, place.partition),
        packs=setup.packs,
        begin=setup.packs.at,
        routes=setup.routes,
        raw=setup.raw_logs(),
    )


async def _indexing(setup: Setup, place: Place) -> Any:
    from pipeline.edges.elastic.sink import Sink
    from pipeline.edges.kafka.indexing import Indexing

    def sink(letter: Callable[[Letter], None]) -> Sink:
        return Sink(setup.settings.elastic, letter=letter, say=say)

    def say(words: str) -> None:
        """Take waiting for a node as progress."""
        log.warning(words)
        setup.measures.waits("index", place)

    name = log_name(*place)
    topic = place.topic.removeprefix(setup.settings.kafka.prefix)
    saved = await _positions(setup, name)
    holder = Indexing(topic, name, saved=saved, open_sink=sink, routes=setup.routes)
    try:
        await holder.ready()
    except BaseException:
        await holder.close()
        raise
    return holder


def compare(position: int, bounds: tuple[int, int], name: str) -> None:
    """Say what is amiss between a position and the log itself.

    ContentError where the log ends before it: then it is another log of the same name.
    """
    first, end = bounds
    if position > end:
        remedy = "the topic was made anew: begin with another kafka.prefix, or give the changelogs up, too"
        raise ContentError([Problem(name, 1, f"ends at {end}, but was read up to {position}", remedy)])
    if 0 < position < first:
        log.error(
            "records were deleted before they were read", extra={"log": name, "records": first - position}
        )


async def _positions(setup: Setup, name: str) -> dict[bytes, bytes]:
    """Read the positions of acts without a memory, as far as they lie with that of this log."""
    kafka = setup.settings.kafka
    return await restored(kafka, kafka.prefix + POSITIONS, owner(name, setup.routes.count(POSITIONS)))
