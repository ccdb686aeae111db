"""What the way costs over a real broker of this machine, in CPU time and as multiples of the floor: `make bench-kafka`.

CPU is that of the workers alone, from their first record to their last; the broker's is not in it.
"""

import os
import re
import signal
import sys
import tempfile
import time
import urllib.request
from contextlib import contextmanager
from functools import partial
from pathlib import Path

from pipeline.local.broker import Broker
from pipeline.local.ports import free_ports
from tests.bench.__main__ import best, floor
from tests.bench.records import records
from tests.services.scene import Scene, Watch, until

EVENTS = 20_000
ACTS = ("understand", "suspect", "decide")
BUDGETS = {"hop": 2.5, "whole": 16.0}
TICKS = os.sysconf("SC_CLK_TCK")
KILOBYTES = 1024


def main(events=EVENTS):
    """Measure and print; nothing fails, as others may use the machine meanwhile."""
    bodies = [body for _, body in records(events)]
    unit = best(partial(floor, bodies[:4000]))
    say(f"floor F = {unit * 1e6:.2f} us; {events} records")
    with (
        tempfile.TemporaryDirectory(prefix="shadowgraph-", ignore_cleanup_errors=True) as folder,
        Broker(Path(folder) / "broker", heap="1g", leashed=True) as broker,
    ):
        with staged(Path(folder) / "whole", broker.address) as stage:
            whole(stage, bodies, unit)
            restart(stage)
        with staged(Path(folder) / "hop", broker.address) as stage:
            hop(stage, bodies, unit)
        with staged(Path(folder) / "takeover", broker.address, checkpoint=100) as stage:
            takeover(stage, bodies)


@contextmanager
def staged(folder, address, **told):
    folder.mkdir()
    stage = Scene(folder, address, f"{folder.name}-", **{"checkpoint": 1000} | told).laid_out()
    try:
        yield stage
    finally:
        stage.close()


def whole(stage, bodies, unit):
    """Measure the three acts, each in a process of its own, from raw topic to scored topic."""
    ports = dict(zip(ACTS, free_ports(3), strict=True))
    workers = {act: stage.worker(act, config=with_port(stage, port)) for act, port in ports.items()}
    begin(stage, len(workers))
    spent, began, memory = {act: cpu(process) for act, process in workers.items()}, time.monotonic(), []
    stage.produce(bodies)
    watch, log, end = Watch(stage), stage.log_of("raw.auto"), len(bodies)
    for part in (0.25, 0.5, 0.75, 1):
        watch.until(part * end, log, 600)
        memory.append(max(map(resident, workers.values())))
    watch.until_done(600)
    seconds, total = time.monotonic() - began, 0.0
    events = figure(page(ports["suspect"]), "records_total", "suspect")
    say(f"{events:.0f} events and ticks")
    for act, process in workers.items():
        total += (used := (cpu(process) - spent[act]) / events)
        text = page(ports[act])
        p50, p99 = quantiles(text, act)
        many = figure(text, "checkpoint_seconds_count", act)
        say(
            f"{act:11}{used * 1e6:8.1f} us {used / unit:6.2f} F   {many:.0f} checkpoints of "
            f"{figure(text, 'records_total', act) / max(many, 1):.0f} records, "
            f"p50 {p50 * 1000:.0f} ms, p99 {p99 * 1000:.0f} ms"
        )
    result("whole", total, unit)
    say(
        f"{len(bodies) / seconds:.0f} records per second on the wall; resident MB of the largest worker at each quarter: {memory}"
    )
    for process in workers.values():
        process.terminate()
        process.wait(30)


def hop(stage, bodies, unit):
    """Measure one hop: events are consumed, decoded, encoded, produced and committed, and nothing is judged."""
    first = stage.worker("understand")
    stage.produce(bodies)
    stage.came(len(bodies) + 1, "raw.auto", 600)
    first.terminate()
    first.wait(30)
    process = stage.worker("suspect", relay=True)
    watch = Watch(stage)
    begin(stage, 2)
    spent = cpu(process)
    watch.until_done(600)
    events = sum(watch.positions.get(stage.log_of("events", n), 0) for n in range(4))
    result("hop", (cpu(process) - spent) / max(events, 1), unit)


def restart(stage):
    """Measure from the start of a worker to its first commit of events that waited."""
    stage.produce([body for _, body in records(1000, seed=2)])
    watch = Watch(stage)
    while watch.look(2):
        pass
    log = stage.log_of("events")
    began, stood = time.monotonic(), watch.positions.get(log, 0)
    stage.worker()
    watch.until(stood + 1, log, 60)
    watch.close()
    say(f"start to first event {time.monotonic() - began:.1f} s")


def takeover(stage, bodies):
    """Measure from a kill -9 of a busy worker until another goes on with its partitions."""
    stage.worker("understand")
    busy = stage.worker("suspect")
    begin(stage, 2)
    stage.produce(bodies, end=False)
    stage.worker("suspect")
    begin(stage, 3)
    killed = time.monotonic()
    busy.send_signal(signal.SIGKILL)
    before = count(stage, "opened")
    until(lambda: count(stage, "opened") >= before + 2, 60)
    say(f"takeover after kill -9: {time.monotonic() - killed:.1f} s (session of 6 s)")


def begin(stage, workers):
    """Wait until workers are ready and have joined."""
    until(lambda: count(stage, "ready") >= workers, 120)
    time.sleep(2)


def count(stage, message):
    return sum(line["message"] == message for line in stage.said())


def with_port(stage, port):
    path = stage.folder / f"{port}.toml"
    path.write_text(stage.config.read_text().replace("port = 0", f"port = {port}"))
    return path


def page(port):
    with urllib.request.urlopen(f"http://127.0.0.1:{port}/metrics", timeout=10) as answer:
        return answer.read().decode()


def figure(text, name, act):
    found = re.search(rf'shadowgraph_{name}{{act="{act}"}} ([0-9.]+)', text)
    return float(found.group(1)) if found else 0.0


def quantiles(text, act):
    """Estimate p50 and p99 of checkpoints, in seconds, linear within a bucket."""
    pattern = rf'shadowgraph_checkpoint_seconds_bucket{{act="{act}",le="([^"]+)"}} ([0-9.]+)'
    buckets = [(float(le), float(many)) for le, many in re.findall(pattern, text)]
    return [quantile(buckets, part) for part in (0.5, 0.99)]


def quantile(buckets, part):
    wanted, low, below = part * buckets[-1][1], 0.0, 0.0
    for high, many in buckets:
        if many >= wanted:
            return low + (high - low) * (wanted - below) / max(many - below, 1) if high < 1e9 else low
        low, below = high, many
    return low


def cpu(process):
    """Give the CPU seconds that a process has used."""
    fields = Path(f"/proc/{process.pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / TICKS


def resident(process):
    """Give the resident memory of a process in MB."""
    status = Path(f"/proc/{process.pid}/status").read_text()
    return int(re.search(r"VmRSS:\s+(\d+)", status).group(1)) // KILOBYTES


def result(name, cost, unit):
    mark = "" if cost / unit <= BUDGETS[name] else "  over its budget"
    say(f"{name:11}{cost * 1e6:8.1f} us {cost / unit:6.2f} F   budget {BUDGETS[name]:4.1f} F{mark}")


def say(line):
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main(*map(int, sys.argv[1:2]))
