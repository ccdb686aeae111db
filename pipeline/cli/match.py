"""`shadowgraph match`: which Sigma rules each line of a file meets."""

from __future__ import annotations

from pathlib import Path

import click

from pipeline.cli.common import JSON, PATH, example, flush, inputs, reject, write

HELP = example(
    "match --rules detections events.jsonl --json",
    "match --rules sigma/ logs.jsonl --generic --placeholders lists.yaml --json",
)


@click.command(epilog=HELP)
@click.option(
    "--rules", required=True, type=click.Path(path_type=Path), metavar="DIR", help="Folder of Sigma rules."
)
@PATH
@click.option("--generic", is_flag=True, help="Take any JSON, flat or nested; log sources do not restrict.")
@click.option(
    "--placeholders", type=click.Path(path_type=Path), metavar="FILE", help="YAML, `name: [values]`."
)
@JSON
def match(path: str, rules: Path, placeholders: Path | None, *, generic: bool, as_json: bool) -> int:
    """Say which Sigma rules each line of a file meets.

    PATH has one JSON object a line; each is answered with its line number and the ids of the rules. `-` is standard input.
    """
    from pipeline.cli.matching import load, match_file
    from pipeline.edges.files import LogFile
    from pipeline.record import Reject

    (name,), rejected = inputs((path,)), 0
    known = load(rules, placeholders, generic=generic)
    titles = {rule.id: rule.title for rule in known.rules} | {c.id: c.title for c in known.correlations}
    file = LogFile(name, "")
    try:
        for found in match_file(file.records(), known):
            if isinstance(found, Reject):
                rejected += 1
                reject(found, as_json=as_json)
            elif as_json:
                write({"line": found.line, "rules": found.rules})
            else:
                print(_line(found.line, [titles[rule] for rule in found.rules]))
            if name == "-":
                flush()
    finally:
        file.close()
    return int(rejected > 0)


def _line(line: int, titles: list[str]) -> str:
    from pipeline.cli.shown import visible

    return f"{line:>8}  {visible(', '.join(titles)) or '-'}"
