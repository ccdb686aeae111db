"""`shadowgraph rules convert`: put rules into the languages of Elastic, and list what does not go and why."""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

import click

from pipeline.cli.common import JSON, example, write
from pipeline.cli.shown import say, visible

if TYPE_CHECKING:
    from pipeline.event import Fields
    from pipeline.rules.convert import Converted

TARGETS = ("esql", "lucene", "eql", "siem_rule")
INDEX = "logs-shadowgraph.event-*"
FOLDER = click.Path(path_type=Path)

CONVERT = example(
    "rules convert --target esql",
    "rules convert --target siem_rule > rules.ndjson",
    "rules convert detections/exf --target eql --json",
)


@click.command(epilog=CONVERT)
@click.argument("folder", metavar="[DIR]", type=FOLDER, required=False)
@click.option(
    "--target", type=click.Choice(TARGETS), required=True, help="The language; siem_rule: rules for Kibana."
)
@click.option("--pipeline", type=FOLDER, metavar="FILE", help="Instead of our pipeline, one of your own.")
@click.option("--placeholders", type=FOLDER, metavar="FILE", help="YAML, `name: [values]`.")
@JSON
def convert(
    folder: Path | None, target: str, pipeline: Path | None, placeholders: Path | None, *, as_json: bool
) -> int:
    """Put the rules in DIR, or our own, into another language, through pySigma.

    What does not convert is told on stderr with the reason, and so is what means something else there. Needs the extra
    `sigma`. Exit 1 if a rule does not convert.
    """
    from pipeline.rules.convert import convert as converted

    files, lists, ours = given(folder, placeholders)
    found = list(converted(files, target, [pipeline or ours], lists))
    if as_json:
        for one in found:
            write(_document(one, target))
    else:
        _tell(found, target)
    return int(any(one.refused for one in found))


def given(folder: Path | None, placeholders: Path | None) -> tuple[list[Path], dict[str, list[str]], Path]:
    """Give the files of rules, the lists that they share, and our pipeline."""
    from pipeline.content import APART, CONTENT, read_placeholders
    from pipeline.rules.read import rule_files
    from pipeline.settings import load_settings

    home = (load_settings(os.environ).content or CONTENT) / "detections"
    root = folder or home
    own = home / "placeholders.yaml"
    inside = root / "placeholders.yaml"
    files = [
        path
        for path in rule_files(root)
        if path == root or (path != inside and path.relative_to(root).parts[0] not in APART)
    ]
    chosen = placeholders or (inside if inside.exists() else own)
    lists = {name: list(values) for name, values in read_placeholders(chosen).items()}
    return files, lists, CONTENT / "detections" / "pipelines" / "shadowgraph.yml"


def _document(one: Converted, target: str) -> Fields:
    """Give a rule as one line of JSON: its query, or the reason why there is none."""
    from pipeline.rules.dialects import siem_rule

    told: Fields = {"rule": one.rule, "id": one.id, "title": one.title, "file": one.file, "line": one.line}
    if one.refused:
        return told | {"refused": one.refused}
    query = siem_rule(one.about, one.query, INDEX) if target == "siem_rule" and one.about else one.query
    return told | {"query": query, "notes": list(one.notes)}


def _tell(found: Iterable[Converted], target: str) -> None:
    """Print what converts, and on stderr what does not and what means something else."""
    from pipeline.rules.dialects import siem_rule

    for one in found:
        place = f"{one.file}:{one.line}"
        if one.refused:
            say(visible(f"{place}: {one.title or 'this file'} does not convert: {one.refused}"))
            continue
        for note in one.notes:
            say(visible(f"note: {place}: {note}"))
        if target == "siem_rule" and one.about:
            write(siem_rule(one.about, one.query, INDEX))
        else:
            for line in (f"{one.rule}  {one.title}", *one.query.splitlines(), ""):
                click.echo(visible(line))
