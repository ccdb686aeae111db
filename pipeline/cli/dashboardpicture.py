"""A dashboard as one picture (SVG): the panels where they stand in Kibana, drawn from their own numbers."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING
from xml.sax.saxutils import escape

from pipeline.cli.dashboardcharts import CHARTS, Box
from pipeline.cli.dashboarddraw import HIGH, WIDE, text
from pipeline.cli.shown import visible

if TYPE_CHECKING:
    from pipeline.dashboards.nouns import Dashboard, Panel, Window
    from pipeline.dashboards.rows import Row

TOP = 64
"""Height of the heading."""
GAP, INNER = 6, 10

STYLE = (
    "text{font-family:system-ui,sans-serif;font-size:11px;fill:#1d2530}.t{font-weight:600;font-size:13px}.q{fill:#69707d}"
    ".n{font-size:38px;font-weight:600}.h{font-size:20px;font-weight:600}.p{fill:#fff;stroke:#d3dae6}"
)


def picture(screen: Dashboard, window: Window, rows_of: Callable[[Panel], Sequence[Row]]) -> str:
    """Draw a dashboard over a span of time."""
    high = TOP + max(one.place.y + one.place.h for one in screen.panels) * HIGH
    span = f"{window.start[:16].replace('T', ' ')} to {window.end[:16].replace('T', ' ')} UTC"
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {48 * WIDE} {high}" role="img">',
        f"<title>{escape(screen.title)}</title><style>{STYLE}</style>",
        '<rect width="100%" height="100%" fill="#f6f9fc"/>',
        text(GAP, 28, screen.title, kind="h"),
        text(GAP, 50, f"{screen.question} {span}", kind="q"),
        *(part for panel in screen.panels for part in _panel(panel, rows_of(panel))),
        "</svg>\n",
    ]
    return "\n".join(parts)


def _panel(panel: Panel, rows: Sequence[Row]) -> Iterator[str]:
    at = panel.place
    x, y = at.x * WIDE + GAP / 2, TOP + at.y * HIGH + GAP / 2
    wide, high = at.w * WIDE - GAP, at.h * HIGH - GAP
    yield f'<svg x="{x}" y="{y}" width="{wide}" height="{high}"><title>{escape(visible(panel.title))}</title>'
    yield f'<rect class="p" x=".5" y=".5" width="{wide - 1}" height="{high - 1}" rx="4"/>'
    yield text(INNER, 20, panel.title, kind="t", wide=wide - 2 * INNER)
    yield text(INNER, 36, panel.question, kind="q", wide=wide - 2 * INNER)
    box = Box(INNER, 46, wide - 2 * INNER, high - 46 - INNER)
    yield from CHARTS[panel.chart](panel, rows, box) if rows else [text(INNER, 64, "nothing", kind="q")]
    yield "</svg>"
