import pytest

from tests.rules.writing import faults, line, read

RULE = line("F", "a") | {
    "id": "rule-1",
    "name": "first",
    "logsource": {"category": "process", "product": "windows"},
}


def filtering(rules, condition="not adm", **more):
    body = {"rules": rules, "adm": {"U|startswith": "adm_"}, "condition": condition}
    return {"title": "A filter", "logsource": {"product": "windows"}, "filter": body} | more


@pytest.mark.parametrize(
    ("rules", "more", "kept"),
    [
        (["rule-1"], {}, False),
        (["first"], {}, False),
        ("first", {}, False),
        ("any", {}, False),
        ([], {}, False),
        (["another"], {}, True),
        (["first", "another"], {}, False),
        (["first"], {"logsource": {"product": "windows", "category": "process"}}, False),
        (["first"], {"logsource": {"product": "windows", "service": "sysmon"}}, True),
        (["first"], {"status": "deprecated"}, True),
    ],
)
def test_a_filter_is_laid_over_the_rules_that_it_names(rules, more, kept):
    (found,) = read(RULE, filtering(rules, **more)).rules

    assert found.matches({"F": "a", "U": "adm_x"}) is kept
    assert found.matches({"F": "a", "U": "bob"})


def test_a_filter_that_names_a_correlation_means_the_rules_below_it():
    counting = {
        "title": "C",
        "name": "c",
        "correlation": {"type": "event_count", "rules": ["first"], "timespan": "1m", "condition": {"gte": 2}},
    }
    (found,) = read(RULE, counting, filtering(["c"])).rules

    assert not found.matches({"F": "a", "U": "adm_x"})


def test_a_filter_that_keeps_what_it_matches_is_noted():
    assert [note.fault.split(",")[0] for note in read(RULE, filtering(["first"], "adm")).notes] == [
        "the filter keeps what its condition matches; to exclude that"
    ]
    assert not read(RULE, filtering(["first"], "not adm")).notes
    assert "which is not there" in read(RULE, filtering(["another"])).notes[0].fault


@pytest.mark.parametrize(
    ("filter_", "fault"),
    [
        (filtering(["first"], "not x"), "names 'x'"),
        (filtering(["first"], logsource={}), "no log source"),
        (filtering(None), "names no rules"),
        ({"title": "f", "logsource": {"product": "x"}, "filter": 5}, "not a mapping"),
    ],
)
def test_a_faulty_filter_is_refused(filter_, fault):
    assert fault in " ".join(said for *_, said in faults(RULE, filter_))
