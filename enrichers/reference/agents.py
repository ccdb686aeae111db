"""agents.yaml: the registry of agents."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from enrichers.reference.entry import Entry, items
from enrichers.reference.nouns import RISKS, Agent, Chain
from pipeline.errors import Problem


def read_agents(path: Path, faults: list[Problem]) -> list[Agent]:
    """Read the registered agents."""
    return [_agent(entry) for entry in items(path, "agents", "id", faults)]


def _agent(entry: Entry) -> Agent:
    return Agent(
        id=entry.word("id") or "",
        name=entry.word("name"),
        owner=entry.word("owner"),
        status=entry.word("status") or "active",
        environment=entry.word("environment"),
        tools=_tools(entry) if "tools" in entry.body else None,
        servers=tuple(word.lower() for word in entry.words("mcp_servers")),
        destinations=tuple(word.lower() for word in entry.words("approved_destinations")),
        chains=tuple(
            Chain(chain.words("tools"), (chain.word("destination") or "").lower())
            for chain in entry.parts("approved_chains")
        ),
        limits=entry.mapping("limits"),
    )


def _tools(entry: Entry) -> Mapping[str, tuple[str, ...]]:
    tools = entry.parts("tools", word="name")
    return {name: tool.all_of("risk", RISKS) for tool in tools if (name := tool.word("name"))}


def agent_map(agents: list[Agent]) -> dict[str, Agent]:
    """Find agents by id, else by name, lower-cased."""
    names = {agent.name.lower(): agent for agent in agents if agent.name}
    return names | {agent.id.lower(): agent for agent in agents}
