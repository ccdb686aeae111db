"""Dashboards as Kibana's saved objects: data views, saved searches and dashboards, one to a line, the same every time."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from hashlib import sha256
from typing import Any

import orjson

from pipeline.dashboards.filters import kql
from pipeline.dashboards.lens import Body, lens, made_id
from pipeline.dashboards.nouns import SOURCES, Dashboard, Naming, Panel, Source
from pipeline.dashboards.search import sorting

CORE = "8.8.0"
VERSIONS = {"index-pattern": "8.0.0", "search": "10.2.0", "dashboard": "10.2.0"}
"""What each kind of object is written as: old enough for 8.19, new enough to need none of the migrations before it."""

USUAL = Naming()

DRILL = "DASHBOARD_TO_DASHBOARD_DRILLDOWN"
INDEX = "kibanaSavedObjectMeta.searchSourceJSON.index"
HEADER = 4
"""Height of the text above the panels."""


def saved_objects(dashboards: Sequence[Dashboard], names: Naming = USUAL) -> list[Body]:
    """Give all objects, each after those that it refers to; dashboards refer to one another."""
    views = [data_view(source, names) for source in SOURCES.values()]
    lists = [
        _search(one, panel, names) for one in dashboards for panel in one.panels if panel.chart == "list"
    ]
    return [*views, *lists, *(_dashboard(one, dashboards, names) for one in dashboards)]


def lines(objects: Sequence[Body]) -> bytes:
    """Write objects as lines of JSON."""
    return b"".join(orjson.dumps(one, option=orjson.OPT_SORT_KEYS) + b"\n" for one in objects)


def view_id(source: str, names: Naming) -> str:
    """Name the data view of a source."""
    return f"{names.ids}-{source}"


def data_view(source: Source, names: Naming) -> Body:
    """Give the data view of a source."""
    empty = {"sourceFilters": "[]", "fieldAttrs": "{}", "fieldFormatMap": "{}", "runtimeFieldMap": "{}"}
    named = {"title": source.pattern.format(prefix=names.prefix), "name": f"{names.prefix} {source.name}"}
    time = {"timeFieldName": source.time} if source.time else {}
    return _object(
        "index-pattern", view_id(source.name, names), named | time | empty | {"allowNoIndex": True}, []
    )


def digest_of(body: Body) -> str:
    """Give the mark by which an installed object is known again, as its description ends."""
    return sha256(orjson.dumps(body, option=orjson.OPT_SORT_KEYS)).hexdigest()[:12]


def _object(kind: str, key: str, attributes: Body, references: list[Body]) -> Body:
    return {
        "type": kind,
        "id": key,
        "attributes": attributes,
        "references": references,
        "coreMigrationVersion": CORE,
        "typeMigrationVersion": VERSIONS[kind],
        "managed": False,
    }


def _marked(kind: str, key: str, attributes: Body, references: list[Body]) -> Body:
    mark = digest_of({"attributes": attributes, "references": references})
    described = attributes | {"description": f"{attributes['description']} [{mark}]"}
    return _object(kind, key, described, references)


def _search_id(one: Dashboard, panel: Panel, names: Naming) -> str:
    return made_id(names.ids, one.id, panel.title)


def _search(one: Dashboard, panel: Panel, names: Naming) -> Body:
    source = {"query": _kuery(kql(panel.where)), "filter": [], "indexRefName": INDEX}
    attributes = {
        "title": f"{names.prefix}: {panel.title}",
        "description": panel.question,
        "columns": list(panel.columns),
        "sort": [list(pair) for pair in sorting(panel)],
        "grid": {},
        "hideChart": True,
        "isTextBasedQuery": False,
        "kibanaSavedObjectMeta": {"searchSourceJSON": _text(source)},
    }
    reference = {"type": "index-pattern", "id": view_id(panel.source, names), "name": INDEX}
    return _marked("search", _search_id(one, panel, names), attributes, [reference])


def _dashboard(one: Dashboard, others: Sequence[Dashboard], names: Naming) -> Body:
    panels, references = [_header(one, others, names)], list[Body]()
    for panel in one.panels:
        body, more = (_listed if panel.chart == "list" else _drawn)(one, panel, names)
        panels.append(body)
        references += more
    controls, more = _controls(one, names)
    attributes = {
        "title": f"{names.prefix}: {one.title}",
        "description": one.question,
        "timeRestore": True,
        "timeFrom": f"now-{one.since}",
        "timeTo": "now",
        "version": 1,
        "controlGroupInput": controls,
        "panelsJSON": _text(panels),
        "optionsJSON": _text(
            {"useMargins": True, "syncColors": True, "syncCursor": True, "hidePanelTitles": False}
        ),
        "kibanaSavedObjectMeta": {"searchSourceJSON": _text({"query": _kuery(""), "filter": []})},
    }
    return _marked("dashboard", _dashboard_id(one.id, names), attributes, [*references, *more])


def _dashboard_id(name: str, names: Naming) -> str:
    return f"{names.ids}-{name}"


def _header(one: Dashboard, others: Sequence[Dashboard], names: Naming) -> Body:
    """Give the text on top: the question, and the way to the other dashboards."""
    links = ", ".join(f"[{o.title}](#/view/{_dashboard_id(o.id, names)})" for o in others if o.id != one.id)
    words = f"**{one.question}**" + (f"\n\nSee also: {links}" if links else "")
    key = made_id("header", one.id)
    visual = {
        "type": "markdown",
        "title": "",
        "description": "",
        "params": {"fontSize": 12, "openLinksInNewTab": False, "markdown": words},
        "uiState": {},
        "data": {"aggs": [], "searchSource": {"query": _kuery(""), "filter": []}},
    }
    return {
        "type": "visualization",
        "panelIndex": key,
        "gridData": {"x": 0, "y": 0, "w": 48, "h": HEADER, "i": key},
        "embeddableConfig": {"enhancements": {}, "hidePanelTitles": True, "savedVis": visual},
    }


def _drawn(one: Dashboard, panel: Panel, names: Naming) -> tuple[Body, list[Body]]:
    attributes = lens(panel, view_id(panel.source, names))
    key = made_id("panel", one.id, panel.title)
    enhancements, references = _drill(panel, key, names)
    hoisted = [reference | {"name": f"{key}:{reference['name']}"} for reference in attributes["references"]]
    config = {"enhancements": enhancements, "attributes": attributes}
    return _placed("lens", panel, key, {"embeddableConfig": config}), [*hoisted, *references]


def _listed(one: Dashboard, panel: Panel, names: Naming) -> tuple[Body, list[Body]]:
    key = made_id("panel", one.id, panel.title)
    name = f"panel_{key}"
    body = _placed("search", panel, key, {"embeddableConfig": {"enhancements": {}}, "panelRefName": name})
    return body, [{"type": "search", "id": _search_id(one, panel, names), "name": f"{key}:{name}"}]


def _placed(kind: str, panel: Panel, key: str, more: Body) -> Body:
    at = panel.place
    grid = {"x": at.x, "y": at.y + HEADER, "w": at.w, "h": at.h, "i": key}
    return {"type": kind, "title": panel.title, "panelIndex": key, "gridData": grid, **more}


def _drill(panel: Panel, key: str, names: Naming) -> tuple[Body, list[Body]]:
    """Let a click lead to another dashboard, with what was clicked and the time that is looked at."""
    if not panel.leads:
        return {}, []
    event = made_id("drill", key)
    config = {"useCurrentFilters": True, "useCurrentDateRange": True, "openInNewTab": False}
    action = {"factoryId": DRILL, "name": f"Look at it in {panel.leads}", "config": config}
    found = {"eventId": event, "triggers": ["FILTER_TRIGGER"], "action": action}
    name = f"{key}:drilldown:{DRILL}:{event}:dashboardId"
    reference = {"type": "dashboard", "id": _dashboard_id(panel.leads, names), "name": name}
    return {"dynamicActions": {"events": [found]}}, [reference]


def _controls(one: Dashboard, names: Naming) -> tuple[Body, list[Body]]:
    source = one.panels[0].source
    panels, references = dict[str, Body](), list[Body]()
    for number, (field, title) in enumerate(one.controls.items()):
        key = made_id("control", one.id, field)
        panels[key] = {
            "order": number,
            "width": "medium",
            "grow": False,
            "type": "optionsListControl",
            "explicitInput": _control(key, field, title),
        }
        name = f"controlGroup_{key}:optionsListDataView"
        references.append({"type": "index-pattern", "id": view_id(source, names), "name": name})
    ignored = {f"ignore{what}": False for what in ("Filters", "Query", "Timerange", "Validations")}
    return {
        "chainingSystem": "HIERARCHICAL",
        "controlStyle": "oneLine",
        "ignoreParentSettingsJSON": _text(ignored),
        "panelsJSON": _text(panels),
        "showApplySelections": False,
    }, references


def _control(key: str, field: str, title: str) -> Body:
    return {
        "id": key,
        "fieldName": field,
        "title": title,
        "searchTechnique": "prefix",
        "selectedOptions": [],
        "sort": {"by": "_count", "direction": "desc"},
        "enhancements": {},
    }


def _kuery(text: str) -> Body:
    return {"language": "kuery", "query": text}


def _text(body: Any) -> str:
    return orjson.dumps(body, option=orjson.OPT_SORT_KEYS).decode()


def panels_of(body: Body) -> Iterator[Body]:
    """Give the panels of a dashboard object."""
    yield from orjson.loads(body["attributes"]["panelsJSON"])
