"""The frozen nouns of reference data, and the Reference that finds them."""

from __future__ import annotations

from collections.abc import Mapping
from ipaddress import IPv4Network, IPv6Network
from re import Pattern
from typing import Any

from msgspec import Struct

from enrichers.hosts import within
from pipeline.event import Fields

RISKS = tuple(
    "read read_private read_untrusted read_secret write external_send code_exec destructive payment admin".split()
)
KINDS = tuple(
    "shell sql http mail messaging file browser memory index retrieval vault payment discovery agent schedule "
    "credential other".split()
)
CATEGORIES = tuple(
    "assistant coding meeting image audio video translation writing search model_api gateway hosting agent_platform "
    "local_model extension embedded mcp_server aggregator reseller anonymiser other".split()
)
STATES = ("active", "notice", "left", "service")


class Person(Struct, frozen=True, kw_only=True):
    """Somebody of the directory, or a service account; `facts` is what the directory alone may say of them."""

    id: str
    name: str | None = None
    email: str | None = None
    hr_state: str | None = None
    facts: Fields = {}


class Device(Struct, frozen=True, kw_only=True):
    """A device of the inventory; `facts` are its names and posture."""

    name: str | None = None
    id: str | None = None
    email: str | None = None
    facts: Fields = {}


class Organisation(Struct, frozen=True, kw_only=True):
    """Whose people these are: its domains, networks, tenants at vendors, canary words and partners' domains."""

    id: str = ""
    name: str = ""
    domains: tuple[str, ...] = ()
    networks: tuple[IPv4Network | IPv6Network, ...] = ()
    tenants: tuple[str, ...] = ()
    canaries: tuple[str, ...] = ()
    partners: tuple[str, ...] = ()

    def holds(self, host: str) -> bool:
        """Say whether a host is the organisation's own, or local."""
        return within(host, self.domains, self.networks)


class App(Struct, frozen=True, kw_only=True):
    """An AI service: how it is recognised, what the organisation thinks of it, and the fields that say so.

    `domains` may end in a path (`code.example/copilot`) and have `*` inside a label. `sources` are the event modules
    or datasets that are its own logs. `accounts`: personal, work or mixed, the kinds of account it has.
    """

    id: str
    name: str = ""
    vendor: str | None = None
    category: str = "other"
    status: str = "unknown"
    domains: tuple[str, ...] = ()
    sources: tuple[str, ...] = ()
    names: tuple[str, ...] = ()
    processes: tuple[str, ...] = ()
    providers: tuple[str, ...] = ()
    accounts: str = "mixed"
    corporate_tenants: tuple[str, ...] = ()
    region: str | None = None
    dpa: bool | None = None
    baa: bool | None = None
    trains_on_data: bool | None = None
    review: str | None = None
    max_class: str | None = None
    pilot: bool | None = None
    facts: Fields = {}


class Chain(Struct, frozen=True):
    """Tools that an agent may use one after the other, and where the last of them may send."""

    tools: tuple[str, ...]
    destination: str


class Agent(Struct, frozen=True, kw_only=True):
    """A registered agent. `tools` are its grants with their risks; None: the registry does not list its grants."""

    id: str
    name: str | None = None
    owner: str | None = None
    status: str = "active"
    environment: str | None = None
    tools: Mapping[str, tuple[str, ...]] | None = None
    servers: tuple[str, ...] = ()
    destinations: tuple[str, ...] = ()
    chains: tuple[Chain, ...] = ()
    limits: Mapping[str, Any] = {}


class Server(Struct, frozen=True, kw_only=True):
    """A registered MCP server. `definitions`: hash of each approved tool; None: nobody approved them one by one."""

    name: str
    url: str | None = None
    status: str = "approved"
    version: str | None = None
    definitions: Mapping[str, str] | None = None


class Document(Struct, frozen=True, kw_only=True):
    """A registered document with its label and its text."""

    id: str
    title: str = ""
    kind: str = "document"
    label: str | None = None
    owner: str | None = None
    text: str = ""


class Change(Struct, frozen=True, kw_only=True):
    """An announced change: its ticket, who or which key makes it, and the UTC day (ISO)."""

    ticket: str
    what: str = ""
    user: str | None = None
    key: str | None = None
    day: str | None = None


class KnownTool(Struct, frozen=True):
    """What a tool of a well-known name does."""

    kind: str
    risk: tuple[str, ...]


class Reference(Struct, frozen=True, kw_only=True, eq=False):
    """Everything known beforehand, by what finds it; keys of people, devices, agents, servers and apps are lower-cased.

    Values are shared by all events: read them, never change them. `notes` are remarks for people on data that works
    but is odd.
    """

    organisation: Organisation = Organisation()
    people_by_email: Mapping[str, Person] = {}
    people_by_id: Mapping[str, Person] = {}
    people_by_name: Mapping[str, Person] = {}
    devices_by_name: Mapping[str, Device] = {}
    devices_by_id: Mapping[str, Device] = {}
    apps: Mapping[str, App] = {}
    apps_by_host: Mapping[str, App] = {}
    apps_by_path: Mapping[str, tuple[tuple[str, App], ...]] = {}
    apps_by_pattern: Mapping[str, tuple[tuple[Pattern[str], App], ...]] = {}
    """Apps by what follows the last label with a `*`."""
    apps_by_source: Mapping[str, App] = {}
    apps_by_name: Mapping[str, App] = {}
    apps_by_service: Mapping[str, App] = {}
    apps_by_process: Mapping[str, App] = {}
    apps_by_provider: Mapping[str, App] = {}
    agents: Mapping[str, Agent] = {}
    servers: Mapping[str, Server] = {}
    documents: tuple[Document, ...] = ()
    changes: tuple[Change, ...] = ()
    tickets: Mapping[tuple[str, str], str] = {}
    """Ticket by (person or key, lower-cased; UTC day)."""
    tools: Mapping[str, KnownTool] = {}
    tool_patterns: tuple[tuple[tuple[str, ...], KnownTool], ...] = ()
    """Tools by the texts that a name holds: its beginning, what lies between, its end."""
    notes: tuple[str, ...] = ()
