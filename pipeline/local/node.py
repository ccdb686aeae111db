"""One Elasticsearch node of this machine: a single process, one folder, without security unless it is told."""

from __future__ import annotations

import http.client
import json
import os
import pwd
import shutil
import ssl
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from pipeline.errors import Outage
from pipeline.local.artifacts import ELASTIC, fetched
from pipeline.local.java import java_home
from pipeline.local.ports import free_ports
from pipeline.local.process import Process

JAVA = {"8.19.9": 17, "9.2.0": 21}
"""The oldest Java that each version starts on."""

NOBODY = "nobody"
"""Who runs a node where root asks for one: Elasticsearch refuses root."""

OWN = ("config", "data", "logs", "tmp")
"""Folders that the node itself writes to. What it has left there may be links: nobody else follows them."""

KEYSTORE = "elasticsearch.keystore"
"""What the node itself adds to its configuration, and finds again."""

SETTINGS: dict[str, Any] = {
    "cluster.name": "shadowgraph",
    "node.name": "node",
    "discovery.type": "single-node",
    "network.host": "127.0.0.1",
    "xpack.security.enabled": False,
    "cluster.routing.allocation.disk.threshold_enabled": False,
}
"""What every node is told, in the words of Elasticsearch's documentation."""

UP = (200, 401)
"""Answers of a node that works; 401 with security."""


class Node:
    """A node whose documents stay in `folder` from start to start, at the same `url`.

    `port` 0 takes one that is free. `settings` go over SETTINGS; `files` are texts by their name in the folder of the
    configuration (users, roles.yml, certificates). `leashed`: it ends with us, however we end. As a context it is
    started, and gone afterwards.
    """

    def __init__(
        self,
        folder: Path,
        version: str = "8.19.9",
        *,
        port: int = 0,
        heap: str = "512m",
        java_options: Sequence[str] = (),
        settings: Mapping[str, Any] | None = None,
        files: Mapping[str, str] | None = None,
        leashed: bool = False,
    ) -> None:
        free, transport = free_ports(2)
        self.folder = folder.resolve()
        self.version = version
        self.port = port or free
        self.log = self.folder / "node.log"
        self._options = (f"-Xms{heap}", f"-Xmx{heap}", *java_options)
        self._settings = {
            **SETTINGS,
            "http.port": self.port,
            "transport.port": transport,
            "path.data": str(self.folder / "data"),
            "path.logs": str(self.folder / "logs"),
            **(settings or {}),
        }
        self._files = dict(files or {})
        self._leashed = leashed
        self._process: Process | None = None

    @property
    def url(self) -> str:
        """Name where clients reach it."""
        kind = "https" if self._settings.get("xpack.security.http.ssl.enabled") else "http"
        return f"{kind}://127.0.0.1:{self.port}"

    @property
    def process(self) -> Process:
        """Give the running process."""
        if self._process is None:
            raise RuntimeError("the node was not started")
        return self._process

    def start(self, seconds: float = 180) -> Self:
        """Start it and wait until it answers; raises Outage with its last words."""
        return self.launch().wait(seconds)

    def launch(self) -> Self:
        """Start it without waiting for it; raises Outage where that is impossible."""
        java, home = java_home(JAVA[self.version]), fetched(ELASTIC[self.version])
        user = NOBODY if os.geteuid() == 0 else None
        self.folder.mkdir(parents=True, exist_ok=True)
        if user:
            _refuse_closed(self.folder)
            home = _opened(home, self.folder / "home")
        self._write_config(home)
        if user:
            _give(self.folder, user)

        self._process = Process(
            [home / "bin" / "elasticsearch"],
            log=self.log,
            env=self._environment(java),
            folder=self.folder,
            user=user,
            leashed=self._leashed,
        )
        return self

    def wait(self, seconds: float = 180) -> Self:
        """Wait until it answers; else end it and raise Outage with its last words."""
        self.process.wait_until(lambda: is_up(self.url), name="the node", seconds=seconds)
        return self

    def stop(self) -> None:
        """Let it end in order."""
        self.process.stop()

    def kill(self) -> None:
        """End it as a power cut would."""
        self.process.kill()

    def freeze(self) -> None:
        """Let it answer nobody until `thaw`, its connections open."""
        self.process.freeze()

    def thaw(self) -> None:
        """Let it go on after `freeze`."""
        self.process.thaw()

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.kill()

    def _write_config(self, home: Path) -> None:
        """Write it anew beside the old one: nothing is written into a folder that is the node's."""
        for name in OWN:
            (self.folder / name).mkdir(exist_ok=True)
        config, fresh = self.folder / "config", self.folder / "config.partial"
        shutil.rmtree(fresh, ignore_errors=True)
        shutil.copytree(home / "config", fresh)
        lines = [f"{name}: {json.dumps(value)}\n" for name, value in self._settings.items()]
        for name, text in {"elasticsearch.yml": "".join(lines), **self._files}.items():
            (fresh / name).write_text(text, encoding="utf-8")
        if (config / KEYSTORE).is_file():
            (config / KEYSTORE).rename(fresh / KEYSTORE)
        shutil.rmtree(config)
        fresh.rename(config)

    def _environment(self, java: Path) -> dict[str, str]:
        return {
            "PATH": os.environ.get("PATH", os.defpath),
            "ES_JAVA_HOME": str(java),
            "ES_JAVA_OPTS": " ".join(self._options),
            "ES_PATH_CONF": str(self.folder / "config"),
            "ES_TMPDIR": str(self.folder / "tmp"),
        }


