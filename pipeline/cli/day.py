"""The recorded day of the made-up company: raw logs of all sources, and a run over them."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from pipeline.edges.embedded import Content, run

if TYPE_CHECKING:
    from pipeline.edges.embedded import Batch, Store

DAY = Path(__file__).resolve().parents[1] / "simulate" / "day"
TRUTH = "truth.yaml"
"""What really happened, for tests; it is no input."""


def day_files() -> list[Path]:
    """Give the raw logs of the day."""
    return sorted(
        path for path in DAY.iterdir() if path.is_file() and path.name != TRUTH and path.name[0] != "."
    )


def run_day(store: Store | None = None, content: Content | None = None) -> list[Batch]:
    """Run the recorded day with built-in content and give all batches; the last version of an alert counts."""
    return list(run([str(path) for path in day_files()], "auto", content or built_in(), store=store))


def built_in() -> Content:
    """Load the built-in content, with the key that protects nothing: everything here is invented."""
    from enrichers.reference import load_reference
    from pipeline.content import load_pack
    from pipeline.settings import DEMO_KEY

    return Content(load_pack(key=DEMO_KEY), load_reference())
