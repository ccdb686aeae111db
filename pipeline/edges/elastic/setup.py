"""Bring a node to the state that our templates, roles and policies describe; twice is as good as once."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Literal

from elasticsearch import ApiError, Elasticsearch, TransportError
from msgspec import Struct

from pipeline.edges.elastic.access import after, before, policies
from pipeline.edges.elastic.client import asked, failure, kind_of
from pipeline.edges.elastic.names import PREFIX, Names
from pipeline.edges.elastic.promotion import objects
from pipeline.edges.elastic.settle import Refused, refusal
from pipeline.edges.elastic.templates import VERSION, Body, Piece, pieces
from pipeline.settings import Elastic

State = Literal["missing", "older", "newer", "changed", "same", "foreign"]
Done = Literal["make", "renew", "same", "keep", "skip"]

LACKING = {400, 403, 404, 405, 410, 500, 501}
"""How a node answers for a part that it does not have, or that we may not manage: all the rest can be done all the same."""

PARTS = {
    "ilm": "/_ilm/policy",
    "data_stream": "/_data_stream",
    "security": "/_security/role",
}
"""What not every node has, and where to ask for it."""

LEFT_OUT = {
    "ilm": "this node has no index lifecycle management, or you may not manage it: delete old months of alerts yourself",
    "data_stream": "this node has no such API, or you may not use it: the first write makes the stream, so the writer must be allowed to",
    "security": "security is off, its roles are kept elsewhere, or you may not manage them (manage_security)",
}


class Step(Struct, frozen=True):
    """What is, or would be, done about one object, and why."""

    what: Done
    name: str
    why: str = ""


def everything(prefix: str = PREFIX) -> dict[str, Any]:
    """Give all that `setup` would send to a node that has every part, and the objects of Elastic Security."""
    names = Names(prefix)
    (policy,) = policies(names)
    found = [*before(names), *pieces(names, policy=policy), *after(names)]
    requests = [{"method": "PUT", "path": piece.path, "body": piece.body} for piece in found]
    return {"requests": requests, "elastic_security": objects(names)}


def setup(given: Elastic, *, prefix: str = PREFIX, dry: bool = False) -> Iterator[Step]:
    """Make or renew what is missing or ours and different; give each step when it is done.

    An object of the same name that is not ours, or comes from a newer version, is left as it is and said.
    Raises Outage or Refused.
    """
    client = asked(given)
    try:
        yield from _steps(client, Names(prefix), dry=dry)
    except (ApiError, TransportError) as error:
        raise failure(error, str(given.url)) from None
    finally:
        client.close()


def _steps(client: Elasticsearch, names: Names, *, dry: bool) -> Iterator[Step]:
    has = {part for part in PARTS if _has(client, part)}
    (policy,) = policies(names)
    wanted = [*before(names), *pieces(names, policy=policy if "ilm" in has else ""), *after(names)]
    for piece in wanted:
        if piece.needs and piece.needs not in has:
            yield Step("skip", piece.name, LEFT_OUT[piece.needs])
        else:
            try:
                step = _brought(client, piece, dry=dry)
            except ApiError as error:
                if not (piece.needs and error.meta.status in LACKING):
                    raise Refused(f"{piece.name}: {refusal(error.meta.status, kind_of(error))}") from None
                step = Step("skip", piece.name, f"{LEFT_OUT[piece.needs]}; it says {kind_of(error)}")
            yield step


def _brought(client: Elasticsearch, piece: Piece, *, dry: bool) -> Step:
    what, why = PLAN[state(piece, _get(client, piece.path))]
    if what in ("make", "renew") and not dry:
        client.perform_request("PUT", piece.path, body=piece.body or None, headers=JSON)
    return Step(what, piece.name, why)


PLAN: dict[State, tuple[Done, str]] = {
    "missing": ("make", ""),
    "older": ("renew", "an older version of ours"),
    "changed": ("renew", "ours, but changed"),
    "same": ("same", ""),
    "newer": ("keep", "a newer version of ours: upgrade this one"),
    "foreign": ("keep", "not made by shadowgraph: rename one of them, or use another prefix"),
}

JSON = {"accept": "application/json", "content-type": "application/json"}


def state(piece: Piece, found: Body | None) -> State:
    """Say how what a node has under a name compares with what we want there."""
    if found is None:
        return "missing"
    if piece.once:
        return "same"
    marks = _marks(found)
    if marks.get("managed_by") != "shadowgraph":
        return "foreign"
    if marks.get("digest") == _marks(piece.body).get("digest"):
        return "same"
    version = marks.get("version", VERSION)
    return "newer" if version > VERSION else "older" if version < VERSION else "changed"


def _marks(found: Body) -> Body:
    """Find who made an object, wherever its kind keeps that."""
    return _deep(found, "_meta") or _deep(found, "metadata") or {}


def _deep(found: Any, name: str) -> Any:
    """Give the first value under this key, looking through lists and objects from outside to inside."""
    layer = [found]
    while layer:
        objects_ = [each for each in layer if isinstance(each, dict)]
        for each in objects_:
            if name in each:
                return each[name]
        layer = [part for each in objects_ for part in each.values()] + [
            part for each in layer if isinstance(each, list) for part in each
        ]
    return None


def _has(client: Elasticsearch, part: str) -> bool:
    try:
        client.perform_request("GET", PARTS[part], headers=JSON)
    except ApiError as error:
        if error.meta.status in LACKING:
            return False
        raise
    return True


def _get(client: Elasticsearch, path: str) -> Body | None:
    try:
        answer: Any = client.perform_request("GET", path, headers=JSON)
    except ApiError as error:
        if error.meta.status == 404:
            return None
        raise
    return dict(answer)
