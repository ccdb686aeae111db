"""Alerts as a file for other programs: comma-separated values whose cells no spreadsheet obeys, or lines of JSON."""

from __future__ import annotations

import csv
from collections.abc import Iterable
from typing import IO, TYPE_CHECKING

import orjson

from pipeline.cli.shown import visible

if TYPE_CHECKING:
    from pipeline.event import Fields

COLUMNS = (
    *("event.id", "@timestamp", "ai.risk.level", "ai.risk.score", "rule.id", "rule.name", "message"),
    *("user.id", "user.email", "gen_ai.agent.id", "ai.task.id", "host.name", "ai.app.id", "ai.data.classes"),
    *("ai.alert.status", "ai.alert.disposition", "ai.alert.analyst", "ai.alert.note"),
    *("ai.alert.count", "ai.alert.first_seen", "ai.alert.last_seen", "ai.alert.events"),
)
OBEYED = ("=", "+", "-", "@", "\t", "\r", "\n", "|", "%")
"""How a cell begins that a spreadsheet takes for a formula (OWASP, CSV injection)."""
DEFUSED = "'"


def write_csv(alerts: Iterable[Fields], out: IO[str]) -> None:
    """Write a head and a row for each alert; a list is its members with semicolons between them."""
    rows = csv.writer(out, lineterminator="\n")
    rows.writerow(COLUMNS)
    for alert in alerts:
        rows.writerow([_cell(alert.get(column)) for column in COLUMNS])


def write_lines(alerts: Iterable[Fields], out: IO[str]) -> None:
    """Write each alert as a line of JSON, as it is kept."""
    for alert in alerts:
        out.write(orjson.dumps(alert).decode() + "\n")


def _cell(value: object) -> str:
    if isinstance(value, int | float):
        return str(value)
    text = "; ".join(map(str, value)) if isinstance(value, list) else "" if value is None else str(value)
    shown = visible(text)
    return DEFUSED + shown if shown.startswith(OBEYED) or text.startswith(OBEYED) else shown


FORMS = {"csv": write_csv, "ndjson": write_lines}
