"""apps.yaml: the catalogue of AI services, and what the organisation thinks of them.

The catalogue that ships with us holds facts (where a service lives, who runs it). The organisation's apps.yaml lies
over it, id by id: a key it gives counts, a key it leaves out stays as the catalogue says. A service that the
organisation does not list is known to the world and approved by nobody here: `unsanctioned`. `unknown` is what nobody
can name: an app of the organisation without a status, and an endpoint that only looks like AI.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping
from itertools import chain
from pathlib import Path
from re import Pattern
from typing import Any

from msgspec.structs import replace

from enrichers.reference.entry import Entry, items
from enrichers.reference.nouns import CATEGORIES, App
from pipeline.errors import Problem
from pipeline.event import Fields
from pipeline.fields import CLASSES, CLOSED

ACCOUNTS = ("personal", "work", "mixed")
REVIEWS = ("passed", "failed", "expired", "none")
REMARKS = {"tenancy": ("host", "path", "header", "login"), "source": ("network", "docs", "product")}
"""Keys that tell people something and are only checked: what tells whose account it is, how its hosts are known."""
SOURCES = {
    "litellm_standard_logging": "litellm",
    "claude_code_hooks": "claude_code",
    "m365_copilot": "o365.copilot",
    "zscaler": "zscaler.web",
    "squid": "squid.access",
}
"""What the events of a reader carry in event.module or event.dataset, where that is not the reader's own name."""
PLACE = re.compile(
    r"(?=[^/]{1,259}(?:/|$))(?:(?:[a-z0-9_*](?:[a-z0-9_*-]{0,61}[a-z0-9_*])?\.)*[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?"
    r"(?::[0-9]{1,5})?|[0-9a-f]{0,4}:[0-9a-f:.]+)(?:/[\x21-\x7e]*)?"
)
"""A host (the last label without `*`), perhaps with a port and a path; or an IPv6 address."""
FACTS = (
    "id",
    "name",
    "vendor",
    "category",
    "status",
    "region",
    "dpa",
    "baa",
    "trains_on_data",
    "review",
    "max_class",
)


def read_apps(path: Path, faults: list[Problem]) -> dict[str, dict[str, Any]]:
    """Read apps by id, each with the keys it gives.

    Where there is no such file but a folder of its name without the suffix, all files of the folder are one.
    """
    folder = path.with_suffix("")
    files = sorted(folder.glob("*.yaml")) if folder.is_dir() and not path.exists() else [path]
    found, owners = {}, dict[str, str]()
    for entry in chain.from_iterable(items(file, "apps", "id", faults) for file in files):
        app = _app(entry)
        if app["id"] in found:
            entry.fault("id", "stands already in another file of the folder", "give each entry its own")
        for place in app.get("domains", ()):
            if (owner := owners.setdefault(place, app["id"])) != app["id"]:
                entry.fault("domains", f"holds a domain that `{owner}` has already", "leave it with one app")
        found[app["id"]] = app
    return found


def _app(entry: Entry) -> dict[str, Any]:
    for key, allowed in REMARKS.items():
        entry.one_of(key, allowed)
    given = {
        "id": entry.word("id"),
        "name": entry.word("name"),
        "vendor": entry.word("vendor"),
        "category": entry.one_of("category", CATEGORIES),
        "status": entry.one_of("status", CLOSED["ai.app.status"]),
        "domains": _domains(entry),
        "sources": tuple(SOURCES.get(word, word) for word in entry.words("sources")),
        "accounts": entry.one_of("accounts", ACCOUNTS),
        "corporate_tenants": tuple(word.lower() for word in entry.words("corporate_tenants")),
        "region": entry.word("region"),
        "review": entry.one_of("review", REVIEWS),
        "max_class": entry.one_of("max_class", CLASSES),
        "pilot": _pilot(entry),
        **{key: entry.flag(key) for key in ("dpa", "baa", "trains_on_data")},
        **{
            key: tuple(word.lower() for word in entry.words(key))
            for key in ("names", "processes", "providers")
        },
    }
    return {
        key: value for key, value in given.items() if value is not None and (value != () or key in entry.body)
    }


