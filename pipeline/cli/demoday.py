"""What `demo` runs: simulated days, made anew from a seed, or the recorded one; and what is true about them."""

from __future__ import annotations

from collections import deque
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from msgspec import Struct

from pipeline.cli.attacks import Attack, recorded_attacks, simulated_attacks
from pipeline.cli.day import DAY, TRUTH, built_in, day_files

if TYPE_CHECKING:
    from pipeline.edges.embedded import Content

BUILD = Path("build")
RAW, DATA = BUILD / "demo-raw", BUILD / "demo-company"
"""Where the raw logs of simulated days and their company's own data go."""

DAYS = 2
"""All attacks come on the first, look-alikes on both: some 24,000 events."""


class Days(Struct, frozen=True):
    """Raw logs and what to judge them with, in words and as files, and the truth about them."""

    title: str
    files: tuple[Path, ...]
    example: Path
    """The log that suggestions are about."""
    company: Path
    """The folder of the company's own data."""
    content: Content
    attacks: tuple[Attack, ...]
    people: int
    days: int


def simulated(seed: int) -> Days:
    """Write the days of a seed and their company below the working folder, and give them.

    Raises ContentError where a folder holds what no simulation wrote.
    """
    from enrichers.reference import load_reference
    from pipeline.content import load_pack
    from pipeline.edges.embedded import Content
    from pipeline.settings import DEMO_KEY
    from pipeline.simulate.clock import FIRST_DAY
    from pipeline.simulate.company import founded
    from pipeline.simulate.companyfiles import write_company
    from pipeline.simulate.stream import whole
    from pipeline.simulate.surfaces import FILES
    from pipeline.simulate.writing import check_folder, truth_of, write

    check_folder(RAW)
    company = founded(seed)
    write_company(company, DATA)
    deque(write(whole(company, DAYS), RAW), maxlen=0)

    reference = load_reference(DATA)
    who = f"{len(company.people)} people and {len(company.agents)} agents"
    until = FIRST_DAY + timedelta(days=DAYS - 1)
    return Days(
        f"{reference.organisation.name}, a made-up company of {who}, {FIRST_DAY} to {until}",
        tuple(path for name in sorted(FILES) if (path := RAW / name).is_file()),
        RAW / "claude_code.jsonl",
        DATA,
        Content(load_pack(DATA, key=DEMO_KEY), reference),
        simulated_attacks(truth_of(RAW)),
        len(company.people),
        DAYS,
    )


def recorded() -> Days:
    """Give the recorded day."""
    from pipeline.content import COMPANY, CONTENT

    content, company = built_in(), CONTENT / COMPANY
    attacks = recorded_attacks(DAY / TRUTH)
    title = f"{content.reference.organisation.name}, a made-up company, on 2026-03-04"
    log = DAY / "hooks.claude_code.jsonl"
    people = [one for one in content.reference.people_by_email.values() if "staff" in one.facts["user.roles"]]
    return Days(title, tuple(day_files()), log, company, content, attacks, len(people), 1)
