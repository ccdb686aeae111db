"""A pack on its way through a topic: its files in one record, and the pack again from them."""

from __future__ import annotations

import tempfile
import zlib
from collections.abc import Mapping
from pathlib import Path, PurePosixPath

import msgspec

from pipeline.content import APART, COMPANY, POLICY_FILES, load_pack
from pipeline.errors import ContentError, Problem
from pipeline.pack import Pack

MOST_BYTES = 256 * 1024 * 1024
"""Bytes of a pack's files together."""


def parcel(files: Mapping[str, bytes]) -> bytes:
    """Give files by name as one record, in the same bytes for the same files."""
    return zlib.compress(msgspec.msgpack.encode(dict(sorted(files.items()))), 9)


def unpacked(value: bytes) -> dict[str, bytes]:
    """Give the files of a record; ContentError where it is none of `parcel`."""
    try:
        body = zlib.decompressobj().decompress(value, MOST_BYTES)
        files = msgspec.msgpack.decode(body, type=dict[str, bytes])  # what was cut off is no whole map
    except (zlib.error, msgspec.DecodeError) as error:
        raise _foreign() from error
    if not all(map(_is_inside, files)):
        raise _foreign()
    return files


def load_parcel(digest: str, value: bytes, *, key: bytes) -> Pack:
    """Give the pack that a record holds; ContentError with every fault, and where it is not the one of this digest."""
    with tempfile.TemporaryDirectory(prefix="shadowgraph-pack-") as name:
        folder = Path(name)
        try:
            for file, body in unpacked(value).items():
                path = folder / (COMPANY if file in POLICY_FILES else "detections") / file
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_bytes(body)
                if PurePosixPath(file).parts[0] not in APART:
                    path.with_suffix(".cases.yaml").touch()  # who pushed the rule has proved it
        except OSError as error:  # names that no disk takes, or one that is a file and a folder
            raise _foreign() from error
        pack = load_pack(key=key, content=folder)
    if pack.digest != digest:
        fault = f"the pack stored as {digest[:12]} is {pack.digest[:12]}"
        raise ContentError([Problem("ai.packs", 1, fault, "push it again: `shadowgraph rules push`")])
    return pack


def _is_inside(name: str) -> bool:
    path = PurePosixPath(name)
    return bool(path.parts) and not path.is_absolute() and ".." not in path.parts and "\0" not in name


def _foreign() -> ContentError:
    remedy = "push it again with this version: `shadowgraph rules push`"
    return ContentError([Problem("ai.packs", 1, "a record is no pack that we can read", remedy)])
