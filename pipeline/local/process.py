"""One server process: in its own session, its words in a file, never left behind."""

from __future__ import annotations

import os
import pwd
import shutil
import signal
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path

from pipeline.errors import Outage

STEP = 0.05
"""Seconds between two looks at a process that starts."""

TOLD = 2000
"""Bytes of a log that a failure repeats."""


class Process:
    """A process that was started here; `pid` is also the id of its group, which holds its children.

    A `leashed` one ends when the thread that started it ends, even by kill -9, where the system can do that.
    """

    def __init__(
        self,
        command: Sequence[str | Path],
        *,
        log: Path,
        env: Mapping[str, str] | None = None,
        folder: Path | None = None,
        user: str | None = None,
        leashed: bool = False,
    ) -> None:
        group = pwd.getpwnam(user).pw_gid if user else None
        with log.open("ab") as told:
            self._popen = subprocess.Popen(  # noqa: S603 - our own command, no shell
                [*(_leash() if leashed else ()), *map(str, command)],
                cwd=folder,
                user=user,
                group=group,
                extra_groups=[] if user else None,
                env=dict(env) if env is not None else None,
                stdin=subprocess.DEVNULL,
                stdout=told,
                stderr=told,
                start_new_session=True,
            )
        self.log = log
        self.pid = self._popen.pid
        self._is_over = False

    def is_running(self) -> bool:
        """Say whether it has not ended yet; a frozen one runs."""
        return self._popen.poll() is None

    def wait_until(self, ready: Callable[[], bool], *, name: str, seconds: float) -> None:
        """Wait until it is ready; else end it and raise Outage with its last words."""
        try:
            self._poll(ready, name, end=time.monotonic() + seconds)
        except BaseException:
            self.kill()
            raise

    def wait_for_success(self, name: str, seconds: float = 60) -> None:
        """Wait until it ends; raises Outage with its last words if it fails or takes too long."""
        try:
            code = self._popen.wait(seconds)
        except BaseException as error:
            self.kill()
            if isinstance(error, subprocess.TimeoutExpired):
                raise Outage(f"{name} took longer than {seconds:.0f} s:\n{last_words(self.log)}") from error
            raise
        if code:
            raise Outage(f"{name} failed:\n{last_words(self.log)}")

    def stop(self, seconds: float = 60) -> None:
        """Ask it to end, and end it where it does not; return when it is gone."""
        if self.is_running():
            self._popen.terminate()
            self._tell(signal.SIGCONT)
        with suppress(subprocess.TimeoutExpired):
            self._popen.wait(seconds)
        self.kill()

    def kill(self) -> None:
        """End it and its children at once, as a power cut would."""
        self._tell(signal.SIGKILL)
        self._popen.wait()
        self._is_over = True

    def freeze(self) -> None:
        """Stop its time: it holds its connections and answers nobody."""
        self._tell(signal.SIGSTOP)

    def thaw(self) -> None:
        """Let its time go on."""
        self._tell(signal.SIGCONT)

    def release(self) -> None:
        """Let it live on after this process; from now on it is known by its pid alone."""
        self._popen.returncode = 0  # else Python warns of a child that nobody waited for

    def _poll(self, ready: Callable[[], bool], name: str, *, end: float) -> None:
        while not ready():
            if not self.is_running():
                raise Outage(f"{name} ended while it started:\n{last_words(self.log)}")
            if time.monotonic() > end:
                raise Outage(f"{name} did not answer in time:\n{last_words(self.log)}")
            time.sleep(STEP)

    def _tell(self, what: signal.Signals) -> None:
        if self._is_over:  # the number may be another's by now
            return
        with suppress(ProcessLookupError):
            os.killpg(self.pid, what)


def _leash() -> tuple[str, ...]:
    keeper = shutil.which("setpriv")
    return (keeper, "--pdeathsig", "TERM") if keeper else ()


def last_words(log: Path) -> str:
    """Give the end of a log."""
    with log.open("rb") as told:
        told.seek(max(0, log.stat().st_size - TOLD))
        return told.read().decode(errors="replace").strip()
