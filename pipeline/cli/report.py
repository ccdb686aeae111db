"""What a run has found and could not see, shown to people; used by `run` and `demo`."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

from pipeline.cli.seen import Seen, unseen
from pipeline.cli.shown import heading, put, whole
from pipeline.cli.triage import MOST_ROWS, rows, short_ids, table

if TYPE_CHECKING:
    from rich.console import Console

    from pipeline.event import Fields


def progress(seen: Seen | None, seconds: float = 0.0) -> None:
    """Show on a terminal how far a run is; None wipes it away."""
    if sys.stderr.isatty() and os.environ.get("TERM") != "dumb":
        told = (
            f"{seen.counts['records']:,} records, {len(seen.alerts):,} alerts, {rate(seen, seconds)}"
            if seen
            else ""
        )
        sys.stderr.write(f"\r{told}\x1b[K")
        sys.stderr.flush()


def findings(
    console: Console, alerts: Iterable[Fields], standings: Mapping[str, Fields], store: str = ""
) -> None:
    """Print the triage table, at most one screen of it."""
    alerts = list(alerts)
    found = rows(alerts)
    if found:
        table(console, found[:MOST_ROWS], standings, short_ids(alerts))
        if len(found) > MOST_ROWS:
            more = f"and {len(found) - MOST_ROWS} more"
            whole(
                console,
                f"{more}: shadowgraph alerts list --all --store {store}" if store else f"{more}, with --json",
            )


def not_seen(console: Console, seen: Seen) -> None:
    """Print what could not be seen, places in one piece."""
    told = list(unseen(seen))
    if told:
        heading(console, "What could not be seen")
    for sentence, place in told:
        put(console, sentence, indent=4, first="  -")
        if place:
            whole(console, f"    {place}")


def rate(seen: Seen, seconds: float) -> str:
    """Tell how fast a run was."""
    return f"{(seen.counts['events'] + seen.counts['idle']) / max(seconds, 0.001):,.0f} events/s"
