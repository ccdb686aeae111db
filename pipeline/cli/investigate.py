"""`shadowgraph investigate`: everything that one person, agent or task did, in one order of time."""

from __future__ import annotations

import click

from pipeline.cli.common import JSON, STORE, example, stored, write

HELP = example(
    "investigate ada.lind --store sqlite:///alerts.db",
    "investigate support-agent --store sqlite:///alerts.db --most 500",
    "investigate 3f2a91c0 --store sqlite:///alerts.db --json",
)


@click.command(epilog=HELP)
@click.argument("name", metavar="NAME")
@STORE
@click.option(
    "--most", type=click.IntRange(1), default=200, show_default=True, help="Print at most so many lines."
)
@JSON
def investigate(name: str, store: str | None, most: int, *, as_json: bool) -> None:
    """Show what a person, agent or task did, over all surfaces.

    NAME is a person's id, address or name, an agent, a task, a key or a device; or the id of an event or alert, or as much
    of its beginning as is needed: then it is the task, agent or person that this belongs to. One line for each act, with
    the data in it, what the task had touched by then, approvals and decisions; alerts stand where they arose. With --json,
    events and alerts as they are kept, all of them.
    """
    from pipeline.cli.shown import terminal
    from pipeline.cli.timeline import documents, timeline
    from pipeline.cli.timelinepage import page

    kept = stored(store)
    try:
        found = timeline(kept, name)
        if as_json:
            for document in documents(found):
                write(document)
        else:
            page(terminal(), found, most=most)
    finally:
        kept.close()
