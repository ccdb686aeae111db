"""Find an alert or an event in a store by the beginning of its id."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from pipeline.cli.shown import SHORT

if TYPE_CHECKING:
    from pipeline.cli.stores import Kept
    from pipeline.event import Fields


def alert_named(store: Kept, prefix: str) -> Fields:
    """Give the only alert whose id begins so."""
    return _only(prefix, store.find("alerts", _whole(prefix)), f"alert of {store.path}")


def named(store: Kept, prefix: str) -> Fields:
    """Give what has exactly this id, else the only alert whose id begins so, else the only event."""
    alerts, events = (store.find(table, _whole(prefix)) for table in ("alerts", "events"))
    exact = [document for document in (*alerts, *events) if document["event.id"] == prefix]
    found = exact or (alerts if len(alerts) == 1 else [*alerts, *events])
    return _only(prefix, found, f"alert or event of {store.path}")


def short_id(store: Kept, name: str) -> str:
    """Shorten an id as far as the store still knows what is meant."""
    for length in range(SHORT, len(name)):
        prefix = name[:length]
        if len(store.find("events", prefix)) + len(store.find("alerts", prefix)) < 2:
            return prefix
    return name


def _whole(prefix: str) -> str:
    """Make an argument fit to be asked for: bytes that are no UTF-8 are in no id."""
    return prefix.encode(errors="replace").decode()


def _only(prefix: str, found: list[Fields], kind: str) -> Fields:
    if len(found) == 1 and prefix:
        return found[0]
    if not found or not prefix:
        raise click.UsageError(
            f"no {kind} has an id that begins with {prefix!r}", click.get_current_context(silent=True)
        )
    names = ", ".join(document["event.id"] for document in found)
    words = f"{prefix} is not enough: {names}{' and perhaps others' if len(found) > 2 else ''} begin with it"
    raise click.UsageError(words, click.get_current_context(silent=True))
