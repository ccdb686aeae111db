from datetime import UTC, datetime, timedelta
from pathlib import Path

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.cli.matching import Answer, epoch, load, match_file
from pipeline.edges.files import MOST_LINE
from pipeline.errors import ContentError
from pipeline.record import Place, Record, Reject, Tick
from tests.rules.writing import line, read, write

A = line("k", "a") | {"name": "a", "id": "id-a"}
START = datetime(2026, 3, 4, 9, tzinfo=UTC)


def counting(name="many", rules=("a",), kind="event_count", **parts):
    body = {"type": kind, "rules": list(rules), "timespan": "10s", "condition": {"gte": 2}} | parts
    return {"title": name, "name": name, "id": f"id-{name}", "correlation": body}


def records(*bodies):
    encoded = [body if isinstance(body, bytes) else orjson.dumps(body) for body in bodies]
    return [Record(Place("f", at), "auto", None, None, body) for at, body in enumerate(encoded, 1)] + [
        Tick("f", float("inf"))
    ]


def at(seconds, **fields):
    return {"@timestamp": (START + timedelta(seconds=seconds)).isoformat(), "k": "a"} | fields


def fired(pack, *events):
    return [list(found.rules) for found in match_file(records(*events), pack) if isinstance(found, Answer)]


def test_without_correlations_each_answer_comes_with_its_line():
    endless = (Record(Place("f", number), "auto", None, None, b'{"k": "a"}') for number in range(1, 10**12))
    answers = match_file(endless, read(A))

    assert [next(answers), next(answers)] == [Answer(1, ("id-a",)), Answer(2, ("id-a",))]


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (b'{"k": ', "not JSON"),
        (b"[1]", "not a JSON object"),
        (b'{"k": "\xff"}', "not JSON"),
        (b'{"k": NaN}', "not JSON"),
        (b"[" * 2000, "not JSON"),
        (b'"' + b"a" * MOST_LINE + b'"', "longer than 16 MiB"),
    ],
    ids=["cut", "list", "no text", "no number", "deep", "long"],
)
def test_a_broken_line_is_set_aside_without_its_content(body, reason):
    first, second = match_file(records(body, {"k": "a"}), read(A))

    assert isinstance(first, Reject)
    assert first.place == Place("f", 1)
    assert reason in first.reason
    assert second == Answer(2, ("id-a",))


def test_broken_lines_are_told_before_answers_that_wait_for_the_end():
    found = list(match_file(records(b"{", at(0), at(1)), read(A, counting())))

    assert [type(one) for one in found] == [Reject, Answer, Answer]
    assert found[1:] == [Answer(2, ()), Answer(3, ("id-many",))]


def test_a_late_line_completes_a_window_on_an_earlier_line():
    assert fired(read(A, counting()), at(5), at(60), at(0)) == [["id-many"], [], []]


def test_of_several_lines_of_one_time_the_last_is_listed():
    assert fired(read(A, counting()), at(5), at(5), at(5)) == [[], [], ["id-many"]]


def test_an_event_without_a_time_is_in_no_window_but_meets_rules():
    pack = read(A, counting(generate=True))

    assert (
        fired(pack, {"k": "a"}, {"k": "a", "@timestamp": "soon"}, {"k": "a", "@timestamp": 5})
        == [["id-a"]] * 3
    )


def test_windows_hold_more_than_five_thousand_events():
    pack = read(A, counting(timespan="1d", condition={"gte": 6000}))
    found = fired(pack, *(at(number) for number in range(6000)))

    assert [number for number, rules in enumerate(found, 1) if rules] == [6000]


def test_groups_are_compared_by_text_and_lists_as_a_whole():
    pack = read(A, counting(**{"group-by": ["u.n"]}))
    events = (
        at(0, u={"n": [1, 2]}),
        at(1, **{"u.n": [2, 1]}),
        at(2, **{"u.n": [1, 2]}),
        at(3, u={"n": 5}),
        at(4, u={"n": "5"}),
    )

    assert fired(pack, *events) == [[], [], ["id-many"], [], ["id-many"]]


