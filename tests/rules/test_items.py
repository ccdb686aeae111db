import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.rules.writing import faults, line, matches, meets, rule, selecting


@pytest.mark.parametrize(
    ("key", "value", "event", "expected"),
    [
        ("F", ["a", "b*"], {"F": "Bcd"}, True),
        ("F", "", {"F": ""}, True),
        ("F", "", {}, False),
        ("F", True, {"F": True}, True),
        ("F", True, {"F": "True"}, True),
        ("F", "false", {"F": False}, True),
        ("F", 5, {"F": 5.0}, True),
        ("F", 1e300, {"F": 1e300}, True),
        ("F", "a", {"F": {"a": "a"}}, False),
        ("F", "a", {"F": [[["a"]]]}, True),
        ("F", "a", {"F": []}, False),
        ("F|contains", "", {"F": "x"}, True),
        ("F|contains", "", {"F": None}, False),
        ("F|contains", ["x", "y"], {"F": "ay"}, True),
        ("F|contains", ["x", "y"], {"F": "az"}, False),
        ("F|contains|all", ["x", "y"], {"F": ["ax", "ay"]}, True),
        ("F|contains|all", ["x", "y"], {"F": ["ax", "ax"]}, False),
        ("F|all|startswith", ["x", "xy"], {"F": "xyz"}, True),
        ("F|startswith|cased", "Ab", {"F": "Abc"}, True),
        ("F|startswith|cased", "Ab", {"F": "abc"}, False),
        ("F|endswith|cased", "5", {"F": 15}, True),
        ("F|cased", "5", {"F": {"a": 1}}, False),
        ("F|cased", "a*", {"F": "Ab"}, False),
        ("F", "a?c", {"F": "a\nc"}, True),
        ("F", "*", {"F": "\n"}, True),
        ("F", "a*b", {"F": "a\n\nb"}, True),
        ("F", "?", {"F": ""}, False),
        ("F", "É*", {"F": "éa"}, True),
        ("F|neq", ["a", "b"], {"F": "A"}, False),
        ("F|neq|contains|all", ["a", "b"], {"F": "a"}, True),
        ("F|neq", None, {"F": 1}, True),
        ("F|neq", None, {}, False),
        ("F", None, {"F": [None, [None]]}, True),
        ("F", None, {"F": [None, 0]}, False),
        ("F", None, {"F": {}}, False),
        ("F|exists", True, {"F": None}, True),
        ("F|exists", True, {"F": ""}, True),
        ("F|exists", False, {}, True),
        ("F|exists|neq", True, {}, True),
        ("a.b|exists", True, {"a": [{"c": 1}, {"b": None}]}, True),
        ("a.b|exists", True, {"a": [{"c": 1}, "b"]}, False),
        ("a.b", "x", {"a.b": None, "a": {"b": "x"}}, False),
        ("a.b.c", "x", {"a.b": "y", "a": {"b": {"c": "x"}}}, False),
        ("a.b.c", "x", {"a": {"b.c": "y", "b": {"c": "x"}}}, False),
        ("a.b.c", "x", {"a": [[{"b": [{"c": "x"}]}]]}, True),
        ("a.b.c.d", "x", {"a": {"b": {"c.d": "x"}}}, True),
        ("a.b.c.d", "x", {"a": {"c": 1}}, False),
        ("my field", "x", {"my field": "x"}, True),
        ("f", "x", {"F": "x"}, False),
        ("F|lt", 5, {"F": "4.9"}, True),
        ("F|lte", 5, {"F": "5"}, True),
        ("F|gt", [5, 100], {"F": "1e2"}, True),
        ("F|gt", 5, {"F": "five"}, False),
        ("F|gt", 5, {"F": "+6"}, True),
        ("F|gt", 5, {"F": " 6"}, False),
        ("F|gt", 5, {"F": "6."}, False),
        ("F|gt", 5, {"F": "٦"}, False),
        ("F|gt", 9007199254740992, {"F": "9007199254740993"}, True),
        ("F|gt", 5, {"F": "9" * 5000}, True),
        ("F|gt", 5, {"F": [1, 6]}, True),
        ("F|gt", 5, {"F": {}}, False),
        ("F|lt|neq", 5, {}, True),
        ("T|hour", [3, 4], {"T": "2026-03-04T04:00:00+11:00"}, True),
        ("T|hour", 0, {"T": "2026-03-04"}, False),
        ("T|year", 2026, {"T": "2026-03-04"}, True),
        ("T|week", 53, {"T": "2027-01-01T00:00:00Z"}, True),
        ("T|day", 30, {"T": "2026-02-30T00:00:00Z"}, False),
        ("T|hour", 24, {"T": "2026-03-04T24:00:00Z"}, False),
        ("T|minute|neq", 5, {"T": "2026-03-04T00:05:00Z"}, False),
        ("T|year", 2026, {"T": 2026}, False),
        ("F|cidr", "10.0.0.0/8", {"F": "10.1.2.3"}, True),
        ("F|cidr", "192.0.2.7", {"F": "192.0.2.7"}, True),
        ("F|cidr", "192.0.2.7", {"F": "192.0.2.8"}, False),
        ("F|cidr", "2001:db8::/32", {"F": "2001:DB8::1"}, True),
        ("F|cidr", "10.0.0.0/8", {"F": "10.1.2"}, False),
        ("F|cidr", "10.0.0.0/8", {"F": 167772161}, False),
        ("F|cidr", "10.0.0.0/8", {"F": "10.1.2.3" + " " * 100}, False),
        ("F|cidr|neq", ["10.0.0.0/8", "192.0.2.0/24"], {"F": "192.0.2.1"}, False),
        ("F|fieldref", ["G", "H"], {"F": "a", "H": "A"}, True),
        ("F|fieldref|all", ["G", "H"], {"F": ["a", "b"], "G": "a", "H": ["x", "B"]}, True),
        ("F|fieldref|all", ["G", "H"], {"F": ["a", "b"], "G": "a"}, False),
        ("F|fieldref|cased", "G", {"F": "a", "G": "A"}, False),
        ("F|contains|fieldref", "G", {"F": "xay", "G": "A"}, True),
        ("F|fieldref", "G", {"F": None, "G": None}, False),
        ("F|re", ["^a", "b$"], {"F": "xb"}, True),
        ("F|re|i|m|s", "^A.b$", {"F": "x\na\nb\nc"}, True),
        ("F|re|multiline", "^b$", {"F": "a\nb"}, True),
        ("F|re", "^b$", {"F": "a\nb"}, False),
        ("F|re", "(?i)AB", {"F": "xab"}, True),
        ("F|re", "a.b", {"F": "a\nb"}, False),
        ("F|all|re", ["a", "b"], {"F": "ab"}, True),
        ("F|re|neq", "a", {"F": "b"}, True),
        ("F|re", "46", {"F": 4688}, True),
        ("F|re", 46, {"F": "1468"}, True),
        ("F|re", "^é$", {"F": "é"}, True),
        ("F|windash", "-a", {"F": "/a"}, True),
        ("F|windash|contains", "-param-name", {"F": "x /param-name"}, True),
        ("F|windash|contains", "-param-name", {"F": "x -param/name"}, False),
        ("F|windash|contains|all", [" -a", " -b"], {"F": "x /a –b"}, True),
        ("F|windash|contains|all", [" -a", " -b"], {"F": "x /a"}, False),
        ("F|windash", "a-", {"F": "a/"}, False),
        ("F|windash", "*-a", {"F": "x—a"}, True),
        ("F|windash|base64|contains", "-a", {"F": "L2E="}, True),
        ("F|base64", "foobar", {"F": "Zm9vYmFy"}, True),
        ("F|base64|cased", "foobar", {"F": "zm9vYmFy"}, False),
        ("F|base64", 5, {"F": "NQ=="}, True),
        ("F|base64offset|contains", "ab", {"F": "xIGFi"}, True),
        ("F|wide", "ab", {"F": "a\0b\0"}, True),
    ],
)
def test_a_line_of_a_detection_means_what_sigma_says(key, value, event, expected):
    assert meets(key, value, event) is expected


