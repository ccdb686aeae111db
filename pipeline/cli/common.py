"""What commands share: their arguments, inputs and content, answers in lines of JSON, rejects on stderr."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from pipeline.cli.shown import say

if TYPE_CHECKING:
    from pipeline.cli.stores import Kept
    from pipeline.edges.embedded import Content
    from pipeline.pack import Pack
    from pipeline.record import Reject
    from pipeline.settings import Settings

DEMO_KEY = "WARNING: no SHADOWGRAPH_KEY is set, so the key of all hashes is the public demo key: they protect nothing"

PATHS = click.argument("paths", metavar="PATH...", nargs=-1, required=True)
PATH = click.argument("path", metavar="PATH")
SOURCE = click.option(
    "--source", default="auto", metavar="NAME", help="Format of the logs; guessed unless given."
)
DATA = click.option(
    "--data", type=click.Path(path_type=Path), metavar="DIR", help="Folder with the organisation's data."
)
STORE = click.option(
    "--store", metavar="URL", help="Where alerts are kept: sqlite:///alerts.db or https://user@host:9200."
)
JSON = click.option("--json", "as_json", is_flag=True, help="Print lines of JSON.")

T = TypeVar("T")


def example(*lines: str) -> str:
    """Give the examples at the end of a command's help."""
    return "\b\nExample: " + f"\n{' ' * 9}".join(f"shadowgraph {line}" for line in lines)


def inputs(paths: tuple[str, ...]) -> list[str]:
    """Give the files that these paths name, each once and in the order given; refuse what cannot be read.

    Raises ContentError before anything was read or written.
    """
    from pipeline.edges.files import LogFile, expanded
    from pipeline.errors import ContentError, Problem

    found = list(dict.fromkeys(file for path in paths for file in expanded((path,))))
    for path in found:
        if not _encodable(path):
            fault = [
                Problem(
                    path.encode(errors="backslashreplace").decode(),
                    1,
                    "has a name that is not UTF-8",
                    "rename it",
                )
            ]
            raise ContentError(fault)
        if path != "-":
            LogFile(path, "").close()
    return found


def known_source(name: str) -> str:
    """Give the name of a source back; refuse one that no reader has."""
    from pipeline.understand.sources import READERS, source_named

    if name != "auto" and source_named(name) is None:
        names = ", ".join(reader.name for reader in READERS)
        raise click.UsageError(
            f"no source is named {name}: write auto, {names}", click.get_current_context(silent=True)
        )
    return name


def settings() -> Settings:
    """Give the settings; say loudly where the key of hashes is nobody's secret."""
    from pipeline.settings import load_settings

    found = load_settings(os.environ)
    if found.demo_key:
        say(DEMO_KEY)
    return found


def content(data: Path | None, given: Settings) -> Content:
    """Load what judges and what is known beforehand; remarks go to stderr, every fault of both is told at once."""
    from enrichers.reference import load_reference
    from pipeline.content import load_pack
    from pipeline.edges.embedded import Content
    from pipeline.errors import ContentError, Problem

    problems: set[Problem] = set()

    def attempt(load: Callable[[], T]) -> T | None:
        try:
            return load()
        except ContentError as error:
            problems.update(error.problems)
            return None

    pack = attempt(lambda: load_pack(data, key=given.key, content=given.content))
    reference = attempt(lambda: load_reference(data, content=given.content))
    if pack is None or reference is None:
        raise ContentError(problems)
    for note in (*pack.notes, *reference.notes):
        say(f"note: {note}")
    return Content(pack, reference)


def rules_known() -> Pack:
    """Load the pack for those who only explain what it has found."""
    from pipeline.content import load_pack
    from pipeline.settings import load_settings

    given = load_settings(os.environ)
    return load_pack(key=given.key, content=given.content)


def stored(url: str | None) -> Kept:
    """Open the store that was named, else that of the settings, to read it."""
    from pipeline.cli.stores import FORMS, opened
    from pipeline.settings import load_settings

    chosen = url or load_settings(os.environ).store
    if chosen is None:
        words = f"no store is named: {FORMS} after --store, or set SHADOWGRAPH_STORE"
        raise click.UsageError(words, click.get_current_context(silent=True))
    return opened(chosen)


def write(document: Any) -> None:
    """Write one line of JSON to stdout."""
    import orjson

    sys.stdout.buffer.write(orjson.dumps(document) + b"\n")


def flush() -> None:
    """Let the reader of stdout see what was written."""
    sys.stdout.buffer.flush()


def reject(found: Reject, *, as_json: bool) -> None:
    """Tell on stderr what could not be read: its place and why, never its content."""
    import orjson

    place = found.place
    if as_json:
        line = orjson.dumps({"file": place.log, "line": place.offset, "reason": found.reason})
        print(line.decode(), file=sys.stderr)
    else:
        say(f"{place.log}:{place.offset}: {found.reason}")


def _encodable(path: str) -> bool:
    try:
        path.encode()
    except UnicodeEncodeError:
        return False
    return True
