"""What `demo` shows: the top of the triage table, one chain, one policy drift, and what to type next."""

from __future__ import annotations

import os
import shlex
import shutil
import sys
from collections.abc import Mapping
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from pipeline.cli.shown import brief, heading, put, whole

if TYPE_CHECKING:
    from rich.console import Console

    from pipeline.edges.embedded import Content
    from pipeline.edges.sqlite import SqliteStore
    from pipeline.event import Fields

TOP = 8
"""Rows of the triage table that are shown."""

CHAINS = ("AGT-005", "AGT-004")
DRIFT = "POL-001"


def triage_page(console: Console, alerts: list[Fields], standings: Mapping[str, Fields], store: str) -> None:
    """Print the first rows of the triage table, and how to see the others."""
    from pipeline.cli.triage import rows, short_ids, table

    found = rows(alerts)
    table(console, found[:TOP], standings, short_ids(alerts))
    if len(found) > TOP:
        whole(console, f"and {len(found) - TOP} more: {program()} alerts list --all --store {store}")


def chain_page(console: Console, kept: SqliteStore, judged: Content, alerts: list[Fields]) -> None:
    """Explain one alert that is a chain."""
    from pipeline.cli.explanation import of_alert
    from pipeline.cli.finding import short_id
    from pipeline.cli.page import chain

    for found in chained(alerts)[:1]:
        heading(console, f"One chain, explained: {found['rule.id']}")
        told = of_alert(found, kept.events(found["ai.alert.events"]), judged.pack)
        chain(console, told, partial(short_id, kept))


def drift_page(console: Console, alerts: list[Fields]) -> None:
    """Show one act that the policy forbids and that was allowed nevertheless."""
    found = next((alert for alert in alerts if alert["rule.id"] == DRIFT), None)
    if found:
        heading(console, f"One policy drift: {DRIFT}")
        put(console, found["ai.alert.title"], indent=2)
        decided = f"expected {found.get('ai.policy.expected')}, decided {found.get('ai.policy.decision')}"
        put(console, f"{decided}: {brief(found.get('ai.policy.reason', ''))}", indent=2)


def next_page(console: Console, alerts: list[Fields], store: str, log: Path, company: Path) -> None:
    """Print what to type next: why, and lines that run as they are printed, from the same folder."""
    heading(console, "What to type next")
    for why, lines in _next(alerts, store, shlex.quote(_near(log)), shlex.quote(_near(company))):
        put(console, why, indent=2)
        for line in lines:
            whole(console, f"    {line}")


def chained(alerts: list[Fields]) -> list[Fields]:
    """Give the alerts that are chains, those that explain best first."""
    return [alert for rule in CHAINS for alert in alerts if alert["rule.id"] == rule]


def program() -> str:
    """Name this program as it can be typed here: relative where it lies below this folder, else by name or in full."""
    path = Path(os.path.abspath(sys.argv[0]))  # noqa: PTH100 - links stay: a virtual environment is one
    if path.name != "shadowgraph" or not path.is_file():
        return "shadowgraph"
    found = shutil.which("shadowgraph")
    if path.is_relative_to(Path.cwd()):
        return shlex.quote(_near(path))
    return "shadowgraph" if found and Path(found).samefile(path) else shlex.quote(str(path))


def _next(alerts: list[Fields], store: str, log: str, company: str) -> list[tuple[str, tuple[str, ...]]]:
    from pipeline.cli.triage import short_ids

    called, names = program(), short_ids(alerts)
    explained = [shlex.quote(names[alert["event.id"]]) for alert in [*chained(alerts), *alerts][:1]]
    return [
        *(
            ("Why there is an alert, and what to do about it:", (f"{called} explain {name} --store {store}",))
            for name in explained
        ),
        ("The alerts that matter most:", (f"{called} alerts list --level high --store {store}",)),
        ("Your own logs in place of this one; formats are guessed:", (f"{called} run {log}",)),
        ("What the rules see of a log:", (f"{called} normalise {log} --json",)),
        (
            "Your own people, apps and policy: copy ours, change the copy, and judge by it:",
            (f"cp -r {company} my-company", f"{called} run {log} --data my-company"),
        ),
        ("Whether every rule does what its cases promise:", (f"{called} rules test",)),
    ]


def _near(path: Path) -> str:
    """Write a path relative to the working folder where it lies below it."""
    here = Path.cwd()
    return str(path.relative_to(here)) if path.is_relative_to(here) else str(path)
