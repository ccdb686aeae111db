"""What rules cover, shown to people."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from pipeline.cli.checkpage import LEVELS
from pipeline.cli.seen import counted
from pipeline.cli.shown import heading, put, whole

if TYPE_CHECKING:
    from rich.console import Console

    from pipeline.event import Fields

FRAMEWORKS = {
    "attack": "MITRE ATT&CK",
    "atlas": "MITRE ATLAS",
    "owasp": "OWASP, LLM and agentic applications",
}
NEEDS = {"L0": "who, where and how much", "L1": "labels and scores", "L2": "redacted text"}
INDENT = 18


def page(console: Console, named: list[Fields], needed: list[Fields], logs: Fields | None) -> None:
    """Print the tables: what is named by which rules, what these need, and what logs can feed."""
    for framework, title in FRAMEWORKS.items():
        heading(console, title)
        _cells(console, [one for one in named if one["framework"] == framework])
    heading(console, "Evidence that the rules need, at least")
    for level, words in NEEDS.items():
        names = [one["rule"] for one in needed if one["evidence"] == level]
        put(console, _listed(names), indent=INDENT, first=f"  {level}")
        put(console, words, indent=INDENT)
    if logs is not None:
        _fed(console, needed, logs)


def _cells(console: Console, cells: list[Fields]) -> None:
    before = ""
    for one in cells:
        if (tactic := one.get("tactic", "")) != before:
            whole(console, f"  {tactic}")
            before = tactic
        name = f"{one['name']}: " if one.get("name") else ""
        put(console, name + _listed(one["rules"]), indent=INDENT, first=_first(one))


def _first(one: Fields) -> str:
    """Indent a technique below its tactic."""
    return f"    {one['id']}" if "tactic" in one else f"  {one['id']}"


def _fed(console: Console, needed: list[Fields], logs: Fields) -> None:
    heading(console, f"What {logs['path']} can feed; evidence {LEVELS[logs['evidence']]}")
    events = sum(logs["events"].values())
    fed = [one["rule"] for one in needed if one["fed"]]
    whole(console, f"  {counted(events, 'event')}: {len(fed)} of {counted(len(needed), 'rule')} can work")
    put(console, _listed(fed), indent=INDENT, first="  can")
    for misses, names in _missing(needed):
        put(console, f"{_listed(names)}: {', '.join(misses)}", indent=INDENT, first="  miss")


def _missing(needed: Iterable[Fields]) -> Iterator[tuple[tuple[str, ...], list[str]]]:
    """Put the rules together that miss the same."""
    grouped: dict[tuple[str, ...], list[str]] = {}
    for one in needed:
        if not one["fed"]:
            grouped.setdefault(tuple(one["misses"]), []).append(one["rule"])
    yield from grouped.items()


def _listed(names: list[str]) -> str:
    return ", ".join(names) or "none"
