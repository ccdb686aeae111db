"""What must be found in a value before a part of a rule says something else, and which clauses a rule is split into."""

import pytest

from pipeline.rules.index.clauses import clauses
from pipeline.rules.index.needs import Needle, need
from pipeline.rules.tree import Item, Name, Not, Or, Texts
from tests.rules.writing import read, rule


def tree(condition, **parts):
    return read(rule({**parts, "condition": condition})).rules[0].tree


@pytest.mark.parametrize(
    ("line", "needle", "sure"),
    [
        ({"a": "Bad"}, Needle("is", "bad"), True),
        ({"a": ""}, Needle("is", ""), True),
        ({"a|cased": "Bad"}, Needle("is", "bad"), False),
        ({"a|startswith": "Bad"}, Needle("starts", "bad"), True),
        ({"a|endswith": "\u00c9"}, Needle("ends", "\u00e9"), True),
        ({"a|contains": "Bad"}, Needle("has", "bad"), True),
        ({"a": "b*longest"}, Needle("ends", "longest"), False),
        ({"a": "?bad"}, Needle("ends", "bad"), False),
        ({"a": "?bad*"}, Needle("has", "bad"), False),
        ({"a|startswith": "y" * 150}, Needle("starts", "y" * 100), False),
        ({"a|contains|all": ["bad", "worse"]}, Needle("has", "worse"), False),
        ({"a|re|i": "b.d"}, Needle("re", "(?i)b.d"), False),
    ],
)
def test_a_line_asks_for_a_needle(line, needle, sure):
    found = need(tree("s", s=line))

    assert (found.answer, found.needles, found.sure) == (False, {needle}, sure)
    assert need(tree("not s", s=line)).answer


@pytest.mark.parametrize(
    "line", [{"a|cidr": "10.0.0.0/8"}, {"a|gt": 5}, {"a|re": "(?=x)y"}, {"a": "???"}, {"|re": "^x"}]
)
def test_some_lines_have_no_needle(line):
    assert need(tree("s", s=line)) is None


def test_what_a_part_surely_excludes_is_a_veto():
    found = need(tree("s and not t", s={"a|contains": "good"}, t={"a|contains": ["evil", "bad"]}))

    assert (found.answer, found.sure, found.needles) == (False, True, {Needle("has", "good")})
    assert found.vetoes == {Needle("has", "evil"), Needle("has", "bad")}


def test_alternatives_over_several_fields_become_clauses():
    split = list(clauses(tree("(s or t) and not u", s={"a": "x"}, t={"b": "y"}, u={"c": "z"})))

    assert [sorted(clause.needs) for clause in split] == [["a", "c"], ["b", "c"]]
    assert all(clause.rest == () for clause in split)


def test_a_needle_that_is_found_everywhere_is_left_to_the_end():
    (clause,) = clauses(tree("s", s={"a": "x", "b|endswith": ".exe"}))

    assert clause.needs["b"][1] is None
    assert clause.rest == (clause.needs["b"][0],)


def test_a_rule_that_cannot_match_has_no_clause():
    known = read(rule({"s": {"a": "x"}, "condition": "s"}), generic=False).rules[0]

    assert list(clauses(known.tree)) == []


def test_what_is_denied_twice_is_an_alternative_like_any_other():
    one, other = tree("s", s={"a": "x"}), tree("s", s={"b": "y"})

    assert [[*clause.needs] for clause in clauses(Or((one, Not(Not(other)))))] == [["a"], ["b"]]


def test_bytes_have_no_needle():
    assert need(Item(field="a", want=Texts((((b"\xff",),),)), words="is bytes")) is None


def test_a_part_that_only_names_another_is_refused():
    with pytest.raises(LookupError, match="somewhere"):
        need(Name("somewhere"))
