import pytest

from tests.rules.writing import faults, line, read

A = line("k", "a") | {"name": "a", "id": "id-a", "level": "low"}
B = line("k", "b") | {"name": "b", "level": "high"}
C = line("k", "c") | {"name": "c"}


def correlation(kind="event_count", rules=("a",), **parts):
    body = {"type": kind, "rules": list(rules), "timespan": "5m", "condition": {"gte": 3}} | parts
    return {
        "title": "A correlation",
        "name": "co",
        "correlation": {
            key.replace("_", "-") if key == "group_by" else key: value
            for key, value in body.items()
            if value is not ...
        },
    }


def made(document, *rules):
    found = read(document, *(rules or (A, B, C)))
    return found.correlations[0], {rule.name: rule for rule in found.rules}


def test_a_correlation_is_read_with_all_its_parts():
    document = correlation(
        "value_percentile",
        ["id-a", "b"],
        group_by=["ip", "user"],
        aliases={"ip": {"a": "src", "b": "dst"}},
        timespan="2h",
        condition={"field": "n", "percentile": 95, "gt": 1.5, "lte": 9},
    )
    found, rules = made(document)

    assert (found.kind, found.span, found.group_by) == ("value_percentile", 7200.0, ("ip", "user"))
    assert found.rules == (rules["a"].digest, rules["b"].digest)
    assert found.names == ("a", "b")
    assert found.aliases == {"ip": {rules["a"].digest: "src", rules["b"].digest: "dst"}}
    assert found.condition == (("gt", 1.5), ("lte", 9))
    assert (found.fields, found.percentile) == (("n",), 95)
    assert (found.id, found.level, found.depth) == ("co", "high", 0)


@pytest.mark.parametrize(
    ("timespan", "seconds"),
    [
        ("30s", 30),
        ("5m", 300),
        ("1h", 3600),
        ("7d", 604800),
        ("2w", 1209600),
        ("1M", 2629746),
        ("1y", 31556952),
    ],
)
def test_a_timespan_is_a_number_and_a_unit(timespan, seconds):
    assert made(correlation(timespan=timespan))[0].span == seconds


@pytest.mark.parametrize(
    ("parts", "fault"),
    [
        ({"kind": "event_counts"}, "no type of correlation 'event_counts'"),
        ({"kind": ["event_count"]}, "no type of correlation"),
        ({"rules": []}, "names no rules"),
        ({"rules": ["a", 5]}, "`rules` is not a text"),
        ({"rules": ["a", "a"]}, "`rules` names something twice"),
        ({"rules": ["a", "id-a"]}, "named twice, by id and by name"),
        ({"rules": ["x"]}, "the rule 'x' is not there"),
        ({"rules": ["co"]}, "listens to itself"),
        ({"timespan": ...}, "the timespan"),
        ({"timespan": "0m"}, "the timespan"),
        ({"timespan": "5 m"}, "the timespan"),
        ({"timespan": "5Y"}, "the timespan"),
        ({"timespan": 5}, "the timespan"),
        ({"group_by": [5]}, "`group-by` is not a text"),
        ({"aliases": ["x"]}, "`aliases` is not a mapping"),
        ({"aliases": {"x": {"a": 5}}}, "`aliases` is not a mapping"),
        ({"aliases": {"x": {"b": "f"}}}, "an alias speaks of 'b'"),
        ({"generate": "yes"}, "`generate` takes true or false"),
        ({"condition": ...}, "no condition of thresholds"),
        ({"condition": "a"}, "no condition of thresholds"),
        ({"condition": {}}, "has no threshold"),
        ({"condition": {"gte": "3"}}, "not a number"),
        ({"condition": {"gte": True}}, "not a number"),
        ({"condition": {"gte": float("inf")}}, "not a number"),
        ({"condition": {"above": 3}}, "no key 'above'"),
        ({"kind": "value_sum"}, "needs one `field`"),
        ({"kind": "value_sum", "condition": {"field": ["n"], "gt": 1}}, "needs one `field`"),
        ({"kind": "value_count", "condition": {"field": [], "gt": 1}}, "needs one `field`"),
        ({"kind": "value_count", "condition": {"field": [5], "gt": 1}}, "`field` is not a text"),
        ({"kind": "value_percentile", "condition": {"field": "n", "gt": 1}}, "not a number"),
        (
            {"kind": "value_percentile", "condition": {"field": "n", "gt": 1, "percentile": 101}},
            "from 0 to 100",
        ),
        ({"kind": "temporal", "condition": "a and b"}, "names 'b'"),
        ({"kind": "temporal", "rules": ["a", "b"], "condition": "a"}, "nothing of the rule 'b'"),
        ({"kind": "temporal", "rules": ["a", "b"], "condition": "a and"}, "at its end"),
    ],
)
def test_a_correlation_with_a_wrong_part_is_refused(parts, fault):
    ((number, _, said),) = faults(correlation(**parts), A, B)

    assert fault in said
    assert number == 0


