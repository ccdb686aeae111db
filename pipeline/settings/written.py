"""Settings as they are written: dotted names, each with its value, the place and line, and the folder of its paths."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Mapping
from difflib import get_close_matches
from pathlib import Path
from typing import Any

from msgspec import Struct

from pipeline.errors import Problem
from pipeline.settings.words import ENVIRONMENT, LISTS, REMEDIES, SECRETS

PARTS = tuple(dict.fromkeys(name.partition(".")[0] for name in REMEDIES if "." in name))
"""Tables whose keys are settings of their own."""


class Written(Struct, frozen=True):
    """A value as it was written: where, and the folder in which its paths begin."""

    value: Any
    place: str
    line: int
    folder: Path


def in_environment(environ: Mapping[str, str]) -> dict[str, Written]:
    """Give what variables set, by dotted name."""
    given = ((name, variable, environ.get(variable)) for variable, name in ENVIRONMENT.items())
    return {
        name: Written(_listed(name, value), variable, 1, Path()) for name, variable, value in given if value
    }


def in_file(environ: Mapping[str, str], problems: list[Problem]) -> dict[str, Written]:
    """Give what the file of SHADOWGRAPH_SETTINGS sets, by dotted name; add what nobody knows to the problems."""
    path = environ.get("SHADOWGRAPH_SETTINGS")
    if not path:
        return {}
    text, written = _text(path, problems), {}
    for name, value in _flat(_toml(path, text, problems)):
        line = line_of(text, name)
        if name in REMEDIES:
            written[name] = Written(value, path, line, Path(path).parent)
        else:
            problems.append(Problem(path, line, f"nobody knows the setting {name}", _meant(name)))
    return written


def line_of(text: str, name: str) -> int:
    """Give the line on which a setting, or else its table, is written."""
    table, _, key = name.rpartition(".")
    inside, of_table = "", 1
    for number, line in enumerate(text.splitlines(), 1):
        if head := re.match(r"\s*\[([^\[\]]+)\]", line):
            inside = _bare(head[1])
            if inside == name:
                return number
            of_table = number if inside == table else of_table
        elif (word := re.match(r"\s*([\w.\-'\" ]+?)\s*=", line)) and not line.lstrip().startswith("#"):
            spelled = f"{inside}.{_bare(word[1])}".lstrip(".")
            if spelled == name or spelled.startswith(f"{name}."):
                return number
            of_table = number if spelled == table and key else of_table
    return of_table


def _bare(word: str) -> str:
    return re.sub(r"[\s'\"]", "", word)


def _listed(name: str, value: str) -> Any:
    return [part.strip() for part in value.split(",")] if name in LISTS else value


def _flat(body: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    for name, value in body.items():
        if name in PARTS and isinstance(value, dict):
            yield from ((f"{name}.{key}", inner) for key, inner in value.items())
        else:
            yield name, value


def _meant(name: str) -> str:
    """Say what to write in place of a name that nobody knows."""
    if name in SECRETS:
        variable, file = SECRETS[name]
        return f"a secret never stands in this file: set {variable}, or name a file with {file}"
    if name in PARTS:
        return f"begin a table of its own: [{name}]"
    table = f"{name.rpartition('.')[0]}.".removeprefix(".")
    known = [known.removeprefix(table) for known in REMEDIES if known.startswith(table)]
    near = get_close_matches(name.removeprefix(table), known, n=1)
    return f"did you mean {near[0]}?" if near else f"leave it out, or write one of {', '.join(known)}"


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
