"""Install data views, saved searches and dashboards through Kibana's public APIs; twice is as good as once."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Literal

from msgspec import Struct

from pipeline.dashboards.lens import Body
from pipeline.dashboards.objects import lines
from pipeline.edges.elastic.settle import Refused
from pipeline.edges.kibanalink import Link

OLDEST = (8, 19)
"""The first Kibana that these objects are written for."""

Done = Literal["make", "renew", "same"]

VIEW = ("title", "name", "timeFieldName")
"""What of a data view is ours; fields and formats that people set in it stay."""

KINDS = {"index-pattern": "data view", "search": "saved search", "dashboard": "dashboard"}
BOUNDARY = "shadowgraph-file-of-saved-objects"
FAULTS = {
    "conflict": "something of this id is there already",
    "ambiguous_conflict": "several objects there could be meant",
    "missing_references": "what it refers to is not there",
    "unsupported_type": "this Kibana does not know this kind of object",
    "unknown": "this Kibana does not take it: see its log",
}
"""What Kibana's words for a failed import mean."""


class Step(Struct, frozen=True):
    """What is, or would be, done about one object, and why."""

    what: Done
    name: str
    why: str = ""


def install(
    link: Link, objects: Sequence[Body], *, dry: bool = False, overwrite: bool = False
) -> Iterator[Step]:
    """Bring a space of Kibana to these objects; give each step when it is done.

    An object whose description still bears its mark is as it should be: what people changed in it stays until a new version
    of ours comes, or `overwrite`. Raises Outage where Kibana cannot be reached, Refused where it says no.
    """
    known(link)
    views = [one for one in objects if one["type"] == "index-pattern"]
    for view in views:
        yield _view(link, view, dry=dry)
    steps = [
        (_state(link, one, overwrite=overwrite), one) for one in objects if one["type"] != "index-pattern"
    ]
    wanted = [one for step, one in steps if step.what != "same"]
    if wanted and not dry:
        _import(link, wanted)
    yield from (step for step, _ in steps)


def known(link: Link) -> None:
    """Make sure that there is a Kibana of a version that we write for, and the space. Raises Refused."""
    status, answer = link.ask("GET", "/api/status", everywhere=True)
    version = str(answer.get("version", {}).get("number", "")) if status == 200 else ""
    parts = version.split(".")[:2]
    if not all(part.isdigit() for part in parts) or len(parts) < 2:
        raise Refused(
            f"{link.url} does not answer as Kibana does ({status}): is a path missing behind the host?"
        )
    if tuple(map(int, parts)) < OLDEST:
        raise Refused(f"this is Kibana {version}: 8.19 or later is needed")
    if not link.space:
        return
    status, _ = link.ask("GET", f"/api/spaces/space/{link.space}", everywhere=True)
    if status != 200:
        raise Refused(f"there is no space {link.space} ({status}): make it first, under Stack Management")


def _view(link: Link, view: Body, *, dry: bool) -> Step:
    name = f"{KINDS[view['type']]} {view['attributes']['title']}"
    way = f"/api/data_views/data_view/{view['id']}"
    wanted = {key: view["attributes"][key] for key in VIEW if key in view["attributes"]}
    status, answer = link.ask("GET", way)
    if status == 404:
        if not dry:
            asked = {"data_view": {"id": view["id"], "allowNoIndex": True, **wanted}, "override": False}
            _accepted(name, *link.ask("POST", "/api/data_views/data_view", asked))
        return Step("make", name)
    found = _accepted(name, status, answer).get("data_view", {})
    if all(found.get(key) == value for key, value in wanted.items()):
        return Step("same", name)
    if not dry:
        _accepted(name, *link.ask("POST", way, {"data_view": wanted, "refresh_fields": False}))
    return Step("renew", name, "its pattern, name or time was another one")


def _state(link: Link, one: Body, *, overwrite: bool) -> Step:
    """Say what an object needs: what is there of it is exported, and known by the mark in its description."""
    name = f"{KINDS[one['type']]} {one['attributes']['title']}"
    asked = {"objects": [{"type": one["type"], "id": one["id"]}], "excludeExportDetails": True}
    status, answer = link.ask("POST", "/api/saved_objects/_export", asked)
    if status == 400 and _missing(answer):
        return Step("make", name)
    there = _accepted(name, status, answer).get("attributes", {})
    if overwrite:
        return Step("renew", name, "as you wished")
    if there.get("description") == one["attributes"]["description"]:
        return Step("same", name)
    return Step("renew", name, "another version of ours")


def _missing(answer: Body) -> bool:
    """Say whether an export failed only because there is nothing to export."""
    listed = answer.get("attributes", {}).get("objects", [])
    return bool(listed) and all(one.get("error", {}).get("statusCode") == 404 for one in listed)


def _import(link: Link, objects: list[Body]) -> None:
    """Import objects over what is there. An answer of 200 may still tell of failures, each by its object."""
    head = f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="file"; filename="shadowgraph.ndjson"\r\n'
    kind = "Content-Type: application/ndjson\r\n\r\n"
    body = (head + kind).encode() + lines(objects) + f"\r\n--{BOUNDARY}--\r\n".encode()
    answer = _accepted(
        "saved objects",
        *link.send(
            "POST",
            "/api/saved_objects/_import?overwrite=true",
            body,
            kind=f"multipart/form-data; boundary={BOUNDARY}",
        ),
    )
    failed = [_failure(error) for error in answer.get("errors", [])]
    if failed or answer.get("success") is not True or answer.get("successCount") != len(objects):
        told = "; ".join(failed) or f"{answer.get('successCount')} of {len(objects)} were taken"
        raise Refused(f"Kibana did not take all saved objects: {told}")


def _failure(error: Body) -> str:
    kind = str(error.get("error", {}).get("type", "unknown"))
    return f"{error.get('type')} {error.get('id')}: {FAULTS.get(kind, kind)}"


def _accepted(name: str, status: int, answer: Body) -> Body:
    """Give an answer; raise Refused where it is none that we asked for."""
    if status == 200:
        return answer
    if status == 409:
        raise Refused(f"{name}: something of this id is in another space; choose another --prefix")
    raise Refused(f"{name}: Kibana says {status}")
