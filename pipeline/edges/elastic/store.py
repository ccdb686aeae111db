"""Events, alerts and standings in Elasticsearch, asked as the SQLite store is asked, and what analysts say of alerts."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, TypeVar

from elasticsearch import ApiError, ConflictError, Elasticsearch, TransportError

from pipeline.edges.elastic.client import asked, failure
from pipeline.edges.elastic.documents import spoken
from pipeline.edges.elastic.names import Names, names_of
from pipeline.edges.elastic.queries import (
    BY_RISK,
    BY_TIME,
    Query,
    alert_with,
    beginning_with,
    exactly,
    field_says,
    one_of,
)
from pipeline.errors import Outage
from pipeline.event import Fields
from pipeline.settings import Elastic

PAGE = 1000
"""Documents of one answer."""

TRIES = 50
"""How often a word is tried while others write to the same alert."""

ALL: Query = {"match_all": {}}

T = TypeVar("T")


class ElasticStore:
    """The store behind a node's URL. Raises Outage where it cannot be reached, Refused where it says no."""

    def __init__(self, given: Elastic, names: Names | None = None) -> None:
        self.path = str(given.url)
        self.names = names or names_of(given)
        self._client: Elasticsearch = asked(given)

    def alerts(self) -> Iterator[Fields]:
        """Give all alerts, the greatest risk first, each with what analysts said last."""
        return (hit["_source"] for hit in self._all(self.names.state, ALL, BY_RISK))

    def find(self, table: str, prefix: str) -> list[Fields]:
        """Give the events or alerts (`table`) whose id begins with this; at most three, enough to see that it is not unique."""
        where = {"events": self.names.events, "alerts": self.names.state}[table]
        exact = self._some(where, exactly("event.id", prefix), size=1)
        found = exact or self._some(where, beginning_with("event.id", prefix), sort=["event.id"], size=3)
        return [hit["_source"] for hit in found]

    def events(self, ids: Sequence[str]) -> list[Fields]:
        """Give events by id, in order of time."""
        hits = self._all(self.names.events, one_of("event.id", ids), BY_TIME)
        return [hit["_source"] for hit in hits]

    def every_event(self) -> Iterator[Fields]:
        """Give all events, in no order."""
        return (hit["_source"] for hit in self._all(self.names.events, ALL, ["_doc"]))

    def newest(self) -> float | None:
        """Give the time of the newest event, in epoch seconds."""
        aggs = {"newest": {"max": {"field": "@timestamp"}}}
        answer = self._asked(
            lambda: self._client.search(index=self.names.events, size=0, aggs=aggs, ignore_unavailable=True)
        )
        found = answer.get("aggregations", {}).get("newest", {}).get("value")
        return None if found is None else found / 1000

    def mentioning(self, name: str) -> Iterator[Fields]:
        """Give the events in which a field or member is just this text, in order of time."""
        return (hit["_source"] for hit in self._all(self.names.events, field_says(name), BY_TIME))

    def alerts_of(self, event: str) -> list[Fields]:
        """Give the alerts that name an event."""
        hits = self._all(self.names.state, exactly("ai.alert.events", event), BY_RISK)
        return [hit["_source"] for hit in hits]

    def searched(self, words: str) -> set[str]:
        """Give the ids of alerts with these words in title, names or rule."""
        if not words.strip(' "\t\n'):
            return set()
        return {hit["_id"] for hit in self._all(self.names.state, alert_with(words.split()), BY_RISK)}

    def standings(self) -> list[tuple[str, Fields]]:
        """Give all standings, the greatest risk first."""
        hits = self._all(self.names.standings, ALL, ["_doc"])
        found = [(hit["_id"], hit["_source"]) for hit in hits]
        return sorted(found, key=lambda held: (-held[1]["ai.entity.risk"], held[0]))

    def say(self, alert: str, word: Fields) -> None:
        """Add what an analyst says of an alert; when somebody wrote in between, over what they wrote."""
        found = next(iter(self._some(self.names.state, exactly("event.id", alert), size=1)), None)
        if found is None:
            raise Outage(f"the alert {alert[:8]} cannot be found any more: list the alerts again")
        for _ in range(TRIES):
            current = self._asked(lambda: self._client.get(index=found["_index"], id=found["_id"]))
            try:
                self._asked(
                    lambda current=current: self._client.index(  # type: ignore[misc]
                        index=current["_index"],
                        id=current["_id"],
                        document=spoken(current["_source"], word),
                        if_seq_no=current["_seq_no"],
                        if_primary_term=current["_primary_term"],
                        refresh="wait_for",
                    )
                )
            except ConflictError:
                continue
            return
        raise Outage(f"alert {alert} is written by others all the time: say it again")

    def close(self) -> None:
        """Let the connections go."""
        self._client.close()

    def _some(
        self, where: str, query: Query, *, size: int, sort: Sequence[Any] = ()
    ) -> list[Mapping[str, Any]]:
        answer = self._asked(
            lambda: self._client.search(
                index=where,
                query=query,
                size=size,
                sort=list(sort) or None,
                ignore_unavailable=True,
                track_total_hits=False,
            )
        )
        found: list[Mapping[str, Any]] = answer["hits"]["hits"]
        return found

    def _all(self, where: str, query: Query, order: Sequence[Any]) -> Iterator[Mapping[str, Any]]:
        """Give all hits, page by page, as they were at one moment."""
        opened = self._asked(
            lambda: self._client.open_point_in_time(index=where, keep_alive="2m", ignore_unavailable=True)
        )
        pit, after = opened["id"], None
        try:
            while True:
                answer = self._asked(lambda: self._page(pit, query, order, after))  # noqa: B023 - asked at once
                hits = answer["hits"]["hits"]
                yield from hits
                if len(hits) < PAGE:
                    return
                pit, after = answer.get("pit_id", pit), hits[-1]["sort"]
        finally:
            self._asked(lambda: self._client.close_point_in_time(id=pit))

    def _page(self, pit: str, query: Query, order: Sequence[Any], after: Any) -> Any:
        return self._client.search(
            pit={"id": pit, "keep_alive": "2m"},
            query=query,
            sort=list(order),
            search_after=after,
            size=PAGE,
            track_total_hits=False,
        )

    def _asked(self, request: Callable[[], T]) -> T:
        try:
            return request()
        except ConflictError:
            raise
        except (ApiError, TransportError) as error:
            raise failure(error, self.path) from None
