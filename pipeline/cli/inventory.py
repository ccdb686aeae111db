"""`shadowgraph inventory`: which AI is used, by whom, since when, how often and with which data."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from contextlib import closing
from datetime import UTC, datetime
from difflib import get_close_matches
from typing import TYPE_CHECKING

import click

from pipeline.cli.alerts import UNITS
from pipeline.cli.common import JSON, STORE, example, stored, write

if TYPE_CHECKING:
    from pipeline.cli.stores import Kept
    from pipeline.cli.uses import Uses
    from pipeline.event import Fields

STATUSES = ("sanctioned", "tolerated", "unsanctioned", "banned", "unknown")
APP = "ai.app.id="

HELP = example(
    "inventory --store sqlite:///alerts.db",
    "inventory chatgpt",
    "inventory --person ada.lind --since 7d",
    "inventory --status unsanctioned --json",
)


@click.command(epilog=HELP)
@click.argument("name", metavar="[APP]", required=False)
@STORE
@click.option("--person", metavar="NAME", help="Only what this person or agent uses.")
@click.option("--app", metavar="APP", help="Only this app, by id or name.")
@click.option("--status", type=click.Choice(STATUSES), help="Only apps of this status.")
@click.option(
    "--since", metavar="TIME", help="Used since then: 2026-03-04T09:00, or 24h, 7d before the newest event."
)
@JSON
def inventory(
    name: str | None,
    store: str | None,
    *,
    person: str | None,
    app: str | None,
    status: str | None,
    since: str | None,
    as_json: bool,
) -> None:
    """Show which AI is used, by whom, since when, how often and with which data.

    One row for each app; with APP, one for each person who uses it. What must be looked at comes first: banned,
    unsanctioned, unknown. Endpoints that only look like AI are marked as guessed. Times are UTC.
    """
    from pipeline.cli.inventorypage import page
    from pipeline.cli.shown import terminal
    from pipeline.cli.uses import uses

    if name and app:
        raise _refused("name the app once: as APP to see its people, or after --app")
    with closing(stored(store)) as kept:
        standings = _of_apps(kept)
        found = uses(kept.every_event(), _start(kept, since) if since else "")
    if not found.apps and not standings:
        where = store or "the store"
        raise _refused(f"{where} holds no use of an AI: run `shadowgraph run PATH --store URL` first")

    wanted = _named_app(name or app, found, standings)
    asked = _named_person(person, found) if person else None
    if name and wanted:
        rows = list(_people(wanted, found, {} if since else dict(standings).get(wanted, {}), asked))
    else:
        rows = list(_apps(found, {} if since or asked else dict(standings), asked))
    rows = [row for row in rows if _is_wanted(row, wanted, status)]
    if as_json:
        for row in rows:
            write(row)
    else:
        page(terminal(), rows, of_people=bool(name))


def _apps(found: Uses, standings: dict[str, Fields], asked: set[str] | None) -> Iterator[Fields]:
    """Give one row for each app: of everybody, or of one person."""
    from pipeline.cli.uses import App, by_need, row, summed, with_standing

    rows = []
    for name in {**found.apps, **standings}:
        app = found.apps.get(name) or App()
        using = [use for who, use in app.uses.items() if asked is None or who in asked]
        facts = row(name, app, summed(using), None if asked else len(app.uses.keys() & found.people))
        if name in standings:
            rows.append(with_standing(facts, standings[name]))
        elif using:
            rows.append(facts | ({"who": ", ".join(sorted(asked))} if asked else {}))
    yield from sorted(rows, key=by_need)


def _people(name: str, found: Uses, standing: Fields, asked: set[str] | None) -> Iterator[Fields]:
    """Give one row for each who used an app, the most frequent first; then those whose events are gone."""
    from pipeline.cli.uses import App, Use, row

    app = found.apps.get(name) or App()
    for who, use in sorted(app.uses.items(), key=lambda item: (-item[1].events, item[0])):
        if asked is None or who in asked:
            yield {"who": who, "person": who in found.people, **row(name, app, use, None)}
    for who in standing.get("ai.standing.people", ()) if asked is None else ():
        if who not in app.uses:
            yield {"who": who, "person": True, **row(name, app, Use(), None)}


def _is_wanted(row: Fields, app: str | None, status: str | None) -> bool:
    return (app is None or row["app"] == app) and (status is None or row.get("status", "unknown") == status)


def _named_app(asked: str | None, found: Uses, standings: list[tuple[str, Fields]]) -> str | None:
    """Give the id of an app that is asked for by id or name."""
    if asked is None:
        return None
    names = {name.lower(): name for name in (*found.apps, *dict(standings))}
    names |= {app.told["name"].lower(): name for name, app in found.apps.items() if "name" in app.told}
    names |= {told["ai.app.name"].lower(): name for name, told in standings if "ai.app.name" in told}
    if asked.lower() not in names:
        raise _refused(f"nobody uses an app {asked!r}{_near(asked, names)}")
    return names[asked.lower()]


def _named_person(asked: str, found: Uses) -> set[str]:
    from pipeline.cli.uses import known_as

    if who := known_as(found, asked):
        return who
    everybody = {name for names in found.names.values() for name in names}
    raise _refused(f"no use of an AI names {asked!r}{_near(asked, everybody)}")


def _near(asked: str, names: Iterable[str]) -> str:
    near = get_close_matches(asked.lower(), sorted(names), n=3, cutoff=0.5)
    return f": did you mean {', '.join(near)}?" if near else ""


def _refused(words: str) -> click.UsageError:
    return click.UsageError(words, click.get_current_context(silent=True))


def _of_apps(kept: Kept) -> list[tuple[str, Fields]]:
    """Give the standings of apps by their ids."""
    return [(name.removeprefix(APP), told) for name, told in kept.standings() if name.startswith(APP)]


def _start(kept: Kept, since: str) -> str:
    """Give the beginning of a time as documents write it: itself, or so long before the newest event."""
    from pipeline.cli.shown import moment
    from pipeline.times import iso

    if span := re.fullmatch(r"(\d{1,6})([mhdw])", since):
        newest = kept.newest()
        return "" if newest is None else iso(max(newest - int(span[1]) * UNITS[span[2]], 0.0))
    try:
        return datetime.fromtimestamp(moment(since), UTC).strftime("%Y-%m-%dT%H:%M:%S")
    except (ValueError, OverflowError, OSError) as error:
        raise _refused(f"--since {since} is no time: write 2026-03-04T09:00, 24h or 7d") from error
