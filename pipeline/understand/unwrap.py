"""From the bytes of a record to its elements: compression, text, JSON, and what shippers wrapped around it."""

from __future__ import annotations

import binascii
import json
import zlib
from base64 import b64decode
from collections.abc import Iterable, Iterator
from math import isfinite
from typing import Any, NoReturn

import orjson
from msgspec import Struct

from pipeline.errors import BadRecord
from pipeline.event import Fields

LONGEST = 16 * 1024 * 1024
"""Bytes of a record, before and after decompression."""
_RATIO = 200
"""How many times its size a record may unfold to, once it is beyond a mebibyte."""
_ROUNDS = 6
_MOST_CONTAINERS = 1_000_000
_MENDED = 4 * 1024 * 1024
"""Bytes of broken JSON up to which we try to mend it: that is slow."""
_MOST_ELEMENTS = 100_000

_BROKEN = "broken JSON"
_PACKED = b"H4sI"
"""How base64 of gzip begins."""
_NONE: Fields = {}

_PAYLOADS = ("message", "event.original", "_raw", "log", "line", "body")
_BESIDE = frozenset(
    "host source sourcetype tags @timestamp @version timestamp time stream agent ecs input log fileset service event "
    "hostname ddsource ddtags status offset beat fields kubernetes docker container container_id container_name "
    "cloud type index partition topic key level severity logger date event.original event.dataset event.module "
    "data_stream log.file.path log.offset user_email session_id agent_id mcp_server _time _cd _bkt".split()
)
"""Keys that shippers put beside the one text that they carry."""
_LISTS = ("records", "Records", "value", "results", "items", "logEvents", "batch")
_AUDIT = ("AuditData", "auditData")
_FAMILIES = frozenset(("jsonrpc", "hook_event_name", "event.action"))
"""Keys of records that may hold such lists and are no envelopes."""
_WRAPPERS = frozenset((*_PAYLOADS, *_LISTS, *_AUDIT, "event", "detail", "data", "awslogs"))
"""No object without one of these keys is a wrapper."""


class Element(Struct, frozen=True):
    """One unwrapped value, an object or a line of text, with what its shipper said beside it; or the fault that stopped us."""

    value: Any
    hints: Fields = {}
    fault: str = ""


def unwrap(body: bytes, hints: Fields = _NONE) -> Iterable[Element]:
    """Give the elements of a record, one or many; faulty ones are told, not raised, so that their neighbours live.

    `hints` is what is known beside the record.
    """
    if len(body) > LONGEST:
        raise BadRecord("a record longer than 16 MiB")
    if body[:1] == b"{":  # most records are one plain object
        value, fault = _loaded(body)
        if not fault and value and value.keys().isdisjoint(_WRAPPERS):
            return (Element(value, hints),)
        packed = None if fault else _packed(value)
        if not fault and packed is None:
            return _bounded(_unwrapped(value, hints, _ROUNDS))
        body = packed or body
    return _bounded(_opened(_inflated(body), hints, _ROUNDS))


def unwrapped(value: Any) -> Iterable[Element]:
    """Give the elements of a value that is no JSON any more, as `unwrap` does."""
    return _bounded(_unwrapped(value, {}, _ROUNDS))


def _bounded(elements: Iterator[Element]) -> Iterator[Element]:
    for count, element in enumerate(elements):
        if count == _MOST_ELEMENTS:
            raise BadRecord(f"more than {_MOST_ELEMENTS} elements in one record")
        yield element


def _packed(value: Fields) -> bytes | None:
    """Give the compressed text that a subscription of CloudWatch Logs delivers, at the top of a record alone: a record unfolds once."""
    inside = value.get("awslogs")
    text = inside.get("data") if type(inside) is dict else value.get("data")
    return text.encode() if type(text) is str and text.startswith(_PACKED.decode()) else None


def _inflated(body: bytes) -> bytes:
    """Take off gzip, also in base64, layer by layer, as long as what comes out stays within bounds."""
    for _ in range(_ROUNDS):
        if body.startswith(_PACKED):
            body = _unpacked(body)
        if not body.startswith(b"\x1f\x8b"):
            break
        body = _gunzip(body)
    return body


def _unpacked(body: bytes) -> bytes:
    """Take off base64, or leave alone what only begins like it."""
    try:
        return b64decode(body, validate=True)
    except (binascii.Error, ValueError):
        return body


def _gunzip(body: bytes) -> bytes:
    most = min(LONGEST, max(len(body) * _RATIO, 1024 * 1024))
    whole, rest = bytearray(), body
    while rest.startswith(b"\x1f\x8b"):
        stream = zlib.decompressobj(wbits=31)
        try:
            whole += stream.decompress(rest, most + 1 - len(whole))
        except zlib.error:
            raise BadRecord("broken gzip data") from None
        if len(whole) > most:
            raise BadRecord("gzip data that unfolds beyond bounds")
        if not stream.eof:
            raise BadRecord("gzip data that ends too early")
        rest = stream.unused_data
    return bytes(whole)


