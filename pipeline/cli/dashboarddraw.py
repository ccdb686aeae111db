"""Lines, boxes and words of a picture."""

from __future__ import annotations

from xml.sax.saxutils import escape

from pipeline.cli.shown import visible

WIDE, HIGH = 28, 22
"""Pixels of a column and of a row of the grid."""
TALL = 17
"""Pixels from one line of words to the next."""
LETTER = 6.2
"""Pixels of a letter, nearly."""

COLOURS = ("#0077bb", "#ee7733", "#009988", "#cc3311", "#33bbee", "#ee3377", "#bbbbbb", "#88aa00")
"""To be told apart by everybody, whatever colours they see."""
LEVELS = {"critical": "#a50f15", "high": "#de2d26", "medium": "#fb8d3d", "low": "#7fb8da"}
DECISIONS = {"allow": "#7fb8da", "block": "#a50f15", "redact": "#fb8d3d", "warn": "#fed976"}
KNOWN = LEVELS | DECISIONS


def text(x: float, y: float, words: object, *, kind: str = "", end: bool = False, wide: float = 0) -> str:
    """Write words; `wide` cuts them to so many pixels, `end` lets them end there."""
    told = visible(words)
    most = int(wide / LETTER) if wide else len(told)
    told = told if len(told) <= most else told[: max(most - 1, 0)] + "…"
    named = f' class="{kind}"' if kind else ""
    anchor = ' text-anchor="end"' if end else ""
    return f'<text x="{x:.1f}" y="{y:.1f}"{named}{anchor}>{escape(told)}</text>'


def box(x: float, y: float, wide: float, high: float, colour: str, *, light: float = 1.0) -> str:
    """Draw a filled box; `light` below 1 lets what is behind it through."""
    shade = f' fill-opacity="{light:.2f}"' if light < 1 else ""
    return f'<rect x="{x:.1f}" y="{y:.1f}" width="{wide:.1f}" height="{high:.1f}" fill="{colour}"{shade}/>'


def colours(names: list[str]) -> dict[str, str]:
    """Give each name its colour: levels and decisions their own, others in turn."""
    free = [colour for colour in COLOURS if colour not in KNOWN.values()]
    return {name: KNOWN.get(name, free[at % len(free)]) for at, name in enumerate(names)}
