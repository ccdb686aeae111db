"""`shadowgraph rules backtest`: what a rule would have found in logs or a store, and what another version of it."""

from __future__ import annotations

import time
from collections.abc import Callable, Generator, Iterable, Iterator
from contextlib import closing, contextmanager
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import click

from pipeline.cli.common import (
    DATA,
    JSON,
    SOURCE,
    content,
    example,
    inputs,
    known_source,
    reject,
    settings,
    stored,
    write,
)
from pipeline.cli.shown import say

if TYPE_CHECKING:
    from pipeline.arrival import Arrival
    from pipeline.cli.replayed import Side
    from pipeline.event import Fields
    from pipeline.rules.read import RuleSet

STORED = "sqlite:"

HELP = example(
    "rules backtest EXF-001 --on logs/",
    "rules backtest new.yml --on sqlite:///alerts.db --against old.yml",
    "rules backtest new.yml --on - --source squid --json < access.log",
)


@click.command(epilog=HELP)
@click.argument("rule", metavar="RULE")
@click.option(
    "--on",
    required=True,
    metavar="PATH|STORE",
    help="Logs, read like `run` does, or sqlite:///FILE: the events in it.",
)
@click.option("--against", metavar="OLD", help="Another version: which alerts are gained and lost.")
@SOURCE
@DATA
@JSON
def backtest(
    rule: str, *, on: str, against: str | None, source: str, data: Path | None, as_json: bool
) -> int:
    """Try a rule on logs or a store: how often it fires, on whom, and what another version would change.

    RULE and OLD are files with a rule and all that its correlation listens to, or ids of our own rules. Only they judge;
    nothing is kept. A store holds neither idle events nor second sightings. Exit 1 if a record was rejected or there was
    no event.
    """
    from pipeline.cli.replayed import chosen, of_files, replay, side
    from pipeline.cli.report import progress

    source, options = known_source(source), settings()
    files = () if on.startswith(STORED) else tuple(inputs((on,)))
    judged = content(data, options)
    sets = [chosen(name, judged.pack) for name in (rule, against) if name]
    _remark(sets)
    sides = [side(one, judged.pack, files or (on,)) for one in sets]

    began = time.perf_counter()
    logs = partial(of_files, files, source, judged, sets, options.lateness_of(source))
    with _opened(on, logs) as arrived:
        for rejects in replay(arrived, sides, options.batch):
            for found in rejects if as_json else ():
                reject(found, as_json=True)
            progress(sides[0].seen, time.perf_counter() - began)
    progress(None)
    return _told({"rule": rule, "on": on, "against": against}, sides, as_json=as_json)


@contextmanager
def _opened(on: str, logs: Callable[[], Generator[Arrival, None, None]]) -> Iterator[Iterable[Arrival]]:
    """Open the store or the logs, and let go of them whatever happens."""
    from pipeline.cli.replayed import of_store

    if not on.startswith(STORED):
        with closing(logs()) as arrived:
            yield arrived
        return
    with closing(stored(on)) as store:
        yield of_store(store, on)


def _remark(sets: Iterable[RuleSet]) -> None:
    """Name the fields that our events do not have: a rule that asks for one can find nothing there."""
    from pipeline.fields import FIELDS

    rules = {one.digest: one for found in sets for one in found.rules}
    for one in rules.values():
        for name in sorted(one.fields - FIELDS.keys()):
            say(
                f"note: {one.path}:{one.line}: no event has the field {name} (docs/fields.md lists those there are)"
            )


def _told(names: Fields, sides: list[Side], *, as_json: bool) -> int:
    from pipeline.cli.backtestpage import page
    from pipeline.cli.compared import report
    from pipeline.cli.shown import terminal

    seen, told = sides[0].seen, names | report(sides[0], sides[1] if len(sides) > 1 else None)
    if as_json:
        write(told)
    else:
        page(terminal(), told, sides)
    return int(seen.counts["rejects"] > 0 or not told["events"] + told["idle"])
