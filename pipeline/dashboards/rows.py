"""The numbers of a panel as rows, whoever was asked: the values of its groups, then its metrics."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

import orjson

from pipeline.dashboards.nouns import Group, Metric, Panel, millis
from pipeline.dashboards.search import shown
from pipeline.fields import FIELDS

Row = tuple[Any, ...]


def heads(panel: Panel) -> list[str]:
    """Name the columns of the rows."""
    if panel.chart == "list":
        return list(shown(panel))
    return [*(group.field for group in panel.groups), *(metric.label for metric in panel.metrics)]


def is_empty(panel: Panel, rows: Sequence[Row]) -> bool:
    """Say whether a panel shows nothing: no rows, or a metric or column in which there is never anything."""
    if not rows:
        return True
    return any(all(not row[number] for row in rows) for number in range(len(panel.groups), len(rows[0])))


def answered(panel: Panel, answer: Mapping[str, Any]) -> list[Row]:
    """Read the rows from a node's answer to the panel's search. Times are milliseconds since 1970."""
    if panel.chart == "list":
        return [_hit(hit.get("fields", {}), shown(panel)) for hit in answer["hits"]["hits"]]
    top = answer.get("aggregations", {})
    whole = {"doc_count": answer["hits"]["total"]["value"], **top}
    return list(_rows(panel, whole, 0))


def settled(panel: Panel, rows: Iterable[Sequence[Any]]) -> list[Row]:
    """Give rows of SQL in the same form."""
    if panel.chart == "list":
        return [
            tuple(_held(name, value) for name, value in zip(shown(panel), row, strict=True)) for row in rows
        ]
    groups, found = len(panel.groups), []
    for row in rows:
        keys = [_range(group, key) for group, key in zip(panel.groups, row[1 : groups + 1], strict=True)]
        found.append((*keys, *map(_measured, panel.metrics, row[groups + 1 :])))
    return found


def _rows(panel: Panel, bucket: Mapping[str, Any], depth: int) -> Iterator[Row]:
    if depth == len(panel.groups):
        yield tuple(_value(bucket, one, depth + number) for number, one in enumerate(panel.metrics))
        return
    group, found = panel.groups[depth], bucket[str(depth)]["buckets"]
    inner = found.values() if isinstance(found, Mapping) else found
    for number, one in enumerate(inner):
        if one["doc_count"]:
            key = _range(group, number) if group.kind == "ranges" else one["key"]
            yield from ((key, *row) for row in _rows(panel, one, depth + 1))


def _value(bucket: Mapping[str, Any], metric: Metric, number: int) -> Any:
    kept = bucket[f"{number}-filter"] if metric.where else bucket
    if metric.kind == "count":
        return kept["doc_count"]
    return kept[f"{number}-metric" if metric.where else str(number)]["value"]


def _hit(fields: Mapping[str, list[Any]], columns: Iterable[str]) -> Row:
    return tuple(_plain(name, fields.get(name, [])) for name in columns)


def _held(name: str, value: Any) -> Any:
    if FIELDS[name].many and isinstance(value, str):
        return _plain(name, orjson.loads(value))
    if FIELDS[name].kind == "boolean" and value is not None:
        return bool(value)
    return _plain(name, [] if value is None else [value])


def _plain(name: str, values: list[Any]) -> Any:
    """Give the only value, several as a tuple, none as None; times as milliseconds."""
    told = tuple(millis(value) for value in values) if FIELDS[name].kind == "date" else tuple(values)
    return told[0] if len(told) == 1 else told or None


def _range(group: Group, key: Any) -> Any:
    """Give a range its name; other keys stay."""
    return group.names[key] if group.kind == "ranges" else key


def _measured(metric: Metric, value: Any) -> Any:
    return (
        millis(value)
        if metric.field and FIELDS[metric.field].kind == "date" and isinstance(value, str)
        else value
    )
