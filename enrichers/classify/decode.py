"""Take one layer of encoding off a text: packed tokens here, escapes and disguises in the modules beside it."""

from __future__ import annotations

import base64
import binascii
import codecs
import re
import zlib
from collections.abc import Callable, Iterator

from enrichers.classify import disguise, escapes, turned
from enrichers.classify.glance import Hits, glance
from enrichers.classify.hidden import Hidden

DEEPEST = 5
"""Layers within layers that are taken off."""
ROOM = 1 << 20
"""Characters that all layers of one text may unfold to."""
RATIO = 100
"""How many times its own size a packed part may unfold to."""
LONGEST_TOKEN = 8192
"""Characters before a part of a signed token in which its beginning is looked for."""
LONGEST_DENSE = 1 << 16
"""Characters of a token in base 85: taking it off is slow."""
LEAST = 8
"""Characters that make a decoded part a text."""
HEAD = 24
"""Characters of a token that show whether it can be the code of a text; that of any text has capital letters."""
HINTS = frozenset({"kind", "number", "percent", "escape", "bytes", "spaced", "joined", "turned"})
"""Topics of the pass that a token has if something is hidden in it, unless it is packed as a whole."""

_TOKEN = re.compile(
    r"(?<![A-Za-z0-9+/_-])(?:[A-Za-z0-9+/_-]{60,}(?:\r?\n[A-Za-z0-9+/_-]{4,}(?=[=\s]|\Z))*(?:\r?\n[A-Za-z0-9+/_-]{2,3}(?==))?={0,6}"
    r"|[A-Za-z0-9+/_-]{24,}={0,6})",
    re.ASCII,
)
THICK = 30
"""Characters of a token in base 85; fewer say nothing."""

_DENSE = re.compile(r"<~[!-u\s]{20,65536}~>|(?<![!-~])[!-~]{30,}")
_HEX = re.compile(r"(?:[0-9a-fA-F]{2}){16,}", re.ASCII)
_BASE32 = re.compile(r"[A-Z2-7]{24,}={0,6}|[a-z2-7]{24,}={0,6}", re.ASCII)
_PICTURE = re.compile(r"data:(?:image|font|audio|video)/[\w.+;=,-]{1,40}\Z")
_BREAKS = str.maketrans("", "", "\r\n\t")
_STANDARD = str.maketrans("-_", "+/", "\r\n=")
_PACKED = ((b"\x1f\x8b", 31, "gzip"), (b"\x78", 15, "zlib"))
"""How packed data begins, what opens it, and its name."""
Said = tuple[tuple[str, ...], str]
"""Encodings, the outermost first, and what they said."""
READERS: tuple[tuple[str, Callable[[str], Iterator[Hidden]]], ...] = (
    ("escape", escapes.escaped),
    ("bytes", escapes.spelled),
    ("tags", disguise.tagged),
    ("disguise", disguise.selected),
    ("disguise", disguise.folded),
    ("spaced", disguise.spaced),
    ("joined", disguise.joined),
)
"""What the pass hit, and how to read it then."""


def hidden(text: str, hits: Hits, room: list[int], turns: frozenset[str] = frozenset()) -> Iterator[Hidden]:
    """Give the encoded parts of a text; `room` is what they may still unfold to, in characters.

    `turns`: how this text was turned to get here; it is not turned the same way again.
    """
    packed: list[Hidden] = []
    dense = "dense" in hits and ("<~" in text or max(map(len, text.split())) >= THICK)
    if "long" in hits or dense:
        packed = list(_within(room, _tokens(text, dense=dense)))
        yield from packed
    if "percent" in hits:
        yield from _within(room, escapes.percent(text))
    for topic, read in READERS:
        if topic in hits:
            yield from _within(room, read(text))
    if "turned" in hits:
        yield from _within(room, turned.whole(text, turns))
    if "long" in hits or dense:
        known = [(part.start, part.end) for part in packed]
        tokens = list(turned.tokens(text, turns, known))
        yield from _within(room, iter(tokens if tokens and _may_hide(tokens) else ()))


