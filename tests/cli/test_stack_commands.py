from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import click
import pytest
from click.testing import CliRunner

from pipeline.cli.down import down
from pipeline.cli.up import up
from pipeline.local import stack
from pipeline.local.ports import free_ports
from tests.local.sleeper import Sleeper


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    def started(name: str) -> stack.Part:
        (port,) = free_ports(1)
        return stack.ensured(
            tmp_path, name, Sleeper(tmp_path, port), address=lambda: f"{name}.example:{port}"
        )

    monkeypatch.setattr(stack, "kafka", lambda _folder, **_: started("kafka"))
    monkeypatch.setattr(stack, "elastic", lambda _folder, **_: started("elastic"))
    yield tmp_path
    stack.stopped(tmp_path)


def _run(command: click.Command, folder: Path, *words: str) -> str:
    return (
        CliRunner()
        .invoke(
            command,
            ["--folder", str(folder), *(["--bare"] if command is up else []), *words],
            catch_exceptions=False,
        )
        .output
    )


def _states(told: str) -> list[tuple[str, str]]:
    return [(line["name"], line["state"]) for line in map(json.loads, told.splitlines())]


def test_up_starts_what_does_not_run_yet(folder: Path) -> None:
    assert _states(_run(up, folder, "--json")) == [("kafka", "started")]
    assert _states(_run(up, folder, "--json", "--elastic")) == [("kafka", "running"), ("elastic", "started")]


def test_down_stops_all_of_it_the_other_way_round(folder: Path) -> None:
    _run(up, folder, "--elastic")
    assert _states(_run(down, folder, "--json")) == [("elastic", "stopped"), ("kafka", "stopped")]
    assert _run(down, folder) == f"nothing of {folder} is running\n"


def test_up_says_where_it_is_and_how_it_ends(folder: Path) -> None:
    told = _run(up, folder)
    assert told.startswith("kafka    kafka.example:")
    assert told.endswith(f"stop it all: shadowgraph down --folder {folder}\n")


def test_down_makes_no_folder(tmp_path: Path) -> None:
    _run(down, tmp_path / "nowhere")
    assert not (tmp_path / "nowhere").exists()
