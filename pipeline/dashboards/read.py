"""Read dashboards from YAML, every fault of every file at its line."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any, TypeVar

from msgspec import Struct

from pipeline.dashboards.nouns import SOURCES, Condition, Dashboard, Group, Metric, Panel, Place, Source
from pipeline.dashboards.words import MOST, conditions, field_named, group, metric, span_seconds
from pipeline.errors import ContentError, Problem
from pipeline.yamlfile import Located, load_document

SCREEN = frozenset("title question since controls panels".split())
"""Keys of a dashboard."""
PANEL = frozenset(
    "title question read source chart metrics groups columns sort limit where unless size leads".split()
)
"""Keys of a panel."""

CHARTS: Mapping[str, tuple[int, int]] = {
    "number": (0, 0),
    "bar": (1, 2),
    "area": (1, 2),
    "heat": (2, 2),
    "table": (1, 4),
    "list": (0, 0),
}
"""Charts, with how many groups they need and take."""
MANY_METRICS = frozenset({"table"})
WIDTH = 48
"""Columns of Kibana's grid."""

_ID = re.compile(r"[a-z][a-z0-9-]{0,40}")
_SIZE = re.compile(r"(\d{1,2})x(\d{1,2})")

T = TypeVar("T")


class Faults:
    """Collects what is wrong with one file."""

    def __init__(self, path: Path) -> None:
        self.path, self.found = str(path), list[Problem]()

    def add(self, line: int, fault: str, remedy: str = "") -> None:
        """Note a fault."""
        self.found.append(Problem(self.path, line, fault, remedy))

    def attempt(self, at: Located, key: str, read: Callable[[], T]) -> T | None:
        """Read something, or note why it cannot be read."""
        try:
            return read()
        except ValueError as error:
            self.add(at.at(key), f"{key}: {error}")
            return None

    def known(self, at: Located, keys: frozenset[str]) -> None:
        """Note keys that mean nothing."""
        for key in at:
            if key not in keys:
                self.add(
                    at.at(key), f"nothing is called {key} here", f"write one of {', '.join(sorted(keys))}"
                )

    def text(self, at: Located, key: str) -> str:
        """Give a text that must be there."""
        value = at.get(key)
        if isinstance(value, str) and value.strip() and '"' not in value:
            return " ".join(value.split())
        self.add(at.at(key), f"{key} is no text" if key in at else f"{key} is missing", "write a sentence")
        return ""


def read_dashboards(folder: Path) -> list[Dashboard]:
    """Give the dashboards of a folder in order of name. Raises ContentError with every fault of every file."""
    problems: list[Problem] = []
    found: list[Dashboard] = []
    files = sorted(folder.glob("*.yaml"))
    if not files:
        problems.append(
            Problem(str(folder), 1, "holds no dashboards", "name a folder with dashboards as *.yaml")
        )
    for path in files:
        faults = Faults(path)
        try:
            screen = _dashboard(path, faults)
        except ContentError as error:
            problems += error.problems
        else:
            problems += faults.found
            found += [screen] if screen else []
    problems += _together(found)
    if problems:
        raise ContentError(problems)
    return found


def _dashboard(path: Path, faults: Faults) -> Dashboard | None:
    top = load_document(path)
    if not isinstance(top, Located) or not top:
        faults.add(1, "is no dashboard", "write title, question, since and panels")
        return None
    if not _ID.fullmatch(path.stem):
        faults.add(1, "the name of the file is the id of the dashboard", "use small letters, digits and -")
    faults.known(top, SCREEN)
    faults.attempt(top, "since", lambda: span_seconds(top.get("since")))
    panels = top.get("panels")
    if not isinstance(panels, list) or not panels or not all(isinstance(one, Located) for one in panels):
        faults.add(top.at("panels"), "panels are missing", "write at least one panel, each with a title")
        panels = []
    title, question = (faults.text(top, key) for key in ("title", "question"))
    controls = _controls(top, faults)
    flow = Flow()
    read = tuple(_panel(one, faults, flow) for one in panels)
    for panel, twice in zip(panels, _repeated(one.title for one in read), strict=True):
        if twice:
            faults.add(panel.at("title"), "two panels have this title", "choose another one")
    return Dashboard(path.stem, title, question, str(top.get("since")), controls, read, path)


def _controls(top: Located, faults: Faults) -> dict[str, str]:
    controls = top.get("controls", {})
    if not isinstance(controls, Located):
        faults.add(top.at("controls"), "controls are no fields with titles", "write ai.surface: Surface")
        return {}
    for name in controls:
        kind = faults.attempt(controls, name, lambda name=name: field_named(name).kind)  # type: ignore[misc]
        if kind not in {None, "keyword", "boolean", "ip"}:
            faults.add(controls.at(name), f"{name} is a {kind}, of which there is no list to choose from")
    return {name: faults.text(controls, name) for name in controls}


class Flow:
    """Places panels one after another, from left to right and then below."""

    def __init__(self) -> None:
        self.x = self.y = self.height = 0

    def place(self, width: int, height: int) -> Place:
        """Give the next place of this size."""
        if self.x + width > WIDTH:
            self.x, self.y, self.height = 0, self.y + self.height, 0
        found = Place(self.x, self.y, width, height)
        self.x, self.height = self.x + width, max(self.height, height)
        return found


