"""Check saved objects without a Kibana: what must hold of every object that Kibana takes and draws."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from typing import Any

from msgspec import Struct

from pipeline.dashboards import layers
from pipeline.dashboards.decoded import NESTED, decoded
from pipeline.dashboards.lens import Body
from pipeline.dashboards.objects import CORE, VERSIONS
from pipeline.dashboards.words import COUNTED
from pipeline.fields import FIELDS

KEYS = frozenset("type id attributes references coreMigrationVersion typeMigrationVersion managed".split())
ATTRIBUTES = {
    "index-pattern": frozenset(
        "title name timeFieldName sourceFilters fieldAttrs fieldFormatMap runtimeFieldMap allowNoIndex".split()
    ),
    "search": frozenset(
        "title description columns sort grid hideChart isTextBasedQuery kibanaSavedObjectMeta".split()
    ),
    "dashboard": frozenset(
        "title description timeRestore timeFrom timeTo refreshInterval version controlGroupInput panelsJSON optionsJSON "
        "kibanaSavedObjectMeta hits".split()
    ),
}
"""Attributes that Kibana knows of each kind; its first form of dashboards refuses others."""

WIDTH = 48
PANELS = frozenset({"lens", "search", "visualization"})


class Found(Struct, frozen=True):
    """A fault: which rule, which object, and what."""

    rule: str
    where: str
    fault: str

    def __str__(self) -> str:
        return f"{self.rule} {self.where}: {self.fault}"


Told = Iterator[tuple[str, str]]
"""Pairs of rule and fault."""


def check(objects: Sequence[Body], prefix: str = "shadowgraph") -> list[Found]:
    """Give every fault of these objects, in their order; none if Kibana should take and draw them."""
    found = []
    for one in objects:
        where = f"{one.get('type')} {one.get('id')}"
        broken = [key for key in NESTED.get(str(one.get("type")), ()) if decoded(one, key) is None]
        if broken:
            found += [Found("R1", where, f"{key} is no JSON") for key in broken]
            continue
        found += [Found(rule, where, fault) for told in RULES for rule, fault in told(one, objects)]
    found += [
        Found("R13", f"index-pattern {one['id']}", "looks at what is not ours")
        for one in _foreign(objects, prefix)
    ]
    return found + _together(objects)


def _shaped(one: Body, _all: Sequence[Body]) -> Told:
    """R2 and R3: what every object has, versions that 8.19 knows, and attributes of its kind alone."""
    if missing := sorted(KEYS - one.keys()):
        yield "R2", f"has no {', '.join(missing)}"
        return
    if one["type"] not in VERSIONS:
        yield "R2", "is of a kind that we do not write"
        return
    if one["coreMigrationVersion"] != CORE or _number(one["typeMigrationVersion"]) > _number(
        VERSIONS[one["type"]]
    ):
        yield "R2", "is of a version that 8.19 may not know"
    if unknown := sorted(one["attributes"].keys() - ATTRIBUTES[one["type"]]):
        yield "R3", f"has attributes that Kibana refuses: {', '.join(unknown)}"


def _laid(one: Body, _all: Sequence[Body]) -> Told:
    """R4 and R5: each panel is known by one name, lies within the grid, and lies on no other."""
    taken: dict[tuple[int, int], str] = {}
    for panel in _panels(one):
        grid, key = panel["gridData"], panel["panelIndex"]
        if grid["i"] != key:
            yield "R4", f"panel {key} is called {grid['i']} in the grid"
        if grid["x"] < 0 or grid["y"] < 0 or grid["w"] < 1 or grid["h"] < 1 or grid["x"] + grid["w"] > WIDTH:
            yield "R5", f"panel {key} lies outside of the grid"
            continue
        cells = [(grid["x"] + a, grid["y"] + b) for a in range(grid["w"]) for b in range(grid["h"])]
        for other in sorted({taken[cell] for cell in cells if cell in taken}):
            yield "R5", f"panel {key} lies on panel {other}"
        taken.update(dict.fromkeys(cells, key))
    for key, count in Counter(panel["panelIndex"] for panel in _panels(one)).items():
        if count > 1:
            yield "R4", f"{count} panels are called {key}"


def _referring(one: Body, every: Sequence[Body]) -> Told:
    """R6, R7 and R12: what panels, controls and searches refer to is named once, used, and there."""
    given = {reference["name"]: reference for reference in one["references"]}
    there = {(other["type"], other["id"]) for other in every}
    wanted = dict(_wanted(one))
    if len(given) != len(one["references"]):
        yield "R6", "two references have one name"
    for name, (rule, target) in wanted.items():
        if name not in given or (target and given[name]["id"] != target):
            yield rule, f"the reference {name} is missing or another one"
    for name, reference in given.items():
        if (reference["type"], reference["id"]) not in there:
            yield "R7", f"refers to {reference['type']} {reference['id']}, which is not there"
        if name not in wanted:
            yield "R7", f"the reference {name} is used by nothing"


def _wanted(one: Body) -> Iterator[tuple[str, tuple[str, str]]]:
    """Give the names of references that an object needs, each with the rule that says so, and its target where it is told."""
    if one["type"] == "search":
        source = decoded(one, "kibanaSavedObjectMeta.searchSourceJSON")
        yield str(source.get("indexRefName")), ("R7", "")
    for panel in _panels(one):
        key, config = panel["panelIndex"], panel["embeddableConfig"]
        if panel["type"] == "search":
            yield f"{key}:{panel.get('panelRefName')}", ("R6", "")
        for own in config.get("attributes", {}).get("references", ()):
            yield f"{key}:{own['name']}", ("R6", own["id"])
        for event in config.get("enhancements", {}).get("dynamicActions", {}).get("events", ()):
            name = f"drilldown:{event['action']['factoryId']}:{event['eventId']}:dashboardId"
            yield f"{key}:{name}", ("R6", "")
    for key in _controls(one):
        yield f"controlGroup_{key}:optionsListDataView", ("R12", "")


def _drawing(one: Body, _all: Sequence[Body]) -> Told:
    """R8 to R11, R14 and R15: panels are of kinds that last, hold what they draw, and draw what they hold."""
    for panel in _panels(one):
        key, config = panel["panelIndex"], panel["embeddableConfig"]
        if panel["type"] not in PANELS or (
            panel["type"] == "visualization" and config.get("savedVis", {}).get("type") != "markdown"
        ):
            yield "R14", f"panel {key} is of a kind that Kibana has left behind"
        elif panel["type"] == "lens" and "attributes" not in config:
            yield "R15", f"panel {key} does not hold what it draws"
        elif panel["type"] == "lens":
            yield from ((rule, f"panel {key} {fault}") for rule, fault in layers.faults(config["attributes"]))


def _fields(one: Body, _all: Sequence[Body]) -> Told:
    """F: every field is one that we write, of a kind that allows what is done with it."""
    if one["type"] == "search":
        names = [*one["attributes"]["columns"], *(name for name, _ in one["attributes"]["sort"])]
        source = decoded(one, "kibanaSavedObjectMeta.searchSourceJSON")
        names += layers.fields_of_kql(source["query"]["query"])
        yield from (("F", f"no document has the field {name}") for name in names if name not in FIELDS)
    for control in _controls(one).values():
        name = control["explicitInput"].get("fieldName")
        if name not in FIELDS or FIELDS[name].kind not in COUNTED:
            yield "F", f"there is no list to choose from for {name}"
    for panel in _panels(one):
        attributes = panel["embeddableConfig"].get("attributes")
        for fault in layers.field_faults(attributes) if attributes else ():
            yield "F", f"panel {panel['panelIndex']}: {fault}"


RULES: tuple[Callable[[Body, Sequence[Body]], Told], ...] = (_shaped, _laid, _referring, _drawing, _fields)


def _foreign(objects: Sequence[Body], prefix: str) -> list[Body]:
    """Give data views over documents of others: our panels need no filter because their views are ours alone."""
    ours = (f"logs-{prefix}.", f"{prefix}-")
    return [
        one
        for one in objects
        if one.get("type") == "index-pattern"
        and not all(part.startswith(ours) for part in one["attributes"]["title"].split(","))
    ]


def _together(objects: Sequence[Body]) -> list[Found]:
    """R16 and R17: no id and no title twice; a title is how people find it."""
    ids = Counter((one.get("type"), one.get("id")) for one in objects)
    titles = Counter((one.get("type"), one.get("attributes", {}).get("title")) for one in objects)
    twice = [
        Found("R16", f"{kind} {key}", "is there twice") for (kind, key), count in ids.items() if count > 1
    ]
    return twice + [
        Found("R17", f"{kind} {title}", "two have this title")
        for (kind, title), count in titles.items()
        if count > 1
    ]


def _panels(one: Body) -> list[Body]:
    found: list[Body] = decoded(one, "panelsJSON") if one["type"] == "dashboard" else []
    return found


def _controls(one: Body) -> dict[str, Body]:
    found: dict[str, Body] = (
        decoded(one, "controlGroupInput.panelsJSON") if one["type"] == "dashboard" else {}
    )
    return found


def _number(version: Any) -> tuple[int, ...]:
    return tuple(int(part) for part in str(version).split("."))
