"""Show how a trained scorecard fares."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import click

from pipeline.cli.common import write
from pipeline.cli.shown import cell

if TYPE_CHECKING:
    from pipeline.train.scorecard_figures import Figures


def show_scorecard(found: Figures, curve: Path | None, *, as_json: bool) -> None:
    """Print the figures of a scorecard, and draw its curve where that is wanted."""
    if curve:
        from pipeline.train.scorecard_curve import curve_svg

        curve.write_bytes(curve_svg(found.curve))
    if as_json:
        import msgspec

        write(msgspec.to_builtins(found))
        return
    for line in _lines(found):
        click.echo(line)


def _lines(found: Figures) -> Iterator[str]:
    yield f"{'left out':<28}" + "".join(f"{head:>11}" for head in ("events", "rules", "scorecard", "either"))
    for one in found.families:
        counts = (one.events, one.rules, one.scorecard, one.either)
        yield cell(f"{one.label} {one.family}", 28) + "".join(f"{count:>11}" for count in counts)
    yield ""
    yield "".join(f"{head:>11}" for head in ("events", "said", "true"))
    for part in found.curve:
        if part.events:
            yield f"{part.events:>11}{part.said:>11.4f}{part.true:>11.4f}"
    yield ""
    yield f"Brier score {found.brier:.6f}; rules alone {found.brier_rules:.6f}; base rate {found.brier_base:.6f}"
