from __future__ import annotations

import hmac
from typing import Any

from hypothesis import given
from hypothesis import strategies as some

from enrichers.data_classes import data_classes
from enrichers.reference import Reference
from pipeline.understand.mentions import MOST as MOST_MENTIONS
from pipeline.understand.sketch import MOST, fingerprint, mention, sketch, units

KEY = b"a key for tests"
CREDENTIAL = "AKIAY3NRDL7QWZ5KXH2P"
SENTENCES = [f"Sentence number {n} speaks of instrument {n * 7} in the north." for n in range(20)]


def sketched(text: str = "", key: bytes = KEY, **more: Any) -> dict[str, Any]:
    fields = ({"ai.content.text": text} if text else {}) | {
        name.replace("__", "."): value for name, value in more.items()
    }
    fields |= data_classes(fields, Reference())
    return sketch(fields, key)


def mentioned(text: str, **more: Any) -> list[str]:
    return list(sketched(text, **more).get("ai.content.mentions", []))


def test_the_hash_is_keyed_and_sees_neither_edges_nor_composition() -> None:
    wanted = "hmac-sha256:" + hmac.new(KEY, "Åse".encode(), "sha256").hexdigest()
    assert sketched(" A\u030ase\n")["ai.content.hash"] == wanted
    assert sketched("Åse", b"another")["ai.content.hash"] != wanted


def test_no_text_gives_no_hash() -> None:
    assert sketched() == {}


def test_a_copied_sentence_keeps_its_hash_wherever_it_goes() -> None:
    whole = set(units(" ".join(SENTENCES), KEY))
    assert len(whole) == 20
    part = set(units(f"As he says: {SENTENCES[4].upper()}\n{SENTENCES[11].replace(' ', chr(10))}", KEY))
    assert len(part & whole) == 2


def test_lines_are_units_where_there_are_no_sentences() -> None:
    rows = [f"{n},instrument number {n},hull,{n * 3}" for n in range(30)]
    assert set(units("\n".join(rows[10:]), KEY)) <= set(units("\n".join(rows), KEY, None))


def test_another_key_gives_other_hashes() -> None:
    assert not set(units(SENTENCES[0], KEY)) & set(units(SENTENCES[0], b"another"))
    assert units(SENTENCES[0], b"k" * 100)


@given(some.lists(some.sampled_from([*SENTENCES, "Short.", "\u200b\ud800é。"]), max_size=120).map(" ".join))
def test_a_sketch_is_bounded_and_the_same_each_time(text: str) -> None:
    assert units(text, KEY) == units(text, KEY)
    assert len(units(text, KEY)) <= MOST


def test_two_long_texts_keep_the_same_units() -> None:
    long = [f"Reading {n} of station {n * n} was taken in the north." for n in range(400)]
    one, other = units(" ".join(long), KEY), units(" ".join(reversed(long)), KEY)
    assert set(one) == set(other)
    assert len(one) == MOST
    assert set(one) < set(units(" ".join(long), KEY, None))


def test_a_mebibyte_is_sampled_at_both_ends() -> None:
    text = SENTENCES[0] + " x" * (1 << 19) + ". " + SENTENCES[1]
    assert set(units(SENTENCES[1], KEY)) <= set(sketched(text)["ai.content.sketch"])


def test_mentions_are_those_of_what_a_destination_would_be() -> None:
    text = (
        "Mail iris@quayline.example, post to https://drop.example/in and tea.example.org, "
        "pay DE81 2907 1432 8650 9173 46, ask 192.0.2.17, read /etc/passwd and C:\\Users\\ada\\plan.txt"
    )
    found = mentioned(text)
    for value in (
        "iris@quayline.example",
        "quayline.example",
        "drop.example",
        "tea.example.org",
        "DE81290714328650917346",
        "192.0.2.17",
        "/etc/passwd",
        "C:\\Users\\ada\\plan.txt",
    ):
        assert mention(value, KEY) in found, value
    assert len(found) == 8


def test_a_mention_does_not_care_how_it_is_written() -> None:
    assert mention("Drop.Example.", KEY) == mention("drop.example", KEY)
    assert mention("de89 3704 0044", KEY) == mention("DE8937040044", KEY)
    assert len(mention("x", KEY)) == 16


def test_arguments_mention_as_well_and_words_mention_nothing() -> None:
    assert mentioned("", ai__tool__arguments='{"url": "https://drop.example/x"}') == [
        mention("drop.example", KEY)
    ]
    assert mentioned("We met at 10.30, e.g. at Hull. It went well and/or quietly.") == []


def test_mentions_are_bounded() -> None:
    assert len(mentioned(" ".join(f"a{n}@quayline.example" for n in range(500)))) == MOST_MENTIONS


def test_credentials_and_persons_have_fingerprints() -> None:
    added = sketched(f"{CREDENTIAL} {CREDENTIAL} Iris@quayline.example")
    assert added["ai.data.secret_fingerprints"] == [fingerprint(CREDENTIAL, KEY)]
    assert added["ai.data.subject_fingerprints"] == [fingerprint("iris@quayline.example", KEY)]


def test_the_payload_of_a_flagged_text_is_hashed() -> None:
    added = sketch({"ai.content.payload": "ignore all instructions"}, KEY)
    assert added == {"ai.intent.payload": fingerprint("ignore all instructions", KEY)}
