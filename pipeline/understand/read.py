"""From a record to settled events: unwrap it, find its reader, read it, settle what comes out."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from msgspec import Struct

from pipeline.errors import BadRecord
from pipeline.event import Fields
from pipeline.record import Record, Reject
from pipeline.understand.columns import head, row
from pipeline.understand.settle import settle, settled
from pipeline.understand.sources import READERS, Source, claimed, source_named
from pipeline.understand.sources.forms.rows import HEADER
from pipeline.understand.sources.forms.values import given
from pipeline.understand.sources.normalised import typed
from pipeline.understand.sources.source import FORWARDED, FORWARDER_KEYS, Draft
from pipeline.understand.unwrap import Element, unwrap, unwrapped

AUTO = "auto"
_MAYBE_OURS = frozenset((AUTO, "normalised"))

_KNOWN_KEYS = 3
"""So many of a source's own keys make a record its own where the source was named."""
_SHOWN_KEYS = 20
_FORWARDED_KEYS = {source.name: FORWARDER_KEYS - source.own for source in READERS}
"""The forwarder keys that mean in a source's records what they mean elsewhere."""
_UNFORESEEN = (TypeError, ValueError, AttributeError, LookupError, OverflowError, RecursionError)
_VOCABULARY = frozenset[str]().union(*(source.keys for source in READERS))

_REFUSED = (
    (("class_uid", "category_uid"), "an OCSF record: an export format, not an input"),
    (("evidence", "serviceSource"), "a security alert of Microsoft Graph"),
    (("EventID", "Channel"), "a Windows event"),
    (("action", "repository"), "a GitHub webhook"),
)
"""What we recognise and do not read."""


class Reading(Struct, frozen=True):
    """What was read of one record: epoch seconds and settled fields of its events, and the Reject of what could not be."""

    events: list[tuple[float, Fields]]
    faults: tuple[Reject, ...] = ()


def read_all(records: Iterable[Record], last: float | None = None) -> list[Reading]:
    """Read records of one log in their order; one without an arrival arrives at the last good time before it, first `last`."""
    readings = []
    for told in records:
        record = told if told.arrived is not None or last is None else _arrived(told, last)
        events: list[tuple[float, Fields]] = []
        faults: tuple[Reject, ...] = ()
        try:
            for event in read(record):
                events.append(event)  # noqa: PERF402 - what comes before a fault stays
        except BadRecord as error:
            faults = (Reject(record.place, str(error)),)
        readings.append(Reading(events, faults))
        last = events[-1][0] if events else last
    return readings


def _arrived(record: Record, time: float) -> Record:
    return Record(record.place, record.source, time, record.header, record.body)


def read(record: Record) -> Iterator[tuple[float, Fields]]:
    """Yield (epoch seconds, settled fields) of every event in a record; raise BadRecord once for what could not be read.

    Good elements are yielded first, whatever their neighbours are.
    """
    if record.source in _MAYBE_OURS and (fields := typed(record.body)) is not None:
        yield settled(fields, record)
        return
    named = None if record.source == AUTO else _named(record.source)
    total, faults = 0, []
    for element in unwrap(record.body) if record.header is None else _headed(record.body, record.header):
        total += 1
        try:
            source = _claimed(element, named) if named else _sniffed(element)
        except BadRecord as error:
            faults.append(str(error))
            continue
        drafts, fault = _drafts(source, element)
        yield from settle(drafts, source.fixed, record, element.value)
        if fault:
            faults.append(fault)
    if faults:
        raise BadRecord(faults[0] if total == 1 else f"{len(faults)} of {total} elements: {faults[0]}")


def _headed(body: bytes, header: bytes) -> Iterable[Element]:
    """Unwrap a row below a header: a reader's hint where remarks name the columns, an object where a row of names does."""
    if header.startswith(b"#"):
        return unwrap(body, {HEADER: header.decode(errors="replace")})
    if body.startswith((b"{", b"[")):
        return unwrap(body)
    return unwrapped(row(body, head(header)))


def _named(name: str) -> Source:
    source = source_named(name)
    if source is None:
        raise BadRecord(f"no reader is named {name}")
    return source


def _drafts(source: Source, element: Element) -> tuple[list[Draft], str]:
    """Give what a reader makes of an element, and what stopped it: a shape that it did not foresee costs one record."""
    value, drafts, fault = element.value, list[Draft](), ""
    try:
        for draft in source.read(value, element.hints):
            drafts.append(draft)  # one by one: what comes before a fault stays
    except BadRecord as error:
        fault = str(error)
    except _UNFORESEEN as error:
        fault = f"a shape that the reader {source.name} does not know ({type(error).__name__})"
    keys = _FORWARDED_KEYS[source.name]
    if type(value) is dict and (element.hints or not value.keys().isdisjoint(keys)):
        _forward(drafts, _forwarded(keys, value, element.hints))
    return drafts, fault or ("" if drafts else "no AI activity")


def _forwarded(keys: frozenset[str], value: Fields, hints: Fields) -> Fields:
    """Give these forwarder keys of a record, those beside it included."""
    return {key: found for key in keys if given(found := value.get(key, hints.get(key)))}


def _forward(drafts: list[Draft], forwarded: Fields) -> None:
    """Fill in what the source itself does not say."""
    for draft in drafts if forwarded else ():
        for key, field in FORWARDED:
            if key in forwarded and not given(draft.fields.get(field, draft.common.get(field))):
                draft.fields[field] = forwarded[key]
        if "timestamp" in forwarded:
            draft.times = (*draft.times, forwarded["timestamp"])


def _sniffed(element: Element) -> Source:
    if element.fault:
        raise BadRecord(element.fault)
    value = element.value
    if (source := claimed(value, element.hints)) is not None:
        return source
    if type(value) is not dict:
        raise BadRecord("a line of text in no known format")
    for keys, reason in _REFUSED:
        if all(key in value for key in keys):
            raise BadRecord(reason)
    raise BadRecord(f"no known format; keys: {_listed(value)}")


def _claimed(element: Element, source: Source) -> Source:
    if element.fault:
        raise BadRecord(element.fault)
    value = element.value
    if source.claims(value, element.hints):
        return source
    if type(value) is dict and len(source.keys & value.keys()) >= _KNOWN_KEYS:
        return source
    told = f"keys: {_listed(value)}" if type(value) is dict else "a line of text"
    raise BadRecord(f"no record of {source.name}; {told}")


def _listed(value: Fields) -> str:
    """List the keys of an unknown record that some format has. Others may be anybody's words, and are only counted."""
    known = sorted(_VOCABULARY & value.keys())
    strange = len(value) - len(known)
    told = ", ".join(known[:_SHOWN_KEYS]) or "none"
    return f"{told}; {strange} that no format has" if strange else told


def nearest(keys: frozenset[str]) -> tuple[str, ...]:
    """Name the sources whose records share most of these keys, the nearest first, three at most."""
    shared = {source.name: len(source.keys & keys) for source in READERS}
    return tuple(sorted((name for name in shared if shared[name]), key=lambda name: -shared[name])[:3])
