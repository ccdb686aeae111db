"""`shadowgraph demo`: two working days of a made-up company, what is found in them and what is missed."""

from __future__ import annotations

import time
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

import click

from pipeline.cli.common import JSON, example, write

if TYPE_CHECKING:
    from pipeline.cli.attacks import Outcome
    from pipeline.cli.demoday import Days
    from pipeline.cli.seen import Seen
    from pipeline.edges.embedded import Content
    from pipeline.edges.sqlite import SqliteStore
    from pipeline.event import Fields

FILE = Path("build") / "demo.db"
URL = f"sqlite:///{FILE}"
SEED = 7


@click.command(epilog=example("demo", "demo --seed 8", "demo --recorded"))
@click.option("--recorded", is_flag=True, help="The small recorded day instead.")
@click.option(
    "--seed",
    type=click.IntRange(0, 2**63 - 1),
    metavar="N",
    default=SEED,
    show_default=True,
    help="Another number, another company.",
)
@JSON
def demo(*, recorded: bool, seed: int, as_json: bool) -> None:
    """Run two days of a made-up company and show what is found, and what is missed.

    It writes the raw logs, the company's own data and a store into build/ below the working folder, anew each time.
    """
    from pipeline.cli import demoday
    from pipeline.cli.attacks import benign, named, outcomes

    _check(FILE)
    days = demoday.recorded() if recorded else _simulated(seed)
    with closing(_fresh(FILE)) as kept:
        seen = _run(days, kept)
        alerts = list(kept.alerts())
        found = list(named(alerts, kept))
        fates, loud = outcomes(days.attacks, found), benign(days.attacks, found)
        if as_json:
            _as_json(days, seen, fates, loud)
        else:
            _for_people(days, kept, seen, fates, loud)


def _simulated(seed: int) -> Days:
    """Write the raw logs, and say so on stderr, since that takes a while."""
    from pipeline.cli.demoday import DATA, RAW, simulated
    from pipeline.cli.shown import say

    say(f"writing the logs of a made-up company into {RAW}, what it knows of itself into {DATA} ...")
    return simulated(seed)


def _check(file: Path) -> None:
    """Refuse a file that is no store; raise ContentError."""
    from pipeline.edges.sqlite import SqliteStore
    from pipeline.errors import ContentError, Problem

    if file.exists():
        try:
            SqliteStore(file, create=False).close()
        except ContentError as error:
            problem = Problem(str(file), 1, "is no store of this version, so it stays", "move it away")
            raise ContentError([problem]) from error


def _fresh(file: Path) -> SqliteStore:
    """Give an empty store in the place of an older one."""
    from pipeline.edges.sqlite import SqliteStore

    file.parent.mkdir(exist_ok=True)
    for name in (file.name, f"{file.name}-wal", f"{file.name}-shm"):
        file.with_name(name).unlink(missing_ok=True)
    return SqliteStore(file)


def _run(days: Days, kept: SqliteStore) -> Seen:
    """Run the days, with progress and speed on stderr alone."""
    from pipeline.cli.report import progress, rate
    from pipeline.cli.seen import Seen, take
    from pipeline.cli.shown import say
    from pipeline.edges.embedded import run

    seen, began = Seen(), time.perf_counter()
    for batch in run([str(path) for path in days.files], "auto", days.content, store=kept):
        take(seen, batch)
        progress(seen, time.perf_counter() - began)
    progress(None)
    say(rate(seen, time.perf_counter() - began))
    return seen


def _for_people(days: Days, kept: SqliteStore, seen: Seen, fates: list[Outcome], loud: list[Fields]) -> None:
    from pipeline.cli.attackspage import attacks_page, benign_page
    from pipeline.cli.demopage import chain_page, drift_page, next_page, triage_page
    from pipeline.cli.report import not_seen
    from pipeline.cli.seen import summary
    from pipeline.cli.shown import terminal, whole

    console, alerts = terminal(), list(kept.alerts())
    whole(console, days.title)
    whole(console, summary(seen))
    whole(console)
    triage_page(console, alerts, dict(kept.standings()), URL)
    attacks_page(console, fates, _shipped(days.content))
    benign_page(console, loud, days.people, days.days)
    chain_page(console, kept, days.content, alerts)
    drift_page(console, alerts)
    not_seen(console, seen)
    next_page(console, alerts, URL, days.example, days.company)


def _as_json(days: Days, seen: Seen, fates: list[Outcome], loud: list[Fields]) -> None:
    """Print a line for each attack, and one that sums up."""
    from pipeline.cli.attacks import by_level

    for one in fates:
        write(
            {
                "scenario": one.attack.name,
                "expects": one.attack.expects,
                "level": one.level,
                "rules": one.rules,
                "alerts": [alert["event.id"] for alert in one.alerts],
            }
        )
    counts = {name: seen.counts[name] for name in ("records", "events", "idle", "rejects")}
    whom = {"people": days.people, "days": days.days}
    write(counts | {"alerts": len(seen.alerts)} | whom | {"benign": by_level(loud)})


def _shipped(content: Content) -> frozenset[str]:
    """Give the catalogue ids of all rules that judge."""
    return frozenset(rule.about.catalogue for rule in content.pack.rules)
