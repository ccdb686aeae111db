"""A stage for faults: the topics of one test, workers that may be rigged, records at a pace, and what was made of them."""

import json
import signal
import subprocess
import sys
import time
from collections import Counter
from contextlib import contextmanager
from math import inf
from pathlib import Path
from threading import Thread
from uuid import uuid4

import msgspec

from pipeline.edges.kafka.routes import log_name
from pipeline.edges.kafka.wire import POSITION, position_of
from tests.services.kafkapython import KafkaConsumer, KafkaProducer, TopicPartition
from tests.services.rigged import Rig
from tests.services.way import END, ROOT, calm, command, in_order, plain, settings

PATIENCE = 60
"""Seconds in which a worker comes to the moment that a test waits for."""

SILENCE = 10.0
"""Seconds without a record after which the end of a compacted topic is reached."""

QUIET = 2.0
"""Seconds without a new record after which nothing more is awaited."""

SHOWN = 3
"""Documents of a kind whose differences are told in full."""

ACTS = ("understand", "suspect", "decide")
CHANGELOGS = ("memory", "dockets", "positions")


class Story:
    """Records of a made-up company in the order in which time passes, and what the undisturbed way makes of them."""

    def __init__(self, folder, count, *, seed=11, poison=0):
        folder.mkdir(parents=True, exist_ok=True)
        raw = folder / "raw"
        command("simulate", "--events", count, "--seed", seed, "--raw", raw, "--data", folder / "company")
        self.lines = [line.rstrip(b"\n") for line in in_order(raw)]
        self.poisoned = list(range(poison // 2, len(self.lines), poison)) if poison else []
        for number in self.poisoned:
            self.lines.insert(number, BROKEN[number // poison % len(BROKEN)])
        self.file = folder / "all.jsonl"
        self.file.write_bytes(b"\n".join(self.lines) + b"\n")
        self.told = calm(self.file)


BROKEN = (b'{"broken', b"\xff\xfe\x00\x01", b"[" * 5000, b'{"@timestamp": "never", "event.action": 7}')
"""Records that no reader can read."""


class Scene:
    """The topics of one test on a broker; every process that it starts ends with it."""

    def __init__(self, folder, address, prefix, **told):
        self.folder, self.address = folder, address
        # a broker of the environment may remember the run before
        self.prefix = f"{prefix}{uuid4().hex[:6]}-"
        # time that passes because nothing is said depends on the clock, so that no two runs would be equal
        self.config = settings(folder, address, self.prefix, **{"idle": 3600.0} | told)
        self.partitions = told.get("partitions", 4)
        if raw := told.get("raw"):
            self.config.write_text(self.config.read_text().replace("auto = 1", f"auto = {raw}"))
        self.log = folder / "worker.log"
        self.processes = []
        self._pace = None

    def laid_out(self):
        command("setup", "kafka", "-c", self.config)
        return self

    def worker(self, *acts, config=None, **rig):
        """Start a worker, with a rig if one is given, and with settings of its own."""
        told = msgspec.json.encode(Rig(**rig)).decode()
        words = [
            sys.executable,
            "-m",
            "tests.services.rigged",
            told,
            *(acts or ACTS),
            "-c",
            str(config or self.config),
        ]
        with self.log.open("ab") as written:
            process = subprocess.Popen(
                words,
                cwd=ROOT,
                stdin=subprocess.DEVNULL,
                stdout=written,
                stderr=written,
                start_new_session=True,
            )
        self.processes.append(process)
        return process

    def produce(self, lines, *, rate=None, end=True):
        """Write raw records behind the test's back, so many a second, and the end of the log behind them."""
        self._pace = Thread(target=self._produce, args=(lines, rate, end), daemon=True)
        self._pace.start()
        if rate is None:
            self._pace.join()

    def drained(self, seconds=120, quiet=QUIET):
        """Wait until every act has judged all that it reads."""
        self._pace.join(seconds)
        done = Watch(self).until_done(seconds, quiet)
        assert not done, f"still behind after {seconds} s: {done}"

    def came(self, count, name, seconds=90):
        """Wait until the act that reads the first log of a topic has come so far; say whether it has."""
        watch = Watch(self)
        try:
            return watch.until(count, self.log_of(name), seconds)
        finally:
            watch.close()

    def log_of(self, name, number=0):
        """Name a partition as a log."""
        return log_name(f"{self.prefix}ai.{name}", number)

    def found(self):
        """Give documents by kind and id, and how often each was written."""
        documents, times = {}, Counter()
        for kind in ("scored", "alerts", "standing"):
            documents[kind] = {}
            for key, value in self.read(kind, self.partitions):
                document = json.loads(value)
                name = document["event.id"] if kind == "scored" else key.decode()
                times[kind, name] += 1
                documents[kind][name] = plain(document)
        return documents, times

    def letters(self):
        return [json.loads(value) for _, value in self.read("deadletter", 1)]

    def read(self, name, partitions):
        """Give all committed records of a topic: key, value, in the order of each partition.

        Of a compacted topic the last batch may be empty, and then kafka-python never comes to its end: silence is one.
        """
        consumer = KafkaConsumer(
            bootstrap_servers=self.address, isolation_level="read_committed", enable_auto_commit=False
        )
        places = [TopicPartition(f"{self.prefix}ai.{name}", number) for number in range(partitions)]
        consumer.assign(places)
        ends = consumer.end_offsets(places)
        consumer.seek_to_beginning(*places)
        found, since, silence = [], time.monotonic(), SILENCE if name == "standing" else inf
        while any(consumer.position(place) < ends[place] for place in places):
            if some := consumer.poll(timeout_ms=500, max_records=10_000):
                since = time.monotonic()
            elif time.monotonic() - since > silence:
                break
            found += [(record.key, record.value) for records in some.values() for record in records]
        consumer.close()
        return found

    def said(self):
        """Give the lines that the workers logged."""
        lines = self.log.read_text().splitlines() if self.log.exists() else []
        return [json.loads(line) for line in lines if line.startswith("{")]

    def close(self):
        for process in self.processes:
            if process.poll() is None:
                process.send_signal(signal.SIGCONT)
                process.kill()
            process.wait(30)

    def _produce(self, lines, rate, end):
        producer = KafkaProducer(bootstrap_servers=self.address, acks="all")
        topic, began = f"{self.prefix}ai.raw.auto", time.monotonic()
        for number, line in enumerate(lines):
            if rate:
                time.sleep(max(0.0, began + number / rate - time.monotonic()))
            producer.send(topic, line, partition=0)
        if end:
            producer.send(topic, END[1], END[0], partition=0)
        producer.flush()
        producer.close()


class Watch:
    """Sees every record of a scene's logs and changelogs: how far the acts are, and how far they could be."""

    def __init__(self, of):
        self._consumer = KafkaConsumer(
            bootstrap_servers=of.address, isolation_level="read_committed", enable_auto_commit=False
        )
        logs = [(f"{of.prefix}ai.raw.auto", 1)]
        logs += [(f"{of.prefix}ai.{name}", of.partitions) for name in ("events", "signals", *CHANGELOGS)]
        self._places = [TopicPartition(topic, number) for topic, count in logs for number in range(count)]
        self._consumer.assign(self._places)
        self._consumer.seek_to_beginning(*self._places)
        self.ends, self.positions = {}, {}

    def look(self, seconds):
        """Take what is new; say whether anything was."""
        found = self._consumer.poll(timeout_ms=int(seconds * 1000), max_records=20_000)
        for place, records in found.items():
            if place.topic.endswith(CHANGELOGS):
                for record in records:
                    if record.key.startswith(POSITION):
                        log = record.key.removeprefix(POSITION).decode()
                        self.positions[log] = position_of(record.value, log).offset
            else:
                self.ends[log_name(*place)] = records[-1].offset + 1
        return bool(found)

    def behind(self):
        """Give how many offsets the acts are behind, by log, or this watch itself."""
        logs = [place for place in self._places if not place.topic.endswith(CHANGELOGS)]
        ends = self._consumer.end_offsets(logs)
        unread = {log_name(*place): end - self._consumer.position(place) for place, end in ends.items()}
        lags = {log: end - self.positions.get(log, 0) for log, end in self.ends.items()}
        return {log: lag for log, lag in [*unread.items(), *lags.items()] if lag > 0}

    def until_done(self, seconds, quiet=QUIET):
        """Wait until nobody is behind and nothing comes for a while; give who still is."""
        limit, since = time.monotonic() + seconds, time.monotonic()
        while time.monotonic() < limit and time.monotonic() - since < quiet:
            if self.look(0.5) or self.behind():
                since = time.monotonic()
        behind = self.behind()
        self.close()
        return behind

    def until(self, count, log, seconds):
        """Wait until the act that reads a log has come so far; say whether it has."""
        limit = time.monotonic() + seconds
        while self.positions.get(log, 0) < count and time.monotonic() < limit:
            self.look(0.1)
        return self.positions.get(log, 0) >= count

    def close(self):
        self._consumer.close()


@contextmanager
def scene(folder, address, prefix, **told):
    """Set a scene and clear it away."""
    made = Scene(folder, address, prefix, **told)
    try:
        yield made.laid_out()
    finally:
        made.close()


def wrong(told, scene):
    """Say what differs between the undisturbed way and a scene, in a few words; nothing where nothing does."""
    found, times = scene.found()
    faults = []
    for kind, wanted in told.items():
        got = found[kind]
        same = {key for key in wanted if key in got and got[key] == wanted[key]}
        counts = {
            "lost": len(wanted.keys() - got.keys()),
            "made up": len(got.keys() - wanted.keys()),
            "different": len(wanted.keys() & got.keys() - same),
            "doubled": sum(many > 1 for (of, _), many in times.items() if of == kind == "scored"),
        }
        faults += [f"{count} {kind} {fault}" for fault, count in counts.items() if count]
        others = sorted(wanted.keys() & got.keys() - same)[:SHOWN]
        faults += [f"{key}: {unlike(wanted[key], got[key])}" for key in others]
    return faults


def unlike(wanted, got):
    """Give the fields in which two documents differ, each with what was wanted and what was got."""
    names = sorted(name for name in {*wanted, *got} if wanted.get(name) != got.get(name))
    return {name: (wanted.get(name), got.get(name)) for name in names}


def frozen(process, seconds=PATIENCE):
    """Wait until a worker has stopped itself."""
    state = Path(f"/proc/{process.pid}/stat")
    return until(lambda: state.read_text().rpartition(")")[2].split()[0] == "T", seconds)


def ended(process, seconds=PATIENCE):
    """Wait until a worker has ended itself."""
    return until(lambda: process.poll() is not None, seconds)


def until(true, seconds):
    """Wait until something is true; say whether it came to be."""
    limit = time.monotonic() + seconds
    while not true():
        if time.monotonic() > limit:
            return False
        time.sleep(0.05)
    return True
