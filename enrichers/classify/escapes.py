"""Read escapes: of addresses, of mark-up, of programs, of mail, and bytes that are spelled out one by one."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from html import unescape
from urllib.parse import unquote_to_bytes

from enrichers.classify.hidden import Hidden

HEAVY = 3
"""An escaped token is an encoding, not a habit, if escapes are at least one third of it."""
SHORTEST = 24
"""Characters of an escaped token that is an encoding."""

SAMPLE = 4096
"""Characters of a piece whose escapes are counted."""

_TOKEN = re.compile(r"[^\s\"'<>`]+")
_LINE = re.compile(r"[^\n]*&#[^\n]+")
_PROGRAM = re.compile(r"\\(?:x([0-9A-Fa-f]{2})|u([0-9A-Fa-f]{4})|u\{([0-9A-Fa-f]{1,6})\})")
_PROGRAM_LINE = re.compile(r"[^\n]*\\[xu][^\n]+")
_MARKUP = re.compile(r"&#[0-9xX][0-9A-Fa-f]{1,5};")
_MAIL = re.compile(r"=(?:([0-9A-F]{2})|\r?\n)")
_MAIL_BLOCK = re.compile(r"(?:[^\n=]*=(?:[0-9A-F]{2}|\r?\n))+[^\n=]*")
_BYTES = re.compile(
    r"[0-9A-Fa-f]{2}(?:([ :-])[0-9A-Fa-f]{2})(?:\1[0-9A-Fa-f]{2}){11,}(?![0-9A-Fa-f])"
    r"|0x[0-9A-Fa-f]{2}(?:,\s?0x[0-9A-Fa-f]{2}){12,}",
)
_NOT_HEX = re.compile(r"0x|[^0-9A-Fa-f]")


def percent(text: str) -> Iterator[Hidden]:
    """Give the tokens of a text that have escapes of addresses."""
    for token in _TOKEN.finditer(text):
        count = token[0].count("%")
        if count:
            said = unquote_to_bytes(token[0].encode("utf-8", "surrogatepass")).decode("utf-8", "replace")
            if said != token[0]:
                sure = 3 * count * HEAVY >= len(token[0]) >= SHORTEST
                yield Hidden(*token.span(), ("url",), said, sure=sure)


def escaped(text: str) -> Iterator[Hidden]:
    """Give the lines of a text that have escapes of programs or of mark-up, and what mail made of a text."""
    if "\\" in text:
        yield from _read(text, _PROGRAM_LINE, _PROGRAM, "unicode_escape", _unescaped)
    if "&#" in text:
        yield from _read(text, _LINE, _MARKUP, "html", unescape)
    if "=" in text:
        yield from _read(text, _MAIL_BLOCK, _MAIL, "quoted_printable", _unquoted)


def spelled(text: str) -> Iterator[Hidden]:
    """Give bytes that are spelled out one by one in hexadecimal, if they are text."""
    for found in _BYTES.finditer(text):
        data = bytes.fromhex(_NOT_HEX.sub("", found[0]))
        said = data.decode("utf-8", "replace")
        if said.replace("\n", "").replace("\r", "").isprintable() and "\ufffd" not in said:
            yield Hidden(*found.span(), ("hex",), said)


def _read(
    text: str, piece: re.Pattern[str], escape: re.Pattern[str], name: str, read: Callable[[str], str]
) -> Iterator[Hidden]:
    """Give each piece as it reads without escapes."""
    for found in piece.finditer(text):
        said = read(found[0])
        if said != found[0]:
            sample = found[0][:SAMPLE]
            needless = sum(len(one[0]) for one in escape.finditer(sample) if _is_plain(read(one[0])))
            sure = needless * HEAVY >= len(sample) >= SHORTEST
            yield Hidden(*found.span(), (name,), said, sure=sure)


def _is_plain(letter: str) -> bool:
    """Say whether nobody needs to escape a character."""
    return letter.isascii() and letter.isalnum()


def _unescaped(text: str) -> str:
    """Read escapes of programs: bytes as Latin letters, and halves of a pair as one character."""
    said = _PROGRAM.sub(lambda found: chr(min(int(found[1] or found[2] or found[3], 16), 0x10FFFF)), text)
    return said.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def _unquoted(text: str) -> str:
    data = _MAIL.sub(lambda found: chr(int(found[1], 16)) if found[1] else "", text)
    return data.encode("utf-8", "surrogatepass").decode("utf-8", "replace")
