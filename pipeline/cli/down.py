"""`shadowgraph down`: the end of what `shadowgraph up` has started."""

from __future__ import annotations

from pathlib import Path

import click

from pipeline.cli.common import JSON, example, write
from pipeline.cli.up import FOLDER

HELP = example("down", "down --json", "down --folder /tmp/stack")


@click.command(epilog=HELP)
@FOLDER
@JSON
def down(*, folder: Path, as_json: bool) -> None:
    """Stop what `shadowgraph up` has started, and nothing else.

    Records and documents stay for the next `up`; remove the folder to begin anew.
    """
    from pipeline.local import stack

    ended = []
    if folder.is_dir():
        with stack.alone(folder):
            ended = stack.stopped(folder)
    for kept in ended:
        if as_json:
            write({"name": kept.name, "state": "stopped", "pid": kept.pid})
        else:
            print(f"{kept.name:8} stopped")
    if not ended and not as_json:
        print(f"nothing of {folder} is running")
