"""`shadowgraph ref`: give checked reference data to running workers."""

from __future__ import annotations

from pathlib import Path

import click

from pipeline.cli.common import JSON, example, write
from pipeline.cli.reached import CONFIG, configured, reached
from pipeline.cli.shown import say

PUSH = example("ref push company/ --dry-run", "ref push company/ -c settings.toml")


@click.group(epilog=PUSH)
def ref() -> None:
    """Give people, devices, apps, agents and documents to running workers."""


@ref.command(epilog=PUSH)
@click.argument("folder", metavar="DIR", type=click.Path(path_type=Path))
@click.option("--dry-run", is_flag=True, help="Check everything, and send nothing.")
@CONFIG
@JSON
def push(folder: Path, config: Path | None, *, dry_run: bool, as_json: bool) -> int:
    """Check the reference data in DIR as `--data` does, and write what has changed to its topics.

    One fault anywhere, and nothing is written: what the workers know stays.
    """
    from pipeline.edges.admin.pushing import push_reference, reference_files

    given = configured(config)
    _check(folder, given.content)
    files, changed = reference_files(folder), 0
    if not files:
        words = f"{folder} holds no reference data: name a folder with people.csv, apps.yaml or the like"
        raise click.UsageError(words, click.get_current_context(silent=True))
    if not dry_run:
        with reached(given.kafka) as cluster:
            changed = push_reference(files, cluster, given.kafka)
    if as_json:
        write({"files": [name for _, name in files], "changed": changed, "sent": not dry_run})
    else:
        click.echo(f"{len(files)} files are sound, {'none' if dry_run else changed} sent")
    return 0


def _check(folder: Path, content: Path | None) -> None:
    """Raise ContentError with every fault of the reference data and of the policy."""
    from enrichers.reference import load_reference
    from pipeline.content import policy_files
    from pipeline.errors import ContentError, Problem
    from pipeline.suspect.policyfile import read_policy

    problems: list[Problem] = []
    notes: list[str] = []
    try:
        notes += load_reference(folder, content=content).notes
    except ContentError as error:
        problems += error.problems
    try:
        notes += read_policy(*policy_files(folder, content))[1]
    except ContentError as error:
        problems += error.problems
    if problems:
        raise ContentError(problems)
    for note in notes:
        say(f"note: {note}")
