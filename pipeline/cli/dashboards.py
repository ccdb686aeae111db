"""`shadowgraph dashboards`: compile dashboards for Kibana, check them, and show their numbers without it."""

from __future__ import annotations

import os
import re
import sys
from contextlib import AbstractContextManager, closing, nullcontext
from pathlib import Path
from typing import TYPE_CHECKING

import click

from pipeline.cli.common import JSON, STORE, example, stored, write

if TYPE_CHECKING:
    from pipeline.cli.stores import Kept
    from pipeline.dashboards.nouns import Condition, Dashboard, Panel, Window
    from pipeline.dashboards.rows import Row
    from pipeline.edges.panels import Ask
    from pipeline.settings import Settings

FOLDER = click.argument("folder", metavar="[DIR]", required=False, type=click.Path(path_type=Path))


def _prefixed(ctx: click.Context, _option: click.Parameter, name: str | None) -> str | None:
    """Give a prefix back; refuse what no index can be called."""
    if name is not None and not re.fullmatch(r"[a-z0-9][a-z0-9_]{0,60}", name):
        raise click.UsageError(f"--prefix {name} is no name: write small letters, digits and _", ctx)
    return name


PREFIX = click.option(
    "--prefix", metavar="NAME", callback=_prefixed, help="What all names begin with; else elastic.prefix."
)
BUILD = example("dashboards build > kibana.ndjson", "dashboards build --prefix emea > kibana.ndjson")
CHECK = example("dashboards check", "dashboards check my-dashboards/ --store sqlite:///alerts.db")
SHOW = example(
    "dashboards show triage --store sqlite:///alerts.db",
    "dashboards show timeline --only user.id=ada.lind",
    "dashboards show exfiltration --svg > exfiltration.svg",
)


@click.group(epilog=example("dashboards show triage --store sqlite:///alerts.db"))
def dashboards() -> None:
    """Compile dashboards for Kibana, check them, and show their numbers without it."""


@dashboards.command(epilog=BUILD)
@FOLDER
@PREFIX
def build(folder: Path | None, prefix: str | None) -> None:
    """Print the dashboards of a folder, else our own, as lines that Kibana imports.

    The same dashboards give the same bytes. `shadowgraph setup kibana` installs them without a file.
    """
    from pipeline.dashboards.nouns import Naming
    from pipeline.dashboards.objects import lines, saved_objects

    sys.stdout.buffer.write(lines(saved_objects(known(folder), Naming(prefix or _settings().elastic.prefix))))


@dashboards.command(epilog=CHECK)
@FOLDER
@click.option(
    "--store", metavar="URL", help="Also find panels that show nothing of this store: sqlite:/// or https://."
)
@JSON
def check(folder: Path | None, store: str | None, *, as_json: bool) -> int:
    """Check that dashboards can be read, that Kibana would take them, and that their fields exist.

    Exit 1 if a panel shows nothing of the store, 2 if a file or a compiled object is wrong.
    """
    from pipeline.dashboards.check import check as checked
    from pipeline.dashboards.nouns import Naming
    from pipeline.dashboards.objects import saved_objects

    found, prefix = known(folder), _settings().elastic.prefix
    wrong = [str(fault) for fault in checked(saved_objects(found, Naming(prefix)), prefix)]
    quiet = _quiet(found, store) if store else []
    for fault in (*wrong, *quiet):
        if as_json:
            write({"fault": fault})
        else:
            click.echo(fault)
    panels = sum(len(one.panels) for one in found)
    if not as_json:
        click.echo(f"{len(found)} dashboards, {panels} panels: {len(wrong)} wrong, {len(quiet)} empty")
    return 2 if wrong else int(bool(quiet))


@dashboards.command(epilog=SHOW)
@click.argument("name", metavar="NAME")
@STORE
@click.option("--only", "only", metavar="FIELD=VALUE", multiple=True, help="Only documents with this value.")
@click.option("--svg", is_flag=True, help="Print one picture of all panels.")
@JSON
def show(name: str, store: str | None, only: tuple[str, ...], *, svg: bool, as_json: bool) -> None:
    """Print the numbers of each panel of a dashboard, as Kibana would show them.

    The span of time ends with the newest event of the store. All times are UTC.
    """
    from msgspec.structs import replace

    from pipeline.cli.dashboardpage import panel_page, top
    from pipeline.cli.dashboardpicture import picture
    from pipeline.cli.shown import terminal
    from pipeline.dashboards.rows import heads

    screen, extra = _named(name), _only(only)
    with closing(stored(store)) as kept, _asking(kept) as ask:
        window, console = _window(screen, kept), terminal()

        def rows_of(panel: Panel) -> list[Row]:
            return ask(replace(panel, where=(*panel.where, *extra)), window)

        if svg:
            click.echo(picture(screen, window, rows_of), nl=False)
            return
        if not as_json:
            top(console, screen, window)
        for panel in screen.panels:
            rows = rows_of(panel)
            if as_json:
                write({"panel": panel.title, "chart": panel.chart, "columns": heads(panel), "rows": rows})
            else:
                panel_page(console, panel, rows)


def known(folder: Path | None = None) -> list[Dashboard]:
    """Read the dashboards of a folder, else our own."""
    from pipeline.content import CONTENT
    from pipeline.dashboards.read import read_dashboards

    return read_dashboards(folder or (_settings().content or CONTENT) / "dashboards")


def _settings() -> Settings:
    from pipeline.settings import load_settings

    return load_settings(os.environ)


def _named(name: str) -> Dashboard:
    found = known()
    for one in found:
        if one.id == name:
            return one
    names = ", ".join(one.id for one in found)
    raise click.UsageError(
        f"no dashboard is named {name}: write {names}", click.get_current_context(silent=True)
    )


def _only(pairs: tuple[str, ...]) -> tuple[Condition, ...]:
    """Read conditions as typed: numbers and booleans as the field has them."""
    from pipeline.dashboards.words import condition_typed

    try:
        return tuple(condition_typed(*pair.partition("=")[::2]) for pair in pairs)
    except ValueError as error:
        raise click.UsageError(f"--only: {error}", click.get_current_context(silent=True)) from error


def _window(screen: Dashboard, kept: Kept) -> Window:
    from pipeline.dashboards.nouns import Window
    from pipeline.dashboards.words import span_seconds
    from pipeline.times import iso

    newest = kept.newest()
    if newest is None:
        words = f"{kept.path} holds no events: run `shadowgraph run PATH --store URL` first"
        raise click.UsageError(words, click.get_current_context(silent=True))
    ends = (max(newest - span_seconds(screen.since), 0.0), newest)
    return Window(*(iso(end)[:23] + "Z" for end in ends))


def _asking(kept: Kept) -> AbstractContextManager[Ask]:
    from pipeline.edges.panels import of_elastic, of_sqlite
    from pipeline.edges.sqlite import SqliteStore

    if isinstance(kept, SqliteStore):
        return nullcontext(of_sqlite(kept))
    from pipeline.edges.elastic.client import placed

    given = _settings().elastic
    return of_elastic(placed(str(kept.path), given), given.prefix)


def _quiet(found: list[Dashboard], store: str) -> list[str]:
    """Name the panels that show nothing of a store."""
    from pipeline.edges.panels import faults

    told = []
    with closing(stored(store)) as kept, _asking(kept) as ask:
        for screen in found:
            window = _window(screen, kept)
            for panel in screen.panels:
                told += [f"{screen.path}: {panel.title} {fault}" for fault in faults(panel, window, ask)]
    return told