def test_a_correlation_that_is_no_mapping_is_refused():
    assert "a correlation is not a mapping" in [said for *_, said in faults({"title": "x", "correlation": 5})]


def test_unknown_parts_of_a_correlation_are_noted():
    (note,) = read(correlation(suppress="1h"), A).notes

    assert "no part 'suppress'" in note.fault


def test_a_circle_of_correlations_is_refused_and_what_stands_on_it_is_not_blamed():
    one = correlation(rules=["two"]) | {"name": "one"}
    two = correlation(rules=["one", "a"]) | {"name": "two"}
    outer = correlation(rules=["two"]) | {"name": "outer"}

    assert [(number, said) for number, _, said in faults(one, two, outer, A)] == [
        (0, "the correlation listens to itself, or in a circle"),
        (1, "the correlation listens to itself, or in a circle"),
    ]


def test_a_filter_is_nothing_to_listen_to():
    filter_ = {
        "title": "f",
        "name": "f",
        "logsource": {"category": "x"},
        "filter": {"rules": "any", "s": {"F": 1}, "condition": "not s"},
    }

    assert [said for *_, said in faults(correlation(rules=["f"]), filter_)] == ["the rule 'f' is not there"]


def test_inner_correlations_are_known_by_their_depth():
    inner = correlation() | {"name": "inner", "level": "critical"}
    middle = correlation(rules=["inner", "b"]) | {"name": "middle"}
    outer = correlation(rules=["middle"]) | {"name": "outer", "level": "low"}
    found = {one.name: one for one in read(outer, middle, inner, A, B).correlations}

    assert {name: one.depth for name, one in found.items()} == {"inner": 0, "middle": 1, "outer": 2}
    assert {name: one.level for name, one in found.items()} == {
        "inner": "critical",
        "middle": "critical",
        "outer": "low",
    }
    assert found["outer"].rules == (found["middle"].digest,)


def test_a_changed_rule_gives_another_digest_to_the_correlations_above_it():
    before, _ = made(correlation())
    after, _ = made(correlation(), A | {"level": "high"})

    assert before.digest != after.digest


@pytest.mark.parametrize(
    ("kind", "condition", "monotone"),
    [
        ("event_count", {"gte": 3}, True),
        ("event_count", {"gt": 3, "lt": 9}, False),
        ("event_count", {"neq": 3}, False),
        ("value_count", {"field": "f", "gt": 3}, True),
        ("value_sum", {"field": "f", "gt": 3}, False),
        ("value_avg", {"field": "f", "gt": 3}, False),
        ("temporal", ..., True),
        ("temporal", {"gte": 1}, True),
        ("temporal", {"eq": 1}, False),
        ("temporal_ordered", "a and b or b", True),
        ("temporal_ordered", "a and not b", False),
    ],
)
def test_a_correlation_that_more_events_never_take_back_is_monotone(kind, condition, monotone):
    assert made(correlation(kind, ["a", "b"], condition=condition))[0].monotone is monotone


def test_a_condition_in_words_is_over_rules_by_any_of_their_names():
    found, rules = made(correlation("temporal", ["a", "b", "c"], condition="(id-a or b) AND NOT c"))
    a, b, c = (rules[name].digest for name in "abc")

    holds = [found.expression(frozenset(true)) for true in ((a,), (b,), (a, b), (a, c), (c,), ())]
    assert holds == [True, True, True, False, False, False]
    assert found.positive == {a, b}
    assert "capitals" in read(correlation("temporal", ["a"], condition="a OR a"), A).notes[0].fault


def test_a_rule_under_two_nots_stands_as_such():
    found, rules = made(correlation("temporal", ["a", "b"], condition="not not a and not b"))

    assert found.positive == {rules["a"].digest}


@pytest.mark.parametrize(
    ("inside", "above", "listed"),
    [(..., ..., False), (True, ..., True), (..., True, True), (False, False, False)],
)
def test_what_a_correlation_listens_to_is_listed_only_where_it_generates(inside, above, listed):
    document = correlation(generate=inside) | ({} if above is ... else {"generate": above})
    found = read(document, A, B)

    assert {rule.name: rule.listed for rule in found.rules} == {"a": listed, "b": True}
    assert found.correlations[0].listed


def test_one_correlation_that_generates_is_enough_and_an_inner_one_is_hidden_too():
    inner = correlation(generate=True) | {"name": "inner"}
    outer = correlation(rules=["a", "inner"]) | {"name": "outer"}
    found = read(inner, outer, A)

    assert found.rules[0].listed
    assert {one.name: one.listed for one in found.correlations} == {"inner": False, "outer": True}


def test_a_retired_rule_still_feeds_a_correlation_but_speaks_no_more():
    old = A | {"status": "deprecated"}

    assert [rule.listed for rule in read(correlation(generate=True), old).rules] == [False]
    assert not read(correlation() | {"status": "deprecated"}, A).correlations
    assert read(correlation() | {"status": "deprecated"}, A).rules[0].listed
    assert not read(correlation() | {"status": "deprecated"}, A, retired=True).rules[0].listed
