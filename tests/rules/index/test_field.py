"""What a field remembers is bounded, and forgetting changes nothing."""

import pytest

from pipeline.rules.index import field as fields
from pipeline.rules.index import indexed
from tests.rules.writing import line, read, rule


def index_over(*lines):
    known = read([line(key, value) for key, value in lines]).rules
    return indexed(known), known


def remembered(index):
    return [len(field.memo) for field in index._fields]


def test_values_that_were_seen_are_not_looked_at_again(monkeypatch):
    index, known = index_over(("a|contains", "bad"))
    index.matching({"a": "a bad one"})
    monkeypatch.setattr(index._fields[0], "_scanner", None)

    assert index.matching({"a": "a bad one"}) == list(known)
    assert index.matching({"a": "a new bad one"}) == []


def test_a_full_memory_starts_afresh_when_it_has_waited_long_enough(monkeypatch):
    monkeypatch.setattr(fields, "MOST_VALUES", 5)
    monkeypatch.setattr(fields, "PATIENCE", 10)
    index, known = index_over(("a|contains", "7"))
    sizes = set()
    for number in range(60):
        assert index.matching({"a": str(number)}) == (list(known) if "7" in str(number) else [])
        sizes.update(remembered(index))

    assert max(sizes) == 5
    assert "3" not in index._fields[0].memo


def test_all_memories_share_one_bound(monkeypatch):
    monkeypatch.setattr(fields, "MOST_BYTES", 2000)
    index, _ = index_over(("a|contains", "bad"), ("b|contains", "bad"))
    for number in range(50):
        index.matching({"a": f"bad {number}", "b": f"{number} bad"})

    assert 0 < sum(remembered(index)) <= 2000 // 160


def test_long_values_and_lists_are_not_remembered():
    index, known = index_over(("a|contains", "bad"))

    assert index.matching({"a": "x" * 5000 + "bad"}) == list(known)
    assert index.matching({"a": ["good", "bad"]}) == list(known)
    assert remembered(index) == [0]


def test_a_truth_is_no_number():
    index, known = index_over(("a", 1), ("a", True))

    assert [index.matching({"a": value}) for value in (1, True, 1.0, 1)] == [
        [known[0]],
        [known[1]],
        [known[0]],
        [known[0]],
    ]


@pytest.mark.parametrize(
    "event", [{}, *({"a": value} for value in (None, [], [None], {}, [{}], [[{}], None], "", [""], 0, False))]
)
def test_values_without_a_text_are_told_apart(event):
    index, known = index_over(
        ("a", None), ("a|exists", True), ("a|exists", False), ("a|neq", "x"), ("a", "*"), ("a", "")
    )

    assert index.matching(event) == [one for one in known if one.matches(event)]


def test_a_value_that_is_ruled_out_needs_no_further_question():
    known = read(rule({"s": {"a|re": "b.d"}, "t": {"a|contains": "evil"}, "condition": "s and not t"})).rules
    index = indexed(known)

    assert index.matching({"a": "bad evil"}) == []
    assert index.matching({"a": "bad"}) == list(known)


def test_sets_of_needles_are_remembered_up_to_a_bound_and_say_the_same_after_it(monkeypatch):
    monkeypatch.setattr("pipeline.rules.index.field.MOST_SETTLED", 3)
    monkeypatch.setattr("pipeline.rules.index.field.MOST_VALUES", 0)
    rules = read(*(line("F|contains", f"w{n}x") for n in range(6))).rules
    index = indexed(rules)
    texts = [" ".join(f"w{n}x" for n in range(6) if bits >> n & 1) for bits in range(64)]
    for text in [*texts, *texts]:
        found = index.matching({"F": text})
        assert found == [rule for rule in rules if rule.matches({"F": text})]
    (field,) = index._fields
    assert len(field._settled) <= 3


def test_a_set_of_many_needles_is_never_remembered_and_says_the_same(monkeypatch):
    monkeypatch.setattr("pipeline.rules.index.field.MOST_NEEDLES", 2)
    index, known = index_over(*(("F|contains", f"w{n}x") for n in range(4)))
    (field,) = index._fields

    assert index.matching({"F": "w0x w1x w2x"}) == list(known[:3])
    assert field._settled == {}
    assert index.matching({"F": "w1x w2x"}) == list(known[1:3])
    assert len(field._settled) == 1
