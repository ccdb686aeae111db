"""Fold a text to what a reader takes it for: no invisible characters, no look-alike letters, one case."""

from __future__ import annotations

import re
import unicodedata

INVISIBLE = "\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180e\u200b\u200c\u200d\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2060\u2061\u2062\u2063\u2064\u2066\u2067\u2068\u2069\u3164\ufe00\ufe01\ufe02\ufe03\ufe04\ufe05\ufe06\ufe07\ufe08\ufe09\ufe0a\ufe0b\ufe0c\ufe0d\ufe0e\ufeff\uffa0"
"""Characters without a look; the emoji selector U+FE0F, tags and supplementary selectors are not among them."""

_DROP = dict.fromkeys([*map(ord, INVISIBLE), 0xFE0F, *range(0xE0000, 0xE0080), *range(0xE0100, 0xE01F0)])
_QUOTES = (("’", "'"), ("‘", "'"), ("“", '"'), ("”", '"'), ("„", '"'), ("«", '"'), ("»", '"'))
_LOOKS = str.maketrans(
    "аеорсухіјѕԁһӏԛԝвкмнтгпАВЕКМНОРСТУХІЈЅαβεικμνοπρτυχΑΒΕΖΗΙΚΜΝΟΡΤΥΧ",
    "aeopcyxijsdhlqwBkmHtrnABEKMHOPCTYXIJSaBeikuvonptuxABEZHIKMNOPTYX",
)
_WORD = re.compile(r"\w+")
MIXED = re.compile(r"[A-Za-z][\u0370-\u03ff\u0400-\u052f]|[\u0370-\u03ff\u0400-\u052f][A-Za-z]")
"""A Latin letter beside a Greek or Cyrillic one."""
_WAYS = (
    ("soft_hyphen", re.compile("\u00ad")),
    ("zero_width", re.compile("[\u034f\u180e\u200b-\u200d\u2060-\u2064\ufeff]")),
    ("bidi", re.compile("[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]")),
    ("variation_selector", re.compile("[\ufe00-\ufe0e\U000e0100-\U000e01ef]")),
    ("unicode_tags", re.compile("[\U000e0000-\U000e007f]")),
    ("homoglyph", MIXED),
)


def fold(text: str, *, disguised: bool = True) -> str:
    """Give a text without disguise, in lower case; letters of a mixed word become the Latin ones they look like.

    Where the pass saw no `disguise` only quotes and case are made alike.
    """
    if disguised:
        text = unicodedata.normalize("NFKC", text.translate(_DROP))
        text = _WORD.sub(lambda word: word[0].translate(_LOOKS) if MIXED.search(word[0]) else word[0], text)
    for wide, plain in _QUOTES:
        text = text.replace(wide, plain)
    return text if text.isascii() else unicodedata.normalize("NFC", text).casefold()


def plainly(text: str) -> tuple[str, list[int]]:
    """Give a text without invisible characters, wide forms and look-alikes, in its own case; and where each character stood."""
    bare = [(place, letter) for place, letter in enumerate(text) if ord(letter) not in _DROP]
    pairs = [
        (place, plain)
        for place, letter in bare
        for plain in (letter if letter.isascii() else unicodedata.normalize("NFKC", letter))
    ]
    said = "".join(letter for _, letter in pairs)
    said = _WORD.sub(lambda word: word[0].translate(_LOOKS) if MIXED.search(word[0]) else word[0], said)
    return said, [place for place, _ in pairs]


def disguises(text: str) -> tuple[str, ...]:
    """Name the ways in which a text is disguised."""
    return tuple(name for name, sign in _WAYS if sign.search(text)) or ("fullwidth",)
