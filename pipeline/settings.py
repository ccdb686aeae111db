"""Typed settings from one TOML file and the environment, read once, every fault at once."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any

import msgspec
from msgspec import Meta, Struct

from pipeline.errors import ContentError, Problem

DEMO_KEY = b"shadowgraph demo key: it protects nothing"
SHORTEST_KEY = 16
LONGEST_KEY = 4096

Seconds = Annotated[float, Meta(ge=0, le=604_800)]
"""A waiting time of a week at most: who waits longer has mistaken the unit."""


class Settings(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """What an operator can set; everything has a default."""

    key: bytes = DEMO_KEY
    """Key of every keyed hash: from SHADOWGRAPH_KEY or a key file, never from the settings file itself."""
    demo_key: bool = True
    """No key was given, so that hashes protect nothing: the command line says so loudly."""
    key_file: Path | None = None
    """File that holds the key, also SHADOWGRAPH_KEY_FILE; blanks and line ends around it do not count."""
    store: Annotated[str, Meta(pattern=r"^sqlite:///.")] | None = None
    """Where events and alerts are kept, also SHADOWGRAPH_STORE: `sqlite:///relative`, `sqlite:////absolute`."""
    content: Path | None = None
    """Folder whose `detections` and `enrichers/data` replace ours, also SHADOWGRAPH_CONTENT."""
    lateness: Mapping[str, Seconds] = {}
    """How late the records of a source may come, in seconds, by the name of the source."""
    default_lateness: Seconds = 600.0
    """The same for all other sources."""
    idle: Seconds = 600.0
    """After how many seconds without a record a log no longer holds the others back."""
    batch: Annotated[int, Meta(ge=1, le=100_000)] = 1000
    """Records between two commits."""

    def lateness_of(self, source: str) -> float:
        """Give how late, in seconds, the records of a source may come."""
        return self.lateness.get(source, self.default_lateness)

    def __rich_repr__(self) -> list[tuple[str, Any]]:
        """Show everything but the key."""
        return [(name, getattr(self, name)) for name in self.__struct_fields__ if name != "key"]

    def __repr__(self) -> str:
        return f"Settings({', '.join(f'{name}={value!r}' for name, value in self.__rich_repr__())})"


ENVIRONMENT = {
    "SHADOWGRAPH_KEY_FILE": "key_file",
    "SHADOWGRAPH_STORE": "store",
    "SHADOWGRAPH_CONTENT": "content",
}
"""Variables that go before the file; an empty one counts as none."""

REMEDIES = {
    "key_file": 'name a file, such as "/run/secrets/shadowgraph.key"',
    "store": 'write "sqlite:///shadowgraph.db", with a fourth slash before an absolute path',
    "content": "name a folder that holds detections/ and enrichers/data/",
    "lateness": "give seconds by source from 0 to 604800, such as {zscaler = 1800}",
    "default_lateness": "give seconds from 0 to 604800",
    "idle": "give seconds from 0 to 604800",
    "batch": "give a whole number from 1 to 100000",
}
"""What may stand in the file, and how."""


class _Written(Struct, frozen=True):
    """A value as it was written: where, and the folder in which its paths begin."""

    value: Any
    place: str
    line: int
    folder: Path


_TYPES = {field.name: field.type for field in msgspec.structs.fields(Settings)}


def load_settings(environ: Mapping[str, str]) -> Settings:
    """Give the settings of the file that SHADOWGRAPH_SETTINGS names, the environment before the file.

    Paths in the file begin at its folder. ContentError lists every fault; it names keys and kinds, never a value.
    """
    problems: list[Problem] = []
    found: dict[str, Any] = {}
    for name, written in (_in_file(environ, problems) | _in_environment(environ)).items():
        try:
            found[name] = _read(name, written)
        except (msgspec.ValidationError, NotADirectoryError):
            problems.append(Problem(written.place, written.line, f"{name} cannot be used", REMEDIES[name]))
    if key := _key(environ, found.get("key_file"), problems):
        found |= {"key": key, "demo_key": False}

    if problems:
        raise ContentError(problems)
    return Settings(**found)


def _in_environment(environ: Mapping[str, str]) -> dict[str, _Written]:
    given = ((name, variable, environ.get(variable)) for variable, name in ENVIRONMENT.items())
    return {name: _Written(value, variable, 1, Path()) for name, variable, value in given if value}


def _in_file(environ: Mapping[str, str], problems: list[Problem]) -> dict[str, _Written]:
    path = environ.get("SHADOWGRAPH_SETTINGS")
    if not path:
        return {}
    text, written = _text(path, problems), {}
    for name, value in _toml(path, text, problems).items():
        line = _line(text, name)
        if name in REMEDIES:
            written[name] = _Written(value, path, line, Path(path).parent)
        else:
            remedy = f"leave it out, or write one of {', '.join(REMEDIES)}"
            problems.append(Problem(path, line, f"nobody knows the setting {name}", remedy))
    return written


def _text(path: str, problems: list[Problem]) -> str:
    try:
        return Path(path).read_text("utf-8")
    except (OSError, ValueError) as error:
        fault = f"cannot be read: {getattr(error, 'strerror', None) or 'it is not UTF-8'}"
        problems.append(Problem(path, 1, fault, "correct SHADOWGRAPH_SETTINGS or the rights of the file"))
        return ""


def _toml(path: str, text: str, problems: list[Problem]) -> dict[str, Any]:
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        place = re.search(r"at line (\d+)", str(error))
        line = int(place[1]) if place else text.count("\n") + 1
        problems.append(Problem(path, line, "is not TOML", "correct the syntax at this line"))
        return {}


def _line(text: str, name: str) -> int:
    """Give the line on which a setting, or the table of its name, is written."""
    place = re.search(rf"(?m)^[ \t]*\[?[ \t]*['\"]?{re.escape(name)}\b", text)
    return text.count("\n", 0, place.start()) + 1 if place else 1


def _read(name: str, written: _Written) -> Any:
    """Give a value in the type of its setting."""
    found = msgspec.convert(written.value, _TYPES[name], dec_hook=lambda _, text: written.folder / text)
    if name == "content" and not found.is_dir():
        raise NotADirectoryError
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


def _first_bytes(path: Path) -> bytes:
    with path.open("rb") as file:
        return file.read(LONGEST_KEY)
