"""Draw the reliability curve as SVG: what was said against what was true, the same bytes for the same figures."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from pipeline.train.scorecard_figures import Bin

SIDE, EDGE = 320, 48
"""Pixels of the square, and of what surrounds it."""
FONT = 'font-family="sans-serif" font-size="12"'


def curve_svg(curve: Sequence[Bin]) -> bytes:
    """Draw the curve: a dot for each part that has events, its size by their number, and the line of perfect truth."""
    size = SIDE + 2 * EDGE
    lines = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {size} {size}" width="{size}" {FONT} role="img">',
        "<title>Reliability of the scorecard on families that it never saw</title>",
        f'<rect width="{size}" height="{size}" fill="white"/>',
        f'<rect x="{EDGE}" y="{EDGE}" width="{SIDE}" height="{SIDE}" fill="none" stroke="#888"/>',
        f'<line x1="{_x(0)}" y1="{_y(0)}" x2="{_x(1)}" y2="{_y(1)}" stroke="#888" stroke-dasharray="4"/>',
        *_ticks(),
        *_dots([one for one in curve if one.events]),
        f'<text x="{size / 2:.1f}" y="{size - 8}" text-anchor="middle">probability that it said</text>',
        f'<text x="{-size / 2:.1f}" y="14" text-anchor="middle" transform="rotate(-90)">share that was true</text>',
        "</svg>",
    ]
    return "".join(f"{line}\n" for line in lines).encode()


def _ticks() -> Iterator[str]:
    for part in (0.0, 0.25, 0.5, 0.75, 1.0):
        yield f'<text x="{_x(part)}" y="{EDGE + SIDE + 16}" text-anchor="middle">{part:g}</text>'
        yield f'<text x="{EDGE - 6}" y="{_y(part)}" dy="4" text-anchor="end">{part:g}</text>'


def _dots(told: Sequence[Bin]) -> Iterator[str]:
    path = " ".join(f"{_x(one.said)},{_y(one.true)}" for one in told)
    yield f'<polyline points="{path}" fill="none" stroke="#1f5fa8" stroke-width="2"/>'
    for one in told:
        size = 3 + len(str(one.events))
        words = f"{one.events:,} events: said {one.said:.2f}, true {one.true:.2f}"
        yield f'<circle cx="{_x(one.said)}" cy="{_y(one.true)}" r="{size}" fill="#1f5fa8"><title>{words}</title></circle>'


def _x(share: float) -> str:
    return f"{EDGE + SIDE * share:.1f}"


def _y(share: float) -> str:
    return f"{EDGE + SIDE * (1 - share):.1f}"
