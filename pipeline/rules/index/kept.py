"""Keep what is dear to make for the next start, under the hash of what it was made from."""

from __future__ import annotations

import os
import tempfile
from hashlib import sha256
from pathlib import Path

DIGEST = 32
MOST_BYTES = 500_000_000
"""What the folder may take; what was used longest ago goes first."""

OTHERS = 0o022
"""Rights of others to write: what they could have written is not believed."""


def kept(name: str) -> bytes | None:
    """Give what an earlier start left under this name, if nobody else could write it and its own hash stands before it."""
    try:
        with (_folder() / name).open("rb") as file:
            if not _ours(os.fstat(file.fileno())):
                return None
            stored = file.read()
            os.utime(file.fileno())
    except OSError:
        return None
    whole = sha256(stored[DIGEST:]).digest() == stored[:DIGEST]
    return stored[DIGEST:] if whole else None


def keep(name: str, made: bytes) -> None:
    """Leave it for the next start, whole or not at all; without a writable folder every start makes it again."""
    path = _folder() / name
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile(dir=path.parent, delete=False) as file:
            file.write(sha256(made).digest() + made)
        Path(file.name).replace(path)
    except OSError:
        pass


def tidy() -> None:
    """Let go of what was used longest ago, until the folder is small enough."""
    try:
        stored = sorted(((at.stat(), at) for at in os.scandir(_folder())), key=lambda one: -one[0].st_mtime)
        size = 0
        for state, at in stored:
            size += state.st_size
            if size > MOST_BYTES:
                Path(at.path).unlink(missing_ok=True)
    except OSError:
        pass


def _ours(state: os.stat_result) -> bool:
    return state.st_uid == os.getuid() and not state.st_mode & OTHERS


def _folder() -> Path:
    home = os.path.expanduser("~/.cache")  # noqa: PTH111 - gives a path even where nobody has a home
    return Path(os.environ.get("XDG_CACHE_HOME") or home, "shadowgraph")
