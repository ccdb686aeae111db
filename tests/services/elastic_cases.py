"""What tests against real nodes share: a prefix that was set up, a sink, outputs."""

import asyncio
import re
from uuid import uuid4

from elasticsearch import Elasticsearch
from msgspec.structs import replace

from pipeline.alert import Alert, Standing
from pipeline.edges.elastic.bulk import Limits, Patience
from pipeline.edges.elastic.names import Names
from pipeline.edges.elastic.setup import setup
from pipeline.edges.elastic.sink import Sink
from pipeline.edges.elastic.store import ElasticStore
from pipeline.event import Event, Verdict
from pipeline.settings import Elastic
from tests.cli.documents import alert, event


class Site:
    """One installation on a node: its names, a plain client, and what the sink said."""

    def __init__(self, given, *, prepared=True):
        self.given = given if isinstance(given, Elastic) else Elastic(url=given)
        self.names = Names(f"t{uuid4().hex[:10]}")
        self.client = Elasticsearch(self.given.url, request_timeout=30) if not self.given.username else None
        self.letters, self.said = [], []
        if prepared:
            list(setup(self.given, prefix=self.names.prefix))

    def index(self, *batches, first=False, slept=None, ready=False, **more):
        """Put batches through one sink; `slept` is called instead of sleeping. Gives the counts of each."""

        async def sleep(seconds):
            if slept is None:
                await asyncio.sleep(min(seconds, 0.2))
            else:
                slept()
                await asyncio.sleep(0.05)

        async def work():
            given = replace(self.given, **more)
            limits = Limits(given.bulk, given.bulk_bytes, seconds=8.0)
            patience = Patience(self.said.append, sleep)
            sink = Sink(
                given,
                letter=self.letters.append,
                say=self.said.append,
                names=self.names,
                patience=patience,
                limits=limits,
            )
            try:
                if ready:
                    await sink.ready()
                return [await sink.index(batch, first=first) for batch in batches]
            finally:
                await sink.close()

        return asyncio.run(work())

    def store(self):
        return ElasticStore(self.given, self.names)

    def count(self, index):
        self.client.indices.refresh(index=index)
        return self.client.count(index=index)["count"]

    def hits(self, index, size=1000):
        self.client.indices.refresh(index=index)
        return {
            hit["_id"]: hit["_source"] for hit in self.client.search(index=index, size=size)["hits"]["hits"]
        }

    def close(self):
        if self.client:
            self.client.close()


def verdict(key, **more):
    return Verdict(Event(key, 1.0, "h", idle=False, fields=event(key, **more)), (), 0.0)


def version(key, **more):
    made = alert(key, **more)
    return Alert(key, 1.0, made)


def standing(subject, risk, time=1.0):
    return Standing(subject, time, {"ai.entity.risk": risk, "ai.entity.id": subject.partition("=")[2]})


def clockless(fields):
    return {
        name: value for name, value in fields.items() if not re.fullmatch(r"event\.(ingested|created)", name)
    }
