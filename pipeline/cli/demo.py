"""`shadowgraph demo`: one day of a made-up company, and what is found in it."""

from __future__ import annotations

import os
import shlex
import shutil
import sys
import time
from contextlib import closing
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import click

from pipeline.cli.common import example

if TYPE_CHECKING:
    from rich.console import Console

    from pipeline.cli.seen import Seen
    from pipeline.edges.embedded import Content
    from pipeline.edges.sqlite import SqliteStore
    from pipeline.event import Fields

FILE = Path("build") / "demo.db"
URL = f"sqlite:///{FILE}"
LOG = "hooks.claude_code.jsonl"
"""The log that suggestions are about."""

CHAINS = ("AGT-005", "AGT-004")
DRIFT = "POL-001"


@click.command(epilog=example("demo"))
def demo() -> None:
    """Run the recorded day of a made-up company and show what is found.

    It writes build/demo.db below the working folder, anew each time.
    """
    from pipeline.cli.day import built_in
    from pipeline.cli.report import findings, not_seen
    from pipeline.cli.seen import summary
    from pipeline.cli.shown import heading, put, terminal, whole

    judged, console = built_in(), terminal()
    with closing(_fresh(FILE)) as kept:
        seen = _run(judged, kept)
        alerts = list(kept.alerts())
        days = sorted({alert["@timestamp"][:10] for alert in alerts})
        whole(console, f"{judged.reference.organisation.name}, a made-up company, on {' to '.join(days)}")
        whole(console, summary(seen))
        whole(console)
        findings(console, alerts, dict(kept.standings()), URL)
        _chain(console, kept, judged, alerts)
        _drift(console, alerts)
        not_seen(console, seen)
        heading(console, "What to type next")
        for why, lines in _next(alerts):
            put(console, why, indent=2)
            for line in lines:
                whole(console, f"    {line}")


def _fresh(file: Path) -> SqliteStore:
    """Give an empty store; an older one is deleted, anything else is left alone."""
    from pipeline.edges.sqlite import SqliteStore
    from pipeline.errors import ContentError, Problem

    file.parent.mkdir(exist_ok=True)
    if file.exists():
        try:
            SqliteStore(file, create=False).close()
        except ContentError as error:
            problem = Problem(str(file), 1, "is no store of this version, so it stays", "move it away")
            raise ContentError([problem]) from error
        file.unlink()
    for beside in ("-wal", "-shm"):
        file.with_name(file.name + beside).unlink(missing_ok=True)
    return SqliteStore(file)


def _run(judged: Content, kept: SqliteStore) -> Seen:
    """Run the day, with progress and speed on stderr alone."""
    from pipeline.cli.day import day_files
    from pipeline.cli.report import progress, rate
    from pipeline.cli.seen import Seen, take
    from pipeline.cli.shown import say
    from pipeline.edges.embedded import run

    seen, began = Seen(), time.perf_counter()
    for batch in run([str(path) for path in day_files()], "auto", judged, store=kept):
        take(seen, batch)
        progress(seen, time.perf_counter() - began)
    progress(None)
    say(rate(seen, time.perf_counter() - began))
    return seen


def _chain(console: Console, kept: SqliteStore, judged: Content, alerts: list[Fields]) -> None:
    """Explain one alert that is a chain."""
    from pipeline.cli.explanation import of_alert
    from pipeline.cli.finding import short_id
    from pipeline.cli.page import chain
    from pipeline.cli.shown import heading

    found = next((alert for rule in CHAINS for alert in alerts if alert["rule.id"] == rule), None)
    if found:
        heading(console, f"One chain, explained: {found['rule.id']}")
        told = of_alert(found, kept.events(found["ai.alert.events"]), judged.pack)
        chain(console, told, partial(short_id, kept))


def _drift(console: Console, alerts: list[Fields]) -> None:
    """Show one act that the policy forbids and that was allowed nevertheless."""
    from pipeline.cli.shown import brief, heading, put

    found = next((alert for alert in alerts if alert["rule.id"] == DRIFT), None)
    if found:
        heading(console, f"One policy drift: {DRIFT}")
        put(console, found["ai.alert.title"], indent=2)
        decided = f"expected {found.get('ai.policy.expected')}, decided {found.get('ai.policy.decision')}"
        put(console, f"{decided}: {brief(found.get('ai.policy.reason', ''))}", indent=2)


def _next(alerts: list[Fields]) -> list[tuple[str, tuple[str, ...]]]:
    """Give what to type next: why, and lines that run as they are printed, from the same folder."""
    from pipeline.cli.day import DAY
    from pipeline.cli.triage import short_ids
    from pipeline.content import COMPANY, CONTENT

    called = program()
    log, company = (shlex.quote(_near(path)) for path in (DAY / LOG, CONTENT / COMPANY))
    chained = [alert for rule in CHAINS for alert in alerts if alert["rule.id"] == rule]
    names, explained = short_ids(alerts), [*chained, *alerts][:1]
    return [
        *(
            ("Why there is an alert, and what to do about it:", (f"{called} explain {name} --store {URL}",))
            for name in (shlex.quote(names[alert["event.id"]]) for alert in explained)
        ),
        ("The alerts that matter most:", (f"{called} alerts list --level high --store {URL}",)),
        ("Your own logs in place of this one; formats are guessed:", (f"{called} run {log}",)),
        ("What the rules see of a log:", (f"{called} normalise {log} --json",)),
        (
            "Your own people, apps and policy: copy ours, change the copy, and judge by it:",
            (f"cp -r {company} my-company", f"{called} run {log} --data my-company"),
        ),
        ("Whether every rule does what its cases promise:", (f"{called} rules test",)),
    ]


def program() -> str:
    """Name this program as it can be typed here: relative where it lies below this folder, else by name or in full."""
    path = Path(os.path.abspath(sys.argv[0]))  # noqa: PTH100 - links stay: a virtual environment is one
    if path.name != "shadowgraph" or not path.is_file():
        return "shadowgraph"
    found = shutil.which("shadowgraph")
    if path.is_relative_to(Path.cwd()):
        return shlex.quote(_near(path))
    return "shadowgraph" if found and Path(found).samefile(path) else shlex.quote(str(path))


def _near(path: Path) -> str:
    """Write a path relative to the working folder where it lies below it."""
    here = Path.cwd()
    return str(path.relative_to(here)) if path.is_relative_to(here) else str(path)
