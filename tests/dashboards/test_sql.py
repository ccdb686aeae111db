"""The SQL of panels over a few documents whose numbers can be counted by hand; tests/services compares it with a real node."""

import json
import sqlite3

import pytest

from pipeline.dashboards.nouns import Condition, Group, Metric, Panel, Place, Window
from pipeline.dashboards.rows import settled
from pipeline.dashboards.sql import statement

DAY = Window("2026-03-04T00:00:00.000Z", "2026-03-04T23:59:59.999Z")
EVENTS = [
    ("08:00:00.000000", {"user.id": "ada", "ai.data.classes": ["secret", "personal"], "ai.data.units": 3.0}),
    ("08:30:00.000000", {"user.id": "ada", "ai.data.classes": ["personal"], "ai.data.units": 1.5}),
    ("09:10:00.000000", {"user.id": "ben", "ai.data.classes": ["personal", "personal"], "ai.surface": "cli"}),
    ("09:20:00.000000", {"user.id": "ben", "ai.surface": "cli", "ai.data.units": 6.0}),
    ("09:20:00.000700", {"user.id": "cleo", "ai.surface": "ide", "ai.data.subject_fingerprints": ["a", "b"]}),
    ("10:00:00.000000", {"ai.surface": "ide", "ai.data.subject_fingerprints": ["b", "c"]}),
]
HOUR = 3_600_000
EIGHT = 1772611200000


def documents():
    for number, (clock, fields) in enumerate(EVENTS):
        yield {"event.id": f"e{number}", "@timestamp": f"2026-03-04T{clock}Z"} | fields
    yield {"event.id": "late", "@timestamp": "2026-03-05T00:00:00.000000Z", "user.id": "ada"}


@pytest.fixture(scope="module")
def base():
    found = sqlite3.connect(":memory:")
    found.execute("CREATE TABLE events (id TEXT PRIMARY KEY, doc TEXT)")
    found.executemany(
        "INSERT INTO events VALUES (?, ?)", [(one["event.id"], json.dumps(one)) for one in documents()]
    )
    yield found
    found.close()


def asked(base, *groups, metrics=(("Events", "count"),), where=(), window=DAY):
    made = tuple(Metric(*one) for one in metrics)
    panel = Panel("P", "Why?", "So.", "events", "table", Place(0, 0, 9, 9), made, groups, where=where)
    return settled(panel, base.execute(*statement(panel, window)).fetchall())


def top(field, size=10):
    return Group("top", field, size=size)


def test_the_whole_counts_what_lies_in_the_time(base):
    assert asked(base) == [(6,)]


def test_the_ends_of_a_time_belong_to_it(base):
    assert asked(base, window=Window("2026-03-04T08:30:00.000Z", "2026-03-04T09:20:00.000Z")) == [(4,)]


def test_a_document_counts_in_each_of_its_groups_once(base):
    assert asked(base, top("ai.data.classes")) == [("personal", 3), ("secret", 1)]


def test_equal_groups_stand_in_the_order_of_their_names_and_the_rest_is_cut(base):
    assert asked(base, top("user.id", 2)) == [("ada", 2), ("ben", 2)]


def test_what_has_no_inner_group_still_counts_for_the_outer_one(base):
    """Ben has as many events as Ada, but only one with a class: he must not fall behind Cleo."""
    rows = asked(base, top("user.id", 2), top("ai.data.classes"))
    assert rows == [("ada", "personal", 2), ("ada", "secret", 1), ("ben", "personal", 1)]


def test_a_document_with_many_inner_groups_counts_once_for_the_outer_one(base):
    """Ada has 4.5 units, and 7.5 if her first event counted for each of its classes: Ben's 6 are more."""
    metrics = (("Units", "sum", "ai.data.units"),)
    rows = asked(base, top("user.id", 1), top("ai.data.classes"), metrics=metrics)
    assert rows == [("ben", "personal", 0.0)]


def test_hours_are_whole_and_in_order(base):
    rows = asked(base, Group("every", "@timestamp", every="1h"))
    assert rows == [(EIGHT, 2), (EIGHT + HOUR, 3), (EIGHT + 2 * HOUR, 1)]


def test_ranges_hold_their_lower_bound_only(base):
    rows = asked(base, Group("ranges", "ai.data.units", bounds=(0.0, 1.5, 6.0), names=("few", "many")))
    assert rows == [("many", 2)]


def test_members_of_lists_are_counted_one_by_one(base):
    metrics = (("Subjects", "unique", "ai.data.subject_fingerprints"), ("All", "count"))
    assert asked(base, metrics=metrics) == [(3, 6)]
    assert asked(base, top("ai.surface"), metrics=metrics) == [("ide", 3, 2), ("cli", 0, 2)]


def test_members_are_counted_in_a_part_alone(base):
    cli = (Condition("ai.surface", ("cli",)),)
    assert asked(base, metrics=(("Subjects", "unique", "ai.data.subject_fingerprints", cli),)) == [(0,)]


def test_numbers_of_nothing_are_nothing(base):
    metrics = (("Subjects", "unique", "ai.data.subject_fingerprints"), ("Units", "sum", "ai.data.units"))
    assert asked(base, metrics=metrics, where=(Condition("user.id", ("nobody",)),)) == [(0, 0.0)]


def test_a_part_is_counted_and_orders(base):
    cli = (Condition("ai.surface", ("cli",)),)
    metrics = (
        ("Cli", "count", "", cli),
        ("Units", "average", "ai.data.units"),
        ("Last", "max", "@timestamp"),
    )
    rows = asked(base, top("user.id", 2), metrics=metrics)
    assert rows == [("ben", 2, 6.0, EIGHT + HOUR + 1_200_000), ("ada", 0, 2.25, EIGHT + 1_800_000)]


@pytest.mark.parametrize(
    ("condition", "count"),
    [
        (Condition("ai.data.classes", ("secret",)), 1),
        (Condition("ai.data.classes", ("secret", "personal")), 3),
        (Condition("ai.data.classes", ("secret",), wanted=False), 5),
        (Condition("ai.data.classes"), 3),
        (Condition("ai.data.units", least=1.5, below=6), 2),
        (Condition("user.id", ("ada' OR 1 --",)), 0),
    ],
)
def test_a_condition_keeps_what_it_says(base, condition, count):
    assert asked(base, where=(condition,)) == [(count,)]


def test_a_list_has_its_columns_in_order_the_last_first(base):
    columns = ("event.id", "ai.data.classes", "ai.data.subject_fingerprints")
    panel = Panel(
        "P", "Why?", "So.", "events", "list", Place(0, 0, 9, 9), columns=columns, sort="@timestamp", limit=4
    )
    rows = settled(panel, base.execute(*statement(panel, DAY)).fetchall())
    assert [row[1:] for row in rows] == [
        ("e5", None, ("b", "c")),
        ("e3", None, None),
        ("e4", None, ("a", "b")),
        ("e2", ("personal", "personal"), None),
    ]
    assert rows[0][0] == EIGHT + 2 * HOUR
