"""A worker of this machine: all acts in one process, over the settings of a local stack."""

from __future__ import annotations

import http.client
import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Self

from pipeline.local.process import Process

PROGRAM = (sys.executable, "-c", "from pipeline.cli import main; main()")
"""Ourselves, whatever the name by which we were called."""


class LocalWorker:
    """A worker with its log in `folder`; it answers at `port` when it has joined its groups."""

    def __init__(self, folder: Path, settings: Path, *, port: int, words: Sequence[str | Path] = ()) -> None:
        self.folder, self.port = folder, port
        self.log = folder / "worker.log"
        self._command = [*PROGRAM, "worker", "-c", settings, *words]
        self._process: Process | None = None

    @property
    def url(self) -> str:
        """Name where health and metrics are."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def process(self) -> Process:
        """Give the running process."""
        if self._process is None:
            raise RuntimeError("the worker was not started")
        return self._process

    def launch(self) -> Self:
        """Start it without waiting."""
        self.folder.mkdir(parents=True, exist_ok=True)
        self._process = Process(self._command, log=self.log, env=dict(os.environ))
        return self

    def wait(self, seconds: float = 120) -> Self:
        """Wait until it is well; else end it and raise Outage with its last words."""
        self.process.wait_until(lambda: is_well(self.port), name="the worker", seconds=seconds)
        return self


def is_well(port: int) -> bool:
    """Say whether a worker of this machine answers at this port that it makes progress."""
    link = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
    try:
        link.request("GET", "/health")
        return link.getresponse().status == 200
    except (OSError, http.client.HTTPException):
        return False
    finally:
        link.close()
