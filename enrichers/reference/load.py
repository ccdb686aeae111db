"""Load all reference data: the organisation's files where there are any, else those of the sample company."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from enrichers.reference.agents import agent_map, read_agents
from enrichers.reference.apps import app_maps, merge_apps, read_apps
from enrichers.reference.changes import read_changes, tickets
from enrichers.reference.devices import read_devices
from enrichers.reference.documents import read_documents
from enrichers.reference.entry import items
from enrichers.reference.nouns import KINDS, RISKS, Agent, KnownTool, Organisation, Person, Reference
from enrichers.reference.organisation import read_organisation
from enrichers.reference.people import by_name, read_people
from enrichers.reference.servers import read_servers, server_map
from pipeline.errors import ContentError, Problem

CONTENT = Path(__file__).resolve().parents[2]
"""Where our own content lies: beside the packages, whatever the working folder."""


def load_reference(folder: Path | None = None, *, content: Path | None = None) -> Reference:
    """Load reference data from a folder; a file that is not there stays that of the sample company.

    `content` is used in place of our own folder of content. Raises ContentError with every fault of every file, and for
    a folder that is not there.
    """
    if folder is not None and not folder.is_dir():
        raise ContentError([Problem(str(folder), 1, "is no folder", "name a folder with reference data")])
    faults: list[Problem] = []
    reference = _load(folder, (content or CONTENT) / "enrichers" / "data", faults)
    if faults:
        raise ContentError(faults)
    return reference


def _load(folder: Path | None, data: Path, faults: list[Problem]) -> Reference:
    def place(name: str) -> Path:
        given = folder / name if folder else None
        return given if given and given.exists() else data / "company" / name

    organisation = read_organisation(place("organisation.yaml"), faults)
    people = read_people(place("people.csv"), faults)
    devices = read_devices(place("devices.csv"), faults)
    own = read_apps(place("apps.yaml"), faults)
    apps = merge_apps(read_apps(data / "apps.yaml", faults), own)
    agents = read_agents(place("agents.yaml"), faults)
    changes = tuple(read_changes(place("changes.yaml"), faults))
    tools, patterns = _known_tools(data / "tools.yaml", faults)
    return Reference(
        organisation=organisation,
        people_by_email={person.email: person for person in people if person.email},
        people_by_id={person.id.lower(): person for person in people},
        people_by_name=by_name(people),
        devices_by_name={device.name.lower(): device for device in devices if device.name},
        devices_by_id={device.id.lower(): device for device in devices if device.id},
        apps=apps,
        **app_maps(apps.values(), own),
        agents=agent_map(agents),
        servers=server_map(read_servers(place("mcp_servers.yaml"), faults)),
        documents=tuple(read_documents(place("documents.csv"), faults)),
        changes=changes,
        tickets=tickets(changes),
        tools=tools,
        tool_patterns=patterns,
        notes=tuple(_notes(organisation, people, agents)),
    )


def _known_tools(
    path: Path, faults: list[Problem]
) -> tuple[dict[str, KnownTool], tuple[tuple[tuple[str, ...], KnownTool], ...]]:
    exact: dict[str, KnownTool] = {}
    patterns = []
    for entry in items(path, "tools", "id", faults):
        known = KnownTool(entry.one_of("kind", KINDS) or "other", entry.all_of("risk", RISKS))
        for name in entry.words("names"):
            if "*" in name:
                patterns.append((tuple(name.split("*")), known))
            else:
                exact[name] = known
    return exact, tuple(patterns)


def _notes(organisation: Organisation, people: Iterable[Person], agents: Iterable[Agent]) -> Iterable[str]:
    if not organisation.domains:
        yield "organisation.yaml names no domains: every destination counts as outside, no login as corporate"
    known = {word.lower() for person in people for word in (person.id, person.email) if word}
    for agent in agents:
        if agent.owner and agent.owner.lower() not in known:
            yield f"agents.yaml: the owner of {agent.id} is not in people.csv"
