"""Zeek: its logs of name look-ups, TLS handshakes and HTTP requests, as JSON and as tab-separated values."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from pipeline.errors import BadRecord
from pipeline.event import Fields
from pipeline.understand.sources.forms.addresses import web
from pipeline.understand.sources.forms.moments import moment
from pipeline.understand.sources.forms.rows import HEADER, among
from pipeline.understand.sources.forms.values import given, loaded, text
from pipeline.understand.sources.forms.visits import NETWORK, looked_up, transfer
from pipeline.understand.sources.forms.words import surface
from pipeline.understand.sources.source import Draft, Source

_CONNECTION = (
    ("source.ip", "id.orig_h"),
    ("destination.ip", "id.resp_h"),
    ("destination.port", "id.resp_p"),
)
_HTTP = (
    ("event.code", "_path"),
    ("http.request.method", "method"),
    ("http.response.status_code", "status_code"),
    ("http.request.body.bytes", "request_body_len"),
    ("http.response.body.bytes", "response_body_len"),
    ("user_agent.original", "user_agent"),
)
_FLAT = ("id_orig_h", "id_orig_p", "id_resp_h", "id_resp_p")
"""How shippers spell the connection that want no dots."""

_HEAD = "ts uid id.orig_h id.orig_p id.resp_h id.resp_p"
_DNS = f"{_HEAD} proto trans_id rtt query qclass qclass_name qtype qtype_name rcode rcode_name AA TC RD RA Z answers TTLs rejected"
_SSL = f"{_HEAD} version cipher curve server_name resumed last_alert next_protocol established"
_BY_COUNT = {24: ("dns", _DNS.split()), 19: ("ssl", _SSL.split()), 21: ("ssl", _SSL.split())}
"""What a row without its header is, by its number of columns; of the later ones nothing is read."""
_ROW = re.compile(r"\d{9,11}\.\d{1,9}\tC\w{6,30}\t")
_COMMENT = re.compile(r"#(?:separator|set_separator|empty_field|unset_field|path|open|close|fields|types)\b")
_UNSET = frozenset(("-", "(empty)", ""))
_FLAGS = {"T": True, "F": False, "true": True, "false": False}
_SIGNS = (
    ("dns", frozenset(("qtype_name", "qtype", "trans_id", "query"))),
    ("ssl", frozenset(("server_name", "cipher", "established"))),
    ("http", frozenset(("method", "uri", "status_code"))),
)
"""Keys that tell the log of a record that does not name it."""


def claims(value: Any, _hints: Fields) -> bool:
    """Know a record by its path or the names of its connection, a line by its header's words or its first values."""
    if type(value) is str:
        return (_ROW.match(value) or _COMMENT.match(value)) is not None
    if type(value) is not dict:
        return False
    if "id.orig_h" in value or "id_orig_h" in value:
        return True
    return "uid" in value and (value.get("_path") in _PATHS or "orig_h" in _nested(value))


def _nested(value: Fields) -> Fields:
    inside = loaded(value.get("id"))
    return inside if type(inside) is dict else {}


def read(value: Any, hints: Fields) -> Iterator[Draft]:
    """Make the visit of a record, or of each row of a text of lines; headers give none."""
    if type(value) is not str:
        yield from _drafts(_flattened(value))
        return
    header, rows, fault = text(hints.get(HEADER)).split("\n"), 0, ""
    path, names = _told(header, "#path\t"), _told(header, "#fields\t")
    lines = value.split("\n")
    for line in lines:
        if line.startswith("#"):
            path, names = _told([line], "#path\t") or path, _told([line], "#fields\t") or names
        elif line.strip():
            rows += 1
            try:
                drafts = _drafts(_row(line.rstrip("\r"), path, names))
                yield from among(drafts, line, rows) if len(lines) > 1 else drafts
            except BadRecord as error:
                fault = fault or str(error)
    if fault or not rows:
        raise BadRecord(fault or "a header line of Zeek, which is no event")


def _told(header: list[str], word: str) -> str:
    """Give what the last line of a header says that begins with a word."""
    found = [line for line in header if line.startswith(word)]
    return found[-1][len(word) :].strip("\r") if found else ""


