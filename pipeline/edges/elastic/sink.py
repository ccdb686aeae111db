"""Put a batch of events, alerts and standings where the SOC works; all of it, or it is not over."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from elasticsearch import AsyncElasticsearch

from pipeline.edges.elastic.bulk import Bulk, Limits, Patience
from pipeline.edges.elastic.client import reached
from pipeline.edges.elastic.documents import folded, lines_of, state_line
from pipeline.edges.elastic.names import Names, names_of
from pipeline.edges.elastic.settle import Letter
from pipeline.event import Fields
from pipeline.settings import Elastic

PAGE = 500
"""Documents that are looked up at a time."""


class Sink:
    """Where outputs go. Every id follows from its document, so that a batch may come again, in part or whole.

    `letter` takes what can never be indexed; `say` hears of waiting.
    """

    def __init__(
        self,
        given: Elastic,
        *,
        letter: Callable[[Letter], None],
        say: Callable[[str], None],
        names: Names | None = None,
        patience: Patience | None = None,
        limits: Limits | None = None,
    ) -> None:
        self.names = names or names_of(given)
        self._client: AsyncElasticsearch = reached(given)
        self._bulk = Bulk(
            self._client,
            str(given.url),
            letter=letter,
            patience=patience or Patience(say),
            limits=limits or Limits(given.bulk, given.bulk_bytes),
        )

    async def ready(self) -> None:
        """Wait until the node answers. Raises Refused if it does not know us, or `setup elastic` did not run."""
        await self._bulk.ask(
            lambda: self._client.search(index=self.names.standings, size=0, track_total_hits=False)
        )

    async def index(self, outputs: Iterable[Any], *, first: bool = False) -> Counter[str]:
        """Put a batch of Verdicts, Alerts and Standings; give how many documents were written, known or rejected.

        Returns when every document is settled, however long that takes. `first` says that this batch may have come
        before: then ids are looked up in the whole streams, as an id is only unique until a stream rolls over.
        Raises Refused where only an operator can help: then the batch must come again.
        """
        batch, now = list(outputs), datetime.now(UTC).isoformat(timespec="milliseconds")  # noqa: TID251 - an edge
        lines = list(lines_of(batch, self.names, now))
        done = Counter[str]()
        if first:
            known = await self._known([line.id for line in lines if line.verb == "create"])
            done["known"] += len(known)
            lines = [line for line in lines if line.verb != "create" or line.id not in known]
        done += (await self._bulk.put(lines))[0]
        return done + await self._keep(folded(batch), now)

    async def close(self) -> None:
        """Let the connections go."""
        await self._client.close()

    async def _keep(self, alerts: dict[str, Fields], now: str) -> Counter[str]:
        """Fold alerts into what is there, as often as somebody else writes in between."""
        done = Counter[str]()
        while alerts:
            read = await self._read(list(alerts.values()))
            lines = [state_line(self.names, alert, read.get(key), now) for key, alert in alerts.items()]
            counts, stale = await self._bulk.put([line for line in lines if line])
            done += counts
            done["known"] += lines.count(None)
            alerts = {line.id: alerts[line.id] for line in stale}
        return done

    async def _read(self, alerts: Sequence[Fields]) -> dict[str, Mapping[str, Any]]:
        """Read alerts as they are now, with the numbers of their versions, by id."""
        found: dict[str, Mapping[str, Any]] = {}
        wanted = [{"_index": self.names.month(alert), "_id": alert["event.id"]} for alert in alerts]
        for start in range(0, len(wanted), PAGE):
            page = wanted[start : start + PAGE]
            answer = await self._bulk.ask(lambda page=page: self._client.mget(docs=page))  # type: ignore[misc]
            found |= {hit["_id"]: hit for hit in answer["docs"] if hit.get("found")}
        return found

    async def _known(self, ids: Sequence[str]) -> set[str]:
        """Look up which ids are in our streams, in whatever index behind them."""
        found: set[str] = set()
        where = f"{self.names.events},{self.names.alerts}"
        for start in range(0, len(ids), PAGE):
            query = {"ids": {"values": list(ids[start : start + PAGE])}}
            answer = await self._bulk.ask(
                lambda query=query: self._client.search(  # type: ignore[misc]
                    index=where, query=query, size=PAGE, source=False, ignore_unavailable=True
                )
            )
            found |= {hit["_id"] for hit in answer["hits"]["hits"]}
        return found