def _may_hide(tokens: list[Hidden]) -> bool:
    """Say whether tokens that are turned, or turned twice, have anything in them that makes a closer look worth while.

    Nearly none has, and a look at each, at what it is turned to again, and so on, takes long.
    """
    twice = [turn(token.text) for token in tokens for name, turn in turned.TURNS if name != token.turn]
    text = " ".join({token.text: None for token in tokens} | dict.fromkeys(twice))
    hits = glance(text)
    return not HINTS.isdisjoint(hits) or any(_tokens(text, dense="dense" in hits))


def _within(room: list[int], found: Iterator[Hidden]) -> Iterator[Hidden]:
    for part in found:
        room[0] -= len(part.text)
        if room[0] < 0:
            return
        yield part


def _tokens(text: str, *, dense: bool) -> Iterator[Hidden]:
    last = 0
    for token in _TOKEN.finditer(text):
        start, end = token.span()
        for first, final in _readings(token[0], start, end):
            if found := _decoded(text[first:final]):
                if not (
                    _is_signed(text, token[0], start, end) or _PICTURE.search(text, max(0, start - 60), start)
                ):
                    yield Hidden(first, final, *found)
                    last = final
                break
    if dense:
        yield from (part for part in _thick(text) if part.start >= last)


def _readings(token: str, start: int, end: int) -> tuple[tuple[int, int], ...]:
    """Give where a token may begin and end: a path may stand before it, and a line of words after it."""
    path, line = token.rfind("/") + 1, token.rfind("\n")
    behind = ((start + path, end),) if path and len(token) - path >= HEAD else ()
    return (start, end), *behind, *(((start, start + line),) if line > 0 else ())


def _is_signed(text: str, token: str, start: int, end: int) -> bool:
    """Say whether a token is a part of a signed one (JWT), whose claims are no hidden message."""
    if text[end : end + 4] == ".eyJ":
        return True
    if text[max(0, start - 1) : start] != ".":
        return False
    before = text[max(0, start - LONGEST_TOKEN) : start].rsplit(None, 1)[-1]
    return token.startswith("eyJ") or "eyJ" in before


def _decoded(token: str) -> Said | None:
    if _HEX.fullmatch(token):
        return _said("hex", bytes.fromhex(token))
    found = None if token.islower() or not _may_be_text(token) else _said("base64", _from_base64(token))
    if found is None and _BASE32.fullmatch(bare := token.replace("\n", "").replace("\r", "")):
        return _said("base32", _from_base32(bare))
    return found


def _may_be_text(token: str) -> bool:
    """Say whether a token begins as the code of a text, or of something packed, does."""
    try:
        head = binascii.a2b_base64(token[:HEAD].translate(_STANDARD))
    except binascii.Error:
        return True
    if head.startswith((b"\x1f\x8b", b"\x78")) or head[1:2] == b"\0":
        return True
    try:
        said, _ = codecs.utf_8_decode(head)
    except UnicodeDecodeError:
        return False
    return said.translate(_BREAKS).isprintable()


def _thick(text: str) -> Iterator[Hidden]:
    """Give tokens in base 85, of either alphabet; what is none says nothing readable."""
    for token in _DENSE.finditer(text):
        if len(token[0]) <= LONGEST_DENSE and (found := _from_base85(token[0])):
            yield Hidden(*token.span(), *found)


def _from_base85(token: str) -> Said | None:
    for name, decode in (("base85", base64.b85decode), ("ascii85", base64.a85decode)):
        try:
            data = decode(token.removeprefix("<~").removesuffix("~>"))
        except ValueError:
            continue
        if found := _said(name, data):
            return found
    return None


def _said(name: str, data: bytes) -> Said | None:
    for magic, how, packer in _PACKED:
        if data.startswith(magic) and (said := _readable(_unpacked(data, how))):
            return (name, packer), said
    said = _readable(data)
    return ((name,), said) if said else None


def _from_base64(token: str) -> bytes:
    plain = token.translate(_STANDARD)
    try:
        return base64.b64decode(plain + "=" * (-len(plain) % 4), validate=True)
    except binascii.Error:
        return b""


def _from_base32(token: str) -> bytes:
    plain = token.rstrip("=").upper()
    try:
        return base64.b32decode(plain + "=" * (-len(plain) % 8))
    except binascii.Error:
        return b""


def _unpacked(data: bytes, how: int = 31) -> bytes:
    try:
        return zlib.decompressobj(how).decompress(data, min(ROOM, RATIO * len(data)))
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
