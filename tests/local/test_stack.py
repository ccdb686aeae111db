from __future__ import annotations

import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest

from pipeline.errors import Outage
from pipeline.local.kept import Kept, began, end, keep, running
from pipeline.local.ports import free_ports
from pipeline.local.stack import Part, ensured, stopped
from tests.local.sleeper import Sleeper


@pytest.fixture
def folder(tmp_path: Path) -> Iterator[Path]:
    yield tmp_path
    stopped(tmp_path)


def _up(folder: Path) -> Part:
    (port,) = free_ports(1)
    return ensured(folder, "kafka", Sleeper(folder, port), address=lambda: "here")


def test_what_runs_is_not_started_again(folder: Path) -> None:
    first, second = _up(folder), _up(folder)
    assert (first.is_new, second.is_new) == (True, False)
    assert second.kept == first.kept


def test_what_was_started_is_stopped_and_forgotten(folder: Path) -> None:
    kept = _up(folder).kept
    assert stopped(folder) == [kept]
    assert began(kept.pid) is None
    assert stopped(folder) == []


def test_what_ended_by_itself_is_started_again(folder: Path) -> None:
    first = _up(folder).kept
    os.kill(first.pid, 9)
    os.waitpid(first.pid, 0)
    second = _up(folder)
    assert second.is_new
    assert second.kept.pid != first.pid


def test_another_process_that_got_the_pid_is_left_alone(folder: Path) -> None:
    with subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE) as stranger:
        kept = Kept("kafka", stranger.pid, "at another time", "here", "log")
        keep(folder, kept)
        assert running(folder, "kafka") is None
        end(folder, kept)
        assert stopped(folder) == []
        assert stranger.poll() is None
        stranger.communicate(b"\n")


def test_a_taken_port_is_told_before_anything_starts(folder: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(Outage, match=f"port {port} is taken: .*--kafka-port"):
            ensured(folder, "kafka", Sleeper(folder, port), address=lambda: "here")
    assert not (folder / "log").exists()


def test_what_was_written_down_half_runs_nowhere(folder: Path) -> None:
    (folder / "kafka.json").write_bytes(msgspec.json.encode({"name": "kafka"}))
    assert running(folder, "kafka") is None
