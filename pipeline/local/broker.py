"""One Kafka broker of this machine: KRaft, a single process, one folder, plain text on the loopback."""

from __future__ import annotations

import socket
import struct
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import Self

from pipeline.local.artifacts import KAFKA, fetched
from pipeline.local.java import java_home
from pipeline.local.ports import free_ports
from pipeline.local.process import Process

JAVA = 17
CLUSTER = "c2hhZG93Z3JhcGgtb25lMQ"
"""The id of every such cluster: 16 bytes in base64."""

SETTINGS = {
    "process.roles": "broker,controller",
    "node.id": "1",
    "controller.listener.names": "CONTROLLER",
    "listener.security.protocol.map": "PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT",
    "auto.create.topics.enable": "false",
    "offsets.topic.replication.factor": "1",
    "offsets.topic.num.partitions": "4",
    "transaction.state.log.replication.factor": "1",
    "transaction.state.log.min.isr": "1",
    "transaction.state.log.num.partitions": "4",
    "transaction.abort.timed.out.transaction.cleanup.interval.ms": "2000",
    "group.initial.rebalance.delay.ms": "0",
    "group.min.session.timeout.ms": "6000",
    "broker.session.timeout.ms": "4000",
    "broker.heartbeat.interval.ms": "500",
}
"""What every broker is told, in the words of Kafka's documentation."""

BRIEF = "-XX:TieredStopAtLevel=1"
"""For a Java that lives for a second."""

METADATA = struct.pack(">hhihib", 3, 4, 1, -1, 0, 0)
"""The question which brokers there are: Metadata version 4, no client id, no topics."""


class Broker:
    """A broker whose records stay in `folder` from start to start, at the same `address`.

    `port` 0 takes one that is free. `settings` go over SETTINGS. `leashed`: it ends with us, however we end. As a context
    it is started, and gone afterwards.
    """

    def __init__(
        self,
        folder: Path,
        *,
        port: int = 0,
        heap: str = "512m",
        java_options: Sequence[str] = (),
        settings: Mapping[str, str] | None = None,
        leashed: bool = False,
    ) -> None:
        free, self._controller = free_ports(2)
        self.folder = folder
        self.port = port or free
        self.log = folder / "broker.log"
        self._options = (f"-Xms{heap}", f"-Xmx{heap}", *java_options)
        self._leashed = leashed
        self._settings = {**SETTINGS, **(settings or {})}
        self._process: Process | None = None

    @property
    def address(self) -> str:
        """Name where clients reach it: host:port."""
        return f"127.0.0.1:{self.port}"

    @property
    def process(self) -> Process:
        """Give the running process."""
        if self._process is None:
            raise RuntimeError("the broker was not started")
        return self._process

    def start(self, seconds: float = 120) -> Self:
        """Start it and wait until it answers; raises Outage with its last words."""
        return self.launch().wait(seconds)

    def launch(self) -> Self:
        """Start it without waiting for it; raises Outage where that is impossible."""
        java = [f"{java_home(JAVA)}/bin/java", "-cp", f"{fetched(KAFKA)}/*"]
        self.folder.mkdir(parents=True, exist_ok=True)
        self._write_settings()
        if not (self.folder / "records" / "meta.properties").exists():
            tool = [*java, BRIEF, "kafka.tools.StorageTool", "format", "-t", CLUSTER, "-c"]
            Process([*tool, str(self._file)], log=self.log).wait_for_success("the broker's storage")

        server = [*java, *self._options, "kafka.Kafka", str(self._file)]
        self._process = Process(server, log=self.log, leashed=self._leashed)
        return self

    def wait(self, seconds: float = 120) -> Self:
        """Wait until it answers; else end it and raise Outage with its last words."""
        self.process.wait_until(lambda: answers(self.port), name="the broker", seconds=seconds)
        return self

    def stop(self) -> None:
        """Let it end in order."""
        self.process.stop()

    def kill(self) -> None:
        """End it as a power cut would; what it acknowledged is there at the next start."""
        self.process.kill()

    def freeze(self) -> None:
        """Let it answer nobody until `thaw`, its connections open."""
        self.process.freeze()

    def thaw(self) -> None:
        """Let it go on after `freeze`."""
        self.process.thaw()

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.kill()

    @property
    def _file(self) -> Path:
        return self.folder / "server.properties"

    def _write_settings(self) -> None:
        controller = f"127.0.0.1:{self._controller}"
        places = {
            "listeners": f"PLAINTEXT://{self.address},CONTROLLER://{controller}",
            "advertised.listeners": f"PLAINTEXT://{self.address}",
            "controller.quorum.voters": f"1@{controller}",
            "log.dirs": str((self.folder / "records").resolve()),
        }
        lines = [f"{name}={value}\n" for name, value in {**places, **self._settings}.items()]
        self._file.write_text("".join(lines), encoding="utf-8")


def answers(port: int) -> bool:
    """Say whether a broker of this machine answers at this port and takes part in its cluster."""
    try:
        with socket.create_connection(("127.0.0.1", port), timeout=2) as link, link.makefile("rb") as reply:
            link.sendall(struct.pack(">i", len(METADATA)) + METADATA)
            head = reply.read(16)  # length, correlation, throttle time, number of brokers
    except OSError:
        return False
    return len(head) == 16 and struct.unpack(">iiii", head)[3] > 0
