"""`shadowgraph setup kibana`: data views, saved searches and dashboards in a space of Kibana."""

from __future__ import annotations

import re
from pathlib import Path

import click

from pipeline.cli.common import JSON, example, write
from pipeline.cli.dashboards import FOLDER, PREFIX, known
from pipeline.cli.reached import CONFIG, configured
from pipeline.cli.shown import visible

WORDS = {"make": "made", "renew": "renewed", "same": "as it should be"}
WOULD = WORDS | {"make": "would be made", "renew": "would be renewed"}

_SPACE = re.compile(r"[a-z0-9_-]{0,100}")


@click.command(
    "kibana",
    epilog=example(
        "setup kibana --url https://kibana.example:5601 --dry-run",
        "setup kibana --url https://kibana.example:5601 --space soc",
    ),
)
@FOLDER
@CONFIG
@click.option("--url", metavar="URL", required=True, help="Kibana, such as https://kibana.example:5601.")
@click.option(
    "--space", metavar="NAME", default="", help="The space of Kibana; the default one unless given."
)
@PREFIX
@click.option("--dry-run", is_flag=True, help="Say what would be done; change nothing.")
@click.option("--overwrite", is_flag=True, help="Write ours again over what people have changed in them.")
@JSON
def kibana_command(
    folder: Path | None,
    config: Path | None,
    url: str,
    space: str,
    prefix: str | None,
    *,
    dry_run: bool,
    overwrite: bool,
    as_json: bool,
) -> None:
    """Install the dashboards of a folder, else our own, with what they need, in Kibana.

    Who we are, and whose certificates we trust, is set for Elasticsearch and holds for Kibana too. Run again, it writes only
    what is new: a dashboard that people have changed stays so until a new version of it comes.
    """
    from pipeline.dashboards.check import check
    from pipeline.dashboards.nouns import Naming
    from pipeline.dashboards.objects import saved_objects
    from pipeline.edges.kibana import install
    from pipeline.edges.kibanalink import Link
    from pipeline.errors import ContentError, Problem

    if not _SPACE.fullmatch(space):
        words = "--space is the id of a space: small letters, digits, _ and -"
        raise click.UsageError(words, click.get_current_context(silent=True))
    given = configured(config).elastic
    link = Link(url, given, space=space)
    names = Naming(prefix or given.prefix, link.space)
    objects = saved_objects(known(folder), names)
    if wrong := check(objects, names.prefix):
        raise ContentError(Problem(one.where, 1, f"{one.rule}: {one.fault}") for one in wrong)
    words_of = WOULD if dry_run else WORDS
    for step in install(link, objects, dry=dry_run, overwrite=overwrite):
        if as_json:
            write({"what": step.what, "name": step.name, "why": step.why})
        else:
            why = f" ({step.why})" if step.why else ""
            click.echo(visible(f"{step.name}: {words_of[step.what]}{why}"))
