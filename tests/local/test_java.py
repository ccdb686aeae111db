from __future__ import annotations

from pathlib import Path

import pytest

from pipeline.errors import Outage
from pipeline.local import java


@pytest.fixture(autouse=True)
def shelf(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(java, "SHELVES", (str(tmp_path),))
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.delenv("JAVA_HOME", raising=False)
    return tmp_path


def _put(shelf: Path, name: str, version: str) -> Path:
    (shelf / name / "bin").mkdir(parents=True)
    (shelf / name / "bin" / "java").touch()
    (shelf / name / "release").write_text(f'IMPLEMENTOR="X"\nJAVA_VERSION="{version}"\n', encoding="utf-8")
    return shelf / name


def test_the_oldest_java_that_is_new_enough_is_taken(shelf: Path) -> None:
    _put(shelf, "eight", "1.8.0_402")
    seventeen, newest = _put(shelf, "seventeen", "17.0.15"), _put(shelf, "newest", "25")
    assert java.java_home(17) == seventeen
    assert java.java_home(21) == newest


def test_a_java_that_the_environment_names_goes_before_others_of_its_version(
    shelf: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    _put(shelf, "seventeen", "17.0.15")
    mine = _put(shelf / "mine", "java", "17.0.1")
    monkeypatch.setenv("JAVA_HOME", str(mine))
    assert java.java_home(17) == mine


def test_without_java_it_is_said_what_to_do() -> None:
    with pytest.raises(
        Outage, match=r"Java 17 or newer is needed, there is none \(install OpenJDK 17 or set JAVA_HOME"
    ):
        java.java_home(17)


def test_what_is_too_old_is_named(shelf: Path) -> None:
    _put(shelf, "eight", "1.8.0_402")
    with pytest.raises(Outage, match="Java 21 or newer is needed, there is 8 "):
        java.java_home(21)
