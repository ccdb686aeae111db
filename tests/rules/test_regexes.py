import time

import pytest

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
