"""`shadowgraph alerts`: list alerts, look at one, and say what became of it."""

from __future__ import annotations

import getpass
import re
import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import closing
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import click

from pipeline.cli.common import JSON, STORE, example, stored, write

if TYPE_CHECKING:
    from pipeline.cli.stores import Kept
    from pipeline.event import Fields

LEVELS = ("low", "medium", "high", "critical")
STATUSES = ("open", "acknowledged", "closed")
DISPOSITIONS = (
    "true-harmful",
    "true-accidental",
    "policy-wrong",
    "expected-exception",
    "false-classifier",
    "false-logic",
    "duplicate",
    "test",
)
"""What an alert turned out to be; a closed list, because rules are tuned by it."""

UNITS = {"m": 60.0, "h": 3600.0, "d": 86400.0, "w": 604800.0}
PERSON = ("user.id", "user.name", "user.email", "gen_ai.agent.id", "gen_ai.agent.name")

ID = click.argument("name", metavar="ID")
ANALYST = click.option("--analyst", metavar="NAME", help="Who says so; your login unless given.")


@click.group(
    epilog=example("alerts list", "alerts show 3f2a91c0", "alerts close 3f2a91c0 --disposition test")
)
def alerts() -> None:
    """List alerts, look at one, and say what became of it."""


def chosen(command: Callable[..., object]) -> Callable[..., object]:
    """Give a command the options that choose alerts."""
    for option in (
        click.option("--search", metavar="WORDS", help="With these words in title, names or rule."),
        click.option("--status", type=click.Choice(STATUSES), help="Only these."),
        click.option("--person", metavar="NAME", help="Of this person or agent."),
        click.option(
            "--since",
            metavar="TIME",
            help="Seen since then: 2026-03-04T09:00, or 24h, 7d before the newest alert.",
        ),
        click.option("--level", type=click.Choice(LEVELS), help="At least this level."),
        STORE,
    ):
        command = option(command)
    return command


@alerts.command(
    "list",
    epilog=example(
        "alerts list --store sqlite:///alerts.db",
        "alerts list --level high --since 24h",
        "alerts list --person ada.lind --json",
    ),
)
@chosen
@click.option("--all", "everything", is_flag=True, help="Closed ones too, and as many as there are.")
@JSON
def list_(store: str | None, *, everything: bool, as_json: bool, **wanted: str | None) -> None:
    """List alerts, the greatest risk first.

    Alerts that share events are one row; times are UTC. With --json every alert is a line, closed ones too.
    """
    with closing(stored(store)) as kept:
        found = _chosen(kept, **wanted)
        if as_json:
            for alert in found:
                write(alert)
        else:
            _show(kept, found, everything=everything, status=wanted["status"])


@alerts.command(
    epilog=example(
        "alerts export --store sqlite:///alerts.db > alerts.csv",
        "alerts export --form ndjson --out alerts.ndjson --since 7d",
    )
)
@chosen
@click.option(
    "--form", type=click.Choice(("csv", "ndjson")), default="csv", show_default=True, help="How to write."
)
@click.option(
    "--out",
    type=click.Path(dir_okay=False, path_type=Path),
    metavar="FILE",
    help="Where to; stdout unless given.",
)
def export(store: str | None, *, form: str, out: Path | None, **wanted: str | None) -> None:
    """Write alerts to a file for other programs, closed ones too.

    In CSV a cell that a spreadsheet would take for a formula begins with an apostrophe.
    """
    from pipeline.cli.exported import FORMS

    with closing(stored(store)) as kept:
        found = _chosen(kept, **wanted)
    if out is None:
        FORMS[form](found, sys.stdout)
        return
    try:
        with out.open("w", encoding="utf-8", newline="") as file:
            FORMS[form](found, file)
    except OSError as error:
        words = f"{out} cannot be written: {error.strerror}"
        raise click.UsageError(words, click.get_current_context(silent=True)) from error


@alerts.command(epilog=example("alerts show 3f2a91c0 --store sqlite:///alerts.db"))
@ID
@STORE
@JSON
def show(name: str, store: str | None, *, as_json: bool) -> None:
    """Show one alert: what, why, who, and what next."""
    from pipeline.cli.explanation import of_alert
    from pipeline.cli.finding import alert_named, short_id
    from pipeline.cli.page import page
    from pipeline.cli.people import subject_of
    from pipeline.cli.shown import terminal

    with closing(stored(store)) as kept:
        alert = alert_named(kept, name)
        if as_json:
            write(alert)
            return
        standing = dict(kept.standings()).get(subject_of(alert))
        page(terminal(), of_alert(alert, [], None), partial(short_id, kept), standing)


