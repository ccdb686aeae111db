"""A worker's log: a line of JSON for each thing that happened, never a value of a record, and no floods."""

from __future__ import annotations

import logging
import sys
import time
from collections.abc import Callable
from typing import Any

import orjson

OURS = "shadowgraph"

STANDARD = frozenset(vars(logging.makeLogRecord({}))) | {"message", "asctime", "taskName"}
"""What every record of the logging package has; the rest was given by who logged."""

EVERY = 10.0
"""Seconds in which a library may say one thing once: without a broker, each says it dozens of times a second."""


class Lines(logging.Formatter):
    """Write a log record as one JSON object; of an exception only its kind and place."""

    def format(self, record: logging.LogRecord) -> str:
        """Give the line."""
        told: dict[str, Any] = {
            "time": self.formatTime(record, "%Y-%m-%dT%H:%M:%S%z"),
            "level": record.levelname.lower(),
        }
        told |= {"logger": record.name, "message": record.getMessage()}
        told |= {name: value for name, value in vars(record).items() if name not in STANDARD}
        if record.exc_info and record.exc_info[0]:
            told["error"] = record.exc_info[0].__name__
            told["trace"] = _places(record)
        return orjson.dumps(told, default=str).decode()


class Rarely(logging.Filter):
    """Let a library say the same thing once in a while, with how often it was said; ours always."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        super().__init__()
        self._clock = clock
        self._said: dict[tuple[str, str], float] = {}
        self._silent: dict[tuple[str, str], int] = {}

    def filter(self, record: logging.LogRecord) -> bool:
        """Say whether this one is written."""
        if record.name.startswith(OURS):
            return True
        key, now = (record.name, str(record.msg)), self._clock()
        if now - self._said.get(key, float("-inf")) < EVERY:
            self._silent[key] = self._silent.get(key, 0) + 1
            return False
        self._said[key] = now
        if silent := self._silent.pop(key, 0):
            record.repeated = silent
        return True


def configure(level: str) -> None:
    """Log to stderr in lines of JSON: ours from this level, libraries from warnings on."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(Lines())
    handler.addFilter(Rarely())
    logging.basicConfig(level=logging.WARNING, handlers=[handler], force=True)
    logging.getLogger(OURS).setLevel(level.upper())


def _places(record: logging.LogRecord) -> list[str]:
    trace, places = record.exc_info[2] if record.exc_info else None, []
    while trace:
        places.append(f"{trace.tb_frame.f_code.co_filename.rpartition('/')[2]}:{trace.tb_lineno}")
        trace = trace.tb_next
    return places[-8:]
