"""`shadowgraph setup elastic`: templates, streams, lifecycle and roles on a node."""

from __future__ import annotations

import sys
from collections import Counter
from pathlib import Path

import click

from pipeline.cli.common import JSON, example, write
from pipeline.cli.reached import CONFIG, configured
from pipeline.cli.stores import installed

URL = click.option(
    "--url", metavar="URL", help="The node, such as https://search.example:9200; else elastic.url."
)
PREFIX = click.option("--prefix", metavar="NAME", help="What all names begin with; else elastic.prefix.")

WORDS = {
    "make": "made",
    "renew": "renewed",
    "same": "as it should be",
    "keep": "LEFT ALONE",
    "skip": "skipped",
}
WOULD = WORDS | {"make": "would be made", "renew": "would be renewed"}


@click.command(
    "elastic",
    epilog=example(
        "setup elastic --url https://search.example:9200 --dry-run",
        "setup elastic --url https://search.example:9200",
        "setup elastic --print > objects.json",
        "setup elastic --rules > rules.ndjson",
    ),
)
@CONFIG
@URL
@PREFIX
@click.option("--dry-run", is_flag=True, help="Say what would be done; change nothing.")
@click.option("--print", "show", is_flag=True, help="Print all objects as JSON; ask no node.")
@click.option(
    "--rules", is_flag=True, help="Print the rule for Elastic Security as lines of JSON; ask no node."
)
@JSON
def elastic_command(
    config: Path | None,
    url: str | None,
    prefix: str | None,
    *,
    dry_run: bool,
    show: bool,
    rules: bool,
    as_json: bool,
) -> int:
    """Make or renew templates, streams, lifecycle and roles in Elasticsearch.

    Run again, it changes what is ours and different, and nothing else. Parts that a node does not have are skipped
    and said. Exit 1 if something of the same name is not ours and was left alone.
    """
    installed()
    given = configured(config).elastic
    prefix = prefix or given.prefix
    if show or rules:
        _printed(prefix, rules=rules)
        return 0
    from pipeline.edges.elastic.client import placed
    from pipeline.edges.elastic.setup import setup

    chosen = url or given.url
    if chosen is None:
        words = "no node is named: write --url, or set SHADOWGRAPH_ELASTIC_URL"
        raise click.UsageError(words, click.get_current_context(silent=True))
    counts, words_of = Counter[str](), WOULD if dry_run else WORDS
    for step in setup(placed(chosen, given), prefix=prefix, dry=dry_run):
        counts[step.what] += 1
        if as_json:
            write({"what": step.what, "name": step.name, "why": step.why})
        else:
            print(f"{step.name}: {words_of[step.what]}{f' ({step.why})' if step.why else ''}")
    return int(counts["keep"] > 0)


def _printed(prefix: str, *, rules: bool) -> None:
    from pipeline.edges.elastic.names import Names
    from pipeline.edges.elastic.promotion import lines
    from pipeline.edges.elastic.setup import everything

    if rules:
        sys.stdout.buffer.write(b"".join(line + b"\n" for line in lines(Names(prefix))))
    else:
        import orjson

        sys.stdout.buffer.write(orjson.dumps(everything(prefix), option=orjson.OPT_INDENT_2) + b"\n")
