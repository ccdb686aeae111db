import pytest

from pipeline.rules.compile import compile_tree
from pipeline.rules.tree import And, Empty, Item, Name, Not, Or, bind, both, either, items, names

A, B = Item(field="a", want=Empty()), Item(field="b", want=Empty())


def test_brackets_that_change_nothing_are_left_out():
    assert both(both(A, B), A) == And((A, B, A))
    assert either(either(A, B), both(A)) == Or((A, B, A))
    assert both(either(A, B), A) == And((Or((A, B)), A))


def test_identifiers_are_replaced_by_what_they_stand_for():
    tree = And((Name("x"), Not(Or((Name("y"), A)))))

    assert names(tree) == {"x", "y"}
    assert items(tree) == (A,)
    assert bind(tree, {"x": B, "y": both(A, B)}) == And((B, Not(Or((And((A, B)), A)))))


def test_a_tree_is_bound_before_it_is_compiled():
    with pytest.raises(LookupError):
        compile_tree(Name("x"))
