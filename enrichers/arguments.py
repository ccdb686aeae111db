"""What the arguments of a tool call say: the command, statement, path and places in them."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
from typing import Any

import orjson

from enrichers.hosts import host_of
from pipeline.event import Fields

LONGEST = 65_536
"""Characters of arguments that are read; longer ones are left unread."""
MOST = 50
"""Arguments, and members of one, that are looked at."""

COMMANDS = ("command", "cmd", "script", "code", "input")
STATEMENTS = ("sql", "query", "statement")
PATHS = (
    "file_path",
    "path",
    "filename",
    "filepath",
    "file",
    "uri",
    "target_file",
    "relative_path",
    "notebook_path",
)
BODIES = ("body", "data", "payload", "json", "content", "form", "file")
PLACES = frozenset(
    "url uri endpoint webhook_url webhook href link base_url target_url host hostname domain server "
    "to recipient recipients to_email email cc bcc to_addresses emails destination".split()
)
"""Arguments that name hosts or addresses."""
ACCOUNTS = frozenset(
    "channel channel_id chat_id room phone number to recipient recipients payee beneficiary merchant iban account "
    "destination vendor".split()
)
"""Arguments that name accounts, for tools that send messages or money."""


def arguments_of(fields: Fields) -> Fields:
    """Give the arguments by lower-cased name, empty where none can be read; a mapping inside is opened too."""
    text = fields.get("ai.tool.arguments")
    if not text or len(text) > LONGEST or not text.startswith("{"):
        return {}
    try:
        found: Fields = orjson.loads(text)
    except orjson.JSONDecodeError:
        return {}
    arguments = {name.lower(): value for name, value in islice(found.items(), MOST)}
    for inner in [value for value in arguments.values() if isinstance(value, dict)][:3]:
        arguments = {name.lower(): value for name, value in islice(inner.items(), MOST)} | arguments
    return arguments


def first(arguments: Fields, names: tuple[str, ...]) -> str | None:
    """Give the first of these arguments that is a text; a list of words counts as one text."""
    for name in names:
        value = arguments.get(name)
        if isinstance(value, str):
            return value
        if isinstance(value, list) and value and all(isinstance(word, str) for word in value):
            return " ".join(value)
    return None


def named(arguments: Fields, names: frozenset[str]) -> list[str]:
    """Give all texts of these arguments, those in lists and under `email` or `address` too."""
    return [text for name, value in arguments.items() if name in names for text in _texts(value)][:MOST]


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, str) and "@" in value and "://" not in value:
        yield from (part.rpartition("<")[2].strip("> ").lower() for part in value.split(","))
    elif isinstance(value, str):
        yield value.strip()
    elif isinstance(value, list):
        for item in value[:MOST]:
            yield from _texts(item)
    elif isinstance(value, dict):
        yield from _texts(value.get("email") or value.get("address") or value.get("url"))


def host_in(text: str) -> str | None:
    """Give the host of a URL, of a mail address or of a bare name; None for anything that is none of them."""
    if " " in text and "://" not in text:
        return None
    host = host_of(text)
    return host if host and ("." in host or ":" in host or "://" in text or host == "localhost") else None


def longest_list(arguments: Fields) -> int:
    """Give the length of the longest list among the arguments."""
    return max((len(value) for value in arguments.values() if isinstance(value, list)), default=0)
