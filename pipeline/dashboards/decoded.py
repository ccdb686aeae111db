"""Texts of JSON within saved objects."""

from __future__ import annotations

from typing import Any

import orjson

NESTED = {
    "search": ("kibanaSavedObjectMeta.searchSourceJSON",),
    "dashboard": (
        "panelsJSON",
        "optionsJSON",
        "kibanaSavedObjectMeta.searchSourceJSON",
        "controlGroupInput.panelsJSON",
        "controlGroupInput.ignoreParentSettingsJSON",
    ),
    "index-pattern": ("sourceFilters", "fieldAttrs", "fieldFormatMap", "runtimeFieldMap"),
}
"""Where an object of a kind holds such texts."""


def decoded(body: dict[str, Any], way: str) -> Any:
    """Give what a text of JSON holds, by its way within the attributes; None where it is none."""
    at: Any = body.get("attributes")
    for key in way.split("."):
        at = at.get(key) if isinstance(at, dict) else None
    try:
        return orjson.loads(at)
    except (orjson.JSONDecodeError, TypeError):
        return None
