"""`shadowgraph rules coverage`: which techniques the rules name, what they need to see, and which of them logs can feed."""

from __future__ import annotations

from pathlib import Path

import click

from pipeline.cli.common import DATA, JSON, SOURCE, content, example, inputs, known_source, settings, write

HELP = example(
    "rules coverage",
    "rules coverage --on logs/ --data company/",
    "rules coverage --on access.log --source squid --json",
)


@click.command(epilog=HELP)
@click.option("--on", metavar="PATH", help="Logs: which rules can work with what is in them?")
@SOURCE
@DATA
@JSON
def coverage(*, on: str | None, source: str, data: Path | None, as_json: bool) -> int:
    """Show which techniques of ATT&CK, ATLAS and OWASP our rules name, and what evidence each rule needs.

    L0 is metadata, L1 labels and scores, L2 redacted text. A named technique is no proof that all of it is found. With
    --on, exit 1 if a record was rejected or nothing could be read.
    """
    from pipeline.cli.checked import look, report
    from pipeline.cli.common import rules_known
    from pipeline.cli.covered import cells, needs
    from pipeline.cli.coveredpage import page
    from pipeline.cli.shown import terminal

    source = known_source(source)
    if on is None:
        pack, logs, failed = rules_known(), None, False
    else:
        files = inputs((on,))
        judged = content(data, settings())
        found = look(files, source, judged)
        pack, logs = judged.pack, report(found, judged.pack)
        failed = found.rejects > 0 or not found.parsed
    named, needed = cells(pack), needs(pack, logs)
    if as_json:
        for line in (*named, *needed):
            write(line)
    else:
        page(terminal(), named, needed, logs | {"path": on} if logs else None)
    return int(failed)
