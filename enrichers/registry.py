"""What the registry of agents, MCP servers and tools objects to."""

from __future__ import annotations

from enrichers.reference import Agent, Reference, Server
from enrichers.reference.servers import definition_hash
from pipeline.event import Fields

__all__ = ["agent_of", "definition_hash", "registry"]

OWN_AGENTS = frozenset({"claude_code"})
"""Modules whose agents are helpers that a person's own tool starts and drops; nobody registers those."""
_SUBJECTS = frozenset(("gen_ai.agent.id", "gen_ai.agent.name", "ai.tool.server", "ai.delegation.chain"))


def registry(fields: Fields, reference: Reference) -> Fields:
    """Add owner and environment of the agent, and the problems with agent, server, tool definitions and delegation.

    A registry without agents (or servers) has nothing to say of agents (or servers).
    """
    if fields.keys().isdisjoint(_SUBJECTS):
        return {}
    agent = agent_of(fields, reference)
    problems = [
        *_of_agent(fields, agent, reference),
        *_of_server(fields, reference),
        *_of_delegation(fields, reference),
    ]
    added: Fields = {"ai.registry.problems": list(dict.fromkeys(problems))} if problems else {}
    if agent:
        if agent.owner:
            added["ai.agent.owner"] = agent.owner
        if agent.environment:
            added["ai.agent.environment"] = agent.environment
    return added


def agent_of(fields: Fields, reference: Reference) -> Agent | None:
    """Find the registered agent by its id, else by its name."""
    for field in ("gen_ai.agent.id", "gen_ai.agent.name"):
        told = fields.get(field)
        if told and (agent := reference.agents.get(told.lower())):
            return agent
    return None


def _of_agent(fields: Fields, agent: Agent | None, reference: Reference) -> list[str]:
    if "gen_ai.agent.id" not in fields or not reference.agents:
        return []
    if agent is None:
        return [] if fields.get("event.module") in OWN_AGENTS else ["agent_unknown"]
    problems = ["agent_retired"] if agent.status == "retired" else []
    if agent.owner is None or _has_left(agent.owner, reference):
        problems.append("agent_ownerless")
    return problems


def _has_left(owner: str, reference: Reference) -> bool:
    name = owner.lower()
    person = reference.people_by_email.get(name) or reference.people_by_id.get(name)
    return person is not None and person.hr_state == "left"


def _of_server(fields: Fields, reference: Reference) -> list[str]:
    told = fields.get("ai.tool.server")
    if not told or not reference.servers:
        return []
    server = reference.servers.get(told.lower())
    if server is None or server.status != "approved":
        return ["server_unknown"]
    return _of_definitions(fields, server) if fields.get("event.action") == "tool_list" else []


def _of_definitions(fields: Fields, server: Server) -> list[str]:
    """Compare the tools that a server offers with those that were approved, as far as any were."""
    if server.definitions is None:
        return []
    approved, problems = server.definitions, []
    names, hashes = fields.get("gen_ai.tool.name") or (), fields.get("ai.tool.definition_hash") or ()
    for name, told in zip(names, hashes, strict=False):
        if name not in approved:
            problems.append("definition_unknown")
        elif approved[name] != told:
            problems.append("definition_changed")
    return problems


def _of_delegation(fields: Fields, reference: Reference) -> list[str]:
    """Say whether an agent was sent to do what the agent that sent it may not do itself."""
    chain = fields.get("ai.delegation.chain")
    if not chain or fields.get("event.action") not in ("tool_call", "tool_result"):
        return []
    callers = [agent for agent in chain if agent != fields.get("gen_ai.agent.id")]
    caller = reference.agents.get(callers[-1].lower()) if callers else None
    if caller is None or caller.tools is None:
        return []
    names = fields.get("gen_ai.tool.name") or ()
    names = [names] if isinstance(names, str) else names
    return ["delegation_exceeds"] if any(name not in caller.tools for name in names) else []
