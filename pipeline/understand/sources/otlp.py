"""OTLP/JSON: export requests and flat dumps as spans and logs with plain attributes."""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Iterator
from math import isfinite
from typing import Any

from msgspec import Struct

from pipeline.event import Fields
from pipeline.understand.sources.forms.values import loaded, text

_HEX = re.compile(r"(?!0+$)[0-9a-f]+")
_ERROR = (2, "2", "STATUS_CODE_ERROR", "ERROR", "error", "Error")
_DEEPEST = 64
"""Levels of structured values: each takes three of JSON."""


class Span(Struct, frozen=True, kw_only=True):
    """One span with plain attributes; `events` are (name, attributes), times are as the source writes them.

    `known` holds the attributes of its resource too, where it does not say otherwise itself.
    """

    name: str
    trace: str
    id: str
    start: Any
    end: Any
    failed: bool
    attributes: Fields
    known: Fields
    events: tuple[tuple[str, Fields], ...] = ()


class Log(Struct, frozen=True, kw_only=True):
    """One log record with plain attributes and body; `name` is its event name, `known` as in a span."""

    name: str
    trace: str
    id: str
    times: tuple[Any, ...]
    body: Any
    attributes: Fields
    known: Fields
    scope: str = ""


class _Lists(Struct, frozen=True):
    """The names of the lists in one kind of request, from the outermost to the innermost."""

    resources: tuple[str, ...]
    scopes: tuple[str, ...]
    records: tuple[str, ...]


_EVENTS = ("events",)
_SPANS = _Lists(
    ("resourceSpans", "resource_spans"),
    ("scopeSpans", "scope_spans", "instrumentationLibrarySpans"),
    ("spans",),
)
_LOGS = _Lists(
    ("resourceLogs", "resource_logs"),
    ("scopeLogs", "scope_logs", "instrumentationLibraryLogs"),
    ("logRecords", "log_records", "logs"),
)


def unpacked(value: Fields) -> Iterator[Span | Log]:
    """Give every span and log record of an export request, or the one span of a flat dump."""
    for resource, _, one in _scoped(value, _SPANS):
        yield _span(one, resource)
    for resource, scope, one in _scoped(value, _LOGS):
        yield _log(one, resource, scope)
    if type(value.get("attributes")) is dict:
        yield _dumped(value)


def _scoped(value: Fields, lists: _Lists) -> Iterator[tuple[Fields, str, Fields]]:
    """Give each record with the attributes of its resource and the name of its scope."""
    for resource in _objects(value, lists.resources):
        about = resource.get("resource")
        plain = attributes(about.get("attributes")) if type(about) is dict else {}
        for scope in _objects(resource, lists.scopes):
            named = scope.get("scope", scope.get("instrumentationLibrary"))
            name = text(named.get("name")) if type(named) is dict else ""
            for one in _objects(scope, lists.records):
                yield plain, name, one


def _objects(value: Fields, names: tuple[str, ...]) -> list[Fields]:
    found: list[Fields] = []
    for name in names:
        if name in value and type(listed := value[name]) is list:
            found += [one for one in listed if type(one) is dict]
    return found


def attributes(listed: Any) -> Fields:
    """Give a list of key-value pairs as a plain object; of equal keys the last wins."""
    if type(listed) is dict:
        return listed
    return _pairs(listed, _DEEPEST) if type(listed) is list else {}


def _pairs(pairs: list[Any], depth: int) -> Fields:
    plain: Fields = {}
    for pair in pairs:
        if type(pair) is dict and "key" in pair and type(key := pair["key"]) is str:
            value = pair.get("value")
            if type(value) is dict and "stringValue" in value and depth:  # as most are
                plain[key] = value["stringValue"]
            else:
                plain[key] = decoded(value, depth)
    return plain


def decoded(value: Any, depth: int = _DEEPEST) -> Any:
    """Give an AnyValue as plain JSON; bytes and what is no AnyValue give None."""
    if type(value) is not dict or not value or not depth:
        return value if type(value) is not dict else None
    if "stringValue" in value:
        return value["stringValue"]
    kind, inside = next(iter(value.items()))
    match kind:
        case "string_value" | "boolValue" | "bool_value":
            return inside
        case "intValue" | "int_value":
            return (
                int(inside)
                if type(inside) is str and inside.lstrip("-").isdecimal() and len(inside) < 20
                else inside
            )
        case "doubleValue" | "double_value":
            return inside if type(inside) in (int, float) and isfinite(inside) else None
        case "arrayValue" | "array_value":
            members = inside.get("values") if type(inside) is dict else None
            return [decoded(one, depth - 1) for one in members] if type(members) is list else []
        case "kvlistValue" | "kvlist_value":
            pairs = inside.get("values") if type(inside) is dict else None
            return _pairs(pairs, depth - 1) if type(pairs) is list else {}
    return None


def _either(one: Fields, camel: str, snake: str) -> Any:
    return one.get(camel, one.get(snake))


def _span(one: Fields, resource: Fields) -> Span:
    status, plain = one.get("status"), attributes(one.get("attributes"))
    events = [
        (text(event.get("name")), attributes(event.get("attributes"))) for event in _objects(one, _EVENTS)
    ]
    return Span(
        name=text(one.get("name")),
        trace=hexed(_either(one, "traceId", "trace_id"), 32),
        id=hexed(_either(one, "spanId", "span_id"), 16),
        start=_either(one, "startTimeUnixNano", "start_time_unix_nano"),
        end=_either(one, "endTimeUnixNano", "end_time_unix_nano"),
        failed=type(status) is dict and status.get("code") in _ERROR,
        attributes=plain,
        known={**resource, **plain},
        events=tuple(events),
    )


def _log(one: Fields, resource: Fields, scope: str) -> Log:
    plain, body = attributes(one.get("attributes")), loaded(decoded(one.get("body")))
    named = (_either(one, "eventName", "event_name"), plain.get("event.name"), body)
    return Log(
        name=next((name for name in named if type(name) is str and name and len(name) < 256), ""),
        trace=hexed(_either(one, "traceId", "trace_id"), 32),
        id=hexed(_either(one, "spanId", "span_id"), 16),
        times=(
            _either(one, "timeUnixNano", "time_unix_nano"),
            _either(one, "observedTimeUnixNano", "observed_time_unix_nano"),
        ),
        body=body,
        attributes=plain,
        known={**resource, **plain},
        scope=scope,
    )


def _dumped(value: Fields) -> Span:
    return Span(
        name=text(value.get("span_name", value.get("name"))),
        trace=hexed(value.get("trace_id"), 32),
        id=hexed(value.get("span_id"), 16),
        start=value.get("start_time"),
        end=value.get("end_time", value.get("start_time")),
        failed=value.get("status") in _ERROR if type(value.get("status")) in (str, int) else False,
        attributes=value["attributes"],
        known=value["attributes"],
    )


def hexed(value: Any, digits: int) -> str:
    """Give a trace or span id as lower-case hex: dashes go, base64 is decoded, what is neither is none."""
    if type(value) is not str:
        return ""
    if len(value) == digits and _HEX.fullmatch(value):
        return value
    plain = value.replace("-", "").lower()
    if len(plain) == digits and _HEX.fullmatch(plain):
        return plain
    try:
        raw = base64.b64decode(value, validate=True) if len(value) <= digits else b""
    except (binascii.Error, ValueError):
        return ""
    return raw.hex() if len(raw) * 2 == digits else ""
