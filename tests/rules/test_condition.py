import pytest

from pipeline.rules.condition import read_condition
from pipeline.rules.faults import Refused
from pipeline.rules.tree import And, Name, Not, Or

A, B, C = map(Name, "abc")


@pytest.mark.parametrize(
    ("text", "tree"),
    [
        ("a", A),
        ("a or b and c", Or((A, And((B, C))))),
        ("(a or b) and c", And((Or((A, B)), C))),
        ("not a and b", And((Not(A), B))),
        ("not (a and b)", Not(And((A, B)))),
        ("not not a", Not(Not(A))),
        ("a AND NOT b OR c", Or((And((A, Not(B))), C))),
        ("a and (b and c)", And((A, B, C))),
        ("((a))", A),
        ("1 of them", Or((A, B, C))),
        ("any of them", Or((A, B, C))),
        ("all of them", And((A, B, C))),
        ("1 of b*", B),
        ("1 of a", A),
        ("not 1 of them", Not(Or((A, B, C)))),
        ("1 of _*", Name("_d")),
        ("1 of _d", Name("_d")),
        ("1 of *", Or((A, B, C))),
    ],
)
def test_a_condition_is_read_by_precedence(text, tree):
    assert read_condition(text, ["a", "b", "c", "_d"]) == tree


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("a and d", "names 'd'"),
        ("a b", "from 'b' on"),
        ("a and", "at its end"),
        ("a or )", "before ')'"),
        ("or a", "before 'or'"),
        ("(a", "never closed"),
        ("a)", "from ')' on"),
        ("1 of d*", "`1 of d*`"),
        ("all of", "`all of `"),
        ("a | count() > 5", "aggregate"),
        ("a And b", "from 'And' on"),
        ("a, b", "names 'a,'"),
    ],
)
def test_what_makes_no_condition_is_refused(text, fault):
    with pytest.raises(Refused) as refused:
        read_condition(text, ["a", "b", "c"])

    assert fault in refused.value.fault


def test_a_misspelt_identifier_is_answered_with_the_nearest_one():
    with pytest.raises(Refused) as refused:
        read_condition("selektion", ["selection"])

    assert refused.value.remedy == "did you mean 'selection'?"


def test_words_that_look_like_operators_are_identifiers_where_they_are_defined():
    assert read_condition("1 and notable", ["1", "notable"]) == And((Name("1"), Name("notable")))
    assert read_condition("all or of", ["all", "of"]) == Or((Name("all"), Name("of")))


def test_a_correlation_knows_no_quantifiers():
    with pytest.raises(Refused):
        read_condition("1 of them", ["a"], quantified=False)


@pytest.mark.parametrize("text", ["(" * 1000 + "a" + ")" * 1000, "not " * 1000 + "a"])
def test_a_condition_of_any_depth_is_answered(text):
    with pytest.raises(Refused) as refused:
        read_condition(text, ["a"])

    assert "too deeply" in refused.value.fault


def test_a_pattern_of_many_stars_takes_no_time():
    with pytest.raises(Refused):
        read_condition("1 of " + "*a" * 60 + "b", ["a" * 200])
