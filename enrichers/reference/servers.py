"""mcp_servers.yaml: the registry of MCP servers, and the hash by which a tool's definition is known."""

from __future__ import annotations

from collections.abc import Mapping
from hashlib import sha256
from pathlib import Path
from typing import Any

import orjson

from enrichers.hosts import host_of
from enrichers.reference.entry import Entry, items
from enrichers.reference.nouns import Server
from pipeline.errors import Problem

DEFINES = ("name", "title", "description", "inputSchema", "outputSchema", "annotations")


def definition_hash(tool: Mapping[str, Any]) -> str:
    """Hash the definition of an MCP tool: SHA-256, in hex, of the canonical JSON of what an agent reads of it.

    A key that is null counts as absent. Raises TypeError where the definition cannot be JSON.
    """
    defined = {key: tool[key] for key in DEFINES if tool.get(key) is not None}
    return sha256(orjson.dumps(defined, option=orjson.OPT_SORT_KEYS)).hexdigest()


def read_servers(path: Path, faults: list[Problem]) -> list[Server]:
    """Read the registered servers, their approved tools hashed."""
    return [_server(entry) for entry in items(path, "mcp_servers", "name", faults)]


def _server(entry: Entry) -> Server:
    return Server(
        name=entry.word("name") or "",
        url=entry.word("url"),
        status=entry.word("status") or "approved",
        version=entry.word("approved_version"),
        definitions=_definitions(entry) if "tools" in entry.body else None,
    )


def _definitions(entry: Entry) -> Mapping[str, str]:
    found = {}
    for tool in entry.parts("tools"):
        try:
            found[tool.word("name") or ""] = definition_hash(tool.body)
        except TypeError:
            tool.fault("inputSchema", "is no JSON", "write keys as texts")
    return found


def server_map(servers: list[Server]) -> dict[str, Server]:
    """Find servers by name, else by the host of their address, lower-cased."""
    hosts = {host: server for server in servers if server.url and (host := host_of(server.url))}
    return hosts | {server.name.lower(): server for server in servers}
