"""Ask a store for the numbers of panels: SQLite in SQL, Elasticsearch as Kibana would."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from typing import TYPE_CHECKING, Any

import orjson
from msgspec.structs import replace

from pipeline.dashboards.nouns import Condition, Metric, Panel, Window
from pipeline.dashboards.rows import Row, answered, is_empty, settled
from pipeline.dashboards.search import index_of, search_body
from pipeline.dashboards.sql import statement
from pipeline.errors import Outage

if TYPE_CHECKING:
    from pipeline.edges.sqlite import SqliteStore
    from pipeline.settings import Elastic

Ask = Callable[[Panel, Window], list[Row]]
"""Gives the rows of a panel over a span of time."""


def of_sqlite(store: SqliteStore) -> Ask:
    """Ask the embedded store. Alerts are read with what analysts said of them once, now."""
    base: Any = store._base  # noqa: SLF001 - the one connection: SQL stays in the store's own module, texts come from here
    base.execute("CREATE TEMP TABLE IF NOT EXISTS told (id TEXT, doc TEXT)")
    base.execute("DELETE FROM told")
    rows = [(alert["event.id"], orjson.dumps(alert).decode()) for alert in store.alerts()]
    base.executemany("INSERT INTO told VALUES (?, ?)", rows)

    def rows_of(panel: Panel, window: Window) -> list[Row]:
        return settled(panel, base.execute(*statement(panel, window)).fetchall())

    return rows_of


@contextmanager
def of_elastic(given: Elastic, prefix: str) -> Iterator[Ask]:
    """Ask a node. Raises Outage where it cannot be reached, Refused where it says no."""
    from elasticsearch import ApiError, TransportError

    from pipeline.edges.elastic.client import asked, failure

    client = asked(given)

    def rows_of(panel: Panel, window: Window) -> list[Row]:
        body = search_body(panel, window)
        try:
            answer = client.search(index=index_of(panel, prefix), body=body, ignore_unavailable=True)
        except (ApiError, TransportError) as error:
            raise failure(error, str(given.url)) from None
        if answer["_shards"]["failed"] or answer["timed_out"]:
            raise Outage(f"Elasticsearch at {given.url} answers for a part of the documents only: try again")
        return answered(panel, answer.body)

    with closing(client):
        yield rows_of


def faults(panel: Panel, window: Window, ask: Ask) -> Iterator[str]:
    """Say what of a panel shows nothing over a span of time."""
    rows = ask(panel, window)
    if not rows:
        yield "shows nothing"
    elif panel.chart == "list":
        counts = ask(_counted(panel), window)[0]
        for column, count in zip(panel.columns, counts, strict=True):
            if not count:
                yield f"never shows anything in the column {column}"
    elif is_empty(panel, rows):
        yield "shows nothing but zeros in one of its numbers"


def _counted(panel: Panel) -> Panel:
    """Give a panel that counts the documents of a list in which each column is there."""
    counts = tuple(Metric(name, "count", where=(Condition(name),)) for name in panel.columns)
    return replace(panel, chart="number", metrics=counts, columns=())
