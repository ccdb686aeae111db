import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.rules.text import LONG, fold, read_text
from pipeline.rules.tree import Gap, Hole

MANY, ONE = Gap.MANY, Gap.ONE


@pytest.mark.parametrize(
    ("raw", "parts"),
    [
        ("plain", ("plain",)),
        ("", ()),
        ("*", (MANY,)),
        ("a*b?c", ("a", MANY, "b", ONE, "c")),
        (r"a\*b", ("a*b",)),
        (r"a\?b", ("a?b",)),
        (r"a\\*b", ("a\\", MANY, "b")),
        (r"a\\\*b", (r"a\*b",)),
        (r"\\srv", (r"\srv",)),
        (r"\\\srv", (r"\\srv",)),
        (r"\\\\srv", (r"\\srv",)),
        (r"C:\Temp", (r"C:\Temp",)),
        (r"*\Temp\*.exe", (MANY, r"\Temp*.exe")),
        ("ends in \\", ("ends in \\",)),
        (r"a\nb", (r"a\nb",)),
        ("50%x%", ("50%x%",)),
    ],
)
def test_a_sigma_string_is_read_with_its_wildcards_and_escapes(raw, parts):
    assert read_text(raw) == parts


def test_a_placeholder_is_read_only_where_it_is_wanted():
    assert read_text(r"a%x%*\%y%", holes=True) == ("a", Hole("x"), MANY, "%y%")
    assert read_text("%x%") == ("%x%",)


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        ("STRASSE", "strasse"),
        ("Straße", "straße"),
        ("ẞ", "ß"),
        ("ÉCOLE", "école"),
        ("ПАРОЛЬ", "пароль"),
        ("ſ", "s"),
        ("ς", "σ"),
        ("K", "k"),
        ("İ", "İ"),
        ("ﬁ", "ﬁ"),
        ("ᾈ", "ᾀ"),
        ("ﬅ", "ﬆ"),
        ("Ꭰ", "Ꭰ"),
        ("ꭰ", "Ꭰ"),
    ],
)
def test_case_is_folded_one_character_for_one(text, folded):
    assert fold(text) == folded
    assert fold(text * LONG) == folded * LONG


def test_no_character_changes_the_length_of_a_text_and_folding_twice_changes_nothing():
    every = "".join(chr(code) for code in range(sys.maxunicode + 1))

    assert len(fold(every)) == len(every)
    assert fold(fold(every)) == fold(every)


@given(st.lists(st.sampled_from(["Straße", "ẞ", "A", "ﬅ", "İ", "ς", "x", "É"])).map("".join))
def test_a_text_folds_as_its_characters_do(text):
    assert fold(text) == "".join(map(fold, text))