def _opened(body: bytes, hints: Fields, rounds: int) -> Iterator[Element]:
    """Read JSON, else lines of JSON, else one line of text."""
    data = body.removeprefix(b"\xef\xbb\xbf").strip()
    if not data.startswith((b"{", b"[")):
        yield _line(data, hints)
        return
    value, fault = _loaded(data)
    if not fault:
        yield from _unwrapped(value, hints, rounds)
    elif fault == _BROKEN and (b"\n{" in data or b"\n[" in data):
        for line in data.splitlines():
            value, fault = _loaded(line.strip()) if line.strip() else (None, "")
            if fault:
                yield Element(None, hints, fault)
            elif line.strip():
                yield from _unwrapped(value, hints, rounds)
    else:
        yield Element(None, hints, fault)


def _line(data: bytes, hints: Fields) -> Element:
    if not data:
        return Element(None, hints, "an empty record")
    if data.isdigit() or data in (b"true", b"false", b"null") or (data[:1] == b'"' and _is_json(data)):
        return Element(None, hints, "JSON that is no object")
    return Element(data.decode(errors="replace"), hints)


def _is_json(data: bytes) -> bool:
    """Tell a JSON text from a row of quoted values, which begins like one."""
    try:
        orjson.loads(data)
    except orjson.JSONDecodeError:
        return False
    return True


def _loaded(data: bytes) -> tuple[Any, str]:
    """Give a JSON value, or what is wrong with it. The decoder itself refuses more than 1024 levels."""
    if len(data) > _MOST_CONTAINERS and data.count(b"{") + data.count(b"[") > _MOST_CONTAINERS:
        return None, "JSON of more than a million objects and lists"
    try:
        value = orjson.loads(data)
    except orjson.JSONDecodeError:
        value = _mended(data)
    return value, _BROKEN if value is None else ""


def _mended(data: bytes) -> Any:
    """Read JSON that is not quite Unicode, or whose numbers no computer holds; None where that is not all.

    Broken UTF-8 and half surrogate pairs become U+FFFD, such numbers null. NaN is no JSON.
    """
    if len(data) > _MENDED:
        return None
    try:
        value = json.loads(
            data.decode(errors="replace"), parse_int=_whole, parse_float=_finite, parse_constant=_refuse
        )
        text = json.dumps(value, ensure_ascii=False)
        return orjson.loads(text.encode("utf-16", "surrogatepass").decode("utf-16", "replace"))
    except (ValueError, RecursionError):
        return None


def _whole(digits: str) -> int | None:
    return int(digits) if len(digits) <= 20 else None


def _finite(digits: str) -> float | None:
    value = float(digits)
    return value if isfinite(value) else None


def _refuse(word: str) -> NoReturn:
    raise ValueError(word)


def _unwrapped(value: Any, hints: Fields, rounds: int) -> Iterator[Element]:
    if rounds < 0:
        yield Element(None, hints, f"wrapped more than {_ROUNDS} times")
    elif type(value) is list:
        if not value:
            yield Element(None, hints, "an empty list")
        for one in value:
            yield from _unwrapped(one, hints, rounds - 1)
    elif type(value) is str:
        yield from _opened(value.encode(errors="replace"), hints, rounds - 1)
    elif type(value) is not dict or not value:
        yield Element(None, hints, "an empty object" if value == {} else "JSON that is no object")
    elif value.keys().isdisjoint(_WRAPPERS) or (key := _payload(value)) is None:
        yield Element(value, hints)
    else:
        yield from _unwrapped(_inside(value, key), _beside(value, key, hints), rounds - 1)


def _inside(value: Fields, key: str) -> Any:
    inside = value[key]
    if key == "event" and type(inside) is dict and set(inside) == {"original"}:
        return inside["original"]
    if key == "logEvents":
        return [one.get("message") for one in inside]
    return inside["events"] if key == "data" and type(inside) is dict else inside


def _beside(value: Fields, key: str, hints: Fields) -> Fields:
    """Give what stands beside a payload. Datadog's `hostname` is the shipper's own, not the device's."""
    own = {"hostname"} if "ddsource" in value else ()
    return {**hints, **{name: other for name, other in value.items() if name != key and name not in own}}


def _payload(value: Fields) -> str | None:
    """Name the key of a wrapper that holds what it wraps; None: the object is no wrapper."""
    if type(value.get("event")) in (dict, str) and (
        "sourcetype" in value or value.keys() - {"event"} <= _BESIDE
    ):
        return "event"
    for key in _PAYLOADS:
        if type(value.get(key)) is str and value.keys() - {key} <= _BESIDE:
            return key
    if type(value.get("detail")) is dict and "detail-type" in value:
        return "detail"
    for key in _AUDIT:
        if type(value.get(key)) in (dict, str):
            return key
    if not _FAMILIES.isdisjoint(value):
        return None
    return next((key for key in _LISTS if _records(value.get(key))), "data" if _is_page(value) else None)


def _is_page(value: Fields) -> bool:
    """Know a page of a list, unless it carries the parent that its members need."""
    data = value.get("data")
    if type(data) is dict:
        return _records(data.get("events"))
    parent = "session" in value or ("id" in value and "chat_messages" in value)
    return _records(data) and "has_more" in value and not parent


def _records(value: Any) -> bool:
    return type(value) is list and len(value) > 0 and all(type(one) is dict for one in value)
