"""`shadowgraph rules cost`: what the pack costs for an event, and the ten dearest rules."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import click

from pipeline.cli.common import DATA, JSON, SOURCE, content, example, inputs, known_source, settings, write

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pipeline.cli.costs import Dear
    from pipeline.event import Fields
    from pipeline.pack import Pack, Rule

COST = example(
    "rules cost",
    "rules cost --on logs/ --json",
    "rules cost new.yml --on access.log --source squid",
)
DAY = "the recorded day"
LONGEST, INDENT = 20, 42
"""Characters of a name, and what stands before a title."""


@click.command(epilog=COST)
@click.argument("rules", metavar="[RULES]", type=click.Path(path_type=Path), required=False)
@click.option("--on", metavar="PATH", help="Logs to measure on; the recorded day unless given.")
@SOURCE
@DATA
@JSON
def cost(rules: Path | None, *, on: str | None, source: str, data: Path | None, as_json: bool) -> int:
    """Measure what it costs to find the rules of an event, and which ten rules are the dearest.

    RULES is a file or a folder; our own unless it is named. Microseconds are CPU time on this machine; the pack shares work
    between its rules, each rule is measured alone. Exit 1 if there was no event.
    """
    from pipeline.cli.costs import dearest, judged_events, pack_cost
    from pipeline.cli.day import day_files

    source = known_source(source)
    files = inputs((on,)) if on else [str(path) for path in day_files()]
    judged = content(data, settings())
    known, find = _chosen(rules, judged.pack)
    events = judged_events(files, source, judged)
    if not (events and known):
        click.echo(
            "there is nothing to measure: no event was read" if known else "there is no rule", err=True
        )
        return 1
    whole, dear = pack_cost(find, events), dearest(known, events)
    if as_json:
        write(
            {"on": on or DAY, "events": len(events), "rules": len(known), "us": round(whole, 2)}
            | {"dearest": [_document(one) for one in dear]}
        )
    else:
        _tell(on or DAY, len(events), len(known), whole, dear)
    return 0


def _chosen(path: Path | None, pack: Pack) -> tuple[Sequence[Rule], Callable[[Fields], object]]:
    """Give the rules to be measured, and what finds those of an event."""
    from pipeline.cli.convert import given
    from pipeline.rules.index import indexed
    from pipeline.rules.read import read_rules
    from pipeline.suspect import matched

    if path is None:
        return pack.rules, lambda fields: matched(fields, pack)
    files, lists, _ = given(path, None)
    known = read_rules(files, placeholders=lists, lint=False).rules
    return known, indexed(known).matching


def _document(one: Dear) -> Fields:
    rule = one.rule
    return {
        "rule": rule.about.catalogue or rule.name or rule.id,
        "id": rule.id,
        "title": rule.title,
        "file": rule.path,
        "line": rule.line,
        "us": round(one.cost, 2),
        "hits": one.hits,
    }


def _tell(on: str, events: int, rules: int, whole: float, dear: Sequence[Dear]) -> None:
    from pipeline.cli.shown import heading, put, terminal

    console = terminal()
    put(
        console,
        f"{rules} rules on {events:,} events of {on}: {whole:.1f} us for an event, all rules together",
    )
    heading(console, "The dearest, each alone (us for an event, events that it meets)")
    for one in map(_document, dear):
        first = f"  {one['us']:8.2f} {one['hits']:7}  {one['rule'][:LONGEST]}"
        put(console, one["title"], indent=INDENT, first=first)
