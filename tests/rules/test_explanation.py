import pytest

from pipeline.rules.compile import LONGEST
from tests.rules.writing import line, met, read, rule, selecting


@pytest.mark.parametrize(
    ("key", "value", "words"),
    [
        ("F", "a", "is a"),
        ("F", ["a", "b"], "is one of a, b"),
        ("F", list("abcdefg"), "is one of a, b, c, d, e, 2 more"),
        ("F", "a" * 100, "is " + "a" * 59 + "…"),
        ("F", 5, "is 5"),
        ("F|neq", "x", "is not x"),
        ("F|contains", "a", "contains a"),
        ("F|contains|all", ["a", "g"], "contains all of a, g"),
        ("F|startswith", "a", "begins with a"),
        ("F|endswith|neq", "x", "does not end with x"),
        ("F|re", "a+", "matches a+"),
        ("F|cidr", "192.0.2.0/24", "lies in 192.0.2.0/24"),
        ("F|lt", 9, "is less than 9"),
        ("F|gte|neq", 9, "is less than 9"),
        ("F|hour", 9, "has the hour 9"),
        ("F|hour|neq", 8, "has another hour"),
        ("F|exists", True, "is there"),
        ("F|exists|neq", False, "is there"),
        ("G", None, "is absent"),
        ("G|exists", False, "is absent"),
        ("F|neq", None, "is there"),
        ("F|fieldref", "F", "is the value of F"),
        ("F", "", "is nothing"),
    ],
)
def test_a_condition_is_said_in_words(key, value, words):
    from pipeline.rules.items import read_item

    assert read_item(key, value, {}).words == words


@pytest.mark.parametrize(
    ("key", "value", "event", "shown"),
    [
        ("F", ["a", "b"], {"F": ["x", "B"]}, "B"),
        ("F|contains", "a", {"F": "a" * 500}, "a" * (LONGEST - 1) + "…"),
        ("F|gt", 5, {"F": ["x", 7]}, 7),
        ("F", None, {}, None),
        ("F|exists", True, {"F": {"a": 1}}, "an object"),
        ("F|exists", True, {"F": False}, False),
        ("F|neq", "a", {"F": ["b"]}, "b"),
        ("F|neq", "a", {}, None),
        ("F|fieldref", "G", {"F": "a", "G": "A"}, "a"),
        ("F|all", ["a", "b"], {"F": ["b", "a"]}, "b"),
        ("a.b", "x", {"a": [{"b": "y"}, {"b": "x"}]}, "x"),
    ],
)
def test_an_explanation_shows_the_value_that_met_the_condition(key, value, event, shown):
    ((field, _, value),) = met(line(key, value), event)

    assert (field, value) == (key.split("|")[0], shown)


def test_a_keyword_is_explained_by_the_field_in_which_it_stands():
    words = rule({"words": ["evil"], "condition": "words"})

    assert met(words, {"a": "good", "b": {"c": ["so evil"]}}) == [("b", "contains evil", "so evil")]


def test_a_negated_keyword_is_explained_without_a_value():
    assert met(rule({"words": {"|neq": "evil"}, "condition": "words"}), {"a": "good"}) == [
        ("", "does not contain evil", None)
    ]


def test_what_was_met_is_told_and_nothing_else():
    either = rule(
        {
            "one": {"F": "a", "G": "b"},
            "two": {"F": "a", "H": "c"},
            "never": {"I": "d"},
            "condition": "(one or two) and not never",
        }
    )

    assert met(either, {"F": "a", "H": "c"}) == [("F", "is a", "a"), ("H", "is c", "c")]
    assert met(either, {"F": "a"}) == []


def test_a_rule_names_the_fields_that_it_looks_at():
    looking = rule(
        selecting(F="a", G__fieldref="H")
        | {"words": ["x"], "never": {"I": 1}, "condition": "selection and not never and words"}
    )
    (only,) = read(looking).rules

    assert only.fields == {"F", "G", "H", "I"}


@pytest.mark.parametrize(
    ("detection", "verbs"),
    [
        ({"s": {"event.action": ["Prompt", "share"]}, "condition": "s"}, {"prompt", "share"}),
        (
            {
                "s": {"event.action": ["prompt", "share"], "F": 1},
                "t": {"event.action": "share"},
                "condition": "s and t",
            },
            {"share"},
        ),
        (
            {"s": {"event.action": "prompt"}, "t": {"event.action": "share"}, "condition": "s or t"},
            {"prompt", "share"},
        ),
        ({"s": {"event.action": "prompt"}, "t": {"F": 1}, "condition": "s or t"}, set()),
        ({"s": {"event.action": "prompt"}, "condition": "not s"}, set()),
        ({"s": {"event.action|startswith": "pro"}, "condition": "s"}, set()),
        ({"s": {"event.action|neq": "prompt"}, "condition": "s"}, set()),
        ({"s": {"F": 1}, "condition": "s"}, set()),
    ],
)
def test_a_rule_names_the_only_actions_that_it_can_match(detection, verbs):
    (only,) = read(rule(detection)).rules

    assert only.verbs == verbs


def test_what_costs_least_is_asked_first():
    asked = []

    class Event(dict):
        def get(self, field, *default):
            asked.append(field)
            return super().get(field, *default)

    costs = {
        "G|contains": ["a", "b"],
        "B": "a",
        "C|endswith": "a",
        "I|re": "a(?=b)",
        "D|gt": 5,
        "E": "a*b",
        "H|re": "a",
        "event.action": "prompt",
        "A|exists": True,
    }
    (only,) = read(rule({"selection": costs, "words": ["x"], "condition": "selection or words"})).rules
    only.matches(
        Event(
            {
                "event.action": "prompt",
                "A": 1,
                "B": "a",
                "C": "a",
                "D": 6,
                "E": "ab",
                "G": "a",
                "H": "a",
                "I": "ab",
            }
        )
    )

    first = list(dict.fromkeys(asked))
    assert first[0] == "event.action"
    assert set(first[1:3]) == {"A", "B"}
    assert first[3:] == ["C", "G", "D", "H", "E", "I"]
