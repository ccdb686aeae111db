import pytest

from pipeline.dashboards.filters import kql, path, query
from pipeline.dashboards.nouns import Condition, Group, Metric, Panel, Place, Window
from pipeline.dashboards.search import index_of, search_body
from pipeline.dashboards.words import condition_typed

DAY = Window("2026-03-04T00:00:00.000Z", "2026-03-05T00:00:00.000Z")
COUNT = (Metric("Events", "count"),)
BANNED = (Condition("ai.app.status", ("banned",)),)
KEPT = {
    "bool": {
        "must": [],
        "filter": [
            {
                "bool": {
                    "should": [{"term": {"ai.app.status": {"value": "banned"}}}],
                    "minimum_should_match": 1,
                }
            }
        ],
        "should": [],
        "must_not": [],
    }
}


def panel(*groups, metrics=COUNT, **more):
    return Panel("P", "Why?", "So.", "events", "table", Place(0, 0, 24, 12), metrics, groups, **more)


def aggs(*groups, metrics=COUNT):
    return search_body(panel(*groups, metrics=metrics), DAY)["aggs"]


def test_conditions_and_time_are_filters_as_kibana_writes_them():
    body = search_body(panel(where=BANNED), DAY)
    time = {"format": "strict_date_optional_time", "gte": DAY.start, "lte": DAY.end}
    filters = [*KEPT["bool"]["filter"], {"range": {"@timestamp": time}}]
    assert body["query"] == {"bool": {"must": [], "filter": filters, "should": [], "must_not": []}}
    assert (body["size"], body["aggs"]) == (0, {})


def test_a_top_is_ordered_by_its_metric():
    found = aggs(Group("top", "user.id", size=5), metrics=(Metric("Apps", "unique", "ai.app.id"),))
    terms = {"field": "user.id", "order": {"1": "desc"}, "size": 5, "shard_size": 25}
    assert found == {"0": {"terms": terms, "aggs": {"1": {"cardinality": {"field": "ai.app.id"}}}}}


def test_a_metric_that_orders_is_asked_for_at_each_depth():
    groups = (Group("top", "user.id", size=20), Group("every", "@timestamp", every="1h"))
    found = aggs(*groups, metrics=(Metric("Units", "sum", "ai.data.units"),))["0"]
    assert found["terms"] == {"field": "user.id", "order": {"2": "desc"}, "size": 20}
    assert found["aggs"]["2"] == {"sum": {"field": "ai.data.units"}}
    inner = found["aggs"]["1"]
    assert inner["aggs"] == {"2": {"sum": {"field": "ai.data.units"}}}
    assert inner["date_histogram"]["calendar_interval"] == "1h"
    assert inner["date_histogram"]["min_doc_count"] == 0
    assert inner["date_histogram"]["extended_bounds"] == {"min": 1772582400000, "max": 1772668800000}


@pytest.mark.parametrize(
    ("metric", "order", "asked"),
    [
        (Metric("All", "count"), "_count", {}),
        (Metric("Bad", "count", where=BANNED), "1-filter", {"1-filter": {"filter": KEPT}}),
        (
            Metric("Bad", "sum", "ai.data.units", BANNED),
            "1-filter>1-metric",
            {"1-filter": {"filter": KEPT, "aggs": {"1-metric": {"sum": {"field": "ai.data.units"}}}}},
        ),
    ],
)
def test_a_metric_of_a_part_is_filtered_and_orders_by_that(metric, order, asked):
    found = aggs(Group("top", "rule.id", size=3), metrics=(metric,))["0"]
    assert found["terms"]["order"] == {order: "desc"}
    assert found.get("aggs", {}) == asked


def test_ranges_are_between_their_bounds():
    found = aggs(Group("ranges", "ai.alert.touch_s", bounds=(0.0, 60.0, 600.0), names=("a", "b")))
    ranges = [{"from": 0.0, "to": 60.0}, {"from": 60.0, "to": 600.0}]
    assert found == {"0": {"range": {"field": "ai.alert.touch_s", "ranges": ranges, "keyed": True}}}


def test_a_list_asks_for_its_columns_in_an_order_that_leaves_no_tie():
    one = Panel(
        "P",
        "Why?",
        "So.",
        "alerts",
        "list",
        Place(0, 0, 9, 9),
        columns=("rule.id",),
        sort="ai.risk.score",
        limit=7,
    )
    body = search_body(one, DAY)
    assert [next(iter(order)) for order in body["sort"]] == ["ai.risk.score", "@timestamp", "event.id"]
    assert body["fields"] == [{"field": "@timestamp"}, {"field": "rule.id"}]
    assert (body["size"], body["_source"], "aggs" in body) == (7, False, False)


def test_standings_count_whatever_time_is_looked_at():
    one = Panel("P", "Why?", "So.", "standings", "number", Place(0, 0, 9, 9), (Metric("All", "count"),))
    assert "range" not in str(search_body(one, DAY))
    assert index_of(one, "emea") == "emea-standings"


@pytest.mark.parametrize(
    ("condition", "text"),
    [
        (Condition("rule.id", ("EXF-001",)), 'rule.id : "EXF-001"'),
        (Condition("rule.id", ("a", "b"), wanted=False), 'not rule.id : ("a" or "b")'),
        (Condition("ai.device.managed", (False,)), "ai.device.managed : false"),
        (Condition("user.id"), "user.id : *"),
        (Condition("ai.data.units", least=1), "ai.data.units >= 1"),
        (Condition("ai.data.units", least=1, below=5), "(ai.data.units >= 1 and ai.data.units < 5)"),
    ],
)
def test_a_condition_is_written_for_kibana(condition, text):
    assert kql((condition,)) == text


def test_what_must_not_be_is_in_its_own_clause():
    (found,) = query((Condition("user.id", wanted=False),))["bool"]["filter"]
    assert found == {
        "bool": {
            "must_not": {"bool": {"should": [{"exists": {"field": "user.id"}}], "minimum_should_match": 1}}
        }
    }


def test_nothing_but_a_field_of_ours_comes_into_a_text_of_sql():
    with pytest.raises(ValueError, match="no document has the field"):
        path("user.id' OR 1 --")


@pytest.mark.parametrize(
    ("words", "values"),
    [
        (("user.id", "ada"), ("ada",)),
        (("ai.alert.count", "2"), (2,)),
        (("ai.device.managed", "true"), (True,)),
        (("ai.data.units", "*"), ()),
    ],
)
def test_a_condition_is_read_as_people_type_it(words, values):
    assert condition_typed(*words) == Condition(words[0], values)


@pytest.mark.parametrize(
    "words", [("user.nmae", "a"), ("ai.alert.count", "many"), ("ai.device.managed", "yes"), ("message", "a")]
)
def test_a_condition_that_cannot_be_is_refused(words):
    with pytest.raises(ValueError, match=words[0]):
        condition_typed(*words)