def _flattened(value: Fields) -> Fields:
    """Give a record the connection under its dotted keys."""
    if "id.orig_h" in value:
        return value
    if "id_orig_h" in value:
        return value | {key.replace("_", ".", 1): value.get(key) for key in _FLAT}
    return value | {f"id.{key}": told for key, told in _nested(value).items()}


def _row(line: str, path: str, names: str) -> Fields:
    values = line.split("\t")
    named = (path, names.split("\t")) if names else _BY_COUNT.get(len(values))
    if named is None:
        raise BadRecord(f"a row of Zeek with {len(values)} columns, without its header")
    row: Fields = {name: told for name, told in zip(named[1], values, strict=False) if told not in _UNSET}
    return row | {"_path": named[0]} if named[0] else row


def _drafts(value: Fields) -> Iterator[Draft]:
    path = text(value.get("_path")).removesuffix(".log") or _path_of(value)
    fields = {field: told for field, key in _CONNECTION if (told := value.get(key)) is not None}
    fields["event.code"] = path or None
    fields["event.module"], fields["event.dataset"] = "dns", f"zeek.{path[:64] or 'conn'}"
    fields |= _PATHS.get(path, _bare)(value)
    times, act = (value.get("ts"), value.get("@timestamp"), value.get("_write_ts")), _act(path, value)
    yield Draft(fields, times, act=act)
    if path == "http" and (verb := transfer(fields, {})):
        yield Draft({**fields, "event.action": verb}, times, act=act)


def _path_of(value: Fields) -> str:
    """Tell the log of a record that does not name it by a key that only it has."""
    return next((log for log, keys in _SIGNS if not keys.isdisjoint(value)), "")


def _bare(value: Fields) -> Fields:
    """Give the visit of a log that names its host at best."""
    return _named_host(value.get("server_name"))


def _named_host(name: Any) -> Fields:
    return looked_up(name) if given(name) else {**NETWORK}


def _look_up(value: Fields) -> Fields:
    fields = _named_host(value.get("query"))
    code, name = text(value.get("rcode")), text(value.get("rcode_name"))
    if code or name:
        fields["event.outcome"] = "success" if code == "0" or (not code and name == "NOERROR") else "failure"
    return fields


def _handshake(value: Fields) -> Fields:
    fields, done = _named_host(value.get("server_name")), value.get("established")
    done = _FLAGS.get(done) if type(done) is str else done
    if type(done) is bool:
        fields["event.outcome"] = "success" if done else "failure"
    return fields


def _request(value: Fields) -> Fields:
    fields = {field: told for field, key in _HTTP if given(told := value.get(key))}
    host, path = text(value.get("host")), text(value.get("uri"))
    page = path if "://" in path else f"http://{host}{path if path.startswith('/') else ''}" if host else ""
    fields |= web(page) if page else {}
    fields["event.action"], fields["event.module"] = "web_visit", "webproxy"
    fields["ai.surface"] = surface(fields.get("user_agent.original"))
    return fields


_PATHS = {"dns": _look_up, "ssl": _handshake, "http": _request}


def _act(path: str, value: Fields) -> str:
    """Name a look-up so that a second tap's row is the same act; anything else by its connection."""
    time = moment(value.get("ts"))
    origin, number, query = (text(value.get(key)) for key in ("id.orig_h", "trans_id", "query"))
    kind = text(value.get("qtype_name")) or text(value.get("qtype"))
    if path == "dns" and origin and number and query and kind and time is not None:
        return f"{origin}|{number}|{query.lower()}|{kind}|{int(time)}"
    uid = text(value.get("uid"))
    return f"{uid}|{number}|{kind}|{time:.6f}" if uid and time is not None else ""


SOURCE = Source(
    name="zeek",
    claims=claims,
    read=read,
    marks=frozenset(("id.orig_h", "id_orig_h", "uid")),
    lines=True,
    keys=frozenset(
        "_path ts uid id.orig_h id.orig_p id.resp_h id.resp_p proto trans_id rtt query qclass qclass_name qtype qtype_name "
        "rcode rcode_name answers TTLs rejected server_name version cipher curve next_protocol established resumed "
        "sni_matches_cert cert_chain_fps ja3 ja4 uri request_body_len response_body_len user_agent status_code".split()
    ),
)
