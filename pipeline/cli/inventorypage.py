"""The inventory, shown to people: one row for each app or person, and what belongs to it below."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pipeline.cli.seen import counted
from pipeline.cli.shown import brief, cell, put, whole

if TYPE_CHECKING:
    from rich.console import Console

    from pipeline.event import Fields

NAME = 28
INDENT = 4
MOST_LISTED = 5
UNKNOWN = ["unknown"]
SHOWN = (("data", "classes"), ("models", "models"), ("surfaces", "surfaces"), ("accounts", "tenants"))


def page(console: Console, rows: list[Fields], *, of_people: bool) -> None:
    """Print rows of apps, or of the people of one app."""
    if of_people and rows:
        whole(console, _app(rows[0]))
    if rows:
        heads = "  ".join(head for head, _ in _columns(rows[0], of_people=of_people))
        whole(console, f"{heads}  EVENTS  FIRST SEEN        LAST SEEN", style="dim")
    for row in rows:
        _row(console, row, of_people=of_people)
    if rows:
        whole(console)
    whole(console, counted(len(rows), "row" if of_people else "app"))


def _row(console: Console, row: Fields, *, of_people: bool) -> None:
    times = "  ".join(row[key][:16].replace("T", " ") or " " * 16 for key in ("first_seen", "last_seen"))
    cells = "  ".join(value for _, value in _columns(row, of_people=of_people))
    whole(console, f"{cells}  {row['events']:>6,}  {times}".rstrip())
    told = [f"{word}: {_listed(row[key])}" for word, key in SHOWN if row[key] and row[key] != UNKNOWN]
    if not of_people:
        told.insert(0, _app(row))
    put(console, "; ".join(told), indent=INDENT)


def _columns(row: Fields, *, of_people: bool) -> list[tuple[str, str]]:
    """Give (head, cell) of the columns that not every table has."""
    if of_people:
        return [(cell("WHO", NAME), cell(brief(row["who"]), NAME))]
    found = [
        (cell("APP", NAME), cell(brief(row.get("name", row["app"])), NAME)),
        (cell("STATUS", 12), cell(row.get("status", "unknown"), 12)),
    ]
    return [*found, ("PEOPLE", f"{row['people']:>6,}")] if "people" in row else found


def _app(row: Fields) -> str:
    """Tell what an app is: its name or id, vendor and category."""
    parts = [row[key] for key in ("app", "vendor", "category") if key in row]
    return brief(", ".join([*parts, *(["guessed: not in the catalogue"] if row["heuristic"] else [])]))


def _listed(values: dict[str, int] | list[str]) -> str:
    names = [f"{name} {values[name]:,}" for name in values] if isinstance(values, dict) else values
    more = f" and {len(names) - MOST_LISTED} more" if len(names) > MOST_LISTED else ""
    return brief(", ".join(names[:MOST_LISTED])) + more
