"""Who may do what, how long things are kept, and what must exist before the first write. Plain data."""

from __future__ import annotations

from pipeline.edges.elastic.names import Names
from pipeline.edges.elastic.templates import KEPT, Body, Piece, marked

READ = ["read", "view_index_metadata"]


def roles(names: Names) -> dict[str, Body]:
    """Give the least that each role needs, by its name.

    The writer also reads the streams: the first batch after a start is looked up, since an id is only unique until a
    stream rolls over. The months of alerts are made as alerts come, so it may make those and nothing else.
    """
    streams, months = [names.events, names.alerts], f"{names.state}*"
    found: dict[str, Body] = {
        "writer": _role(
            ([*streams], ["create_doc", "read"]),
            ([months], ["index", "read", "create_index"]),
            ([names.standings], ["index", "read"]),
        ),
        "analyst": _role((_all(names), READ), ([months], ["index"])),
        "reader": _role((_all(names), READ)),
        "setup": _role(
            (_all(names), ["manage", *READ]), cluster=["manage_index_templates", "manage_ilm", "monitor"]
        ),
    }
    return {f"{names.prefix}_{name}": body for name, body in found.items()}


def policies(names: Names) -> dict[str, Body]:
    """Give the policies of index lifecycle management: the months of alerts, which no data stream keeps in order."""
    phases = {
        "hot": {"min_age": "0ms", "actions": {}},
        "delete": {"min_age": KEPT["alerts"], "actions": {"delete": {}}},
    }
    return {f"{names.prefix}-alerts": marked({"phases": phases})}


def before(names: Names) -> list[Piece]:
    """Give what comes before the templates."""
    return [
        Piece(f"lifecycle policy {name}", f"/_ilm/policy/{name}", {"policy": body}, needs="ilm")
        for name, body in policies(names).items()
    ]


def after(names: Names) -> list[Piece]:
    """Give what comes after the templates: streams and indices that a writer finds, and roles."""
    streams = [
        Piece(f"data stream {name}", f"/_data_stream/{name}", {}, needs="data_stream", once=True)
        for name in (names.events, names.alerts)
    ]
    standings = Piece(f"index {names.standings}", f"/{names.standings}", {}, once=True)
    given = [
        Piece(f"role {name}", f"/_security/role/{name}", body, needs="security")
        for name, body in roles(names).items()
    ]
    return [*streams, standings, *given]


def _all(names: Names) -> list[str]:
    return [f"logs-{names.prefix}.*", f"{names.prefix}-*"]


def _role(*indices: tuple[list[str], list[str]], cluster: list[str] | None = None) -> Body:
    body: Body = {
        "cluster": cluster or [],
        "indices": [{"names": where, "privileges": rights} for where, rights in indices],
    }
    digest = marked(body)["_meta"]
    return body | {"metadata": {name: value for name, value in digest.items() if not name.startswith("_")}}
