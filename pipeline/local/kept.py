"""Processes that live on after the command that started them, and how to find them again.

A pid alone is not enough: after the process has ended, another may get its number. So its beginning is kept, too.
"""

from __future__ import annotations

import os
import signal
import subprocess
import time
from contextlib import suppress
from pathlib import Path

import msgspec
from msgspec import Struct

STEP = 0.05
GRACE = 10
"""Seconds that the system may take to end what was killed."""

BOOT = Path("/proc/sys/kernel/random/boot_id")


class Kept(Struct, frozen=True):
    """A process that lives on: what it is, who it is, where it is reached and where its words go."""

    name: str
    pid: int
    began: str
    address: str
    log: str


def keep(folder: Path, kept: Kept) -> None:
    """Write down a process, whole or not at all."""
    file = _file(folder, kept.name)
    partial = file.with_suffix(".partial")
    partial.write_bytes(msgspec.json.encode(kept) + b"\n")
    partial.replace(file)


def running(folder: Path, name: str) -> Kept | None:
    """Give the process that was kept under this name, while it runs."""
    try:
        kept = msgspec.json.decode(_file(folder, name).read_bytes(), type=Kept)
    except (FileNotFoundError, msgspec.DecodeError):
        return None
    return kept if began(kept.pid) == kept.began else None


def end(folder: Path, kept: Kept, *, seconds: float = 60) -> None:
    """End a kept process in order, or at once where it takes too long, and forget it."""
    with suppress(ProcessLookupError):
        if began(kept.pid) == kept.began:
            os.kill(kept.pid, signal.SIGTERM)
            os.killpg(kept.pid, signal.SIGCONT)
        if not _is_gone(kept, seconds=seconds):
            os.killpg(kept.pid, signal.SIGKILL)
            _is_gone(kept, seconds=GRACE)
    _file(folder, kept.name).unlink(missing_ok=True)


def _is_gone(kept: Kept, *, seconds: float) -> bool:
    """Wait for the end of a process; say whether it came."""
    limit = time.monotonic() + seconds
    while began(kept.pid) == kept.began:
        if time.monotonic() > limit:
            return False
        time.sleep(STEP)
    return True


def began(pid: int) -> str | None:
    """Say when this process began, in words that no other process of this pid shares; None if it has ended."""
    if BOOT.exists():
        return _began_on_linux(pid)
    words = subprocess.run(  # noqa: S603 - a number, no shell
        ["ps", "-o", "stat=,lstart=", "-p", str(pid)],  # noqa: S607 - wherever it is
        capture_output=True,
        text=True,
        check=False,
    ).stdout.split(maxsplit=1)
    return None if not words or words[0].startswith("Z") else words[1].strip()


def _began_on_linux(pid: int) -> str | None:
    try:
        told = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8", errors="replace")
    except (FileNotFoundError, ProcessLookupError):
        return None
    fields = told.rpartition(")")[2].split()  # the name of the program may hold blanks
    return None if fields[0] in "ZX" else f"{BOOT.read_text(encoding='ascii').strip()} {fields[19]}"


def _file(folder: Path, name: str) -> Path:
    return folder / f"{name}.json"
