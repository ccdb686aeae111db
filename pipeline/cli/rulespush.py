"""`shadowgraph rules push`: give checked rules and policy to running workers."""

from __future__ import annotations

from pathlib import Path

import click

from pipeline.cli.common import DATA, JSON, example, write
from pipeline.cli.reached import CONFIG, configured, reached
from pipeline.cli.shown import say

PUSH = example("rules push --dry-run", "rules push detections/ --data company/")


@click.command(epilog=PUSH)
@click.argument(
    "folder", metavar="[DIR]", type=click.Path(path_type=Path, exists=True, file_okay=False), required=False
)
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
    from pipeline.edges.parcel import load_parcel, parcel
    from pipeline.errors import ContentError, Problem

    given = configured(config)
    pack = load_pack(data, folder, key=given.key, content=given.content)
    for note in pack.notes:
        say(f"note: {note}")
    if not pack.rules:
        fault, remedy = "holds no rule", "name a folder of rules in folders, such as detections/"
        raise ContentError([Problem(str(folder), 1, fault, remedy)])
    files = pack_files(data, folder, content=given.content)
    sent = parcel({name: path.read_bytes() for name, path in files.items()})
    load_parcel(pack.digest, sent, key=given.key)  # a worker that cannot make it would stay with the old one
    swaps = 0
    if not dry_run:
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
        words = (
            "not sent"
            if dry_run
            else f"sent to {swaps} partitions; each judges by it from its next record on"
        )
        click.echo(
            f"pack {pack.digest[:12]}: {len(pack.rules)} rules, {len(pack.correlations)} correlations, {words}"
        )
    return 0
