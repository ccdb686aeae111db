"""Draw the pictures of docs/dashboards.md anew: .venv/bin/python -m tests.dashboards.pictures"""

import tempfile
from contextlib import closing
from pathlib import Path

from click.testing import CliRunner

from pipeline.cli.dashboards import dashboards
from pipeline.edges.sqlite import SqliteStore
from tests.dashboards.simulated import HOME, SCREENS, written

PLACE = HOME / "docs" / "pictures"
RULE = "AGT-005"
"""Whose first alert has the task that the timeline shows."""


def drawn(name, store, *more):
    found = CliRunner().invoke(dashboards, ["show", name, "--store", store, "--svg", *more])
    assert found.exit_code == 0, found.output
    return found.stdout


if __name__ == "__main__":
    PLACE.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        day = written(Path(folder))
        with closing(SqliteStore(day, create=False)) as store:
            task = next(one["ai.task.id"] for one in store.alerts() if one["rule.id"] == RULE)
        only = {"timeline": ("--only", f"ai.task.id={task}")}
        for screen in SCREENS:
            text = drawn(screen.id, f"sqlite:///{day}", *only.get(screen.id, ()))
            (PLACE / f"{screen.id}.svg").write_text(text, "utf-8")