@pytest.mark.parametrize(
    ("key", "value", "fault"),
    [
        ("F|sounds_like", "a", "no modifier 'sounds_like'"),
        ("F|contain", "a", "no modifier 'contain'"),
        ("F", [], "is empty"),
        ("F", [None, "a"], "null stands in a list"),
        ("F|contains", None, "null does not fit the modifier 'contains'"),
        ("F", {"a": 1}, "neither text"),
        ("F", [["a"]], "neither text"),
        ("F|all", "a", "single value"),
        ("F|contains|all", ["a"], "single value"),
        ("F|contains|re", "a", "do not go together"),
        ("F|i|re", "a", "first modifier"),
        ("F|re|cased", "a", "'re' and 'cased'"),
        ("F|re|lt", "a", "'re' and 'lt'"),
        ("F|i", "a", "there is none"),
        ("F|re", ["a", "b("], "does not compile"),
        ("F|re", "a(?<!b", "does not compile"),
        ("F|exists", [True, False], "true or false"),
        ("F|exists", "true", "true or false"),
        ("F|lt", "5", "compares with numbers"),
        ("F|gte", True, "compares with numbers"),
        ("F|hour", "5", "whole numbers"),
        ("F|hour", 1.5, "whole numbers"),
        ("F|hour", True, "whole numbers"),
        ("F|hour|gt", 5, "'hour' and 'gt'"),
        ("F|cidr", "10.0.0.1/8", "no network"),
        ("F|cidr", 10, "no network"),
        ("F|fieldref", 5, "names of fields"),
        ("F|fieldref|startswith|endswith", "G", "one side only"),
        ("F|base64", "a*", "wildcard or a placeholder"),
        ("F|base64|expand", "%x%", "wildcard or a placeholder"),
        ("F|wide|utf16be", "a", "UTF-16 twice"),
        ("F|base64offset", "a", "single byte"),
        ("F|expand", "%x%", "%x% has no values"),
        (".".join("a" * 60), "a", "too many parts"),
        ("F|fieldref", ".".join("a" * 60), "too many parts"),
        (5, "a", "5 is not a text"),
        ("F|windash|base64", " -a" * 10, "more than 10000 forms"),
    ],
)
def test_what_does_not_fit_is_refused_at_its_line(key, value, fault):
    ((number, at, said),) = faults(line(key, value))

    assert fault in said
    assert (number, at) == (0, 6)


