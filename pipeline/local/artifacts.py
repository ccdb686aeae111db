"""What a broker and a node are made of: fetched once with Maven, kept in a cache, shared by all processes."""

from __future__ import annotations

import fcntl
import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from msgspec import Struct

from pipeline.errors import Outage


class Artifact(Struct, frozen=True):
    """One thing to fetch: what Maven calls its parts (group:name:version:type), and how they are laid down."""

    name: str
    parts: tuple[str, ...]
    goal: tuple[str, ...]


COPIED = ("dependency:copy-dependencies", "-DincludeScope=runtime")
UNPACKED = ("dependency:unpack-dependencies", "-DexcludeTransitive=true")
DISTRIBUTION = "org.elasticsearch.distribution.integ-test-zip:elasticsearch"

KAFKA = Artifact(
    "kafka-4.1.1", ("org.apache.kafka:kafka_2.13:4.1.1:jar", "org.slf4j:slf4j-simple:1.7.36:jar"), COPIED
)
ELASTIC = {
    version: Artifact(f"elasticsearch-{version}", (f"{DISTRIBUTION}:{version}:zip",), UNPACKED)
    for version in ("8.19.9", "9.2.0")
}
"""The nodes that can be run, by version."""

PATIENCE = 600
"""Seconds that a download may take."""

POM = """\
<project>
  <modelVersion>4.0.0</modelVersion>
  <groupId>example.shadowgraph</groupId><artifactId>{name}</artifactId><version>1</version>
  <dependencies>{parts}</dependencies>
</project>
"""
PART = "<dependency><groupId>{}</groupId><artifactId>{}</artifactId><version>{}</version><type>{}</type></dependency>"


def cache() -> Path:
    """Name the folder that keeps what was fetched."""
    home = Path.home() / ".cache"
    return Path(os.environ.get("XDG_CACHE_HOME") or home, "shadowgraph", "artifacts")


def fetched(artifact: Artifact, folder: Path | None = None) -> Path:
    """Give the folder of an artifact, fetching it the first time.

    Safe while others do the same: they wait for the one that fetches. Raises Outage with a remedy.
    """
    folder = folder or cache()
    home = folder / artifact.name
    if home.is_dir():
        return home

    folder.mkdir(parents=True, exist_ok=True)
    with _alone(folder / f"{artifact.name}.lock"):
        if not home.is_dir():
            _fetch(artifact, home)
    return home


@contextmanager
def _alone(lock: Path) -> Iterator[None]:
    """Wait for the lock; it goes with the process that holds it, even after kill -9."""
    with lock.open("a") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        yield


def _fetch(artifact: Artifact, home: Path) -> None:
    partial = home.with_name(f"{home.name}.partial")
    shutil.rmtree(partial, ignore_errors=True)
    laid = partial / "laid"
    laid.mkdir(parents=True)
    parts = "".join(PART.format(*part.split(":")) for part in artifact.parts)
    (partial / "pom.xml").write_text(POM.format(name=artifact.name, parts=parts), encoding="utf-8")
    _maven([*artifact.goal, f"-DoutputDirectory={laid}"], artifact=artifact, folder=partial)

    found = laid / artifact.name if artifact.goal is UNPACKED else laid
    found.rename(home)
    shutil.rmtree(partial)


def _maven(goal: list[str], *, artifact: Artifact, folder: Path) -> None:
    maven = shutil.which("mvn")
    if maven is None:
        raise Outage(f"{artifact.name} cannot be fetched: there is no mvn (install Maven, or use Docker)")

    log = folder.with_name(f"{artifact.name}.log")
    with log.open("wb") as told:
        try:
            code = subprocess.run(  # noqa: S603 - a fixed command, no shell
                [maven, "-q", "-B", *goal],
                cwd=folder,
                stdin=subprocess.DEVNULL,
                stdout=told,
                stderr=told,
                timeout=PATIENCE,
                check=False,
            ).returncode
        except subprocess.TimeoutExpired:
            code = -1
    if code:
        raise Outage(
            f"{artifact.name} cannot be fetched: Maven ended with {code}"
            f" (is its repository reachable? its words: {log})"
        )
