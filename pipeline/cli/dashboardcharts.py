"""The charts of a picture: each draws rows into a box."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

from msgspec import Struct

from pipeline.cli.dashboarddraw import LETTER, TALL, box, colours, text
from pipeline.cli.dashboardpage import head, moment_told, told
from pipeline.dashboards.rows import heads

if TYPE_CHECKING:
    from pipeline.dashboards.nouns import Panel
    from pipeline.dashboards.rows import Row

LABEL = 0.4
"""Part of the width that names of bars may take."""
WIDEST = 60
"""Pixels of an hour or a day at most."""
VALUE = 60
"""Pixels for the number behind a bar."""


class Box(Struct, frozen=True):
    """Where a chart is drawn, in pixels."""

    x: float
    y: float
    wide: float
    high: float


Chart = Callable[["Panel", "Sequence[Row]", Box], Iterator[str]]


def number(panel: Panel, rows: Sequence[Row], at: Box) -> Iterator[str]:
    """Draw one number, large, and what it counts."""
    yield text(at.x, at.y + 44, told(panel, 0, rows[0][0]), kind="n")
    yield text(at.x, at.y + 66, panel.metrics[0].label, kind="q")


def bars(panel: Panel, rows: Sequence[Row], at: Box) -> Iterator[str]:
    """Draw a bar for each outer group, in parts by the inner one."""
    found: dict[str, dict[str, float]] = {}
    for row in rows:
        found.setdefault(told(panel, 0, row[0]), {})[str(row[1]) if len(row) > 2 else ""] = row[-1] or 0
    parts = list(dict.fromkeys(part for values in found.values() for part in values))
    shade = colours(parts)
    most = max(sum(values.values()) for values in found.values()) or 1
    names = min(max(map(len, found)) * LETTER + 8, at.wide * LABEL)
    scale = (at.wide - names - VALUE) / most
    for line, (name, values) in enumerate(list(found.items())[: _lines(at, less=len(parts) > 1)]):
        y, x = at.y + line * TALL, at.x + names
        yield text(at.x, y + 12, name, wide=names - 4)
        for part, value in values.items():
            yield box(x, y + 2, value * scale, TALL - 5, shade[part])
            x += value * scale
        yield text(x + 5, y + 12, told(panel, len(panel.groups), sum(values.values())))
    yield from _legend(shade, at)


def areas(panel: Panel, rows: Sequence[Row], at: Box) -> Iterator[str]:
    """Draw groups over time, one upon the other."""
    step = {"1h": 3_600_000, "1d": 86_400_000}[panel.groups[-1].every]
    times = [row[-2] for row in rows]
    span = range(min(times), max(times) + step, step)
    found: dict[str, dict[int, float]] = {}
    for row in rows:
        found.setdefault(str(row[0]) if len(row) > 2 else "", {})[row[-2]] = row[-1] or 0
    sums = {time: sum(values.get(time, 0) for values in found.values()) for time in span}
    most, shade = max(sums.values()) or 1, colours(list(found))
    low, high, wide = at.y + at.high - 2 * TALL, at.high - 3 * TALL, min(at.wide / len(span), WIDEST)
    base = dict.fromkeys(span, 0.0)
    for name, values in found.items():
        for place, time in enumerate(span):
            tall = values.get(time, 0) / most * high
            base[time] += tall
            if tall:
                yield box(at.x + place * wide, low - base[time], max(wide - 1, 1), tall, shade[name])
    yield text(at.x, low + 14, moment_told(span[0]), kind="q")
    yield text(at.x + at.wide, low + 14, moment_told(span[-1]), kind="q", end=True)
    yield text(at.x + at.wide, at.y + 8, f"up to {most:,.0f}", kind="q", end=True)
    yield from _legend(shade, at)


def heat(panel: Panel, rows: Sequence[Row], at: Box) -> Iterator[str]:
    """Draw a grid: the first groups down, the second across, the more the darker."""
    down, across = (list(dict.fromkeys(row[number] for row in rows)) for number in (0, 1))
    names = min(max(len(told(panel, 0, one)) for one in down) * LETTER + 8, at.wide * LABEL)
    wide, high = (at.wide - names) / len(across), min((at.high - TALL) / len(down), 2 * TALL)
    most = max(row[2] or 0 for row in rows) or 1
    for line, one in enumerate(down):
        yield text(at.x, at.y + line * high + high / 2 + 4, told(panel, 0, one), wide=names - 4)
    for row in rows:
        x, y = at.x + names + across.index(row[1]) * wide, at.y + down.index(row[0]) * high
        yield box(x, y, wide - 2, high - 2, "#0077bb", light=0.12 + 0.6 * (row[2] or 0) / most)
        yield text(x + 6, y + high / 2 + 4, told(panel, 2, row[2]), wide=wide - 8)
    for place, one in enumerate(across):
        y = at.y + len(down) * high + 12
        yield text(at.x + names + place * wide, y, told(panel, 1, one), kind="q", wide=wide - 4)


def table(panel: Panel, rows: Sequence[Row], at: Box) -> Iterator[str]:
    """Write rows as far as there is room, and how many more there are."""
    names = [head(name) for name in heads(panel)]
    most = _lines(at) - 1
    body = [[told(panel, place, value) for place, value in enumerate(row)] for row in rows[:most]]
    widths = _widths([names, *body], at.wide)
    for line, cells in enumerate([names, *body]):
        x = at.x
        for cell, wide in zip(cells, widths, strict=True):
            yield text(x, at.y + line * TALL + 12, cell, kind="" if line else "q", wide=wide - 8)
            x += wide
    if len(rows) > most:
        more = f"and {len(rows) - most} more"
        yield text(at.x + at.wide, at.y + (most + 1) * TALL + 8, more, kind="q", end=True)


CHARTS: Mapping[str, Chart] = {
    "number": number,
    "bar": bars,
    "area": areas,
    "heat": heat,
    "table": table,
    "list": table,
}


def _lines(at: Box, *, less: bool = False) -> int:
    return max(int(at.high / TALL) - int(less), 2)


def _widths(lines: list[list[str]], wide: float) -> list[float]:
    """Give columns what they need, or less of it where all together need too much."""
    needed = [max(len(line[place]) for line in lines) * LETTER + 14 for place in range(len(lines[0]))]
    while sum(needed) > wide and max(needed) > 40:
        needed[needed.index(max(needed))] *= 0.95
    return needed


def _legend(shade: dict[str, str], at: Box) -> Iterator[str]:
    x, y = at.x, at.y + at.high - 2
    for name, colour in shade.items():
        if name and x + 14 + len(name) * LETTER < at.x + at.wide:
            yield box(x, y - 9, 10, 10, colour)
            yield text(x + 14, y, name, kind="q")
            x += 26 + len(name) * LETTER
