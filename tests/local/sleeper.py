"""A server that does nothing."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Self

from pipeline.local.process import Process


class Sleeper:
    def __init__(self, folder: Path, port: int) -> None:
        self.log = folder / "log"
        self.port = port
        self.process: Process

    def launch(self) -> Self:
        self.process = Process([sys.executable, "-c", "import time; time.sleep(60)"], log=self.log)
        return self

    def wait(self) -> Self:
        return self
