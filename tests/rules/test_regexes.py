import time

import pytest

from pipeline.rules.faults import Refused
from pipeline.rules.regexes import search_for
from tests.rules.writing import line, meets, read


@pytest.mark.parametrize(
    ("pattern", "text", "expected"),
    [
        ("foo(?!bar)", "foobaz", True),
        ("foo(?!bar)", "foobar", False),
        (r"(a)\1$", "aa\n", False),
        (r"(a)\1[$]", "aa$", True),
        (r"(a)\1\$", "aa$", True),
        (r"(?m)(a)\1$", "aa\nb", True),
        (r"(?=\w)\D$", "é", False),
        ("É(?!x)", "é", False),
    ],
)
def test_look_around_means_what_it_would_mean_to_the_linear_engine(pattern, text, expected):
    assert meets("F|re", pattern, {"F": text}) is expected


def test_look_around_knows_case_of_other_scripts_and_lines():
    assert meets("F|re|i", "É(?!x)", {"F": "é"})
    assert meets("F|re|m", r"(a)\1$", {"F": "aa\nb"})


def test_an_expression_that_runs_away_is_given_up_and_told(caplog):
    started = time.perf_counter()

    assert not meets("F|re", r"^(?=a)(a|aa)+$(?<=b)", {"F": "a" * 200})

    assert time.perf_counter() - started < 20  # what is not linear takes minutes
    assert "given up after 50 ms" in caplog.text


def test_an_expression_that_cannot_be_judged_in_linear_time_is_noted():
    (note,) = read(line("F|re", "a(?!b)")).notes

    assert "costs much" in note.fault
    assert not read(line("F|re", "ab")).notes


@pytest.mark.parametrize(
    "bomb",
    [
        "(((a{1000}){1000}){1000})",
        "(?=a)((a{999}b){999})",
        "((x{0,9999}){1,9999})(?!y)",
    ],
)
def test_repetitions_of_repetitions_are_refused_before_they_are_written_out(bomb):
    with pytest.raises(Refused, match="repeats too much"):
        search_for(bomb)


@pytest.mark.parametrize(
    "fine", ["(?=a)a{1000}", "a{0,200}(?!b).{0,200}c", r"(?!x)[{]{3}\{9999999}", "(?!x)a{1,}b{2}"]
)
def test_repetitions_beside_each_other_are_not_too_much(fine):
    assert search_for(fine)
