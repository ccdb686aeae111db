"""One condition in three languages: KQL for Kibana, the query that Kibana makes of it, and SQL."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from pipeline.dashboards.nouns import Condition, Value, Where
from pipeline.fields import FIELDS

Query = dict[str, Any]
Sql = tuple[str, list[Any]]
"""A text with `?` for values, and the values."""


def kql(where: Where) -> str:
    """Write conditions as a query in Kibana's language."""
    return " and ".join(("" if one.wanted else "not ") + _kql(one) for one in where)


def query(where: Where) -> Query:
    """Give the query that Kibana makes of `kql`."""
    return {"bool": {"must": [], "filter": [clause(one) for one in where], "should": [], "must_not": []}}


def clause(one: Condition) -> Query:
    """Give the query of one condition."""
    if one.values:
        asked = _any([{"term": {one.field: {"value": value}}} for value in one.values])
    elif one.least is None and one.below is None:
        asked = _any([{"exists": {"field": one.field}}])
    else:
        asked = {"bool": {"filter": [_any([{"range": {one.field: bound}}]) for bound in _bounds(one)]}}
    return asked if one.wanted else {"bool": {"must_not": asked}}


def sql(where: Iterable[Condition], doc: str = "doc") -> Sql:
    """Write conditions over a document in SQL."""
    found = [_sql(one, doc) for one in where]
    return " AND ".join(text for text, _ in found) or "1", [value for _, values in found for value in values]


def path(field: str) -> str:
    """Name a field within a document, in SQL. Only for fields that we write: nothing else is ever put into a text."""
    if field not in FIELDS:
        raise ValueError(f"no document has the field {field}")
    return f"""'$."{field}"'"""


def named(field: str, doc: str) -> str:
    """Ask whether a document has a field at all: most lack most of them, and a text is searched sooner than read."""
    return f"""instr({doc}, '"{field}":')"""


def _kql(one: Condition) -> str:
    if one.values:
        values = " or ".join(map(_written, one.values))
        return f"{one.field} : " + (f"({values})" if len(one.values) > 1 else values)
    if one.least is None and one.below is None:
        return f"{one.field} : *"
    signs = [("least", ">=", one.least), ("below", "<", one.below)]
    parts = [f"{one.field} {sign} {bound}" for _, sign, bound in signs if bound is not None]
    return parts[0] if len(parts) == 1 else f"({' and '.join(parts)})"


def _written(value: Value) -> str:
    return f'"{value}"' if isinstance(value, str) else str(value).lower()


def _any(queries: list[Query]) -> Query:
    return {"bool": {"should": queries, "minimum_should_match": 1}}


def _bounds(one: Condition) -> list[Query]:
    return [
        {sign: str(bound)} for sign, bound in (("gte", one.least), ("lt", one.below)) if bound is not None
    ]


def _sql(one: Condition, doc: str) -> Sql:
    value = "value" if FIELDS[one.field].many else f"json_extract({doc}, {path(one.field)})"
    if one.values:
        test, values = f"{value} IN ({', '.join('?' * len(one.values))})", list(one.values)
    else:
        bounds = [(sign, bound) for sign, bound in ((">=", one.least), ("<", one.below)) if bound is not None]
        test = " AND ".join(f"{value} {sign} ?" for sign, _ in bounds) or f"{value} IS NOT NULL"
        values = [bound for _, bound in bounds]
    if FIELDS[one.field].many:
        test = f"EXISTS (SELECT 1 FROM json_each({doc}, {path(one.field)}) WHERE {test})"  # noqa: S608 - `path` lets nothing but our own fields into it
    found = f"({named(one.field, doc)} AND {test})"
    return found if one.wanted else f"NOT coalesce({found}, 0)", values
