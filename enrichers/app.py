"""Which AI service: the catalogue's word on where an event took place."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import lru_cache

from enrichers.hosts import registered
from enrichers.looks import looks_like_ai
from enrichers.missing import missing
from enrichers.reference import App, Reference
from pipeline.event import Fields

GATEWAYS = frozenset({"litellm"})
"""Modules of the organisation's gateway: what they tell came through it."""
LONGEST = 253
"""Characters of a host name; what is longer is none. A path is read as far."""
BOUNDS = ("", "/", "?", ":")
"""What may follow a path of the catalogue."""
THIS_DEVICE = frozenset({"localhost", "127.0.0.1", "::1", "0.0.0.0", "host.docker.internal"})  # noqa: S104 - looked up, not bound


def app(fields: Fields, reference: Reference) -> Fields:
    """Add the AI service with the facts of the catalogue; an endpoint that only looks like AI gets an id of its own.

    The service is known by its own log, else by the host (with its path, else exactly, else below a listed host); only
    where no host is told by the name of service, program or provider. The id of a look-alike is `unknown:` and its
    registered domain. Whatever has an id has a status. What a source says of an app stays, but for its name.
    """
    found = _named(fields, reference) if "ai.app.id" in fields else _known(fields, reference)
    if found is None:
        return _unknown(fields, reference)

    through = None if "ai.network.via_gateway" in fields else _via_gateway(fields, found)
    told, added = _facts(found.id, through, reference)
    if "ai.app.heuristic" not in fields and told.keys().isdisjoint(fields.keys()):
        return added
    heuristic = {"ai.app.heuristic": False} if fields.get("ai.app.heuristic") else {}
    return missing(told, fields) | {"ai.app.name": found.name} | heuristic


@lru_cache(4096)
def _facts(app_id: str, through: bool | None, reference: Reference) -> tuple[Fields, Fields]:
    """Give what a source may have told itself, and all that is added where none of it was."""
    app = reference.apps[app_id]
    told = {name: value for name, value in app.facts.items() if name != "ai.app.name"}
    if through is not None:
        told["ai.network.via_gateway"] = through
    return told, told | {"ai.app.name": app.name}


def _via_gateway(fields: Fields, found: App) -> bool | None:
    """Say whether a call came through the gateway; None where it is none, as is a visit to an API's console."""
    if found.category == "gateway" or fields.get("event.module") in GATEWAYS:
        return True
    direct = (
        found.category == "model_api" and "url.domain" in fields and fields.get("ai.surface") != "browser"
    )
    return False if direct else None


def _named(fields: Fields, reference: Reference) -> App | None:
    return reference.apps.get(fields["ai.app.id"])


def _known(fields: Fields, reference: Reference) -> App | None:
    sources = reference.apps_by_source
    if owner := sources.get(fields.get("event.dataset", "")) or sources.get(fields.get("event.module", "")):
        return owner
    host = fields.get("url.domain") or fields.get("destination.domain")
    place = host or fields.get("destination.ip")
    found = app_of_host(host, fields.get("url.path"), reference) if host else None
    if found is None and place in THIS_DEVICE and "destination.port" in fields:
        found = app_of_host(f"localhost:{fields['destination.port']}", fields.get("url.path"), reference)
    if found or host:
        return found
    return _by_name(
        fields.get("service.name", ""),
        fields.get("ai.app.name", ""),
        fields.get("process.name", ""),
        fields.get("gen_ai.provider.name", ""),
        reference,
    )


def app_of_host(host: str, path: str | None, reference: Reference) -> App | None:
    """Give the app at a host: by path, exactly, by pattern, else that of the nearest host above it."""
    if len(host) > LONGEST:
        return None
    paths, owner = _at(host, reference)
    return (_along(path, paths) or owner) if path and paths else owner


def _along(path: str, paths: Iterable[tuple[str, App]]) -> App | None:
    """Give the app of the longest path that this one is or lies below; names that only begin alike are others."""
    path = path[:LONGEST].lower()
    for start, owner in paths:
        if path.startswith(start) and path[len(start) : len(start) + 1] in BOUNDS:
            return owner
    return None


@lru_cache(8192)
def _at(host: str, reference: Reference) -> tuple[tuple[tuple[str, App], ...], App | None]:
    """Give the paths that count at a host, and the app that has the host."""
    host = host.lower().strip(".")
    paths: list[tuple[str, App]] = []
    found: App | None = None
    for name in _upwards(host):
        paths += reference.apps_by_path.get(name, ())
        found = found or reference.apps_by_host.get(name) or _by_pattern(host, name, reference)
    return tuple(paths), found


def _upwards(host: str) -> Iterator[str]:
    """Give a host and those above it; a top-level domain is none."""
    yield host
    while (host := host.partition(".")[2]) and "." in host:
        yield host


def _by_pattern(host: str, tail: str, reference: Reference) -> App | None:
    for pattern, owner in reference.apps_by_pattern.get(tail, ()):
        if pattern.fullmatch(host):
            return owner
    return None


@lru_cache(4096)
def _by_name(service: str, name: str, process: str, provider: str, reference: Reference) -> App | None:
    """Find the app by service, name, program or provider; a name that only repeats the service says nothing new."""
    return (
        reference.apps_by_service.get(service.lower())
        or (reference.apps_by_name.get(name.lower()) if name != service else None)
        or reference.apps_by_process.get(program(process))
        or reference.apps_by_provider.get(provider.lower())
    )


def program(process: str) -> str:
    """Give the plain name of a program: lower-cased, without `.exe`."""
    return process.lower().removesuffix(".exe")


def _unknown(fields: Fields, reference: Reference) -> Fields:
    if "ai.app.id" in fields:
        return {} if "ai.app.status" in fields else {"ai.app.status": "unknown"}
    host = fields.get("url.domain") or fields.get("destination.domain") or fields.get("destination.ip")
    if not host or len(host) > LONGEST or not looks_like_ai(fields, host):
        return {}
    own = reference.organisation.holds(host)
    added: Fields = {"ai.app.id": f"unknown:{host if own else registered(host)}", "ai.app.heuristic": True}
    return added if "ai.app.status" in fields else added | {"ai.app.status": "unknown"}
