from __future__ import annotations

import os
import pwd
from pathlib import Path

import pytest

from pipeline.local.node import OWN, Node, _give


@pytest.fixture
def home(tmp_path: Path) -> Path:
    options = tmp_path / "home" / "config" / "jvm.options.d"
    options.mkdir(parents=True)
    (options / "ours.options").write_text("ours")
    return tmp_path / "home"


@pytest.fixture
def elsewhere(tmp_path: Path) -> Path:
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "elsewhere" / "file").write_text("theirs")
    return tmp_path / "elsewhere"


def _owners(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> set[int]:
    """Give a tree away and collect the files, by number, that have another owner then."""
    given: set[int] = set()

    def chown(path: str | Path, *_: int, **how: object) -> None:
        given.add(os.stat(path, **how).st_ino)  # type: ignore[arg-type]  # noqa: PTH116 - Path has no dir_fd

    monkeypatch.setattr(os, "chown", chown)
    _give(tmp_path, pwd.getpwuid(os.getuid()).pw_name)
    return given


def test_what_links_lead_to_is_not_given_to_the_node(
    tmp_path: Path, elsewhere: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "node"
    for name in OWN:
        (folder / name / "below").mkdir(parents=True)
        (folder / name / "below" / "file").touch()
    (folder / "logs" / "file").symlink_to(elsewhere / "file")
    (folder / "logs" / "folder").symlink_to(elsewhere)

    given = _owners(folder, monkeypatch)

    assert not given & {elsewhere.stat().st_ino, (elsewhere / "file").stat().st_ino}
    own = [path for name in OWN for path in (folder / name, *(folder / name).rglob("*"))]
    assert given == {path.lstat().st_ino for path in own}


def test_the_configuration_is_not_written_where_links_lead(
    tmp_path: Path, home: Path, elsewhere: Path
) -> None:
    node = Node(tmp_path / "node", files={"users": "somebody"})
    config = node.folder / "config"
    config.mkdir(parents=True)
    (config / "elasticsearch.yml").symlink_to(elsewhere / "file")
    (config / "users").symlink_to(elsewhere / "file")
    (config / "jvm.options.d").symlink_to(elsewhere)

    node._write_config(home)

    assert {path.name: path.read_text() for path in elsewhere.iterdir()} == {"file": "theirs"}
    assert (config / "users").read_text() == "somebody"
    assert (config / "jvm.options.d" / "ours.options").read_text() == "ours"
    assert f"http.port: {node.port}\n" in (config / "elasticsearch.yml").read_text()


def test_what_the_node_keeps_secret_outlives_a_new_configuration(tmp_path: Path, home: Path) -> None:
    node = Node(tmp_path / "node")
    node.folder.mkdir()
    node._write_config(home)
    (node.folder / "config" / "elasticsearch.keystore").write_text("seed")
    node._write_config(home)

    assert (node.folder / "config" / "elasticsearch.keystore").read_text() == "seed"
