"""`shadowgraph status`: how far the workers are, on one screen."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from pipeline.cli.common import JSON, example, write
from pipeline.cli.reached import CONFIG, configured, reached

if TYPE_CHECKING:
    from pipeline.edges.admin.state import State
    from pipeline.event import Fields


@click.command(epilog=example("status", "status -c settings.toml --json"))
@CONFIG
@JSON
def status(config: Path | None, *, as_json: bool) -> None:
    """Show how far each act is behind, which time has passed, what was rejected, and which content is in force."""
    from pipeline.edges.admin.state import looked

    kafka = configured(config).kafka
    with reached(kafka) as cluster:
        found = looked(cluster, kafka)
    if as_json:
        write(document(found))
    else:
        from pipeline.cli.statuspage import page

        page(found)


def document(found: State) -> Fields:
    """Give a state as JSON; a watermark that has not begun is null, one of the end is "end"."""
    return {
        "missing": list(found.missing),
        "lag": [
            {
                "act": lag.act,
                "topic": lag.slot.topic,
                "partition": lag.slot.partition,
                "position": lag.position,
                "end": lag.end,
                "lag": lag.behind,
            }
            for lag in found.lags
        ],
        "watermarks": [
            {
                "act": mark.act,
                "topic": mark.slot.topic,
                "partition": mark.slot.partition,
                "passed": passed(mark.passed),
                "pack": mark.digest,
            }
            for mark in found.marks
        ],
        "deadletters": [
            {"reason": reason, "source": source, "count": count} for reason, source, count in found.rejects
        ],
        "packs": list(found.packs),
        "reference": dict(found.files),
    }


def passed(time: float) -> str | None:
    """Write a watermark as a time in UTC; None before the first, `end` behind the last."""
    from datetime import UTC, datetime
    from math import inf

    if time == -inf:
        return None
    try:
        return datetime.fromtimestamp(time, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    except (OverflowError, ValueError, OSError):
        return "end"
