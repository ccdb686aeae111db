"""No text costs more than its length: a mebibyte of the worst is done within a second."""

from __future__ import annotations

import base64
import codecs
import gzip
from time import process_time

import pytest

from enrichers.classify import look
from enrichers.classify.kinds import CHECKED
from enrichers.classify.look import FLOOD
from enrichers.data_classes import data_classes
from enrichers.intent import intent_of
from enrichers.reference import Reference

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
    "telephones": "+44 20 7946 0958 ",
    "numbers of persons": "710319/2745 ",
    "bare cards": "4532719044682130 ",
    "begun credentials": "JQQJ99ABCD",
    "begun tokens": "eyJ",
    "groups": "2001:",
    "accounts": "DE81 2907 1432 8650 9173 46 ",
    "signs of harm": "iex (iwr x) reg add /tmp/.a ",
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


@pytest.mark.parametrize(
    ("piece", "value"),
    [
        ("+44 20 7946 0{} ", "+44 20 7946 0958"),
        ("token: aB3dE5gH7jK9mN1pQ3sT{} token: ", "aB3dE5gH7jK9mN1pQ3sT5vX7yZ"),
        ("DE81 2907 1432 8650 9173 4{} ", "DE81 2907 1432 8650 9173 46"),
        ("4532 7190 4468 2{} ", "4532 7190 4468 2130"),
    ],
)
def test_behind_a_flood_of_a_kind_all_of_its_form_is_replaced(piece: str, value: str) -> None:
    text = "".join(piece.format(number) for number in range(100, 100 + 3 * CHECKED)) + value
    spans = look(text).spans
    assert text[spans[-1].start : spans[-1].end] == value
    unproved = sum(span.valid is False for span in spans)
    assert 0 < unproved < 3 * CHECKED


def test_behind_a_flood_of_numbers_whatever_may_be_one_is_replaced() -> None:
    value = "710319/2745"
    text = "4532719044682137 " * (FLOOD // 8) + value
    spans = look(text).spans
    assert (text[spans[-1].start : spans[-1].end], spans[-1].type) == (value, "number")


def test_an_unproved_number_counts_as_nothing() -> None:
    text = "+44 20 7946 0000 " * (2 * CHECKED)
    added = data_classes({"ai.content.text": text}, Reference())
    assert "ai.data.classes" not in added
