"""Every row of the classifiers' tables proves itself: « » marks what must be found, ¦ parts invented values."""

from __future__ import annotations

import re

import pytest

from enrichers.classify import scan
from enrichers.classify.kinds import Row, rows
from enrichers.classify.look import look
from enrichers.classify.placeholders import samples
from enrichers.classify.spans import VAGUE

CASES = [
    pytest.param(klass, row, text, valid, id=f"{row.type}-{kind}-{number}")
    for klass, row in rows()
    for kind, texts, valid in (("hit", row.hits, True), ("broken", row.broken, False))
    for number, text in enumerate(texts)
]
MISSES = [
    pytest.param(row.type, text, id=f"{row.type}-{number}")
    for _, row in rows()
    for number, text in enumerate(row.misses)
]


def marked(text: str) -> tuple[str, list[tuple[int, int]]]:
    places, plain = [], ""
    for part in re.split("([«»])", text.replace("¦", "")):
        if part == "«":
            places.append(len(plain))
        elif part != "»":
            plain += part
        else:
            places.append(len(plain))
    return plain, list(zip(places[::2], places[1::2], strict=True))


@pytest.mark.parametrize(("klass", "row", "text", "valid"), CASES)
def test_a_hit_is_found_at_its_very_place(klass: str, row: Row, text: str, valid: bool) -> None:
    plain, places = marked(text)
    found = [(span.start, span.end) for span in scan(plain) if (span.klass, span.type) == (klass, row.type)]
    assert found == places
    told = {span.valid for span in scan(plain) if span.type == row.type}
    assert (False in told) is (not valid)


@pytest.mark.parametrize(("type_", "text"), MISSES)
def test_a_near_miss_is_left_alone(type_: str, text: str) -> None:
    assert type_ not in [span.type for span in scan(text)]


@pytest.mark.parametrize("value", sorted(samples()))
def test_a_published_sample_is_silent(value: str) -> None:
    for text in (value, f"api_key = '{value}'", f"AccountKey={value}", f"aws_secret_access_key={value}"):
        assert [span for span in scan(text) if span.klass == "secret" or span.type == "iban"] == []


def test_every_row_has_a_hit_and_a_near_miss() -> None:
    assert [row.type for _, row in rows() if not (row.hits and row.misses)] == []


def test_credentials_of_a_distinctive_form_are_valid() -> None:
    telling = [row for klass, row in rows() if klass == "secret" and row.sure and row.type not in VAGUE]
    assert len({row.type for row in telling}) >= 60
    for row in telling:
        assert any(span.valid for text in row.hits for span in look(marked(text)[0]).spans), row.type
