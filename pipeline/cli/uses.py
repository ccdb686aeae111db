"""Which AI is used, by whom, since when, how often and with which data: the uses that a store holds, summed up."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

from msgspec import Struct, field

if TYPE_CHECKING:
    from pipeline.event import Fields

PEOPLE = ("user.id", "user.email", "user.name")
OTHERS = ("gen_ai.agent.id", "ai.key.id", "host.name", "source.ip")
NAMES = (*PEOPLE, "gen_ai.agent.id", "gen_ai.agent.name")
"""Fields by which somebody may be asked for."""

MODELS, SURFACES, TENANTS = (
    ("gen_ai.response.model", "gen_ai.request.model"),
    ("ai.surface",),
    ("ai.app.tenant",),
)
TOLD = {
    "name": "ai.app.name",
    "vendor": "ai.app.vendor",
    "category": "ai.app.category",
    "status": "ai.app.status",
}
"""What a row says of an app, and the field that says it."""

STATUSES = ("banned", "unsanctioned", "unknown", "tolerated", "sanctioned")
"""The order of rows: first what somebody must look at."""


class Use(Struct):
    """The use of one app by one person, agent, key or device; times as documents write them."""

    events: int = 0
    units: float = 0.0
    first: str = ""
    last: str = ""
    classes: Counter[str] = field(default_factory=Counter)
    models: Counter[str] = field(default_factory=Counter)
    surfaces: Counter[str] = field(default_factory=Counter)
    tenants: Counter[str] = field(default_factory=Counter)


class App(Struct):
    """One app: what was said of it last, and its uses by who used it."""

    at: str = ""
    told: dict[str, str] = {}
    heuristic: bool = False
    uses: dict[str, Use] = {}


class Uses(Struct):
    """All apps by id, the people among those who used them, and under which names each is known."""

    apps: dict[str, App] = {}
    people: set[str] = set()
    names: dict[str, set[str]] = {}


def uses(events: Iterable[Fields], since: str = "") -> Uses:
    """Sum up the events that name an app; of those before `since` only the names are kept."""
    found = Uses()
    for fields in events:
        if name := fields.get("ai.app.id"):
            app, who = _app(found, name, fields), _who(found, fields)
            if fields["@timestamp"] >= since:
                _add(app.uses.setdefault(who, Use()), fields)
    return found


def summed(parts: Iterable[Use]) -> Use:
    """Add up uses."""
    whole = Use()
    for part in parts:
        whole.events += part.events
        whole.units += part.units
        whole.first, whole.last = _span(whole, part.first, part.last)
        for name in ("classes", "models", "surfaces", "tenants"):
            getattr(whole, name).update(getattr(part, name))
    return whole


def known_as(found: Uses, asked: str) -> set[str]:
    """Give who is called so: by login, name, address or the id of an agent, whatever the case."""
    return {who for who, names in found.names.items() if asked.lower() in names}


def row(name: str, app: App, use: Use, people: int | None) -> Fields:
    """Write a use of an app as one document; what nobody said is left out."""
    facts: Fields = {"app": name, **app.told, "heuristic": app.heuristic}
    if people is not None:
        facts["people"] = people
    facts |= {
        "events": use.events,
        "units": round(use.units, 3),
        "first_seen": use.first,
        "last_seen": use.last,
        "classes": _listed(use.classes),
        "models": list(_listed(use.models)),
        "surfaces": list(_listed(use.surfaces)),
        "tenants": list(_listed(use.tenants)),
    }
    return facts


def with_standing(facts: Fields, standing: Mapping[str, object]) -> Fields:
    """Add what a standing knows of an app longer than its events are kept: the widest span and the greatest numbers."""
    told: Fields = dict(standing)
    kept = {name: told[key] for name, key in TOLD.items() if key in told and name not in facts}
    kept["events"] = max(facts["events"], told.get("ai.standing.events", 0))
    kept["units"] = max(facts["units"], told.get("ai.standing.units", 0.0))
    kept["people"] = max(facts.get("people", 0), told.get("ai.standing.users", 0))
    times = [time for time in (facts["first_seen"], told.get("ai.standing.first_seen")) if time]
    kept["first_seen"] = min(times, default="")
    if not facts["last_seen"]:  # the standing may tell the end of the hour
        kept["last_seen"] = told.get("ai.standing.last_seen", "")
    classes = told.get("ai.standing.classes", {})
    kept["classes"] = _listed(Counter(facts["classes"]) | Counter(classes))
    for name in ("models", "surfaces", "tenants"):
        kept[name] = list(dict.fromkeys((*facts[name], *told.get(f"ai.standing.{name}", ()))))
    return facts | kept


def by_need(facts: Fields) -> tuple[int, int, str]:
    """Give the place of a row: the status first, then how often it is used."""
    status = facts.get("status", "unknown")
    return STATUSES.index(status) if status in STATUSES else 2, -facts["events"], facts["app"]


def _app(found: Uses, name: str, fields: Fields) -> App:
    """Take down what an event says of its app; the newest word counts."""
    app = found.apps.setdefault(name, App())
    if fields["@timestamp"] >= app.at:
        app.at = fields["@timestamp"]
        app.told |= {key: fields[source] for key, source in TOLD.items() if source in fields}
        app.heuristic = bool(fields.get("ai.app.heuristic"))
    return app


def _who(found: Uses, fields: Fields) -> str:
    """Name who used it, and take down under which names that one is known."""
    who = next((str(fields[key]) for key in (*PEOPLE, *OTHERS) if fields.get(key)), "nobody named")
    if any(fields.get(key) for key in PEOPLE):
        found.people.add(who)
    found.names.setdefault(who, set()).update(str(fields[key]).lower() for key in NAMES if fields.get(key))
    return who


def _add(use: Use, fields: Fields) -> None:
    use.events += 1
    use.units += fields.get("ai.data.units", 0.0)
    use.first, use.last = _span(use, fields["@timestamp"], fields["@timestamp"])
    use.classes.update(fields.get("ai.data.classes", ()))
    for counts, keys in ((use.models, MODELS), (use.surfaces, SURFACES), (use.tenants, TENANTS)):
        if value := next((fields[key] for key in keys if key in fields), None):
            counts[value] += 1


def _span(use: Use, first: str, last: str) -> tuple[str, str]:
    return min(filter(None, (use.first, first)), default=""), max(use.last, last)


def _listed(counts: Counter[str]) -> dict[str, int]:
    """Give counts, the greatest first, equal ones by name."""
    return dict(sorted(counts.items(), key=lambda item: (-item[1], item[0])))
