"""`shadowgraph rules push`: give checked rules and policy to running workers."""

from __future__ import annotations

from pathlib import Path

import click

from pipeline.cli.common import DATA, JSON, example, write
from pipeline.cli.reached import CONFIG, configured, reached
from pipeline.cli.shown import say

PUSH = example("rules push --dry-run", "rules push detections/ --data company/")


@click.command(epilog=PUSH)
@click.argument("folder", metavar="[DIR]", type=click.Path(path_type=Path), required=False)
@DATA
@click.option("--dry-run", is_flag=True, help="Check everything, and send nothing.")
@CONFIG
@JSON
def push(folder: Path | None, data: Path | None, config: Path | None, *, dry_run: bool, as_json: bool) -> int:
    """Give the rules in DIR, or our own, with the policy to running workers: each judges by them from its next record on.

    A pack with a fault is refused, and every fault told. Nothing is judged anew.
    """
    from pipeline.content import load_pack, pack_files
    from pipeline.edges.admin.pushing import push_pack

    given = configured(config)
    pack = load_pack(data, folder, key=given.key, content=given.content)
    for note in pack.notes:
        say(f"note: {note}")
    swaps = 0
    if not dry_run:
        files = pack_files(data, folder, content=given.content)
        with reached(given.kafka) as cluster:
            swaps = push_pack(pack.digest, files, cluster, given.kafka)
    told = {
        "digest": pack.digest,
        "rules": len(pack.rules),
        "correlations": len(pack.correlations),
        "swaps": swaps,
    }
    if as_json:
        write(told)
    else:
        words = "not sent" if dry_run else f"sent, in force behind {swaps} swaps"
        click.echo(
            f"pack {pack.digest[:12]}: {len(pack.rules)} rules, {len(pack.correlations)} correlations, {words}"
        )
    return 0
