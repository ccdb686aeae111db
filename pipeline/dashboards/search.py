"""The request that Kibana would send for a panel."""

from __future__ import annotations

from typing import Any

from pipeline.dashboards.filters import clause, query
from pipeline.dashboards.nouns import SOURCES, Group, Metric, Panel, Window, millis

Body = dict[str, Any]

TIMES = "strict_date_optional_time"
FEW = 10
"""Up to so many groups a node looks at more of them than it is asked for."""

OPERATIONS = {"unique": "cardinality", "sum": "sum", "average": "avg", "min": "min", "max": "max"}


def index_of(panel: Panel, prefix: str = "shadowgraph") -> str:
    """Name where the documents of a panel lie."""
    return SOURCES[panel.source].pattern.format(prefix=prefix)


def search_body(panel: Panel, window: Window) -> Body:
    """Give the body of a panel's search over a span of time."""
    asked = query(panel.where)
    if time := SOURCES[panel.source].time:
        bounds = {"format": TIMES, "gte": window.start, "lte": window.end}
        asked["bool"]["filter"].append({"range": {time: bounds}})
    if panel.chart == "list":
        return {"query": asked, "track_total_hits": True, **_listed(panel)}
    return {"query": asked, "size": 0, "track_total_hits": True, "aggs": _grouped(panel, 0, window)}


def sorting(panel: Panel) -> list[tuple[str, str]]:
    """Give fields and directions of a list's order: no two documents are left without one."""
    time = SOURCES[panel.source].time
    ordered = [(panel.sort, "desc"), *([(time, "desc")] if time not in ("", panel.sort) else [])]
    return [*ordered, *([("event.id", "asc")] if time else [("ai.entity.id", "asc")])]


def shown(panel: Panel) -> tuple[str, ...]:
    """Give the columns of a list; its time stands first."""
    time = SOURCES[panel.source].time
    return (time, *panel.columns) if time else panel.columns


def _listed(panel: Panel) -> Body:
    order = [{name: {"order": direction, "unmapped_type": "boolean"}} for name, direction in sorting(panel)]
    fields = [{"field": name} for name in shown(panel)]
    return {"size": panel.limit, "sort": order, "fields": fields, "_source": False}


def _grouped(panel: Panel, depth: int, window: Window) -> Body:
    """Give the aggregations of a group and of all within it; the innermost holds the metrics."""
    if depth == len(panel.groups):
        found: Body = {}
        for number, one in enumerate(panel.metrics):
            found |= _metric(one, depth + number)
        return found
    group, inner = panel.groups[depth], _grouped(panel, depth + 1, window)
    own = _GROUPS[group.kind](group, panel, window)
    if group.kind == "top" and depth + 1 < len(panel.groups):
        inner = _metric(panel.metrics[0], len(panel.groups)) | inner
    return {str(depth): own | ({"aggs": inner} if inner else {})}


def _top(group: Group, panel: Panel, _window: Window) -> Body:
    body = {"field": group.field, "order": {_order(panel): "desc"}, "size": group.size}
    return {"terms": body | ({"shard_size": 25} if group.size <= FEW else {})}


def _every(group: Group, _panel: Panel, window: Window) -> Body:
    return {
        "date_histogram": {
            "field": group.field,
            "calendar_interval": group.every,
            "time_zone": "UTC",
            "min_doc_count": 0,
            "extended_bounds": {"min": millis(window.start), "max": millis(window.end)},
        }
    }


def _ranges(group: Group, _panel: Panel, _window: Window) -> Body:
    pairs = zip(group.bounds, group.bounds[1:], strict=False)
    return {
        "range": {"field": group.field, "ranges": [{"from": a, "to": b} for a, b in pairs], "keyed": True}
    }


_GROUPS = {"top": _top, "every": _every, "ranges": _ranges}


def _order(panel: Panel) -> str:
    first, number = panel.metrics[0], len(panel.groups)
    if first.kind == "count":
        return f"{number}-filter" if first.where else "_count"
    return f"{number}-filter>{number}-metric" if first.where else str(number)


def _metric(one: Metric, number: int) -> Body:
    """Give the aggregation of a metric; a plain count needs none."""
    asked = {} if one.kind == "count" else {OPERATIONS[one.kind]: {"field": one.field}}
    if not one.where:
        return {str(number): asked} if asked else {}
    clauses = [clause(condition) for condition in one.where]
    kept: Body = {"bool": {"must": [], "filter": clauses, "should": [], "must_not": []}}
    inner = {"aggs": {f"{number}-metric": asked}} if asked else {}
    return {f"{number}-filter": {"filter": kept, **inner}}
