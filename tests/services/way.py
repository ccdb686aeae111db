"""The whole way twice: embedded over one file, and over a real broker; both as documents by id."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import time
from contextlib import contextmanager
from functools import partial
from pathlib import Path

from enrichers.reference import load_reference
from pipeline.alert import Alert, Standing
from pipeline.arrival import arrivals, merged
from pipeline.content import load_pack
from pipeline.edges import embedded
from pipeline.edges.files import LogFile
from pipeline.edges.kafka.wire import tick_record
from pipeline.event import Verdict
from pipeline.flow import understand
from pipeline.record import Record, Tick
from pipeline.settings import DEMO_KEY
from tests.services.kafkapython import KafkaConsumer, KafkaProducer, TopicPartition

SHADOWGRAPH = str(Path(sys.executable).with_name("shadowgraph"))
ROOT = Path(__file__).resolve().parents[2]
VOLATILE = ("event.ingested", "event.created")
END = tick_record(Tick("", float("inf")))


def content():
    return embedded.Content(load_pack(key=DEMO_KEY), load_reference())


def in_order(folder):
    """Give the lines of all logs of a folder in the order in which the embedded way merges them."""
    known, lines = content(), {}
    reading = partial(understand, pack=known.pack, reference=known.reference)
    files = [LogFile(str(path), "auto") for path in sorted(folder.iterdir())]

    def kept(file):
        for record in file.records():
            if isinstance(record, Record):
                lines[record.place] = record.body
                yield record

    order = [arrival.place for arrival in merged([arrivals(kept(file), reading) for file in files])]
    for file in files:
        file.close()
    return [lines[place] for place in order]


def calm(path, source="auto"):
    """Give what the embedded way makes of a file: documents by kind and id."""
    documents = {"scored": {}, "alerts": {}, "standing": {}}
    for batch in embedded.run([str(path)], source, content()):
        for output in batch.outputs:
            match output:
                case Verdict():
                    documents["scored"].setdefault(output.event.id, output.event.fields)
                case Alert():
                    documents["alerts"][output.id] = output.fields
                case Standing():
                    documents["standing"][output.subject] = output.fields
    return {
        kind: {key: plain(json.loads(json.dumps(doc))) for key, doc in found.items()}
        for kind, found in documents.items()
    }


def plain(document):
    """Take away what may differ: when it was taken in, and where its log lies."""
    return {
        name: value
        for name, value in document.items()
        if name not in VOLATILE and not name.startswith("log.")
    }


def settings(folder, address, prefix, **more):
    """Write settings for a broker of a test and give the file."""
    told = {"idle": 5.0, "partitions": 4, "checkpoint": 500, "source": "auto", "session": 6} | more
    path = folder / "settings.toml"
    path.write_text(
        f"idle = {told['idle']}\n[kafka]\nbrokers = ['{address}']\nprefix = '{prefix}'\ngroup = '{prefix}g'\n"
        f"partitions = {told['partitions']}\nsession_timeout = {told['session']}\n[kafka.raw]\n{told['source']} = 1\n"
        f"[worker]\nport = 0\ncheckpoint = {told['checkpoint']}\n"
    )
    return path


def command(*words, check=True, **options):
    """Run a command of ours."""
    return subprocess.run(
        [SHADOWGRAPH, *map(str, words)],
        cwd=ROOT,
        check=check,
        capture_output=True,
        text=True,
        timeout=120,
        **options,
    )


def start(config, *acts, log):
    """Start a worker of its own and give its process."""
    with log.open("ab") as written:
        return subprocess.Popen(
            [SHADOWGRAPH, "worker", *acts, "-c", str(config)],
            cwd=ROOT,
            stdin=subprocess.DEVNULL,
            stdout=written,
            stderr=written,
            start_new_session=True,
        )


@contextmanager
def worker(config, *acts, log):
    """Run a worker while the body runs, then stop it as an operator does."""
    process = start(config, *acts, log=log)
    try:
        yield process
    finally:
        if process.poll() is None:
            process.send_signal(signal.SIGCONT)
            process.terminate()
        process.wait(30)


def produce(address, topic, lines, *, end=True):
    """Write raw records, and the end of the log behind them."""
    producer = KafkaProducer(bootstrap_servers=address, acks="all")
    for line in lines:
        producer.send(topic, line, partition=0)
    if end:
        producer.send(topic, END[1], END[0], partition=0)
    producer.flush()
    producer.close()


def read_topic(address, topic, partitions):
    """Give all committed records of a topic: key, value, in the order of each partition."""
    consumer = KafkaConsumer(
        bootstrap_servers=address, isolation_level="read_committed", enable_auto_commit=False
    )
    places = [TopicPartition(topic, number) for number in range(partitions)]
    consumer.assign(places)
    ends = consumer.end_offsets(places)
    consumer.seek_to_beginning(*places)
    found = []
    while any(consumer.position(place) < ends[place] for place in places):
        for some in consumer.poll(timeout_ms=500, max_records=10_000).values():
            found += [(record.key, record.value) for record in some]
    consumer.close()
    return found


def distributed(address, prefix, partitions=4):
    """Give what workers made of a raw topic: documents by kind and id, and how often each event was scored."""
    documents, times = {}, {}
    for kind in ("scored", "alerts", "standing"):
        found = {}
        for key, value in read_topic(address, f"{prefix}ai.{kind}", partitions):
            document = json.loads(value)
            name = document["event.id"] if kind == "scored" else key.decode()
            times[kind, name] = times.get((kind, name), 0) + 1
            found[name] = plain(document)
        documents[kind] = found
    return documents, times


def drained(config, seconds=120, quiet=2.0):
    """Wait until nothing is left to do: no act is behind, for a while."""
    limit, since, before = time.monotonic() + seconds, time.monotonic(), None
    while time.monotonic() < limit:
        lags = json.loads(command("status", "-c", config, "--json").stdout)["lag"]
        if lags != before or any(lag["lag"] for lag in lags):
            before, since = lags, time.monotonic()
        elif time.monotonic() - since > quiet:
            return
        time.sleep(0.3)
    raise AssertionError(f"still behind after {seconds} s: {[lag for lag in before if lag['lag']]}")
