"""Templates for our streams and indices, generated from the list of fields. Plain data, sent by `setup`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from hashlib import sha256
from typing import Any

import orjson
from msgspec import Struct

from pipeline.edges.elastic.names import Names
from pipeline.fields import FIELDS

Body = dict[str, Any]

VERSION = 1
PRIORITY = 300
"""Above the built-in templates (100) and those of Fleet (200)."""

MAPPED: Mapping[str, Body] = {
    "keyword": {"type": "keyword", "ignore_above": 1024},
    "text": {"type": "text", "norms": False},
    "object": {"type": "object", "enabled": False},
    "date": {"type": "date"},
    "ip": {"type": "ip"},
    "boolean": {"type": "boolean"},
    "long": {"type": "long"},
    "float": {"type": "float"},
}
"""How each kind of field is mapped: by types that every node has. What is an object is kept and not searched."""

STORED: Body = {
    "number_of_shards": 1,
    "auto_expand_replicas": "0-1",
    "mode": "standard",
    "mapping": {"source": {"mode": "stored"}, "total_fields": {"limit": 1000}},
    "codec": "best_compression",
}
"""Documents come back as they were sent, byte for byte; no licence decides about it."""

KEPT = {"events": "90d", "alerts": "400d"}
"""How long documents are kept."""


class Piece(Struct, frozen=True):
    """One object of a node: what people call it, where it is put, its body, and what a node must have for it.

    `once`: it is made where it is missing, and left alone where it exists.
    """

    name: str
    path: str
    body: Body
    needs: str = ""
    once: bool = False


def pieces(names: Names, *, policy: str = "") -> list[Piece]:
    """Give the templates in the order in which a node must get them.

    `policy` names the lifecycle of the months of alerts, where a node has such a thing.
    """
    prefix = names.prefix
    found = [
        _component(f"{prefix}-fields", {"mappings": mappings()}),
        _component(f"{prefix}-events", {"settings": {"index": STORED | {"refresh_interval": "5s"}}}),
        _component(f"{prefix}-alerts", {"settings": {"index": STORED | {"refresh_interval": "1s"}}}),
    ]
    streams = (("event", "events"), ("alert", "alerts"))
    found += [_stream(prefix, kind, settings) for kind, settings in streams]
    found += [
        _index(prefix, f"{prefix}-alert-state", f"{names.state}-*", _months(names, policy)),
        _index(prefix, f"{prefix}-standings", names.standings, {}),
    ]
    return found


def mappings() -> Body:
    """Map every field that we write; others are kept and not searched."""
    tree: Body = {}
    for name, field in FIELDS.items():
        *above, last = name.split(".")
        at = tree
        for part in above:
            at = at.setdefault(part, {"properties": {}})["properties"]
        at[last] = dict(MAPPED[field.kind])
    return {"dynamic": False, "date_detection": False, "numeric_detection": False, "properties": tree}


def marked(body: Body) -> Body:
    """Write into an object who made it, and a digest by which `setup` knows it again."""
    text = orjson.dumps(body, option=orjson.OPT_SORT_KEYS)
    return body | {
        "_meta": {"managed_by": "shadowgraph", "version": VERSION, "digest": sha256(text).hexdigest()[:32]}
    }


def flat(properties: Body, above: str = "") -> Iterator[tuple[str, Body]]:
    """Give the fields of a mapping by their whole names."""
    for name, body in properties.items():
        if "properties" in body:
            yield from flat(body["properties"], f"{above}{name}.")
        else:
            yield above + name, body


def _component(name: str, template: Body) -> Piece:
    body = marked({"template": template, "version": VERSION})
    return Piece(f"component template {name}", f"/_component_template/{name}", body)


def _stream(prefix: str, kind: str, settings: str) -> Piece:
    """Template a data stream. Its failure store is off: what cannot be mapped is one dead letter of ours."""
    options = {
        "lifecycle": {"data_retention": KEPT[settings]},
        "data_stream_options": {"failure_store": {"enabled": False}},
    }
    body = _composed(f"logs-{prefix}.{kind}-*", prefix, settings) | {"data_stream": {}, "template": options}
    return _template(f"logs-{prefix}.{kind}", body)


def _months(names: Names, policy: str) -> Body:
    """Let every month of alerts be read by one name."""
    settings = {"settings": {"index": {"lifecycle": {"name": policy}}}} if policy else {}
    return settings | {"aliases": {names.state: {}}}


def _index(prefix: str, name: str, pattern: str, template: Body) -> Piece:
    return _template(name, _composed(pattern, prefix, "alerts") | {"template": template})


def _composed(pattern: str, prefix: str, settings: str) -> Body:
    own = f"{prefix}@custom"
    return {
        "index_patterns": [pattern],
        "composed_of": [f"{prefix}-fields", f"{prefix}-{settings}", own],
        "ignore_missing_component_templates": [own],
        "priority": PRIORITY,
        "version": VERSION,
    }


def _template(name: str, body: Body) -> Piece:
    return Piece(f"index template {name}", f"/_index_template/{name}", marked(body))
