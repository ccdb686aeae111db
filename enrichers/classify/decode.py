"""Take one layer of encoding off a text: base64, hexadecimal, gzip behind them, URL escapes, Unicode tags."""

from __future__ import annotations

import base64
import binascii
import re
import zlib
from collections.abc import Iterator
from urllib.parse import unquote_to_bytes

from msgspec import Struct

from enrichers.classify.glance import Hits

DEEPEST = 5
"""Layers within layers that are taken off."""
ROOM = 1 << 20
"""Bytes that all layers of one text may unfold to."""
RATIO = 100
"""How many times its own size a packed part may unfold to."""
LONGEST_TOKEN = 8192
"""Characters before a part of a signed token in which its beginning is looked for."""
LEAST = 8
"""Characters that make a decoded part a text."""

_TOKEN = re.compile(
    r"[A-Za-z0-9+/_-]{60,}(?:\r?\n[A-Za-z0-9+/_-]{4,}(?=[=\s]|\Z))*={0,2}|[A-Za-z0-9+/_-]{24,}={0,2}",
    re.ASCII,
)
_HEX = re.compile(r"(?:[0-9a-fA-F]{2}){16,}", re.ASCII)
_ESCAPED = re.compile(r"[^\s\"'<>`]+")
_TAGS = re.compile("[\U000e0020-\U000e007e]+")
_PICTURE = re.compile(r"data:(?:image|font|audio|video)/[\w.+;=,-]{1,40}\Z")
_BREAKS = str.maketrans("", "", "\r\n\t")
_STANDARD = str.maketrans("-_", "+/", "\r\n=")


class Hidden(Struct, frozen=True):
    """A part of a text that was encoded: its place, how (the outermost first), and what it says."""

    start: int
    end: int
    encodings: tuple[str, ...]
    text: str


def hidden(text: str, hits: Hits, room: list[int]) -> Iterator[Hidden]:
    """Give the encoded parts of a text that say something readable; `room` is what they may still unfold to, in bytes."""
    if "long" in hits:
        yield from _within(room, _tokens(text))
    if "percent" in hits:
        yield from _within(room, _escapes(text))
    if "tags" in hits:
        yield from _within(room, _tags(text))


def _within(room: list[int], found: Iterator[Hidden]) -> Iterator[Hidden]:
    for part in found:
        room[0] -= len(part.text)
        if room[0] < 0:
            return
        yield part


def _tokens(text: str) -> Iterator[Hidden]:
    for token in _TOKEN.finditer(text):
        start, end = token.span()
        if _is_signed(text, token[0], start, end) or _PICTURE.search(text, max(0, start - 60), start):
            continue
        for first, last in _readings(token[0], start, end):
            if found := _decoded(text[first:last]):
                yield Hidden(first, last, *found)
                break


def _readings(token: str, start: int, end: int) -> tuple[tuple[int, int], ...]:
    """Give where a token may begin and end: a path may stand before it, and a line of words after it."""
    path, line = token.rfind("/") + 1, token.rfind("\n")
    return (start, end), (start + path, end), (start, start + line if line > 0 else end)


def _is_signed(text: str, token: str, start: int, end: int) -> bool:
    """Say whether a token is a part of a signed one (JWT), whose claims are no hidden message."""
    if text[end : end + 4] == ".eyJ":
        return True
    if text[max(0, start - 1) : start] != ".":
        return False
    before = text[max(0, start - LONGEST_TOKEN) : start].rsplit(None, 1)[-1]
    return token.startswith("eyJ") or "eyJ" in before


def _decoded(token: str) -> tuple[tuple[str, ...], str] | None:
    if _HEX.fullmatch(token):
        name, data = "hex", bytes.fromhex(token)
    else:
        name, data = "base64", _from_base64(token)
    if data[:2] == b"\x1f\x8b":
        said = _readable(_unpacked(data))
        return ((name, "gzip"), said) if said else None
    said = _readable(data)
    return ((name,), said) if said else None


def _from_base64(token: str) -> bytes:
    plain = token.translate(_STANDARD)
    try:
        return base64.b64decode(plain + "=" * (-len(plain) % 4), validate=True)
    except binascii.Error:
        return b""


def _unpacked(data: bytes) -> bytes:
    try:
        return zlib.decompressobj(31).decompress(data, min(ROOM, RATIO * len(data)))
    except zlib.error:
        return b""


def _readable(data: bytes) -> str | None:
    """Give what bytes say, if they are text: UTF-8, or UTF-16 as Windows shells write it."""
    wide = data[1:2] == b"\0" and data[3:4] == b"\0"
    try:
        said = data.decode("utf-16-le" if wide else "utf-8")
    except UnicodeDecodeError:
        return None
    return said if len(said) >= LEAST and said.translate(_BREAKS).isprintable() else None


def _escapes(text: str) -> Iterator[Hidden]:
    for token in _ESCAPED.finditer(text):
        if token[0].count("%") > 0:
            said = unquote_to_bytes(token[0].encode("utf-8", "surrogatepass")).decode("utf-8", "replace")
            if said != token[0]:
                yield Hidden(token.start(), token.end(), ("url",), said)


def _tags(text: str) -> Iterator[Hidden]:
    for token in _TAGS.finditer(text):
        said = "".join(chr(ord(tag) - 0xE0000) for tag in token[0])
        if len(said) >= LEAST:
            yield Hidden(token.start(), token.end(), ("unicode_tags",), said)