@pytest.mark.parametrize(
    ("kind", "condition", "values", "lines"),
    [
        (
            "value_count",
            {"field": ["d", "e"], "gte": 2},
            [{"d": "1", "e": 1}, {"d": 1, "e": "1"}, {"d": 1}, {"d": 1, "e": 2}],
            [4],
        ),
        ("value_sum", {"field": "d", "gt": 9}, [{"d": "4"}, {"d": [9]}, {"d": True}, {"d": 5.5}], [4]),
        ("value_sum", {"field": "d", "gt": 9}, [{"d": "9" * 400}, {"d": "x"}], [1]),
        ("value_avg", {"field": "d", "lt": 2}, [{"d": 3}, {"d": 0}, {}], [2]),
    ],
)
def test_what_is_counted_are_texts_and_numbers(kind, condition, values, lines):
    found = fired(
        read(A, counting(kind=kind, condition=condition)),
        *(at(number, **fields) for number, fields in enumerate(values)),
    )

    assert [number for number, rules in enumerate(found, 1) if rules] == lines


def test_the_firing_of_an_inner_correlation_carries_its_group_and_the_fields_of_its_event():
    inner = counting("inner", aliases={"who": {"a": "u"}}, **{"group-by": ["who"]})
    outer = counting("outer", ["inner"], **{"group-by": ["who", "h"]})
    events = (at(0, u=["x"], h=1), at(1, u=["x"], h=1), at(2, u=["x"], h=1), at(3, u=["x"], h=2))

    assert fired(read(A, inner, outer), *events) == [[], [], ["id-outer"], []]


def test_a_firing_counts_once_in_a_group_that_several_of_its_events_name():
    inner = counting("inner")
    outer = counting("outer", ["inner"], **{"group-by": ["h"]})

    assert fired(read(A, inner, outer), at(0, h=1), at(0, h=1), at(0, h=2), at(1, h=2)) == [
        [],
        [],
        [],
        ["id-outer"],
    ]


@given(
    st.lists(st.tuples(st.integers(0, 12), st.sampled_from("xy")), max_size=12),
    st.randoms(use_true_random=False),
)
def test_the_order_of_lines_has_no_meaning(events, shuffled):
    pack = read(A, counting(timespan="3s", condition={"eq": 2}, **{"group-by": ["u"]}))
    lines = [at(seconds, u=user) for seconds, user in events]
    mixed = shuffled.sample(lines, len(lines))

    def firings(given):
        return {
            (line["@timestamp"], line["u"])
            for line, rules in zip(given, fired(pack, *given), strict=True)
            if rules
        }

    assert firings(lines) == firings(mixed)


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        ("1970-01-01T00:00:01.5Z", 1.5),
        ("1970-01-01T01:00:00+01:00", 0.0),
        ("1970-01-01T00:00:01", 1.0),
        ("1970-13-01T00:00:01", None),
        ("0001-01-01T00:00:00+23:00", -62135679600.0),
        ("9999-12-31T23:59:59-23:00", 253402383599.0),
        (None, None),
        (["1970-01-01"], None),
    ],
)
def test_the_time_of_an_event_is_read(value, seconds):
    assert epoch({"@timestamp": value}) == seconds
    assert epoch({}) is None


def test_rules_are_loaded_with_their_placeholders_and_retired_ones_too(tmp_path):
    folder = tmp_path / "rules"
    folder.mkdir()
    write(folder, line("k|expand", "%x%") | {"status": "deprecated", "id": "old"})
    (tmp_path / "lists.yaml").write_text("x: [a]\n")

    assert [rule.id for rule in load(folder, tmp_path / "lists.yaml", generic=True).rules] == ["old"]
    with pytest.raises(ContentError):
        load(folder, None, generic=True)
    with pytest.raises(ContentError):
        load(Path("/no/such/folder"), None, generic=True)