def _domains(entry: Entry) -> tuple[str, ...]:
    """Read places: hosts, hosts with a port or a path; those that are none would be looked for in vain."""
    places = [word.lower().removeprefix("*.").strip("./") for word in entry.words("domains")]
    for number, place in enumerate(places, 1):
        if not PLACE.fullmatch(place):
            remedy = "write host, host:port or host/path, in ASCII (xn--...) and without https://"
            entry.fault("domains", f"holds no host as number {number}", remedy)
        elif place in places[: number - 1]:
            entry.fault("domains", f"holds number {number} twice", "write each domain once")
    return tuple(dict.fromkeys(places))


def _pilot(entry: Entry) -> bool | None:
    """Say whether a pilot is announced: true, or the day of its announcement."""
    value = entry.body.get("announced_pilot")
    return value if isinstance(value, bool) else True if entry.day("announced_pilot") else None


def merge_apps(
    catalogue: Mapping[str, Mapping[str, Any]], own: Mapping[str, Mapping[str, Any]]
) -> dict[str, App]:
    """Lay the organisation's apps over the catalogue; the organisation's come first."""
    known = {name: {"status": "unsanctioned", **app} for name, app in catalogue.items()}
    merged = {name: {**known.get(name, {}), **app} for name, app in own.items()}
    merged |= {name: app for name, app in known.items() if name not in own}
    return {name: _with_facts(App(**{"name": name, **app})) for name, app in merged.items()}


def _with_facts(app: App) -> App:
    facts: Fields = {f"ai.app.{key}": value for key in FACTS if (value := getattr(app, key)) is not None}
    if app.pilot is not None:
        facts["ai.app.pilot"] = app.pilot
    return replace(app, facts=facts)


def app_maps(apps: Iterable[App], own: Collection[str]) -> dict[str, Any]:
    """Give the look-up maps of a Reference; where two apps claim the same, the earlier one has it.

    A service goes by the name of an app only where the organisation lists the app (`own`) or the catalogue says so:
    an app's plain name may be that of anybody's service.
    """
    apps = tuple(apps)
    return {
        **_places(apps),
        "apps_by_source": _claims((app, app.sources) for app in apps),
        "apps_by_name": _claims((app, (app.id, app.name, *app.names)) for app in apps),
        "apps_by_service": _claims(
            (app, (app.id, app.name, *app.names) if app.id in own else app.names) for app in apps
        ),
        "apps_by_process": _claims((app, app.processes) for app in apps),
        "apps_by_provider": _claims((app, app.providers) for app in apps),
    }


def _claims(claims: Iterable[tuple[App, Iterable[str]]]) -> dict[str, App]:
    owners: dict[str, App] = {}
    for app, keys in claims:
        for key in keys:
            owners.setdefault(key.lower(), app)
    return owners


def _places(apps: Iterable[App]) -> dict[str, Any]:
    hosts: dict[str, App] = {}
    paths: dict[str, list[tuple[str, App]]] = {}
    patterns: dict[str, tuple[tuple[Pattern[str], App], ...]] = {}
    for app in apps:
        for domain in app.domains:
            host, slash, path = domain.partition("/")
            if slash:
                paths.setdefault(host, []).append((f"/{path}", app))
            elif "*" in host:
                tail = host.rpartition("*")[2].partition(".")[2]
                pattern = re.compile(r"(?:.*\.)?" + re.escape(host).replace(r"\*", "[^.]+"))
                patterns[tail] = (*patterns.get(tail, ()), (pattern, app))
            else:
                hosts.setdefault(host, app)
    return {
        "apps_by_host": hosts,
        "apps_by_path": {host: _longest_first(found) for host, found in paths.items()},
        "apps_by_pattern": patterns,
    }


def _longest_first(paths: Iterable[tuple[str, App]]) -> tuple[tuple[str, App], ...]:
    return tuple(sorted(paths, key=lambda path: -len(path[0])))
