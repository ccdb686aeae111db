"""Check the layers of a Lens panel: its columns, what is drawn of them, and the fields in them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from pipeline.dashboards.lens import LAYER, RECORDS, Body
from pipeline.dashboards.words import COUNTED, NEEDS
from pipeline.fields import FIELDS

NAMES = {"unique_count": "unique"}
"""Operations of Lens by our words, where they differ."""
NEEDED = {**NEEDS, "terms": COUNTED, "date_histogram": frozenset({"date"}), "range": NEEDS["sum"]}
"""Kinds of field that each operation can work on."""

COLUMN_KEYS = re.compile(r"(columnId|.*Accessor)$")
COLUMNS_KEYS = frozenset({"accessors", "metrics", "primaryGroups", "secondaryGroups"})
"""Keys of a drawing that name columns."""

_KQL = re.compile(r"(?:^|[\s(])([@\w][\w.@]*)\s*(?::|>=|<=|>|<)")
_QUOTED = re.compile(r'"[^"]*"')


def faults(attributes: Body) -> Iterator[tuple[str, str]]:
    """Give faults of the form of a panel, with the rule that each breaks."""
    layers = _layers(attributes)
    names = {reference["name"] for reference in attributes["references"]}
    for layer in layers:
        if LAYER + layer not in names:
            yield "R8", f"has no data view for layer {layer}"
    columns = {key: column for body in layers.values() for key, column in body["columns"].items()}
    for body in layers.values():
        if sorted(body["columnOrder"]) != sorted(body["columns"]):
            yield "R9", "does not order just the columns that it has"
    for key in _drawn(attributes["state"]["visualization"], layers):
        if key not in columns:
            yield "R10", f"draws {key}, which it does not have"
    for key, column in columns.items():
        for other in _needed(column):
            if other not in columns:
                yield "R10", f"has column {key} that needs {other}, which it does not have"
        if not column.get("sourceField"):
            yield "R11", f"has column {key} of no field"


def field_faults(attributes: Body) -> Iterator[str]:
    """Give faults of fields: unknown ones, and those of a kind that an operation does not work on."""
    kql = [attributes["state"]["query"]["query"]]
    for body in _layers(attributes).values():
        for column in body["columns"].values():
            kql.append(column.get("filter", {}).get("query", ""))
            name, operation = column.get("sourceField"), column["operationType"]
            if name == RECORDS and operation == "count":
                continue
            if name not in FIELDS:
                yield f"no document has the field {name}"
            elif FIELDS[name].kind not in NEEDED.get(NAMES.get(operation, operation), ()):
                yield f"{operation} does not work on {name}"
    for name in (name for text in kql for name in fields_of_kql(text)):
        if name not in FIELDS or FIELDS[name].kind in {"object", "text"}:
            yield f"{name} cannot be a condition"


def fields_of_kql(text: str) -> list[str]:
    """Name the fields of a query in Kibana's language."""
    return _KQL.findall(_QUOTED.sub('""', text))


def _layers(attributes: Body) -> dict[str, Body]:
    found: dict[str, Body] = attributes["state"]["datasourceStates"]["formBased"]["layers"]
    return found


def _needed(column: Body) -> Iterator[str]:
    yield from column.get("references", ())
    order = column.get("params", {}).get("orderBy", {})
    if order.get("type") == "column":
        yield order["columnId"]


def _drawn(drawing: Any, layers: dict[str, Body]) -> Iterator[str]:
    """Name all columns that a drawing speaks of, and layers that are none."""
    if isinstance(drawing, list):
        for one in drawing:
            yield from _drawn(one, layers)
    elif isinstance(drawing, dict):
        for key, value in drawing.items():
            if key in COLUMNS_KEYS:
                yield from value
            elif COLUMN_KEYS.fullmatch(key) or (key == "layerId" and value not in layers):
                yield value
            else:
                yield from _drawn(value, layers)
