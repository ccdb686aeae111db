"""A dashboard shown to people without Kibana: numbers, bars, small curves and tables."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from pipeline.cli.shown import SHORT, brief, cell, heading, put, whole
from pipeline.dashboards.rows import heads
from pipeline.fields import FIELDS

if TYPE_CHECKING:
    from rich.console import Console

    from pipeline.dashboards.nouns import Dashboard, Panel, Window
    from pipeline.dashboards.rows import Row

BAR = 30
"""Characters of the longest bar."""
CURVE = " ▁▂▃▄▅▆▇█"
LEAST, GAP = 6, 2
"""Characters of the narrowest column, and between two."""
TALL = 15
"""Rows of a table at most; the rest is counted."""


def top(console: Console, screen: Dashboard, window: Window) -> None:
    """Print what a dashboard asks, and of which time."""
    heading(console, screen.title)
    put(console, screen.question)
    whole(console, f"{_time(window.start)} to {_time(window.end)} UTC", style="dim")


def panel_page(console: Console, panel: Panel, rows: Sequence[Row]) -> None:
    """Print a panel: its title, its question, its numbers."""
    heading(console, panel.title)
    whole(console, panel.question, style="dim")
    if rows:
        _CHARTS[panel.chart](console, panel, rows)
    else:
        whole(console, "nothing")


def _number(console: Console, panel: Panel, rows: Sequence[Row]) -> None:
    whole(console, f"{told(panel, 0, rows[0][0])}  {panel.metrics[0].label.lower()}")


def _bars(console: Console, panel: Panel, rows: Sequence[Row]) -> None:
    """Print a bar for each row; the longest is as long as a bar may be."""
    most = max((row[-1] or 0 for row in rows), default=0)
    names = [" · ".join(told(panel, at, key) for at, key in enumerate(row[:-1])) for row in rows]
    width = min(max(map(len, names)), 50)
    for name, row in zip(names, rows, strict=True):
        bar = "█" * round(BAR * (row[-1] or 0) / most) if most else ""
        whole(console, f"{cell(name, width)}  {told(panel, len(row) - 1, row[-1]):>8}  {bar}".rstrip())


def _curves(console: Console, panel: Panel, rows: Sequence[Row]) -> None:
    """Print a curve over time for each group, all of the same height."""
    times = sorted({row[-2] for row in rows})
    step = {"1h": 3_600_000, "1d": 86_400_000}[panel.groups[-1].every]
    span = range(times[0], times[-1] + step, step)
    most = max(row[-1] for row in rows)
    found: dict[str, dict[int, float]] = {}
    for row in rows:
        found.setdefault(str(row[0]) if len(row) > 2 else "all", {})[row[-2]] = row[-1]
    for name, values in found.items():
        curve = "".join(CURVE[_height(values.get(time, 0), most)] for time in span)
        whole(console, f"{cell(name, 16)}  {sum(values.values()):>8,}  {curve}")
    whole(console, f"{' ' * 28}{moment_told(times[0])} to {moment_told(times[-1])}", style="dim")


def _height(value: float, most: float) -> int:
    return 0 if not value else max(1, round((len(CURVE) - 1) * value / most))


def _heat(console: Console, panel: Panel, rows: Sequence[Row]) -> None:
    """Print a grid: the first groups down, the second across."""
    across = list(dict.fromkeys(row[1] for row in rows))
    cells = {row[:2]: told(panel, 2, row[2]) for row in rows}
    body = [
        [str(down), *(cells.get((down, one), "") for one in across)]
        for down in dict.fromkeys(r[0] for r in rows)
    ]
    _lines(console, ["", *map(str, across)], body)


def _table(console: Console, panel: Panel, rows: Sequence[Row]) -> None:
    body = [[told(panel, at, value) for at, value in enumerate(row)] for row in rows[:TALL]]
    _lines(console, list(map(head, heads(panel))), body)
    if len(rows) > TALL:
        whole(console, f"and {len(rows) - TALL} more", style="dim")


_CHARTS = {"number": _number, "bar": _bars, "area": _curves, "heat": _heat, "table": _table, "list": _table}


def head(name: str) -> str:
    """Shorten the name of a field to what tells it from others."""
    _, _, short = name.rpartition(".")
    return name.removeprefix("gen_ai.").removeprefix("ai.") if short in {"id", "name"} else short


def _lines(console: Console, names: list[str], body: list[list[str]]) -> None:
    """Print columns as wide as what is in them, the widest narrower where the screen ends."""
    widths = [max(len(line[at]) for line in (names, *body)) for at in range(len(names))]
    while sum(widths) + GAP * len(widths) > max(console.width, 60) and max(widths) > LEAST:
        widths[widths.index(max(widths))] -= 1
    for number, line in enumerate((names, *body)):
        cells = [cell(text, width) for text, width in zip(line, widths, strict=True)]
        whole(console, (" " * GAP).join(cells).rstrip(), style="" if number else "bold")


def told(panel: Panel, at: int, value: Any) -> str:
    """Write a value as people read it; a time is one by its field."""
    if value is None:
        return ""
    if panel.chart == "list" and heads(panel)[at] == "event.id":
        return brief(value)[:SHORT]
    if isinstance(value, int | float) and not isinstance(value, bool) and _is_time(panel, at):
        return moment_told(value)
    if isinstance(value, float):
        return f"{value:,.0f}" if value.is_integer() else f"{value:,.1f}"
    if isinstance(value, int) and not isinstance(value, bool):
        return f"{value:,}"
    return brief(list(value) if isinstance(value, tuple) else value)


def _is_time(panel: Panel, at: int) -> bool:
    if panel.chart == "list":
        name = heads(panel)[at]
    else:
        groups = len(panel.groups)
        name = panel.groups[at].field if at < groups else panel.metrics[at - groups].field
        if at >= groups and panel.metrics[at - groups].kind not in {"min", "max"}:
            return False
    return name in FIELDS and FIELDS[name].kind == "date"


def moment_told(value: float) -> str:
    """Write milliseconds since 1970 as people read them in a table."""
    return datetime.fromtimestamp(value / 1000, UTC).strftime("%m-%d %H:%M")


def _time(text: str) -> str:
    return text[:16].replace("T", " ")
