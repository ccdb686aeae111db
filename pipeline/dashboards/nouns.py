"""What a dashboard is made of."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path

from msgspec import Struct

Value = str | int | float | bool

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class Source(Struct, frozen=True):
    """Where a panel's numbers come from: documents of one kind.

    `pattern` names them in Elasticsearch (`{prefix}` is the installation's own), `table` in the embedded store; `time` is the
    field of their time, empty where what is held now counts, whatever time is looked at.
    """

    name: str
    meaning: str
    pattern: str
    table: str
    time: str


SOURCES: Mapping[str, Source] = {
    source.name: source
    for source in (
        Source("events", "events, each as it was judged", "logs-{prefix}.event-*", "events", "@timestamp"),
        Source("alerts", "alerts as they are now", "{prefix}-alerts", "told", "@timestamp"),
        Source(
            "standings",
            "what is held of people, agents, keys and apps",
            "{prefix}-standings",
            "standings",
            "",
        ),
    )
}


class Condition(Struct, frozen=True):
    """What a field must be: one of these values, or from `least` up to below `below`, or only there. `wanted` False: must not."""

    field: str
    values: tuple[Value, ...] = ()
    least: float | None = None
    below: float | None = None
    wanted: bool = True


Where = tuple[Condition, ...]


class Metric(Struct, frozen=True):
    """A number: count, unique, sum, average, min or max of a field, over the documents that meet `where`."""

    label: str
    kind: str
    field: str = ""
    where: Where = ()


class Group(Struct, frozen=True):
    """What documents are grouped by: `top` values of a field, `every` hour or day, or `ranges` between bounds with names."""

    kind: str
    field: str
    size: int = 0
    every: str = ""
    bounds: tuple[float, ...] = ()
    names: tuple[str, ...] = ()


class Place(Struct, frozen=True):
    """Where a panel stands on a grid of 48 columns."""

    x: int
    y: int
    w: int
    h: int


class Panel(Struct, frozen=True):
    """One question and the picture that answers it.

    A `list` shows `columns` of the first `limit` documents in the order of `sort`; every other chart shows metrics of groups,
    the outermost first, each ordered by the first metric. `leads` is the dashboard that a click leads to.
    """

    title: str
    question: str
    read: str
    source: str
    chart: str
    place: Place
    metrics: tuple[Metric, ...] = ()
    groups: tuple[Group, ...] = ()
    columns: tuple[str, ...] = ()
    sort: str = ""
    limit: int = 0
    where: Where = ()
    leads: str = ""


class Dashboard(Struct, frozen=True):
    """A screen: its panels, the span of time it opens with (`24h`, `7d`), and fields to choose by, with their titles."""

    id: str
    title: str
    question: str
    since: str
    controls: Mapping[str, str]
    panels: tuple[Panel, ...]
    path: Path


class Naming(Struct, frozen=True):
    """What all names of an installation begin with, and the space of Kibana that its objects are for.

    Kibana's ids are one for all spaces, so that objects of a space other than the default one have ids of their own.
    """

    prefix: str = "shadowgraph"
    space: str = ""

    @property
    def ids(self) -> str:
        """Give what the ids of objects begin with."""
        return f"{self.prefix}-{self.space}" if self.space else self.prefix


class Window(Struct, frozen=True):
    """A span of time, both ends in it, as ISO texts in UTC with milliseconds."""

    start: str
    end: str


def millis(text: str) -> int:
    """Give an ISO time as milliseconds since 1970."""
    return (datetime.fromisoformat(text).astimezone(UTC) - EPOCH) // timedelta(milliseconds=1)
