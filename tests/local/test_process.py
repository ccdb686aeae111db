from __future__ import annotations

import signal
import sys
from pathlib import Path

import pytest

from pipeline.errors import Outage
from pipeline.local.process import Process

STUBBORN = "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); print('up', flush=True); time.sleep(60)"


def _process(folder: Path, code: str) -> Process:
    return Process([sys.executable, "-c", code], log=folder / "log")


def _has_spoken(folder: Path) -> bool:
    return (folder / "log").read_bytes() != b""


def test_a_process_that_ends_while_it_starts_is_told_with_its_last_words(tmp_path: Path) -> None:
    failing = _process(tmp_path, "raise SystemExit('no memory')")
    with pytest.raises(Outage, match="the broker ended while it started:\nno memory"):
        failing.wait_until(lambda: False, name="the broker", seconds=20)


def test_a_process_that_never_answers_is_ended(tmp_path: Path) -> None:
    silent = _process(tmp_path, "import time; time.sleep(60)")
    with pytest.raises(Outage, match="did not answer in time"):
        silent.wait_until(lambda: False, name="the broker", seconds=0)
    assert not silent.is_running()


def test_a_process_that_will_not_stop_is_ended(tmp_path: Path) -> None:
    stubborn = _process(tmp_path, STUBBORN)
    stubborn.wait_until(lambda: _has_spoken(tmp_path), name="it", seconds=20)
    stubborn.stop(seconds=0.1)
    assert not stubborn.is_running()


def test_a_frozen_process_stops(tmp_path: Path) -> None:
    frozen = _process(tmp_path, "import time; print('up', flush=True); time.sleep(60)")
    frozen.wait_until(lambda: _has_spoken(tmp_path), name="it", seconds=20)
    frozen.freeze()
    assert frozen.is_running()
    frozen.stop(seconds=10)
    assert frozen._popen.returncode == -signal.SIGTERM


def test_a_step_that_fails_is_told_with_its_last_words(tmp_path: Path) -> None:
    with pytest.raises(Outage, match="the storage failed:\nno space"):
        _process(tmp_path, "raise SystemExit('no space')").wait_for_success("the storage")