class Drawn(Struct, frozen=True):
    """The parts of a panel that depend on its chart."""

    metrics: tuple[Metric, ...] = ()
    groups: tuple[Group, ...] = ()
    columns: tuple[str, ...] = ()
    sort: str = ""
    limit: int = 0


def _panel(at: Located, faults: Faults, flow: Flow) -> Panel:
    faults.known(at, PANEL)
    title, question, read = (faults.text(at, key) for key in ("title", "question", "read"))
    source = _chosen(at, "source", SOURCES, faults)
    chart = _chosen(at, "chart", CHARTS, faults)
    where: tuple[Condition, ...] = ()
    for key, pair in (("where", (at.get("where"), None)), ("unless", (None, at.get("unless")))):
        where += faults.attempt(at, key, lambda pair=pair: conditions(*pair)) or ()  # type: ignore[misc]
    drawn = (_list if chart == "list" else _chart)(at, chart, SOURCES[source], faults)
    return Panel(
        title,
        question,
        read,
        source,
        chart,
        _place(at, faults, flow),
        drawn.metrics,
        drawn.groups,
        drawn.columns,
        drawn.sort,
        drawn.limit,
        where,
        str(at.get("leads", "")),
    )


def _chosen(at: Located, key: str, known: Mapping[str, Any], faults: Faults) -> str:
    if isinstance(at.get(key), str) and at[key] in known:
        return str(at[key])
    faults.add(at.at(key), f"{key} is none of those known", f"write {', '.join(known)}")
    return next(iter(known))


def _chart(at: Located, chart: str, source: Source, faults: Faults) -> Drawn:
    _refuse(at, ("columns", "sort", "limit"), chart, faults)
    words, groups = at.get("metrics"), at.get("groups", [])
    if not isinstance(words, Mapping) or not words or (len(words) > 1 and chart not in MANY_METRICS):
        one = "metrics" if chart in MANY_METRICS else "one metric"
        faults.add(at.at("metrics"), f"a {chart} needs {one} with a label", "write metrics: {Alerts: count}")
        words = {}
    least, most = CHARTS[chart]
    if not isinstance(groups, list) or not least <= len(groups) <= most:
        faults.add(at.at("groups"), f"a {chart} has {least} to {most} groups")
        groups = []
    metrics = [faults.attempt(at, "metrics", lambda a=a, b=b: metric(str(a), b)) for a, b in words.items()]  # type: ignore[misc]
    grouped = [faults.attempt(at, "groups", lambda one=one: group(one, source)) for one in groups]  # type: ignore[misc]
    found = tuple(one for one in grouped if one)
    if chart == "area" and found and found[-1].kind != "every":
        faults.add(at.at("groups"), "the last group of an area is its time", "write every 1h")
    return Drawn(tuple(one for one in metrics if one), found)


def _list(at: Located, chart: str, source: Source, faults: Faults) -> Drawn:
    _refuse(at, ("metrics", "groups"), chart, faults)
    columns, limit = at.get("columns"), at.get("limit", 20)
    if not isinstance(columns, list) or not columns:
        faults.add(at.at("columns"), "a list needs columns", "name the fields to show")
        columns = []
    for name in columns:
        kind = faults.attempt(at, "columns", lambda name=name: field_named(name).kind)  # type: ignore[misc]
        if kind == "object" or name == source.time:
            faults.add(
                at.at("columns"), f"{name} cannot be a column: it is no plain value, or stands there anyway"
            )
    if not isinstance(limit, int) or not 1 <= limit <= MOST:
        faults.add(at.at("limit"), f"limit is not from 1 to {MOST}")
    sort = at.get("sort", source.time)
    kind = faults.attempt(at, "sort", lambda: field_named(sort).kind)
    if kind in {"text", "object", "keyword"}:
        faults.add(at.at("sort"), f"a list is ordered by a number or a time, not by {sort}")
    return Drawn(columns=tuple(map(str, columns)), sort=str(sort), limit=limit)


def _refuse(at: Located, keys: Iterable[str], chart: str, faults: Faults) -> None:
    for key in keys:
        if key in at:
            faults.add(at.at(key), f"a {chart} has no {key}")


def _place(at: Located, faults: Faults, flow: Flow) -> Place:
    found = _SIZE.fullmatch(str(at.get("size")))
    if found is None or not 4 <= int(found[1]) <= WIDTH or not 3 <= int(found[2]) <= 40:
        faults.add(at.at("size"), "size is no width and height", "write 24x12, of 48 columns")
        return flow.place(WIDTH, 3)
    return flow.place(int(found[1]), int(found[2]))


def _repeated(names: Iterable[str]) -> list[bool]:
    """Say of each name whether it was there before."""
    listed = list(names)
    return [name in listed[:at] for at, name in enumerate(listed)]


def _together(found: list[Dashboard]) -> list[Problem]:
    """Check what only all dashboards together can show: titles, and where clicks lead."""
    known = {one.id for one in found}
    problems = [
        Problem(str(one.path), 1, "another dashboard has this title", "choose another one")
        for one, twice in zip(found, _repeated(one.title for one in found), strict=True)
        if twice
    ]
    for one in found:
        problems += [
            Problem(str(one.path), 1, f"{panel.title}: leads to no other dashboard", "name one by its file")
            for panel in one.panels
            if panel.leads and (panel.leads not in known or panel.leads == one.id)
        ]
    return problems
