"""What commands ask of a store, and which store a URL names."""

from __future__ import annotations

import os
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

import click

from pipeline.cli.shown import say

if TYPE_CHECKING:
    from pipeline.edges.elastic.running import ElasticRun
    from pipeline.edges.sqlite import SqliteStore
    from pipeline.event import Fields

FORMS = "write sqlite:///relative/file.db, sqlite:////absolute/file.db or https://user@host:9200"
NODES = ("http://", "https://")


class Kept(Protocol):
    """A store as its readers and its analysts see it."""

    @property
    def path(self) -> object:
        """Name the store to people."""

    def alerts(self) -> Iterator[Fields]:
        """Give all alerts, the greatest risk first, each with what analysts said last."""

    def find(self, table: str, prefix: str) -> list[Fields]:
        """Give the events or alerts (`table`) whose id begins with this, at most three."""

    def events(self, ids: list[str]) -> list[Fields]:
        """Give events by id, in order of time."""

    def every_event(self) -> Iterator[Fields]:
        """Give all events, in no order."""

    def newest(self) -> float | None:
        """Give the time of the newest event, in epoch seconds."""

    def mentioning(self, name: str) -> Iterator[Fields]:
        """Give the events in which a field or member is just this text, in order of time."""

    def alerts_of(self, event: str) -> list[Fields]:
        """Give the alerts that name an event."""

    def searched(self, words: str) -> set[str]:
        """Give the ids of alerts with these words in title, names or rule."""

    def standings(self) -> list[tuple[str, Fields]]:
        """Give all standings, the greatest risk first."""

    def say(self, alert: str, word: Fields) -> None:
        """Add what an analyst says of an alert."""

    def close(self) -> None:
        """Let the store go."""


def opened(url: str) -> Kept:
    """Open the store that a URL names, to read it and to work on its alerts."""
    if url.startswith(NODES):
        installed()
        from pipeline.edges.elastic.client import placed
        from pipeline.edges.elastic.store import ElasticStore
        from pipeline.settings import load_settings

        return ElasticStore(placed(url, load_settings(os.environ).elastic))
    from pipeline.edges.sqlite import SqliteStore

    return SqliteStore(store_path(url), create=False)


def filled(url: str) -> SqliteStore | ElasticRun:
    """Open the store that a URL names, to put the outputs of a run there."""
    if url.startswith(NODES):
        installed()
        from pipeline.edges.elastic.client import placed
        from pipeline.edges.elastic.running import ElasticRun
        from pipeline.settings import load_settings

        return ElasticRun(placed(url, load_settings(os.environ).elastic), say)
    from pipeline.edges.sqlite import SqliteStore

    return SqliteStore(store_path(url))


def installed() -> None:
    """Refuse to speak to a node without the library for it."""
    from pipeline.errors import Outage

    if find_spec("elasticsearch") is None:
        raise Outage("elasticsearch is not installed: install shadowgraph with its extra `elastic`")


def checked(url: str) -> str:
    """Give the URL of a store back; refuse what names none."""
    if not url.startswith(NODES):
        store_path(url)
    return url


def store_path(url: str) -> Path:
    """Give the file of a store's URL."""
    kind, _, path = url.partition(":///")
    if kind != "sqlite" or not path or path.endswith("/"):
        raise click.UsageError(f"{url} names no store: {FORMS}", click.get_current_context(silent=True))
    return Path(path)
