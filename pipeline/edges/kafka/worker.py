"""A worker: any of the acts over Kafka in one process, until it is told to stop."""

from __future__ import annotations

import asyncio
import gc
import logging
import os
import signal
import time
from collections.abc import Sequence
from contextlib import suppress
from functools import partial
from typing import Any

from pipeline.content import pack_files
from pipeline.edges.embedded import RARELY, Content
from pipeline.edges.kafka.apps import attend, faust_app
from pipeline.edges.kafka.bulletin import KnownPacks, KnownReference, sorted_out
from pipeline.edges.kafka.content import Following, laid_out, published
from pipeline.edges.kafka.health import serve
from pipeline.edges.kafka.holdings import Holdings, Place
from pipeline.edges.kafka.measures import Measures
from pipeline.edges.kafka.opening import Setup, opener, sources_of
from pipeline.edges.kafka.routes import Routes
from pipeline.edges.kafka.understanding import Understanding
from pipeline.edges.parcel import parcel
from pipeline.edges.topics import REFERENCES, topic_name, topics
from pipeline.errors import ContentError, Problem
from pipeline.settings import Settings

log = logging.getLogger("shadowgraph.worker")

AGAIN = 5.0
"""Seconds between two tries to reach the brokers at the start, and between two looks at content and silent logs."""


class Worker:
    """Run acts until `stop`; `fault` is what no waiting mends."""

    def __init__(self, acts: Sequence[str], setup: Setup) -> None:
        self._setup, self._stopping = setup, asyncio.Event()
        self.fault: Exception | None = None
        self._heard: dict[Place, float] = {}
        self.acts = {act: self._act(act) for act in acts}

    def stop(self) -> None:
        """End after what is in hand."""
        self._stopping.set()

    async def run(self, following: Following) -> None:
        """Take part in the groups until told to stop, then leave them in order."""
        for app, _ in self.acts.values():
            app.finalize()
        tasks = [asyncio.create_task(self._watch(following))]
        starts = [asyncio.create_task(app.start()) for app, _ in self.acts.values()]
        for task in (*tasks, *starts):
            task.add_done_callback(_must_not_fail)
        await self._stopping.wait()
        for task in (*tasks, *starts):
            task.cancel()
        await asyncio.gather(*tasks, *starts, return_exceptions=True)
        for app, holdings in self.acts.values():
            await holdings.close()
            with suppress(Exception):  # whatever cannot be left in order is left
                await asyncio.wait_for(app.stop(), 4)

    def _act(self, act: str) -> tuple[Any, Holdings]:
        settings = self._setup.settings
        app, names = faust_app(act, settings), sources_of(act, self._setup)
        holdings = Holdings(
            act,
            opener(act, self._setup),
            owned=app.consumer_assignment,
            measures=self._setup.measures,
            size=settings.worker.checkpoint,
            fatal=self._fatal,
        )
        attend(app, names, holdings, self._heard if act == "understand" else {})
        return app, holdings

    def _fatal(self, fault: Exception) -> None:
        self.fault = fault
        self.stop()

    async def _watch(self, following: Following) -> None:
        """Follow the content, let time pass for silent logs, and end a worker that makes no progress."""
        while True:
            try:
                await following.look(seconds=AGAIN)
            except Exception as error:  # noqa: BLE001 - the brokers are away: looked for again
                log.warning("cannot follow content", extra={"error": type(error).__name__, "wait": AGAIN})
                await asyncio.sleep(AGAIN)
            await self._pass_time()
            if (stuck := self._setup.measures.stuck()) > self._setup.settings.worker.watchdog:
                log.error("no progress, ending", extra={"seconds": round(stuck)})
                os._exit(70)
            if lost := [act for act, (app, _) in self.acts.items() if app.crashed]:
                log.error("fell out of the group, ending", extra={"acts": lost})
                os._exit(70)

    async def _pass_time(self) -> None:
        if "understand" not in self.acts:
            return
        app, holdings = self.acts["understand"]
        idle, now = self._setup.settings.idle, time.monotonic()
        owned = {Place(*place) for place in app.consumer_assignment()}
        for place in owned:
            if holdings.waits(place):
                self._heard[place] = now
            silence = now - self._heard.setdefault(place, now)
            if silence >= idle and not await holdings.speak(place, partial(_silent, seconds=silence)):
                self._heard[place] = now  # who cannot write cannot hear either
        for place in {*self._heard} - owned:
            del self._heard[place]


async def work(
    acts: Sequence[str], settings: Settings, content: Content, data: Any = None
) -> Exception | None:
    """Run acts over the brokers of the settings until a signal comes; give what stopped it, if it was no signal."""
    setup = await _reached(settings, content, data)
    kafka = settings.kafka
    names = [topic_name(kafka, name) for name in ("packs", *(f"ref.{kind}" for kind in REFERENCES))]
    following = Following(kafka, names, sorted_out(setup.packs, setup.reference, kafka.prefix))
    await following.begin()
    if not setup.packs.pushed:
        files = {name: path.read_bytes() for name, path in pack_files(data, content=settings.content).items()}
        await published(kafka, names[0], setup.packs.own.digest.encode(), parcel(files))

    gc.set_threshold(*RARELY)
    worker = Worker(acts, setup)
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, worker.stop)
    async with serve(settings.worker, setup.measures, acts):
        log.info("ready", extra={"acts": list(acts), "pack": setup.packs.own.digest[:12]})
        await worker.run(following)
    await following.close()
    return worker.fault


async def _reached(settings: Settings, content: Content, data: Any) -> Setup:
    """Wait for the brokers, then check the topics; ContentError where one is missing or has other partitions."""
    kafka, found = settings.kafka, None
    while found is None:
        try:
            found = await asyncio.wait_for(laid_out(kafka), 20)
        except ContentError:
            raise
        except Exception as error:  # noqa: BLE001 - an outage waits at the edge
            told = {"brokers": list(kafka.brokers), "error": type(error).__name__, "wait": AGAIN}
            log.warning("no broker answers: check kafka.brokers and who we say we are", extra=told)
            await asyncio.sleep(AGAIN)
    needed = {topic.name: topic.partitions for topic in topics(kafka)}
    remedy = "run `shadowgraph setup kafka`, which says what is wrong with each topic"
    problems = [
        Problem(
            name,
            1,
            f"has {found[name]} partitions, not {count}" if name in found else "does not exist",
            remedy,
        )
        for name, count in needed.items()
        if found.get(name) != count
    ]
    if problems:
        raise ContentError(problems)
    routes = Routes(kafka.prefix, {name.removeprefix(kafka.prefix): count for name, count in needed.items()})
    known = KnownReference(data, content.reference, settings.content)
    return Setup(settings, routes, KnownPacks(content.pack), known, Measures())


def _must_not_fail(task: asyncio.Task[Any]) -> None:
    """End the process where a task that it cannot do without has failed: whoever watches it starts it again."""
    if not task.cancelled() and (error := task.exception()):
        log.error("cannot go on, ending", exc_info=error)
        os._exit(70)


def _silent(holder: Understanding, seconds: float) -> Any:
    return holder.silent(seconds)
