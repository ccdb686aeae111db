"""`shadowgraph simulate`: the raw logs of a company that does not exist, and what is true about them."""

from __future__ import annotations

import time
from collections.abc import Iterator
from difflib import get_close_matches
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from pipeline.cli.common import JSON, example, write

if TYPE_CHECKING:
    from pipeline.simulate.company import Company
    from pipeline.simulate.story import Story
    from pipeline.simulate.stream import Told
    from pipeline.simulate.writing import Written

RAW = Path("build") / "simulated"
MOST_EVENTS, MOST_DAYS = 1_000_000_000, 36_500
EVERY = 50_000
"""Records between two words on how far it is."""


@click.command(
    epilog=example(
        "simulate --list",
        "simulate --seed 7 --raw logs --data company",
        "simulate --scenario agent_secret_exfil --raw logs --data company",
        "simulate --events 1000000 --raw logs --json",
    )
)
@click.option("--list", "listed", is_flag=True, help="Show the scenarios and end.")
@click.option("--scenario", metavar="NAME", help="One scenario only, with a little around it.")
@click.option(
    "--seed",
    type=click.IntRange(0, 2**63 - 1),
    metavar="N",
    default=7,
    show_default=True,
    help="Another number, another company.",
)
@click.option(
    "--events",
    type=click.IntRange(1, MOST_EVENTS),
    metavar="N",
    help="So many records, over as many days as it takes.",
)
@click.option(
    "--days", type=click.IntRange(1, MOST_DAYS), metavar="N", help="So many days; one unless given."
)
@click.option(
    "--raw",
    type=click.Path(path_type=Path, file_okay=False),
    default=RAW,
    show_default=True,
    metavar="DIR",
    help="Where the logs go.",
)
@click.option(
    "--data",
    type=click.Path(path_type=Path, file_okay=False),
    metavar="DIR",
    help="Where the company's own data goes, for run --data.",
)
@JSON
def simulate(
    *, listed: bool, scenario: str | None, seed: int, events: int | None, days: int | None, raw: Path, data: Path | None, as_json: bool
) -> None:  # fmt: skip
    """Write the raw logs of a made-up company: benign days, look-alikes and attacks.

    300 people and 12 agents leave records in thirteen logs, in the forms in which their sources write. What is an attack
    and what only looks like one stands in DIR.truth.jsonl beside the folder. The same seed gives the same records, and a
    longer run begins like a shorter one.
    """
    from pipeline.simulate.company import founded
    from pipeline.simulate.companyfiles import write_company
    from pipeline.simulate.writing import check_folder
    from pipeline.simulate.writing import write as written

    if listed:
        _list(as_json=as_json)
        return
    chosen = None if scenario is None else _named(scenario)
    if chosen and events:
        words = "--events is for the whole company: with --scenario say --days"
        raise click.UsageError(words, click.get_current_context(silent=True))
    check_folder(raw)
    company = founded(seed)
    told, began = _told(company, chosen, events, days), time.perf_counter()
    files = write_company(company, data) if data else []
    done = _finished(written(told, raw), as_json=as_json)
    _report(done, raw, data, files, time.perf_counter() - began, as_json=as_json)


def _told(company: Company, story: Story | None, events: int | None, days: int | None) -> Iterator[Told]:
    from pipeline.simulate.stream import single, whole

    if story:
        return single(company, story, days or 1)
    return islice(whole(company, days if days or events else 1), events)


def _named(name: str) -> Story:
    """Give the scenario of a name or of a catalogue id; where there is none, name the nearest."""
    from pipeline.simulate.story import ATTACKS, stories

    found = {story.name: story for story in stories(ATTACKS)}
    ids = {word.lower(): story for story in reversed(stories(ATTACKS)) for word in story.expects}
    story = found.get(name) or ids.get(name.lower())
    if story:
        return story
    near = get_close_matches(name.lower(), [*found, *ids], n=3, cutoff=0.4)
    meant = f"did you mean {' or '.join(near)}? " if near else ""
    words = f"no scenario is named {name}: {meant}`simulate --list` shows all"
    raise click.UsageError(words, click.get_current_context(silent=True))


def _finished(progress: Iterator[Written], *, as_json: bool) -> Written:
    from pipeline.cli.shown import say

    done = None
    for number, done in enumerate(progress, 1):  # noqa: B007 - the last is what counts
        if not as_json and number % EVERY == 0:
            say(f"{number:,} records")
    if done is None:
        raise click.ClickException("nobody works on these days: ask for more of them")
    return done


def _list(*, as_json: bool) -> None:
    from pipeline.cli.shown import put, terminal
    from pipeline.simulate.story import ATTACKS, stories

    console = terminal()
    for story in stories(ATTACKS):
        if as_json:
            write(
                {
                    "scenario": story.name,
                    "expects": story.expects,
                    "also": story.also,
                    "sentence": story.sentence,
                }
            )
        else:
            put(console, story.sentence, indent=34, first=f"{', '.join(story.expects):<10}{story.name}")


def _report(
    done: Written, raw: Path, data: Path | None, files: list[str], took: float, *, as_json: bool
) -> None:
    """Say what was written and what to type next; with --json a document that holds nothing of clock or speed."""
    from pipeline.cli.shown import say, terminal, whole
    from pipeline.simulate.clock import iso

    records = sum(done.files.values())
    summary: dict[str, Any] = {
        "raw": str(raw),
        "truth": str(done.truth),
        "records": records,
        "files": dict(sorted(done.files.items())),
        "first": iso(done.first),
        "last": iso(done.last),
        "acts": done.acts,
        "stories": dict(sorted(done.stories.items())),
        **({"data": str(data), "company": files} if data else {}),
    }
    if as_json:
        write(summary)
        return
    console = terminal()
    whole(console, f"{records:,} records from {summary['first'][:16]} to {summary['last'][:16]} in {raw}")
    for name, count in summary["files"].items():
        whole(console, f"  {count:>9,}  {name}")
    whole(console, f"{done.acts:,} of them are attacks or look like one: {done.truth}")
    whole(console, f"Next: shadowgraph run {_logs(raw, data)}{f' --data {data}' if data else ''}")
    say(f"{records / max(took, 1e-9):,.0f} records/s")


def _logs(raw: Path, data: Path | None) -> str:
    """Name the logs as `run` wants them: the folder, unless the company's own data, which is no log, lies in it."""
    if data and data.absolute().is_relative_to(raw.absolute()):
        return f"{raw}/*.jsonl {raw}/*.log"
    return str(raw)
