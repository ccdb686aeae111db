"""`shadowgraph explain`: why an alert was raised, or what is thought of an event."""

from __future__ import annotations

from functools import partial

import click

from pipeline.cli.common import JSON, STORE, example, rules_known, stored, write

HELP = example(
    "explain 3f2a91c0 --store sqlite:///alerts.db", "explain 3f2a91c0 --store sqlite:///alerts.db --json"
)


@click.command(epilog=HELP)
@click.argument("name", metavar="ID")
@STORE
@JSON
def explain(name: str, store: str | None, *, as_json: bool) -> None:
    """Explain an alert or an event: why, by which rule, and what next.

    ID is that of an alert or an event, or as much of its beginning as is needed.
    """
    from pipeline.cli.explanation import of_alert, of_event
    from pipeline.cli.finding import named, short_id
    from pipeline.cli.page import page
    from pipeline.cli.people import subject_of
    from pipeline.cli.shown import terminal

    kept = stored(store)
    try:
        found, pack = named(kept, name), rules_known()
        if found["event.kind"] == "alert":
            told = of_alert(found, kept.events(found["ai.alert.events"]), pack)
        else:
            told = of_event(found, kept.alerts_of(found["event.id"]), pack)
        if as_json:
            write(told)
        else:
            page(terminal(), told, partial(short_id, kept), dict(kept.standings()).get(subject_of(found)))
    finally:
        kept.close()
