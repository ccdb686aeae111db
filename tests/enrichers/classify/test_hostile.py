"""No text costs more than its length: a mebibyte of the worst is done within a second."""

from __future__ import annotations

import base64
import codecs
import gzip
from time import process_time

import pytest

from enrichers.classify import look
from enrichers.intent import intent_of

MIB = 1 << 20
HOSTILE = {
    "letters": "a",
    "at signs": "@",
    "armour": "-----BEGIN ",
    "digits": "4",
    "imports": "import os\n",
    "words of code": "import x from 'y';\n",
    "base64": base64.b64encode(bytes(range(48))).decode(),
    "escapes": "%25",
    "numbers": "123-45-6780 ",
    "orders": "ignore all previous ",
    "zero width": "a\u200b",
    "tags": "\U000e0041",
    "selectors": "\U000e0150",
    "letters apart": "a 1 b c d ",
    "escapes of programs": "\\x41",
    "escapes of mark-up": "&#65;",
    "escapes of mail": "=41",
    "bytes": "41 ",
    "base 85": "#!z~",
    "strings": "'a' + 'b' ",
    "words read backwards": "drowssap ",
    "names": "key=",
    "tokens": "token: aB3dE5gH7jK9mN1pQ3sT5vX7 ",
}


@pytest.mark.parametrize("piece", HOSTILE.values(), ids=HOSTILE)
def test_a_mebibyte_is_looked_at_in_linear_time(piece: str) -> None:
    look("")
    text = (piece * (MIB // len(piece) + 1))[:MIB]
    start = process_time()
    intent_of(look(text))
    assert process_time() - start < 20  # what is not linear takes minutes


def test_fifty_layers_and_bombs_are_left_before_they_grow() -> None:
    text = "the key of the lab is AKIAY3NRDL7QWZ5KXH2P"
    for _ in range(50):
        text = base64.b64encode(text[: MIB // 2].encode()).decode()
    bomb = base64.b64encode(gzip.compress(b"a" * 20_000_000, mtime=0)).decode()
    for hostile in (text, " ".join([bomb] * 20)[:MIB], codecs.encode(text, "rot13")):
        start = process_time()
        look(hostile)
        assert process_time() - start < 20
