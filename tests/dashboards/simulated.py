"""A simulated day in the embedded store, and what analysts said of some of its alerts."""

from datetime import timedelta
from pathlib import Path

from click.testing import CliRunner

from pipeline.cli import main
from pipeline.cli.shown import moment
from pipeline.dashboards.nouns import Window
from pipeline.dashboards.read import read_dashboards
from pipeline.edges.sqlite import SqliteStore
from pipeline.times import iso

HOME = Path(__file__).parents[2]
SCREENS = read_dashboards(HOME / "dashboards")
PANELS = [(screen, panel) for screen in SCREENS for panel in screen.panels]
NAMES = [f"{screen.id}: {panel.title}" for screen, panel in PANELS]

WHOLE = Window("2026-03-03T00:00:00.000Z", "2026-03-06T00:00:00.000Z")

SAID = (
    (5, "true-harmful"),
    (40, "true-accidental"),
    (200, "false-logic"),
    (1000, "policy-wrong"),
    (4000, None),
    (10, "true-harmful"),
    (90, "expected-exception"),
)
"""After how many minutes an alert was touched, and as what it was closed if it was."""


THIN = """
DELETE FROM events WHERE rowid % 6
AND NOT instr(doc, '"ai.data.') AND NOT instr(doc, '"ai.content.decoded') AND NOT instr(doc, '"ai.approval.state":"a')
"""
"""Leaves a sixth of the events in which there is nothing to see."""


def written(folder, *, thin=False):
    """Simulate a day, judge it, let analysts work, and give the store's file."""
    raw, company, path = folder / "raw", folder / "company", folder / "day.db"
    for words in (
        ["simulate", "--seed", "7", "--raw", str(raw), "--data", str(company)],
        ["run", str(raw), "--data", str(company), "--store", f"sqlite:///{path}"],
    ):
        found = CliRunner().invoke(main, words)
        assert found.exit_code in (0, 1), found.stderr
    store = SqliteStore(path, create=False)
    if thin:
        store._base.execute(THIN)
    for alert, (minutes, became) in zip(list(store.alerts()), SAID, strict=False):
        store.say(alert["event.id"], word(alert, minutes, became))
    store.close()
    return path


def word(alert, minutes, became):
    touched = iso(moment(alert["ai.alert.first_seen"]) + timedelta(minutes=minutes).total_seconds())
    said = {"ai.alert.analyst": "jonas.weber", "ai.alert.acknowledged_at": touched}
    if became is None:
        return said | {"ai.alert.status": "acknowledged"}
    closed = {"ai.alert.status": "closed", "ai.alert.disposition": became, "ai.alert.closed_at": touched}
    return said | closed | {"ai.alert.closed_level": alert["ai.risk.level"]}
