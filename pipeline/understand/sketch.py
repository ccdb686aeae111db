"""Sketch the raw text of an event in keyed hashes, so that it can be compared when the text itself is gone."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from functools import lru_cache
from hashlib import blake2b, sha256
from typing import Any
from zlib import crc32

from enrichers.classify import Seen
from enrichers.classify.look import every, plain
from enrichers.data_classes import SUBJECTS, spelt
from pipeline.event import Fields
from pipeline.understand.mentions import bounded, mention, mentions

__all__ = ["fingerprint", "mention", "sketch", "units"]

MOST = 64
"""Hashes of a sketch: of more units, those whose checksum is least, so that two texts drop the same ones."""
LARGEST = 1 << 16
"""Characters of a text that are sketched; of a longer one its first and its last half as many."""
SHORTEST, LONGEST = 16, 400
"""Bytes of a unit: a shorter one says nothing, and a text with a longer one is parted by its lines instead."""
FINGERPRINTS, PERSONS = 64, 256
"""Credentials and persons whose fingerprints one event carries."""

BLOCK = 64
"""Bytes that SHA-256 takes at once."""

_ENDS = b".!?;:{}|"
_PART = 0x1E
_KEPT = frozenset(b"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789" + _ENDS)
_FOLD = bytes(_PART if byte in _ENDS else byte + 32 if 65 <= byte <= 90 else byte for byte in range(256))
_DROP = bytes(byte for byte in range(128) if byte not in _KEPT and byte != _PART)
_LINES = bytes.maketrans(b"\n", bytes([_PART]))
_WIDE_ENDS = (("。", "."), ("！", "!"), ("？", "?"), ("；", ";"), ("।", "."), ("؟", "?"))


def sketch(fields: Fields, key: bytes) -> Fields:
    """Add hash, sketch and mentions of an event's text, and fingerprints of the credentials and persons in it."""
    seen: dict[str, Seen] = fields.get("ai.content.seen") or {}
    added: Fields = {}
    if text := fields.get("ai.content.text"):
        added["ai.content.hash"] = _hash(text, key)
        if hashes := units(_sample(text), key):
            added["ai.content.sketch"] = hashes
    if payload := fields.get("ai.content.payload"):
        added["ai.intent.payload"] = fingerprint(payload, key)
    for one in seen.values():
        if one.hits:
            return added | _found([part for outer in seen.values() for part in every(outer)], key)
    return added


def units(text: str, key: bytes, most: int | None = MOST) -> list[str]:
    """Give the keyed hashes of a text's units: its sentences, or its lines where it has none.

    A unit is hashed as letters and digits alone: case, spaces, line breaks and punctuation change nothing, and a copied
    sentence keeps its hash wherever it goes. `most`: at most so many; None gives all, as for a registered document.
    """
    if not text.isascii():
        for wide, plain in _WIDE_ENDS:
            text = text.replace(wide, plain)
        text = text.casefold()
    parts = _parts(text.encode("utf-8", "surrogatepass"))
    if most is not None and len(parts) > most:
        parts = sorted(parts, key=crc32)[:most]
    start = _keyed(key).copy
    hashes = []
    for part in parts:
        unit = start()
        unit.update(part)
        hashes.append(unit.hexdigest())
    return hashes


@lru_cache(8)
def _keyed(key: bytes) -> Any:
    return blake2b(key=bounded(key), digest_size=8)


def _parts(data: bytes) -> list[bytes]:
    whole = data.replace(b"\r", b"").replace(b"\n\n", b"\x1e") if b"\n" in data else data
    folded = whole.translate(_FOLD, _DROP)
    parts = folded.split(b"\x1e")
    if len(folded) > LONGEST and max(map(len, parts)) > LONGEST:
        parts = data.translate(_LINES).translate(_FOLD, _DROP).split(b"\x1e")
    return [part for part in dict.fromkeys(parts) if len(part) >= SHORTEST]


def fingerprint(value: str, key: bytes) -> str:
    """Give the keyed hash of a credential, a person or a payload: 32 hexadecimal digits."""
    data = value.encode("utf-8", "surrogatepass")
    return blake2b(data, key=bounded(key), digest_size=16, person=b"fingerprint").hexdigest()


def _hash(text: str, key: bytes) -> str:
    plain = text.strip() if text.isascii() else unicodedata.normalize("NFC", text).strip()
    inner, outer = (state.copy() for state in _hmac(key))
    inner.update(plain.encode("utf-8", "surrogatepass"))
    outer.update(inner.digest())
    return f"hmac-sha256:{outer.hexdigest()}"


@lru_cache(8)
def _hmac(key: bytes) -> tuple[Any, Any]:
    """Give the two hashes of RFC 2104 with the key taken in, made once: that is most of the cost of a short text."""
    padded = (sha256(key).digest() if len(key) > BLOCK else key).ljust(BLOCK, b"\0")
    return sha256(bytes(byte ^ 0x36 for byte in padded)), sha256(bytes(byte ^ 0x5C for byte in padded))


def _sample(text: str) -> str:
    return text if len(text) <= LARGEST else text[: LARGEST // 2] + "\n\n" + text[-LARGEST // 2 :]


def _found(seen: list[Seen], key: bytes) -> Fields:
    added: Fields = {}
    if said := mentions(seen, key):
        added["ai.content.mentions"] = said
    if secrets := dict.fromkeys(_values(seen, secret=True)):
        added["ai.data.secret_fingerprints"] = [fingerprint(one, key) for one in list(secrets)[:FINGERPRINTS]]
    if persons := dict.fromkeys(_values(seen, secret=False)):
        added["ai.data.subject_fingerprints"] = [fingerprint(one, key) for one in list(persons)[:PERSONS]]
    return added


def _values(seen: list[Seen], *, secret: bool) -> Iterator[str]:
    for one in seen:
        for span in plain(one) if one.spans else ():
            if span.klass == "secret" if secret else span.type in SUBJECTS:
                yield spelt(span.type, one.text[span.start : span.end])