@alerts.command(epilog=example("alerts ack 3f2a91c0", "alerts ack 3f2a91c0 --analyst jonas.weber"))
@ID
@STORE
@ANALYST
def ack(name: str, store: str | None, analyst: str | None) -> None:
    """Say that somebody has taken an alert up."""
    with closing(stored(store)) as kept:
        said = {"ai.alert.status": "acknowledged", "ai.alert.acknowledged_at": _now()}
        _say(kept, name, said | {"ai.alert.analyst": analyst or _login()}, "acknowledged")


@alerts.command(
    epilog=example(
        "alerts close 3f2a91c0 --disposition true-accidental",
        'alerts close 3f2a91c0 --disposition expected-exception --note "pilot, ends in May"',
    )
)
@ID
@STORE
@click.option(
    "--disposition", required=True, type=click.Choice(DISPOSITIONS), help="What it turned out to be."
)
@click.option("--note", metavar="TEXT", help="What the next analyst should know.")
@ANALYST
def close(name: str, store: str | None, disposition: str, note: str | None, analyst: str | None) -> None:
    """Close an alert and say what it turned out to be."""
    with closing(stored(store)) as kept:
        said = {
            "ai.alert.status": "closed",
            "ai.alert.disposition": disposition,
            "ai.alert.closed_at": _now(),
        }
        said |= {"ai.alert.note": note} if note else {}
        _say(kept, name, said | {"ai.alert.analyst": analyst or _login()}, f"closed as {disposition}")


def _say(kept: Kept, name: str, said: Fields, done: str) -> None:
    """Take down what an analyst says, and confirm it."""
    from pipeline.cli.finding import alert_named
    from pipeline.cli.shown import terminal, whole

    alert = alert_named(kept, name)
    if said["ai.alert.status"] == "closed":
        said["ai.alert.closed_level"] = alert["ai.risk.level"]
    kept.say(alert["event.id"], said)
    before = alert.get("ai.alert.status", "open")
    facts = f"{alert['rule.id']}, {alert['ai.risk.level']}, was {before}"
    whole(terminal(), f"{alert['event.id']} ({facts}) {done} by {said['ai.alert.analyst']}")


def _show(kept: Kept, found: list[Fields], *, everything: bool, status: str | None) -> None:
    from pipeline.cli.seen import counted
    from pipeline.cli.shown import shortened, terminal, whole
    from pipeline.cli.triage import MOST_ROWS, rows, table

    console = terminal()
    shown = [alert for alert in found if everything or status or alert.get("ai.alert.status") != "closed"]
    grouped = rows(shown)
    listed = grouped if everything else grouped[:MOST_ROWS]
    if listed:
        ids = shortened(alert["event.id"] for alert in kept.alerts())
        table(console, listed, dict(kept.standings()), ids)
        whole(console)
    told = [f"{counted(len(shown), 'alert')} in {counted(len(grouped), 'row')}"]
    if len(listed) < len(grouped):
        told.append(f"{counted(len(grouped) - len(listed), 'row')} more with --all")
    if len(shown) < len(found):
        told.append(f"{len(found) - len(shown):,} closed")
    whole(console, "; ".join(told))


def _chosen(kept: Kept, *, since: str | None, search: str | None, **wanted: str | None) -> list[Fields]:
    found = list(kept.alerts())
    if since:
        found = list(_since(found, since))
    if search:
        ids = kept.searched(search)
        found = [alert for alert in found if alert["event.id"] in ids]
    return [alert for alert in found if _wanted(alert, **wanted)]


def _wanted(alert: Fields, *, level: str | None, person: str | None, status: str | None) -> bool:
    if level and LEVELS.index(alert["ai.risk.level"]) < LEVELS.index(level):
        return False
    if person and person.lower() not in (str(alert.get(field, "")).lower() for field in PERSON):
        return False
    return not status or alert.get("ai.alert.status", "open") == status


def _since(found: Iterable[Fields], since: str) -> Iterator[Fields]:
    """Keep what was seen since a time, or since so long before the newest."""
    from pipeline.cli.shown import moment

    times = [(moment(alert["ai.alert.last_seen"]), alert) for alert in found]
    if span := re.fullmatch(r"(\d{1,6})([mhdw])", since):
        start = max((time for time, _ in times), default=0.0) - int(span[1]) * UNITS[span[2]]
    else:
        try:
            start = moment(since)
        except ValueError as error:
            words = f"--since {since} is no time: write 2026-03-04T09:00, 24h or 7d"
            raise click.UsageError(words, click.get_current_context(silent=True)) from error
    return (alert for time, alert in times if time >= start)


def _login() -> str:
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return "unknown"


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="milliseconds")  # noqa: TID251 - when the analyst said it
