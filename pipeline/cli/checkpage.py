"""What a log is worth, shown to people."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from pipeline.cli.seen import MOST_REASONS, counted
from pipeline.cli.shown import heading, put, whole
from pipeline.cli.unmapped import nameless

if TYPE_CHECKING:
    from rich.console import Console

    from pipeline.cli.checked import Found
    from pipeline.event import Fields

MOST_UNMAPPED = 10
MOST_UNABLE = 40

LEVELS = {
    "L0": "L0: who, where and how much; no text and no labels came",
    "L1": "L1: labels and scores; no text came",
    "L2": "L2: text, redacted before anything is kept",
    "": "none: no event",
}


def page(console: Console, told: Fields, found: Found) -> None:
    """Print a report, section by section."""
    counts = (
        f"{counted(told['records'], 'record')}: {told['parsed']:,} read, "
        f"{counted(sum(told['events'].values()), 'event')}, {told['idle']:,} of them idle, {found.rejects:,} rejected"
    )
    whole(console, f"{told['source']} {told['path']}")
    put(console, counts)
    if told["idle"] == sum(told["events"].values()) > 0:
        put(console, "All of them are idle: nothing in them tells of an AI.")
    _rejects(console, told["rejected"])
    if told["parsed"]:
        _events(console, told)
        _unmapped(console, told["unmapped"], found)
        _rules(console, told["rules"])
    else:
        put(console, _nothing(told))


def _nothing(told: Fields) -> str:
    """Say why nothing could be read, as far as that can be seen."""
    if not told["records"]:
        return "There is nothing in it to read."
    if told["nearest"]:
        return f"Nothing could be read; the nearest formats are {', '.join(told['nearest'])}."
    if any(one["reason"] == "broken JSON" and one["first"].endswith(":1") for one in told["rejected"]):
        return "Nothing could be read; JSON over several lines must come as one record a line (`jq -c` writes it so)."
    return "Nothing could be read; no known format comes near."


def _rejects(console: Console, rejected: list[Fields]) -> None:
    if rejected:
        heading(console, "Rejected")
    for one in rejected[:MOST_REASONS]:
        put(console, one["reason"], indent=10, first=f"{one['count']:>8,}")
        whole(console, f"{'':10}first: {one['first']}")
    if more := rejected[MOST_REASONS:]:
        whole(console, f"{sum(one['count'] for one in more):>8,}  for other reasons, with --json")


def _events(console: Console, told: Fields) -> None:
    heading(console, "Events")
    for verb, count in told["events"].items():
        whole(console, f"{count:>8,}  {verb}")
    heading(console, f"What they carry; evidence {LEVELS[told['evidence']]}")
    for name, share in told["carried"].items():
        whole(console, f"{share:>8.0%}  {name}")


def _unmapped(console: Console, unmapped: list[Fields], found: Found) -> None:
    heading(console, "Fields that no event takes anything from")
    for one in unmapped[:MOST_UNMAPPED]:
        whole(console, f"{one['count']:>8,}  {one['field']} ({one['type']})")
    if len(unmapped) > MOST_UNMAPPED:
        whole(console, f"{'':10}{len(unmapped) - MOST_UNMAPPED:,} more: normalise PATH --unmapped")
    if found.strange.lines:
        put(console, nameless(found.strange.lines), indent=10)
    elif not unmapped:
        put(console, "none", indent=10)


def _rules(console: Console, rules: Fields) -> None:
    able, unable = rules["able"], rules["unable"]
    known = {*able, *(one["rule"] for one in unable)}
    heading(console, f"Rules: {len(able)} of {len(known)} can work with this")
    put(console, ", ".join(able) or "none", indent=10)
    if unable:
        heading(console, "Rules that cannot, and what they miss")
    for misses, names in _grouped(unable[:MOST_UNABLE]):
        put(console, f"{', '.join(names)}: {', '.join(misses)}", indent=10)
    if len(unable) > MOST_UNABLE:
        whole(console, f"{'':10}{len(unable) - MOST_UNABLE} more with --json")


def _grouped(unable: Iterable[Fields]) -> list[tuple[tuple[str, ...], list[str]]]:
    """Put the rules together that miss the same."""
    grouped: dict[tuple[str, ...], list[str]] = {}
    for one in unable:
        grouped.setdefault(tuple(one["misses"]), []).append(one["rule"])
    return list(grouped.items())
