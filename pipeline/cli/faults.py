"""What went wrong, in words on stderr: named, never with content, never with a traceback."""

from __future__ import annotations

import traceback
from collections.abc import Iterator
from pathlib import Path

import click

from pipeline.cli.shown import say
from pipeline.errors import ContentError, Outage

HOME = Path(__file__).resolve().parents[2]


def told(error: Exception) -> int:
    """Tell a failure on stderr and give its exit code."""
    for line in _lines(error):
        say(line)
    return 2


def _lines(error: Exception) -> Iterator[str]:
    match error:
        case click.exceptions.NoArgsIsHelpError():
            yield from error.format_message().splitlines()
        case click.UsageError():
            yield f"error: {' '.join(error.format_message().split())}"
            if error.ctx:
                yield f"try: {error.ctx.command_path} --help"
        case click.ClickException():
            yield f"error: {error.format_message()}"
        case ContentError():
            yield from map(str, error.problems)
        case Outage():
            yield f"error: {error}"
        case OSError(filename=str() | bytes() as name):
            shown = name if isinstance(name, str) else name.decode(errors="replace")
            yield f"error: {shown}: {error.strerror or type(error).__name__}"
        case _:
            yield f"error: {type(error).__name__} {_place(error)}: this is a fault of shadowgraph, please report it"


def _place(error: Exception) -> str:
    """Name the last line of our own that the failure came through; its words stay untold, they may hold content."""
    ours = [
        frame
        for frame in traceback.extract_tb(error.__traceback__)
        if Path(frame.filename).is_relative_to(HOME) and ".venv" not in frame.filename
    ]
    if not ours:
        return "somewhere"
    return f"at {Path(ours[-1].filename).relative_to(HOME)}:{ours[-1].lineno}"
