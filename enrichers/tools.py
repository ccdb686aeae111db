"""What a tool call does: its kind, its risks, where it sends, and whether the agent may.

The registry's word on an agent's tool goes first, else what tools of that name do; what the command, statement, path or
request in the arguments shows is added. `external_send` means: out of the organisation. Where all destinations are told
and are the organisation's own, or approved for this agent (`approved_destinations`), it is left out and `write` stands in
its place, so that a designed workflow is no exfiltration. A chain (`approved_chains`) approves no single call.
"""

from __future__ import annotations

import re
from functools import lru_cache

from msgspec import Struct

from enrichers.acts import OTHER, act, places_of
from enrichers.arguments import arguments_of, host_in, longest_list
from enrichers.credentials import names_credentials
from enrichers.doing import Doing
from enrichers.hosts import belongs
from enrichers.missing import missing
from enrichers.reference import Agent, KnownTool, Organisation, Reference
from enrichers.reference.nouns import RISKS
from enrichers.registry import agent_of
from pipeline.event import Fields

Place = tuple[str, str | None]
"""A place as the call names it, and its host if it has one."""

ACTS = frozenset({"tool_call", "tool_result", "approval"})
METADATA = frozenset({"169.254.169.254", "metadata.google.internal", "100.100.100.200", "fd00:ec2::254"})
"""Hosts that hand out the credentials of a machine in a cloud."""

_SEPARATORS = re.compile(r"__|[/.:]")
_CAMEL = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")
_PUNCTUATION = re.compile(r"[^a-z0-9]+")
_LONGEST_NAME = 128
_LONGEST_KEPT = 2048
"""Characters of the places of a call whose judgement is remembered."""


class Call(Struct, frozen=True):
    """What of a call its judgement follows from; `agent` and `server` are keys of the registry, empty where none is told."""

    name: str
    doing: Doing
    places: tuple[str, ...]
    agent: str
    server: str


def tools(fields: Fields, reference: Reference) -> Fields:
    """Add kind, risks, destination and grant of a tool call; a file opened without a tool gets its risk alone."""
    action = fields.get("event.action")
    if action in ACTS:
        return _call(fields, reference)
    if action == "tool_list":
        return {} if "ai.tool.kind" in fields else {"ai.tool.kind": "discovery"}
    if (
        action == "file_access"
        and "ai.tool.risk" not in fields
        and names_credentials(fields.get("file.path", ""))
    ):
        return {"ai.tool.risk": ["read_secret"]}
    return {}


def _call(fields: Fields, reference: Reference) -> Fields:
    name = tool_name(fields)
    if name is None:
        return {}
    known, agent = known_tool(name, reference), agent_of(fields, reference)
    arguments = {} if "file.path" in fields or "process.command_line" in fields else arguments_of(fields)

    told = fields.get("ai.tool.destination")
    places = (told,) if told else places_of(fields, arguments, known)
    server = fields.get("ai.tool.server", "").lower()
    doing = act(fields, arguments, known)
    call = Call(name, doing, places, agent.id.lower() if agent else "", server)
    short = sum(map(len, places + doing.sent + doing.fetched)) <= _LONGEST_KEPT
    added = _kept(call, reference) if short else _judged(call, reference)
    if "ai.tool.unbounded" in added and (affected := longest_list(arguments)):
        added = added | {"ai.tool.affected": affected}
    return missing(added, fields)


@lru_cache(4096)
def _kept(call: Call, reference: Reference) -> Fields:
    return _judged(call, reference)


def _judged(call: Call, reference: Reference) -> Fields:
    name, doing = call.name, call.doing
    known, agent = known_tool(name, reference), reference.agents.get(call.agent)
    sent, fetched = _hosts(doing.sent), _hosts(doing.fetched)
    named = [(place, host_in(place)) for place in call.places]
    places = [*sent, *fetched, *named]
    doubtful = [place for place in places if not _harmless(place, agent, reference.organisation)]

    declared = agent.tools.get(name) if agent and agent.tools else None
    risks = {*(declared or known.risk), *doing.risks}
    if "external_send" in risks and _stays(sent + named, doubtful) and not doing.untold:
        risks = risks - {"external_send"} | {"write"}
    if places:
        risks = _placed(risks, places, sent, reference.organisation)

    added: Fields = {"ai.tool.kind": known.kind}
    if risks:
        added["ai.tool.risk"] = sorted(risks, key=RISKS.index)
    if places:
        added["ai.tool.destination"] = (doubtful or places)[0][0]
    if agent and (granted := _granted(name, call.server, agent, reference)) is not None:
        added["ai.tool.granted"] = granted
    if "destructive" in risks:
        added["ai.tool.unbounded"] = doing.unbounded
    return added


def tool_name(fields: Fields) -> str | None:
    """Give the name of the tool of a call."""
    name = fields.get("gen_ai.tool.name")
    return name[0] if isinstance(name, list) and name else name or None


@lru_cache(4096)
def known_tool(name: str, reference: Reference) -> KnownTool:
    """Say what a tool of this name does: by the whole name, else by what follows its namespace."""
    whole = name[-_LONGEST_NAME:]
    for part in dict.fromkeys((whole, _SEPARATORS.split(whole)[-1])):
        plain, snake = _spelled(part), _spelled(_CAMEL.sub("_", part))
        if found := reference.tools.get(plain) or reference.tools.get(snake):
            return found
        for texts, known in reference.tool_patterns:
            if (
                snake.startswith(texts[0])
                and snake.endswith(texts[-1])
                and all(text in snake for text in texts)
            ):
                return known
    return OTHER


def _spelled(name: str) -> str:
    return _PUNCTUATION.sub("_", name.lower()).strip("_")


def _hosts(names: tuple[str, ...]) -> list[Place]:
    return [(name, host_in(name) or name) for name in names]


def _harmless(place: Place, agent: Agent | None, organisation: Organisation) -> bool:
    """Say whether a place is the organisation's own or approved for the agent; an account is harmless only if approved."""
    name, host = place
    approved = agent.destinations if agent else ()
    if name.lower() in approved:
        return True
    return host is not None and (organisation.holds(host) or belongs(host, approved))


def _stays(sent: list[Place], doubtful: list[Place]) -> bool:
    """Say whether all that is sent goes to harmless places."""
    return bool(sent) and not any(place in doubtful for place in sent)


def _placed(risks: set[str], places: list[Place], sent: list[Place], organisation: Organisation) -> set[str]:
    """Mend risks by where a call goes: what our own hosts say is not untrusted, a metadata host gives secrets away."""
    if any(host in METADATA for _, host in places):
        return risks | {"read_secret"}
    hosts = [host for _, host in places[len(sent) :]]
    if hosts and "read_untrusted" in risks and all(host and organisation.holds(host) for host in hosts):
        ours = any(host and belongs(host, organisation.domains) for host in hosts)
        return risks - {"read_untrusted"} | {"read_private" if ours else "read"}
    return risks


def _granted(name: str, server: str, agent: Agent, reference: Reference) -> bool | None:
    """Say whether the registry grants the tool, by name or with a server of the agent; None where it lists no grants."""
    if agent.tools is None and not agent.servers:
        return None
    if agent.tools and name in agent.tools:
        return True
    if server not in agent.servers:
        return False
    registered = reference.servers.get(server)
    return registered is None or registered.definitions is None or name in registered.definitions
