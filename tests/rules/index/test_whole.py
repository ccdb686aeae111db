"""The index gives the rules that the plain tests give: on vectors, on anything at all, and on the recorded day."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from pipeline.cli.day import built_in, run_day
from pipeline.edges.embedded import Content
from pipeline.rules.index import indexed
from tests.conformance.test_sigma import of_kind
from tests.rules.writing import line, read, rule

LONG = "x" * 1500
WORDS = [
    "alpha",
    "ALPHA beta",
    "*pha",
    "al*a",
    "a?pha",
    "be\\*a",
    "\u00e9t\u00e9",
    "\u00c9",
    "\u017f",
    "\u212a",
    "k",
    "s",
    "10",
    "-a /b",
    "*",
    "",
    LONG,
]
TEXTS = [
    *WORDS,
    "x alpha y",
    "al\npha",
    "alphA",
    "10.1.2.3",
    "2026-03-04T09:00:00Z",
    "a\vb",
    "zz \ud800",
    f"{LONG}alpha",
]
FIELDS = ["a", "b", "c.d"]
PATTERNS = [
    "^al",
    "pha$",
    "\\Sb",
    "a.b",
    "[0-9]+",
    "(?i)BETA",
    "",
    "(?=al)a",
    "x{1100}",
    "\u00e9",
    "(a|b){2,}",
]
CONDITIONS = [
    "s1 and s2",
    "s1 and not s2",
    "s1 or s2",
    "not (s1 and s2)",
    "s1 and 1 of t*",
    "1 of s* and not all of t*",
    "(s1 and t1) or (s2 and not t2)",
    "not s1 and not t1",
]

words = st.lists(st.sampled_from(WORDS), min_size=1, max_size=3)
two_words = st.lists(st.sampled_from(WORDS), min_size=2, max_size=3)
scalars = st.one_of(
    st.sampled_from(TEXTS), st.sampled_from([None, True, False, 0, 1, 10, 10.0, 1.5, -3, 2**60])
)
values = st.one_of(
    scalars,
    st.lists(scalars, max_size=3),
    st.lists(st.lists(scalars, max_size=2), max_size=2),
    st.dictionaries(st.sampled_from("de"), scalars, max_size=2),
    st.lists(st.dictionaries(st.just("d"), scalars, max_size=1), max_size=2),
)
events = st.dictionaries(st.sampled_from([*FIELDS, "c", "e"]), values, max_size=4)


def lines_of(field):
    """Every kind of line that may stand on a field."""
    plain = [
        "",
        "|contains",
        "|startswith",
        "|endswith",
        "|cased",
        "|contains|cased",
        "|neq",
        "|contains|neq",
        "|contains|windash",
        "|base64offset|contains",
    ]
    kinds = [
        st.tuples(st.sampled_from([f"{field}{suffix}" for suffix in plain if "base64" not in suffix]), words),
        st.tuples(
            st.sampled_from([f"{field}|all", f"{field}|contains|all", f"{field}|contains|all|neq"]), two_words
        ),
        st.tuples(
            st.sampled_from([f"{field}|re", f"{field}|re|i", f"{field}|re|neq"]),
            st.lists(st.sampled_from(PATTERNS), min_size=1, max_size=2),
        ),
        st.tuples(st.just(f"{field}|exists"), st.booleans()),
        st.tuples(st.sampled_from([field, f"{field}|neq"]), st.none()),
        st.tuples(st.sampled_from([f"{field}|lt", f"{field}|gte"]), st.integers(0, 11)),
        st.tuples(st.just(f"{field}|cidr"), st.just("10.0.0.0/8")),
        st.tuples(st.just(f"{field}|hour"), st.just(9)),
        st.tuples(
            st.sampled_from([f"{field}|fieldref", f"{field}|fieldref|contains"]), st.sampled_from(FIELDS)
        ),
    ]
    return st.one_of(kinds)


keywords = st.one_of(
    words,
    two_words.map(lambda all_of: {"|all": all_of}),
    st.sampled_from(PATTERNS).map(lambda one: {"|re": [one]}),
)
maps = st.lists(st.sampled_from(FIELDS).flatmap(lines_of), min_size=1, max_size=3).map(dict)
detections = st.one_of(maps, maps, st.lists(maps, min_size=1, max_size=3), keywords)
rules = st.builds(
    lambda parts, condition: rule({**parts, "condition": condition}),
    st.fixed_dictionaries(dict.fromkeys(("s1", "s2", "t1", "t2"), detections)),
    st.sampled_from(CONDITIONS),
)


def scanned(known, event):
    return [one for one in known if one.matches(event)]


def agrees(index, known, event):
    return index.matching(event) == scanned(known, event) == index.matching(event)


@given(st.lists(rules, min_size=1, max_size=4), st.lists(events, min_size=1, max_size=12))
def test_the_index_and_a_scan_of_all_rules_say_the_same(documents, given_events):
    known = read(documents).rules
    index = indexed(known)

    for event in given_events:
        assert agrees(index, known, event)


def test_all_vectors_at_once_say_the_same():
    vectors = [case.values[0] for case in of_kind("detection", "filter")]
    known = [
        one
        for vector in vectors
        for one in read(document(vector), placeholders=vector.get("placeholders")).rules
    ]
    index = indexed(known)

    for vector in vectors:
        for case in vector["cases"]:
            assert agrees(index, known, case["event"])


def document(vector):
    return [vector["rule"], vector["filter"]] if vector["kind"] == "filter" else [rule(vector["detection"])]


def test_the_shipped_rules_say_the_same_of_the_recorded_day():
    content = built_in()
    known, seen = content.pack.rules, set()
    index = indexed(known)

    def find(fields):
        found = index.matching(fields)
        assert found == scanned(known, fields)
        seen.update(one.title for one in found)
        return found

    run_day(content=Content(replace(content.pack, find=find), content.reference))

    assert len(seen) > 5


def test_a_rule_without_a_tree_is_asked_about_every_event():
    known = [replace(read(line("a", "x")).rules[0], tree=None)]

    assert indexed(known).matching({"a": "x"}) == known
    assert indexed(known).matching({"a": "y"}) == []


def test_rules_come_in_the_order_of_the_pack():
    documents = [
        line("b", "x"),
        line("a", "x"),
        line("a|contains", "x"),
    ]
    known = read(documents).rules

    assert indexed(known).matching({"a": "x", "b": "x"}) == list(known)
    assert indexed(known[::-1]).matching({"a": "x", "b": "x"}) == list(known[::-1])


@pytest.mark.parametrize("bound", ["MOST_PLANS", "MOST_FINDS"])
def test_what_is_known_of_keys_is_bounded(bound, monkeypatch):
    monkeypatch.setattr(f"pipeline.rules.index.whole.{bound}", 3)
    known = read([line("a", ["x", "y"]), line("a|contains", "x")]).rules
    index = indexed(known)

    for number in range(20):
        assert len(index.matching({"a": "xy"[number % 2], f"other{number}": 1})) == 2 - number % 2
        assert len(index._plans) <= 3
        assert sum(len(plan.finds) for plan in index._plans.values()) <= 3


def test_more_alternatives_than_clauses_still_narrow_events_down():
    parts = {f"s{number}": {"a": f"x{number}", "b|contains": [f"yy{number}"]} for number in range(30)}
    known = read(rule({**parts, "condition": "1 of s*"})).rules
    index = indexed(known)

    assert len(index._owners) == 1
    assert index.matching({"a": "x7", "b": "--yy7--"}) == list(known)
    assert index.matching({"a": "x7", "b": "yy8"}) == []
    assert index._plans["a", "b"].finds.keys() == {1}


def test_what_is_asked_in_the_end_may_look_at_the_action():
    parts = {"s": {"a": "x"}, "t": {"event.action": "prompt", "b": "y"}}
    known = read(rule({**parts, "condition": "s and not t"})).rules
    index = indexed(known)

    assert index.matching({"event.action": "grant", "a": "x", "b": "y"}) == list(known)
    assert index.matching({"event.action": "prompt", "a": "x", "b": "y"}) == []
