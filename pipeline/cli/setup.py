"""`shadowgraph setup`: lay out what the workers need in other systems, and check what is there."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from pipeline.cli.common import JSON, example, write
from pipeline.cli.reached import CONFIG, configured, reached
from pipeline.cli.setup_elastic import elastic_command
from pipeline.cli.setup_kibana import kibana_command
from pipeline.cli.shown import visible

if TYPE_CHECKING:
    from pipeline.edges.admin.layout import Finding
    from pipeline.edges.topics import Topic

KAFKA = example("setup kafka --dry-run", "setup kafka -c settings.toml", "setup kafka --print")


@click.group(epilog=KAFKA)
def setup() -> None:
    """Lay out what the workers need in other systems, and check what is there."""


setup.add_command(elastic_command)
setup.add_command(kibana_command)


@setup.command(epilog=KAFKA)
@CONFIG
@click.option("--dry-run", is_flag=True, help="Say what would be created, and create nothing.")
@click.option(
    "--print", "printing", is_flag=True, help="Print the topics that are needed, and connect to nobody."
)
@JSON
def kafka(config: Path | None, *, dry_run: bool, printing: bool, as_json: bool) -> int:
    """Create the topics that are missing, and check those that are there.

    It may be run at any time: it never changes or deletes a topic. Exit 2 if one is laid out otherwise than needed; each
    fault has its remedy.
    """
    from pipeline.edges.admin.layout import set_up
    from pipeline.edges.topics import topics

    given = configured(config).kafka
    needed = topics(given)
    if printing:
        for topic in needed:
            _print(topic, as_json=as_json)
        return 0
    with reached(given) as cluster:
        found = set_up(needed, cluster, given, dry=dry_run)
    for one in found:
        _tell(one, dry=dry_run, as_json=as_json)
    if not as_json:
        _sum_up(found, dry=dry_run, raw=bool(given.raw))
    return 2 if any(one.faults for one in found) else 0


def _print(topic: Topic, *, as_json: bool) -> None:
    if as_json:
        write(
            {"topic": topic.name, "partitions": topic.partitions, "key": topic.key, "config": topic.config()}
        )
    else:
        config = " ".join(f"{name}={value}" for name, value in topic.config().items())
        click.echo(visible(f"{topic.name}  partitions={topic.partitions} {config}"))


def _tell(found: Finding, *, dry: bool, as_json: bool) -> None:
    topic = found.topic
    state = found.state if found.state != "missing" or dry else "created"
    if as_json:
        faults = [{"fault": fault, "remedy": remedy} for fault, remedy in found.faults]
        write(
            {
                "topic": topic.name,
                "state": state,
                "partitions": topic.partitions,
                "faults": faults,
                "notes": found.notes,
            }
        )
        return
    if state != "ok":
        click.echo(visible(f"{state}  {topic.name}"))
    for fault, remedy in found.faults:
        click.echo(visible(f"  {topic.name} {fault} ({remedy})"))
    for note in found.notes:
        click.echo(visible(f"  note: {topic.name} {note}"))


def _sum_up(found: list[Finding], *, dry: bool, raw: bool) -> None:
    missing, faulty = (sum(one.state == state for one in found) for state in ("missing", "faulty"))
    created = "missing" if dry else "created"
    click.echo(
        f"{len(found)} topics: {len(found) - missing - faulty} ok, {missing} {created}, {faulty} faulty"
    )
    if not raw:
        click.echo(
            "note: kafka.raw names no source, so nothing would be read: write [kafka.raw] and litellm = 4"
        )
