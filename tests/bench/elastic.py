"""How fast the sink is against a node of this machine: .venv/bin/python -m tests.bench.elastic [URL]

Prints documents a second, CPU of the client and of the node for each document, and F, the floor of the same documents
(parse, write, hash once). Without a URL a node with 1 GiB of memory is started for it.
"""

import asyncio
import os
import random
import sys
import tempfile
import time
from contextlib import contextmanager
from hashlib import sha256
from pathlib import Path
from uuid import uuid4

import orjson

from pipeline.edges.elastic.names import Names
from pipeline.edges.elastic.setup import setup
from pipeline.edges.elastic.sink import Sink
from pipeline.event import Event, Verdict
from pipeline.local.node import Node
from pipeline.settings import Elastic
from tests.bench.records import PEOPLE, text

DOCUMENTS, BATCH, WARM = 20_000, 2000, 3
SIZES = (500, 1000)
BUDGET, FASTEST = 3.0, 4000
"""F of the client for a document at most, and documents a second at least."""


def tell(line):
    """Write a line for people."""
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def verdicts(run, seed=1):
    """Judged events of 1.7 KB on average, with ids that no other run has."""
    chance = random.Random(seed)
    for number in range(DOCUMENTS):
        key = f"{run}{number:028x}"
        fields = {
            "@timestamp": f"2026-03-04T{9 + number % 8:02}:{number % 60:02}:{number * 7 % 60:02}.000000Z",
            "event.id": key,
            "event.kind": "event",
            "event.action": "prompt",
            "event.module": "litellm",
            "user.id": chance.choice(PEOPLE),
            "ai.app.id": "fernwood-gateway",
            "ai.risk.score": chance.random() * 100,
            "ai.risk.level": "low",
            "ai.data.classes": ["personal"],
            "ai.content.text": text(chance, 1100),
            "ai.content.sketch": [f"{chance.getrandbits(48):012x}" for _ in range(12)],
            "ai.pack.digest": "0" * 64,
        }
        yield Verdict(Event(key, 1.0, "h", idle=False, fields=fields), (), 0.0)


def floor(outputs):
    """Microseconds of CPU to parse, write and hash a document once."""
    bodies = [orjson.dumps(output.event.fields) for output in outputs]
    began = time.process_time()
    for body in bodies:
        sha256(orjson.dumps(orjson.loads(body))).digest()
    return (time.process_time() - began) / len(bodies) * 1e6


async def put(given, names, outputs):
    """Seconds, and seconds of CPU of this process, for all outputs."""
    sink = Sink(given, letter=lambda letter: tell(letter.reason), say=tell, names=names)
    await sink.ready()
    began, spent = time.perf_counter(), time.process_time()
    for start in range(0, len(outputs), BATCH):
        await sink.index(outputs[start : start + BATCH])
    found = time.perf_counter() - began, time.process_time() - spent
    await sink.close()
    return found


@contextmanager
def node(url):
    """Give the URL of a node, ours unless one is named."""
    if url:
        yield url
        return
    with tempfile.TemporaryDirectory(prefix="shadowgraph-", dir="/tmp", ignore_cleanup_errors=True) as folder:
        Path(folder).chmod(0o755)
        with Node(Path(folder) / "node", heap="1g") as own:
            yield own.url


def main(url=None):
    """Measure; 1 if a budget is missed."""
    with node(url) as place:
        names = Names(f"bench{uuid4().hex[:8]}")
        list(setup(Elastic(url=place), prefix=names.prefix))
        best = (0.0, 0.0, 0)
        for turn in range(WARM + len(SIZES)):
            size = SIZES[max(turn - WARM, 0)]
            outputs = list(verdicts(uuid4().hex[:4]))
            one = floor(outputs)
            seconds, spent = asyncio.run(put(Elastic(url=place, bulk=size), names, outputs))
            rate, client = DOCUMENTS / seconds, spent / DOCUMENTS * 1e6
            kind = "warming up" if turn < WARM else f"{size} a request"
            load = os.getloadavg()[0]
            tell(
                f"{kind}: {rate:,.0f} documents/s, client {client:.1f} us = {client / one:.2f} F (F {one:.1f} us), load {load:.1f}"
            )
            if turn >= WARM:
                best = max(best, (rate, client / one, size))
    rate, client, size = best
    tell(
        f"best: {rate:,.0f} documents/s (at least {FASTEST:,}), {client:.2f} F (at most {BUDGET}) at {size} a request"
    )
    return int(rate < FASTEST or client > BUDGET)


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
