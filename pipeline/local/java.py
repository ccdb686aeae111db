"""Which Java there is, and which one a server needs."""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Iterator
from pathlib import Path

from pipeline.errors import Outage

SHELVES = ("/usr/lib/jvm", "/Library/Java/JavaVirtualMachines", "/opt/java", "/opt/homebrew/opt")
"""Folders in which systems keep their Javas."""

VERSION = re.compile(r'^JAVA_VERSION="(?:1\.)?(\d+)', re.MULTILINE)


def java_home(at_least: int) -> Path:
    """Give the home of the oldest Java that is new enough; the server was written for that one.

    Raises Outage that names what there is, with a remedy.
    """
    found = {version: home for home in _homes() if (version := _version(home))}
    fitting = [version for version in found if version >= at_least]
    if fitting:
        return found[min(fitting)]

    there = ", ".join(map(str, sorted(found))) or "none"
    raise Outage(
        f"Java {at_least} or newer is needed, there is {there}"
        f" (install OpenJDK {at_least} or set JAVA_HOME, or use Docker)"
    )


def _homes() -> Iterator[Path]:
    """Name folders that may hold a Java, the one to prefer last."""
    for shelf in map(Path, SHELVES):
        for home in sorted(shelf.glob("*")):
            yield from (home, home / "Contents" / "Home")
    command = shutil.which("java")
    if command:
        yield Path(command).resolve().parents[1]
    named = os.environ.get("JAVA_HOME")
    if named:
        yield Path(named)


def _version(home: Path) -> int | None:
    """Read the main version of the Java in this folder; None where there is none."""
    try:
        told = VERSION.search((home / "release").read_text(encoding="utf-8", errors="replace"))
    except OSError:
        return None
    return int(told[1]) if told and (home / "bin" / "java").exists() else None
