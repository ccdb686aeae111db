"""No text costs more than its length: a mebibyte of the worst is done within a second."""

from __future__ import annotations

import base64
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
}


@pytest.mark.parametrize("piece", HOSTILE.values(), ids=HOSTILE)
def test_a_mebibyte_is_looked_at_in_linear_time(piece: str) -> None:
    look("")
    text = (piece * (MIB // len(piece) + 1))[:MIB]
    start = process_time()
    intent_of(look(text))
    assert process_time() - start < 20  # what is not linear takes minutes