def is_up(url: str) -> bool:
    """Say whether a node answers there and can be written to; whose certificate it shows does not matter."""
    kind, _, place = url.partition("://")
    link: http.client.HTTPConnection
    if kind == "https":
        link = http.client.HTTPSConnection(place, timeout=5, context=ssl._create_unverified_context())  # noqa: S323, SLF001 - nothing is sent or believed
    else:
        link = http.client.HTTPConnection(place, timeout=5)
    try:
        link.request("GET", "/_cluster/health?wait_for_status=yellow&timeout=1s")
        return link.getresponse().status in UP
    except (OSError, http.client.HTTPException):
        return False
    finally:
        link.close()


def _refuse_closed(folder: Path) -> None:
    closed = _closed(folder)
    if closed:
        raise Outage(
            f"Elasticsearch refuses root and runs as {NOBODY}, who cannot enter {closed}"
            f" (work as another user, or choose a folder below /tmp)"
        )


def _closed(folder: Path) -> Path | None:
    """Name the first folder on the way to this one that only its owner may enter."""
    way = [*reversed(folder.parents), folder]
    return next((part for part in way if not part.stat().st_mode & 0o001), None)


def _opened(home: Path, copy: Path) -> Path:
    """Give a home that everybody can enter: this one, or else a copy, which takes no space on the same disk."""
    if not _closed(home):
        return home
    if not copy.exists():
        partial = copy.with_name("home.partial")
        shutil.rmtree(partial, ignore_errors=True)
        shutil.copytree(home, partial, copy_function=_link)
        partial.rename(copy)
    return copy


def _link(source: str, target: str) -> None:
    try:
        os.link(source, target)
    except OSError:
        shutil.copy2(source, target)


def _give(folder: Path, user: str) -> None:
    """Give the node's own folders, links included but not what they lead to, to its user."""
    who = pwd.getpwnam(user)
    for name in OWN:
        os.chown(folder / name, who.pw_uid, who.pw_gid, follow_symlinks=False)
        for _, folders, files, place in os.fwalk(folder / name):
            for each in (*folders, *files):
                os.chown(each, who.pw_uid, who.pw_gid, dir_fd=place, follow_symlinks=False)
