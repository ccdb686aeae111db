"""Events, alerts and standings as lines of a bulk request: ready bytes with ids that follow from the document alone."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import orjson

from pipeline.alert import Alert, Standing
from pipeline.edges.alertstate import WORDS, merged, told
from pipeline.edges.elastic.names import Names, fitting, level_id
from pipeline.edges.elastic.settle import Line
from pipeline.event import Fields, Verdict


def lines_of(outputs: Iterable[Any], names: Names, now: str) -> Iterator[Line]:
    """Give the lines of a batch that need nothing read before: events, alerts by level, the last of each standing.

    `now` is the time of arrival, as `event.ingested` says it.
    """
    standings: dict[str, Standing] = {}
    for output in outputs:
        if isinstance(output, Verdict):
            yield event_line(names, output.event.id, orjson.dumps(output.event.fields), now)
        elif isinstance(output, Alert):
            yield level_line(names, output.fields, now)
        elif isinstance(output, Standing):
            standings[output.subject] = output
    for standing in standings.values():
        yield standing_line(names, standing)


def event_line(names: Names, key: str, document: bytes, now: str) -> Line:
    """Create an event, by its id; of several sightings the first stands."""
    key = fitting(key)
    return Line("create", key, _create(names.events, key), _stamped(document, now))


def level_line(names: Names, alert: Fields, now: str) -> Line:
    """Create the document of an alert at the level that it has reached; nothing ever changes it."""
    key = level_id(alert)
    return Line("create", key, _create(names.alerts, key), _stamped(orjson.dumps(alert), now))


def standing_line(names: Names, standing: Standing) -> Line:
    """Write a standing, unless a later one is there."""
    key = fitting(standing.subject)
    meta = {
        "_index": names.standings,
        "_id": key,
        "version": max(round(standing.time * 1_000_000), 0),
        "version_type": "external_gte",
    }
    return Line("newer", key, orjson.dumps({"index": meta}), orjson.dumps(standing.fields))


def folded(outputs: Iterable[Any]) -> dict[str, Fields]:
    """Fold all versions of each alert of a batch, by its id."""
    found: dict[str, Fields] = {}
    for output in outputs:
        if isinstance(output, Alert):
            before = found.get(output.id)
            found[output.id] = merged(before, output.fields) if before else output.fields
    return found


def state_line(names: Names, alert: Fields, read: Mapping[str, Any] | None, now: str) -> Line | None:
    """Write an alert as it is now over what was read of it (a hit, or None); None where that says it all.

    What analysts said stays: it is in what was read, and is told anew over the greater of both versions.
    """
    key = alert["event.id"]
    if read is None:
        meta: Fields = {"_index": names.month(alert), "_id": key}
        return Line(
            "state", key, orjson.dumps({"create": meta}), orjson.dumps({"event.ingested": now} | alert)
        )
    before: Fields = read["_source"]
    words = {WORDS: before[WORDS]} if WORDS in before else {}
    after = told(merged(before, alert), before.get(WORDS, ())) | words
    if after == {name: value for name, value in before.items() if name != "event.ingested"}:
        return None
    return state_over(read, {"event.ingested": now} | after)


def spoken(before: Fields, word: Fields) -> Fields:
    """Add an analyst's word to what was read of an alert."""
    words = [*before.get(WORDS, ()), word]
    return told(before, words) | {WORDS: words}


def state_over(read: Mapping[str, Any], after: Fields) -> Line:
    """Write a document over the very version that was read."""
    meta = {"_index": read["_index"], "_id": read["_id"]}
    meta |= {"if_seq_no": read["_seq_no"], "if_primary_term": read["_primary_term"]}
    return Line("state", read["_id"], orjson.dumps({"index": meta}), orjson.dumps(after))


def _create(index: str, key: str) -> bytes:
    return b'{"create":{"_index":"%b","_id":%b,"require_data_stream":true}}' % (
        index.encode(),
        orjson.dumps(key),
    )


def _stamped(document: bytes, now: str) -> bytes:
    return b'{"event.ingested":"%b",%b' % (now.encode(), document[1:])
