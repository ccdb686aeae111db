"""A panel as Kibana's Lens keeps it: columns over one data view, and how they are drawn."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any
from uuid import UUID, uuid5

from pipeline.dashboards.filters import kql
from pipeline.dashboards.nouns import Group, Metric, Panel
from pipeline.fields import FIELDS

Body = dict[str, Any]

SPACE = UUID("6f0a6d3e-58f7-5f0c-9d39-0d0f5f3b7a51")
"""Of all ids that follow from names."""

RECORDS = "___records___"
VISUALS = {
    "number": "lnsMetric",
    "bar": "lnsXY",
    "area": "lnsXY",
    "heat": "lnsHeatmap",
    "table": "lnsDatatable",
}
LAYER = "indexpattern-datasource-layer-"
"""How a layer's reference to its data view is called."""


def made_id(*names: str) -> str:
    """Give an id that follows from names alone, so that what did not change keeps its own."""
    return str(uuid5(SPACE, "/".join(names)))


def lens(panel: Panel, view: str) -> Body:
    """Give the attributes of a panel over a data view."""
    layer = made_id("layer", panel.title)
    keys = [made_id("group", panel.title, str(number)) for number in range(len(panel.groups))]
    numbers = [made_id("metric", panel.title, str(number)) for number in range(len(panel.metrics))]
    columns = {key: _group(group, numbers[0]) for key, group in zip(keys, panel.groups, strict=True)}
    columns |= {key: _metric(metric) for key, metric in zip(numbers, panel.metrics, strict=True)}
    form = {
        "columnOrder": [*keys, *numbers],
        "columns": columns,
        "incompleteColumns": {},
        "sampling": 1,
        "ignoreGlobalFilters": False,
    }
    drawn: Body = {"layerId": layer, "layerType": "data"} | _DRAWN[panel.chart](keys, numbers)
    if panel.chart in _LAYERED:
        drawn = _LAYERED[panel.chart](drawn)
    return {
        "title": "",
        "description": panel.question,
        "type": "lens",
        "visualizationType": VISUALS[panel.chart],
        "references": [{"type": "index-pattern", "id": view, "name": LAYER + layer}],
        "state": {
            "adHocDataViews": {},
            "internalReferences": [],
            "filters": [],
            "query": {"language": "kuery", "query": kql(panel.where)},
            "datasourceStates": {"formBased": {"layers": {layer: form}}},
            "visualization": drawn,
        },
    }


def _group(group: Group, order: str) -> Body:
    return {"sourceField": group.field, "isBucketed": True} | _GROUPS[group.kind](group, order)


def _top(group: Group, order: str) -> Body:
    kinds = {"keyword": "string", "long": "number"}
    kind = FIELDS[group.field].kind
    return {
        "label": f"Top {group.size} of {group.field}",
        "dataType": kinds.get(kind, kind),
        "operationType": "terms",
        "scale": "ordinal",
        "params": {
            "size": group.size,
            "orderBy": {"type": "column", "columnId": order},
            "orderDirection": "desc",
            "otherBucket": False,
            "missingBucket": False,
            "parentFormat": {"id": "terms"},
            "include": [],
            "exclude": [],
            "includeIsRegex": False,
            "excludeIsRegex": False,
        },
    }


def _every(group: Group, _order: str) -> Body:
    return {
        "label": group.field,
        "dataType": "date",
        "operationType": "date_histogram",
        "scale": "interval",
        "params": {"interval": group.every, "includeEmptyRows": True, "dropPartials": False},
    }


def _ranges(group: Group, _order: str) -> Body:
    parts = zip(group.bounds, group.bounds[1:], group.names, strict=False)
    return {
        "label": group.field,
        "dataType": "string",
        "operationType": "range",
        "scale": "ordinal",
        "params": {
            "type": "range",
            "ranges": [{"from": start, "to": end, "label": name} for start, end, name in parts],
            "maxBars": "auto",
            "parentFormat": {"id": "range", "params": {"template": "arrow_right", "replaceInfinity": True}},
        },
    }


_GROUPS: Mapping[str, Callable[[Group, str], Body]] = {"top": _top, "every": _every, "ranges": _ranges}


def _metric(one: Metric) -> Body:
    date = one.kind in {"min", "max"} and FIELDS[one.field].kind == "date"
    body = {
        "label": one.label,
        "customLabel": True,
        "dataType": "date" if date else "number",
        "isBucketed": False,
        "scale": "ratio",
        "operationType": "unique_count" if one.kind == "unique" else one.kind,
        "sourceField": one.field or RECORDS,
        "params": {} if date else {"emptyAsNull": False},
    }
    return body | ({"filter": {"language": "kuery", "query": kql(one.where)}} if one.where else {})


def _number(_keys: list[str], numbers: list[str]) -> Body:
    return {"metricAccessor": numbers[0]}


def _bar(keys: list[str], numbers: list[str]) -> Body:
    split = {"splitAccessor": keys[1]} if len(keys) > 1 else {}
    return {"seriesType": "bar_horizontal_stacked", "xAccessor": keys[0], "accessors": numbers} | split


def _area(keys: list[str], numbers: list[str]) -> Body:
    split = {"splitAccessor": keys[0]} if len(keys) > 1 else {}
    return {"seriesType": "area_stacked", "xAccessor": keys[-1], "accessors": numbers} | split


def _heat(keys: list[str], numbers: list[str]) -> Body:
    grid = {"isCellLabelVisible": True, "isYAxisLabelVisible": True, "isXAxisLabelVisible": True}
    return {
        "shape": "heatmap",
        "yAccessor": keys[0],
        "xAccessor": keys[1],
        "valueAccessor": numbers[0],
        "legend": {"isVisible": False, "position": "right", "type": "heatmap_legend"},
        "gridConfig": {"type": "heatmap_grid", "isYAxisTitleVisible": False, "isXAxisTitleVisible": False}
        | grid,
    }


def _table(keys: list[str], numbers: list[str]) -> Body:
    return {"columns": [{"columnId": one} for one in (*keys, *numbers)]}


def _axes(layer: Body) -> Body:
    return {
        "legend": {"isVisible": True, "position": "right"},
        "valueLabels": "hide",
        "fittingFunction": "None",
        "preferredSeriesType": layer["seriesType"],
        "layers": [layer],
    }


_DRAWN: Mapping[str, Callable[[list[str], list[str]], Body]] = {
    "number": _number,
    "bar": _bar,
    "area": _area,
    "heat": _heat,
    "table": _table,
}
_LAYERED: Mapping[str, Callable[[Body], Body]] = {"bar": _axes, "area": _axes}