@pytest.mark.parametrize(
    ("modifier", "near"), [("containing", "contains"), ("startwith", "startswith"), ("sounds_like", None)]
)
def test_a_misspelt_modifier_is_answered_with_the_nearest_one(modifier, near):
    from pipeline.rules.faults import Refused
    from pipeline.rules.items import read_item

    with pytest.raises(Refused) as refused:
        read_item(f"F|{modifier}", "a", {})

    assert refused.value.remedy == (f"did you mean {near!r}?" if near else "take it away")


def test_a_day_without_quotes_is_its_text_but_a_time_must_be_quoted():
    day = "title: A rule\nlogsource: {category: test}\ndetection:\n  s:\n    F: %s\n  condition: s\n"

    assert matches(day % "2026-03-04", {"F": "2026-03-04"})
    assert faults(day % "2026-03-04 09:00:00") == [(0, 5, "a value is a point in time to YAML")]


def test_values_of_placeholders_are_sigma_strings_and_every_combination_counts():
    lists = {"who": ["adm_*", "root"], "where": ["a", "b"]}

    assert meets("F|expand", "%who%@%where%", {"F": "ADM_x@b"}, placeholders=lists)
    assert not meets("F|expand", "%who%@%where%", {"F": "root@c"}, placeholders=lists)
    assert meets("F|contains|expand", "%where%", {"F": "xbx"}, placeholders=lists)
    assert meets("F|expand", r"\%who%", {"F": "%who%"}, placeholders=lists)
    assert not meets(
        "F|expand|contains|all", ["%who%", "%where%"], {"F": "adm_x"}, placeholders=lists | {"where": ["b"]}
    )
    assert not meets("F", "%who%", {"F": "root"}, placeholders=lists)


@pytest.mark.parametrize(
    ("keywords", "event", "expected"),
    [
        (["evil"], {"a": {"b": [1, {"c": "so EVIL"}]}}, True),
        (["evil"], {"evil": 1}, False),
        ("evil", {"a": "evil"}, True),
        ([46], {"a": 4688}, True),
        (["true"], {"a": True}, True),
        (["a*b"], {"x": "a", "y": "b"}, False),
        ({"|all": ["a", "b"]}, {"x": "a", "y": "b"}, True),
        ({"|cased": "Evil"}, {"x": "evil"}, False),
        ({"|re|i": "EV.L"}, {"x": "an evil"}, True),
        ({"|neq": "evil"}, {"x": None}, True),
        ({"|contains": "evil"}, {"x": "evils"}, True),
        (["evil", {"F": "a"}], {"F": "a"}, True),
        (["evil", {"F": "a"}], {"x": "evil"}, True),
        ({"|all": ["a", "b"], "F": "c"}, {"x": "a b", "F": "c"}, True),
        ({"|all": ["a", "b"], "F": "c"}, {"x": "a b"}, False),
    ],
)
def test_keywords_look_at_every_value_of_an_event(keywords, event, expected):
    assert matches(rule({"words": keywords, "condition": "words"}), event) is expected


@pytest.mark.parametrize(
    ("keywords", "fault"),
    [
        ({"|startswith": "a"}, "'startswith' does not fit"),
        ({"|exists": True}, "'exists' does not fit"),
        (None, "'null' does not fit"),
        ([["a"]], "neither text"),
        ([], "is empty"),
        ({}, "asks for nothing"),
    ],
)
def test_keywords_that_need_a_field_are_refused(keywords, fault):
    assert [fault in said for *_, said in faults(rule({"words": keywords, "condition": "words"}))] == [True]


PIECES = st.sampled_from(["a", "B", "É", "*", "?", "\n", ".", "("])


@given(st.lists(PIECES, max_size=6).map("".join), st.lists(PIECES, max_size=8).map("".join))
def test_wildcards_mean_what_the_plain_expression_means(raw, text):
    from pipeline.rules.checks import check_any
    from pipeline.rules.text import read_text
    from pipeline.rules.tree import Texts

    plain = "".join({"*": ".*", "?": "."}.get(piece, re.escape(piece)) for piece in raw)
    expected = re.fullmatch(plain.lower(), text.lower(), re.DOTALL) is not None

    assert check_any(Texts(((read_text(raw),),)))(text) is expected


def test_the_same_field_may_stand_twice_with_other_modifiers():
    both = rule(selecting(F__contains="a", F__endswith="b"))

    assert matches(both, {"F": "xab"})
    assert not matches(both, {"F": "xba"})
