from __future__ import annotations

import threading
from pathlib import Path

import pytest

from pipeline.errors import Outage
from pipeline.local.artifacts import KAFKA, cache, fetched

FETCHES = """\
#!/bin/sh
echo once >> "{folder}/fetches"
sleep 0.2
for word in "$@"; do case "$word" in -DoutputDirectory=*) echo jar > "${{word#*=}}/kafka.jar";; esac; done
"""
FAILS = """\
#!/bin/sh
for word in "$@"; do case "$word" in -DoutputDirectory=*) echo half > "${word#*=}/kafka.jar";; esac; done
exit 3
"""


def _maven(folder: Path, script: str, patch: pytest.MonkeyPatch) -> None:
    command = folder / "mvn"
    command.write_text(script, encoding="utf-8")
    command.chmod(0o755)
    patch.setenv("PATH", str(folder), prepend=":")


def test_two_who_want_an_artifact_at_the_same_time_fetch_it_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    _maven(tmp_path, FETCHES.format(folder=tmp_path), monkeypatch)
    both = [threading.Thread(target=fetched, args=(KAFKA, tmp_path / "cache")) for _ in range(2)]
    for each in both:
        each.start()
    for each in both:
        each.join()
    assert (fetched(KAFKA, tmp_path / "cache") / "kafka.jar").read_text(encoding="utf-8") == "jar\n"
    assert (tmp_path / "fetches").read_text(encoding="utf-8") == "once\n"


def test_half_an_artifact_is_none(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    _maven(tmp_path, FAILS, monkeypatch)
    with pytest.raises(
        Outage, match=r"kafka-4\.1\.1 cannot be fetched: Maven ended with 3 .*kafka-4\.1\.1\.log\)"
    ):
        fetched(KAFKA, tmp_path)
    _maven(tmp_path, FETCHES.format(folder=tmp_path), monkeypatch)
    assert (fetched(KAFKA, tmp_path) / "kafka.jar").read_text(encoding="utf-8") == "jar\n"


def test_without_maven_it_is_said_what_to_do(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(Outage, match=r"there is no mvn \(install Maven, or use Docker\)"):
        fetched(KAFKA, tmp_path)


def test_artifacts_are_kept_in_the_cache_of_the_user(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    assert cache() == tmp_path / "shadowgraph" / "artifacts"
