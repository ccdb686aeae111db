import io
import re

import pytest
from rich.console import Console

from pipeline.cli.shown import brief, cell, clock, moment, put, shortened, visible, whole


def printed(show, *args, width=40, colours=False, **more):
    file = io.StringIO()
    console = Console(
        file=file, width=width, force_terminal=colours, highlight=False, markup=False, color_system="standard"
    )
    show(console, *args, **more)
    return file.getvalue()


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("plain, größe, 数字", "plain, größe, 数字"),
        ("\x1b[31mred\x1b[0m", "\\x1b[31mred\\x1b[0m"),
        ("two\nlines\t\r", "two\\x0alines\\x09\\x0d"),
        ("\u202eright to left", "\\u202eright to left"),
        ("zero\u200bwidth", "zero\\u200bwidth"),
        ("\x9b31m", "\\x9b31m"),
        ("\udcff", "\\udcff"),
        ("\U000e0041", "\\U000e0041"),
    ],
)
def test_what_a_terminal_would_obey_or_hide_is_written_out(text, shown):
    assert visible(text) == shown


def test_a_long_value_is_cut_and_a_list_is_told_as_its_members():
    assert brief("a" * 500) == "a" * 199 + "…"
    assert brief(["read", "write"]) == "read, write"


def test_markup_of_others_stays_text():
    assert printed(whole, "[bold]x[/bold] [link=evil]") == "[bold]x[/bold] [link=evil]\n"


def test_a_whole_line_is_never_broken():
    name = "a_file_name_that_is_much_longer_than_the_line " * 3
    assert printed(whole, name) == name + "\n"


def test_only_levels_have_colours():
    assert re.findall(
        r"\x1b\[([\d;]+)m", printed(whole, "critical", "  a title of red colour", colours=True)
    ) == ["1;31", "0"]


def test_a_paragraph_is_wrapped_below_its_first_word_and_words_stay_whole():
    found = printed(put, "one two three four five " + "x" * 50, indent=6, first="  1.", width=24)
    assert found == "  1.  one two three four\n      five\n      " + "x" * 50 + "\n"


def test_a_cell_is_exactly_so_wide():
    assert (cell("ab", 4), cell("abcdef", 4), cell("数字数", 4)) == ("ab  ", "abcd", "数字")


def test_ids_are_shortened_as_far_as_they_can_be_told_apart():
    found = shortened(["aaaaaaaaaa1", "aaaaaaaaaa2", "b" * 32, "short"])
    assert found == {
        "aaaaaaaaaa1": "aaaaaaaaaa1",
        "aaaaaaaaaa2": "aaaaaaaaaa2",
        "b" * 32: "b" * 8,
        "short": "short",
    }


def test_an_id_that_begins_another_one_is_told_apart_from_it():
    found = shortened(["12345678", "1234567890"])
    assert found == {"12345678": "12345678", "1234567890": "123456789"}


def test_times_are_utc_with_and_without_a_zone():
    assert (
        moment("2026-03-04T09:07:00")
        == moment("2026-03-04T09:07:00.000000Z")
        == moment("2026-03-04T10:07:00+01:00")
    )
    assert clock(moment("2026-03-04T09:07:05Z")) == "09:07:05"
