"""The same panel in SQL over the embedded store. Fields are named in the text, all values stand beside it."""
# ruff: noqa: S608 - `path` lets nothing but our own fields into a text

from __future__ import annotations

from pipeline.dashboards.filters import Sql, named, path, sql
from pipeline.dashboards.nouns import SOURCES, Group, Metric, Panel, Window
from pipeline.dashboards.search import shown, sorting
from pipeline.fields import FIELDS

SECONDS = {"1h": 3600, "1d": 86_400}


def statement(panel: Panel, window: Window) -> Sql:
    """Give the query of a panel over a span of time, and its values.

    A row of a chart begins with the number of its documents, so that the whole without groups is a row, too.
    `told` is a table of alerts with what analysts said of them, in the form of the others; whoever asks makes it.
    """
    return _list(panel, window) if panel.chart == "list" else _chart(panel, window)


def _list(panel: Panel, window: Window) -> Sql:
    kept, values = _kept(panel, window)
    columns = ", ".join(f"json_extract(doc, {path(name)})" for name in shown(panel))
    order = ", ".join(f"{_ordered(name)} {direction.upper()}" for name, direction in sorting(panel))
    text = (
        f"SELECT {columns} FROM {SOURCES[panel.source].table} AS source WHERE {kept} ORDER BY {order} LIMIT ?"
    )
    return text, [*values, panel.limit]


def _ordered(name: str) -> str:
    """Order times as Elasticsearch knows them: to the millisecond."""
    value = f"json_extract(doc, {path(name)})"
    return f"substr({value}, 1, 23)" if FIELDS[name].kind == "date" else value


def _chart(panel: Panel, window: Window) -> Sql:
    """Find the documents, then the greatest groups of each depth within those of the one above, then their numbers."""
    found, values = _hits(panel, window)
    parts, above = [f"kept0 AS ({found})"], "kept0"
    for depth, group in enumerate(panel.groups):
        ranked, within = _ranked(panel, depth, above), _within(depth, group, above)
        parts += [f"ranked{depth + 1} AS ({ranked})", f"kept{depth + 1} AS ({within})"]
        values += [group.size] if group.kind == "top" else []
        above = f"kept{depth + 1}"
    keys = _keys(len(panel.groups))
    metrics = [_metric(one, number, above, keys) for number, one in enumerate(panel.metrics)]
    text = f"WITH {', '.join(parts)} SELECT {', '.join(['count(*)', *keys, *metrics])} FROM {above} AS hits"
    if keys:
        ranks = ", ".join(f"min(rank{depth})" for depth in range(len(keys)))
        text += f" GROUP BY {', '.join(keys)} ORDER BY {ranks}"
    return text, values


def _hits(panel: Panel, window: Window) -> Sql:
    """Give a row for each document and each of its groups: keys, and for each metric its value and whether it counts.

    A key is NULL where a document has no such group; it still counts in the groups around that one.
    """
    columns, tables, values = ["source.rowid AS doc_id"], [f"{SOURCES[panel.source].table} AS source"], []
    for depth, group in enumerate(panel.groups):
        value = f"json_extract(source.doc, {path(group.field)})"
        if FIELDS[group.field].many:
            value = f"each{depth}.value"
            tables.append(f"json_each(source.doc, {path(group.field)}) AS each{depth}")
        key, more = _key(group, value)
        columns.append(f"{key} AS key{depth}")
        values += more
    for number, one in enumerate(panel.metrics):
        text, more = sql(one.where, "source.doc")
        columns += [f"{text} AS counts{number}", f"{_number(one)} AS value{number}"]
        values += more
    kept, more = _kept(panel, window)
    joined, outer = (
        " LEFT JOIN ".join(tables),
        [named(group.field, "source.doc") for group in panel.groups[:1]],
    )
    kept = " AND ".join([*outer, kept])
    return f"SELECT DISTINCT {', '.join(columns)} FROM {joined} WHERE {kept}", values + more


def _number(metric: Metric) -> str:
    return f"json_extract(source.doc, {path(metric.field)})" if metric.field else "1"


def _key(group: Group, value: str) -> Sql:
    if group.kind == "every":
        long = SECONDS[group.every]
        return f"CAST(strftime('%s', {value}) AS INTEGER) / {long} * {long} * 1000", []
    if group.kind == "top":
        return value, []
    cases = " ".join(
        f"WHEN {value} >= ? AND {value} < ? THEN {number}" for number in range(len(group.bounds) - 1)
    )
    pairs = zip(group.bounds, group.bounds[1:], strict=False)
    return f"CASE {cases} END", [bound for pair in pairs for bound in pair]


def _kept(panel: Panel, window: Window) -> Sql:
    text, values = sql(panel.where, "source.doc")
    if time := SOURCES[panel.source].time:
        at = f"substr(json_extract(source.doc, {path(time)}), 1, 23)"
        ends = [window.start.rstrip("Z"), window.end.rstrip("Z")]
        return f"{text} AND {at} BETWEEN ? AND ?", [*values, *ends]
    return text, values


def _ranked(panel: Panel, depth: int, above: str) -> str:
    """Give numbers to the groups of a depth within the one above, the greatest first; times and ranges in their own order.

    Each document counts once in a group, however many groups it has within.
    """
    keys, group = _keys(depth + 1), panel.groups[depth]
    listed = ", ".join(keys)
    there = f"FROM {above} WHERE {keys[-1]} IS NOT NULL"
    if group.kind != "top":
        return f"SELECT {listed}, {keys[-1]} AS rank{depth} {there} GROUP BY {listed}"
    greatest = _metric(panel.metrics[0], 0, above, keys)
    once = f"SELECT DISTINCT doc_id, {listed}, counts0, value0 {there}"
    within = f"PARTITION BY {', '.join(keys[:-1])} " if depth else ""
    number = f"row_number() OVER ({within}ORDER BY greatest DESC, {keys[-1]})"
    inner = f"SELECT {listed}, {greatest} AS greatest FROM ({once}) AS hits GROUP BY {listed}"
    return f"SELECT {listed}, {number} AS rank{depth} FROM ({inner})"


def _within(depth: int, group: Group, above: str) -> str:
    least = f" WHERE rank{depth} <= ?" if group.kind == "top" else ""
    return f"SELECT * FROM {above} JOIN ranked{depth + 1} USING ({', '.join(_keys(depth + 1))}){least}"


def _metric(metric: Metric, number: int, table: str, keys: list[str]) -> str:
    """Give a metric over the documents of a group; members of lists are counted one by one."""
    counted = f" FILTER (WHERE counts{number})"
    if metric.kind == "count":
        return f"count(*){counted}"
    if metric.kind == "unique":
        if FIELDS[metric.field].many:
            return _members(number, table, keys)
        return f"count(DISTINCT value{number}){counted}"
    function = {"sum": "total", "average": "avg"}.get(metric.kind, metric.kind)
    return f"{function}(value{number}){counted}"


def _members(number: int, table: str, keys: list[str]) -> str:
    same = "".join(f" AND own.{key} = hits.{key}" for key in keys)
    listed = f"json_each(own.value{number})"
    return (
        f"(SELECT count(DISTINCT member.value) FROM {table} AS own, {listed} AS member"
        f" WHERE own.counts{number} AND own.value{number} IS NOT NULL{same})"
    )


def _keys(count: int) -> list[str]:
    return [f"key{depth}" for depth in range(count)]
