"""What the arguments of a tool call show of what it does."""

from __future__ import annotations

import re

from enrichers.arguments import ACCOUNTS, BODIES, COMMANDS, PATHS, PLACES, STATEMENTS, first, host_in, named
from enrichers.commands import read_command
from enrichers.credentials import names_credentials
from enrichers.doing import NOTHING, Doing, does, joined, read_statement
from enrichers.reference import KnownTool
from pipeline.event import Fields

OTHER = KnownTool("other", ())
QUIET = frozenset("file memory sql retrieval index discovery agent schedule vault".split())
"""Kinds whose arguments name no destination."""
BY_ACCOUNT = frozenset({"messaging", "payment"})
"""Kinds that send to accounts, not hosts."""
SENDING = frozenset({"POST", "PUT", "PATCH", "DELETE"})
RUNS = does("code_exec")
READS = frozenset({"read", "read_private"})
_LONGEST_STATEMENT = 8192

_STATEMENTS = (
    (re.compile(r"(?:select|show|describe|explain|with|pragma)\b", re.IGNORECASE), "read_private"),
    (re.compile(r"(?:grant|revoke|(?:create|alter|drop)\s{1,9}(?:user|role))\b", re.IGNORECASE), "admin"),
    (re.compile(r"(?:insert|update|merge|upsert|replace|create|alter|copy)\b", re.IGNORECASE), "write"),
)


def act(fields: Fields, arguments: Fields, known: KnownTool) -> Doing:
    """Read the command, statement, path or request of a call."""
    if known.kind == "sql":
        return _statement(first(arguments, STATEMENTS))
    if known.kind == "file":
        return _file(fields.get("file.path") or first(arguments, PATHS), known)
    if command := _command(fields, arguments, known):
        return joined((read_command(command), RUNS))
    return _request(arguments, known) if known.kind == "http" or known is OTHER else NOTHING


def _command(fields: Fields, arguments: Fields, known: KnownTool) -> str | None:
    """Give the command of a shell, or that of a tool that nobody knows and that takes one by that name."""
    if known.kind != "shell" and known is not OTHER:
        return None
    names = COMMANDS if known.kind == "shell" else COMMANDS[:2]
    return fields.get("process.command_line") or first(arguments, names)


def _statement(statement: str | None) -> Doing:
    text = (statement or "").strip()[:_LONGEST_STATEMENT]
    risk = next((risk for form, risk in _STATEMENTS if form.match(text)), None)
    return joined((read_statement(text), does(risk))) if risk else read_statement(text)


def _file(path: str | None, known: KnownTool) -> Doing:
    secret = path and not READS.isdisjoint(known.risk) and names_credentials(path)
    return does("read_secret") if secret else NOTHING


def _request(arguments: Fields, known: KnownTool) -> Doing:
    """Say what a request does by its method, else by whether it carries anything."""
    if "url" not in arguments:
        return NOTHING
    method = arguments.get("method")
    carries = method in (None, "") and any(name in arguments for name in BODIES)
    if carries or str(method).upper() in SENDING:
        return does("external_send")
    return does("read_untrusted") if known is OTHER else NOTHING


def places_of(fields: Fields, arguments: Fields, known: KnownTool) -> tuple[str, ...]:
    """Give hosts, addresses and accounts that the arguments name, each once, in order."""
    if known.kind in QUIET or known.kind == "shell":
        return ()
    places = named(arguments, ACCOUNTS) if known.kind in BY_ACCOUNT else []
    for text in named(arguments, PLACES):
        if host := host_in(text):
            places.append(text if "@" in text and "://" not in text else host)
    if not places and known.kind in ("http", "browser") and "url.domain" in fields:
        places.append(fields["url.domain"])
    return tuple(dict.fromkeys(places))
