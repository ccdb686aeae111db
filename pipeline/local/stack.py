"""The local stack: servers that run on until they are stopped, one function for each."""

from __future__ import annotations

import fcntl
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Protocol, Self

from msgspec import Struct

from pipeline.errors import Outage
from pipeline.local.broker import Broker
from pipeline.local.kept import Kept, began, end, keep, running
from pipeline.local.node import Node
from pipeline.local.ports import is_free
from pipeline.local.process import Process
from pipeline.local.worker import LocalWorker

NAMES = ("kafka", "elastic", "worker")
"""The processes of the stack, in the order in which they start; they stop the other way round."""


class Server(Protocol):
    """What can be kept running."""

    log: Path
    port: int

    @property
    def process(self) -> Process:
        """Give the running process."""

    def launch(self) -> Self:
        """Start it without waiting."""

    def wait(self) -> Self:
        """Wait until it answers."""


class Part(Struct, frozen=True):
    """One process of the stack, and whether it is new or has been there before."""

    kept: Kept
    is_new: bool


def kafka(folder: Path, *, port: int) -> Part:
    """Keep a broker running, its records below this folder."""
    broker = Broker(folder / "kafka", port=port)
    return ensured(folder, "kafka", broker, address=lambda: broker.address)


def elastic(folder: Path, *, port: int, version: str) -> Part:
    """Keep a node running, its documents below this folder."""
    node = Node(folder / f"elastic-{version}", version, port=port)
    return ensured(folder, "elastic", node, address=lambda: node.url)


def worker(folder: Path, settings: Path, *, port: int, data: Path) -> Part:
    """Keep a worker running, with the company's own data."""
    own = LocalWorker(folder, settings, port=port, words=["--data", data])
    return ensured(folder, "worker", own, address=lambda: own.url)


def ensured(folder: Path, name: str, server: Server, *, address: Callable[[], str]) -> Part:
    """Start a server that is not running yet, and write it down before it answers, so that it can always be stopped."""
    found = running(folder, name)
    if found:
        return Part(found, is_new=False)
    if not is_free(server.port):
        raise Outage(f"port {server.port} is taken: stop what uses it, or choose another with --{name}-port")

    pid = server.launch().process.pid
    kept = Kept(name, pid, began(pid) or "", address(), str(server.log))
    keep(folder, kept)
    server.wait().process.release()
    return Part(kept, is_new=True)


def stopped(folder: Path) -> list[Kept]:
    """Stop what was started for this folder, nothing else, and name it."""
    found = [kept for name in reversed(NAMES) if (kept := running(folder, name))]
    for kept in found:
        end(folder, kept)
    return found


@contextmanager
def alone(folder: Path) -> Iterator[None]:
    """Let only one command at a time change the stack of this folder."""
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "lock").open("a") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        yield
