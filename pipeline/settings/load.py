"""The settings of one TOML file and the environment, read once, every fault at once."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import msgspec
from msgspec import Struct

from pipeline.errors import ContentError, Problem
from pipeline.settings.agreement import disagreements
from pipeline.settings.nouns import Elastic, Kafka, Settings, Worker
from pipeline.settings.words import READABLE, REMEDIES, SECRETS
from pipeline.settings.written import Written, in_environment, in_file

SHORTEST_KEY = 16
LONGEST_KEY = 4096
_KINDS: dict[str, type[Struct]] = {"": Settings, "kafka.": Kafka, "worker.": Worker, "elastic.": Elastic}
_TYPES = {
    f"{part}{field.name}": field.type
    for part, kind in _KINDS.items()
    for field in msgspec.structs.fields(kind)
}


def load_settings(environ: Mapping[str, str]) -> Settings:
    """Give the settings of the file that SHADOWGRAPH_SETTINGS names, the environment before the file.

    Paths in the file begin at its folder. ContentError lists every fault; it names keys and kinds, never a value.
    """
    problems: list[Problem] = []
    found: dict[str, Any] = {}
    written = in_file(environ, problems) | in_environment(environ)
    for name, given in written.items():
        try:
            found[name] = _read(name, given)
        except (msgspec.ValidationError, OSError, ValueError):
            problems.append(Problem(given.place, given.line, f"{name} cannot be used", REMEDIES[name]))
    if key := _key(environ, found.get("key_file"), problems):
        found |= {"key": key, "demo_key": False}
    for name, (variable, file) in SECRETS.items():
        found[name] = _secret(environ.get(variable, ""), variable, found.get(file), problems)

    problems += disagreements(found, written)
    if problems:
        raise ContentError(problems)
    return _whole(found)


def _whole(found: dict[str, Any]) -> Settings:
    parts: dict[str, Any] = {
        part.rstrip("."): kind(
            **{name.removeprefix(part): value for name, value in found.items() if name.startswith(part)}
        )
        for part, kind in _KINDS.items()
        if part
    }
    return Settings(**{name: value for name, value in found.items() if "." not in name}, **parts)


def _read(name: str, written: Written) -> Any:
    """Give a value in the type of its setting."""
    found = msgspec.convert(written.value, _TYPES[name], dec_hook=lambda _, text: written.folder / text)
    if name == "content" and not found.is_dir():
        raise NotADirectoryError
    if name in READABLE:
        found.open("rb").close()
    return found


def _key(environ: Mapping[str, str], path: Path | None, problems: list[Problem]) -> bytes:
    """Give the key, the variable before the file; none where nobody named one."""
    variable = environ.get("SHADOWGRAPH_KEY", "")
    source = None if variable else path
    if not variable and source is None:
        return b""
    place = str(source or "SHADOWGRAPH_KEY")
    try:
        key = _first_bytes(source) if source else variable.encode("utf-8", "surrogateescape")
    except (OSError, ValueError) as error:
        fault = f"the key cannot be read: {getattr(error, 'strerror', None) or 'no such name'}"
        problems.append(Problem(place, 1, fault, REMEDIES["key_file"]))
        return b""
    if len(key.strip()) < SHORTEST_KEY:
        problems.append(Problem(place, 1, "the key is too short", f"give {SHORTEST_KEY} bytes or more"))
    return key.strip()


def _secret(value: str, variable: str, path: Path | None, problems: list[Problem]) -> str:
    """Give a secret, the variable before the file; an empty one where nobody named one."""
    if value or path is None:
        return value
    try:
        secret = _first_bytes(path).decode().strip("\r\n")
    except (OSError, ValueError) as error:
        fault = f"the secret cannot be read: {getattr(error, 'strerror', None) or 'it is not UTF-8'}"
        problems.append(Problem(str(path), 1, fault, f"correct the path or the rights, or set {variable}"))
        return "?"
    if not secret:
        problems.append(Problem(str(path), 1, "the secret is empty", f"write it there, or set {variable}"))
    return secret or "?"


def _first_bytes(path: Path) -> bytes:
    with path.open("rb") as file:
        return file.read(LONGEST_KEY)
