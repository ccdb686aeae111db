"""`shadowgraph deadletter`: what could not be read, why, and the way back; never its content."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import click

from pipeline.cli.common import JSON, example, write
from pipeline.cli.reached import CONFIG, configured, reached
from pipeline.cli.shown import brief, say, visible

if TYPE_CHECKING:
    from pipeline.edges.admin.nouns import Cluster
    from pipeline.edges.admin.records import DeadLetter
    from pipeline.settings import Kafka

PLACE = "ai.raw.litellm-0:4711"
LIST = example("deadletter list", "deadletter list --json")
SHOW = example(f"deadletter show {PLACE}")
REPLAY = example(
    f"deadletter replay {PLACE}", 'deadletter replay --source squid --reason "no time" --dry-run'
)
REASON = click.option("--reason", metavar="TEXT", help="Only those whose reason contains this.")
SOURCE = click.option("--source", metavar="NAME", help="Only those of this source.")
DRY = click.option("--dry-run", is_flag=True, help="Say what would be sent, and send nothing.")


@click.group(epilog=LIST)
def deadletter() -> None:
    """List records that could not be read, look at one, and send them again."""


@deadletter.command("list", epilog=LIST)
@CONFIG
@JSON
def list_(config: Path | None, *, as_json: bool) -> None:
    """List reasons and sources, the most frequent first, each with its last place."""
    from pipeline.edges.admin.deadletters import letters, source_of

    kafka = configured(config).kafka
    counts: Counter[tuple[str, str]] = Counter()
    last: dict[tuple[str, str], str] = {}
    with reached(kafka) as cluster:
        for letter in letters(cluster, kafka):
            group = (letter.reason, source_of(letter.topic, kafka))
            counts[group] += 1
            last[group] = letter.place
    for (reason, source), count in counts.most_common():
        if as_json:
            write({"reason": reason, "source": source, "count": count, "last": last[reason, source]})
        else:
            click.echo(
                f"{count:>8}  {visible(source):<16} {brief(reason)}  last: {visible(last[reason, source])}"
            )
    if not counts and not as_json:
        click.echo("no dead letters")


@deadletter.command(epilog=SHOW)
@click.argument("place", metavar="PLACE")
@CONFIG
@JSON
def show(place: str, config: Path | None, *, as_json: bool) -> None:
    """Show why the record at PLACE could not be read, its size, and whether it is still there; never its content."""
    from pipeline.edges.admin.deadletters import original, source_of

    kafka = configured(config).kafka
    with reached(kafka) as cluster:
        letter = _asked(cluster, kafka, (place,))[0]
        kept = original(cluster, letter)
    told = {
        "place": letter.place,
        "source": source_of(letter.topic, kafka),
        "reason": letter.reason,
        "bytes": len(kept.value or b"") if kept else None,
        "there": kept is not None,
    }
    if as_json:
        write(told)
        return
    for name, value in told.items():
        click.echo(f"{name:<8}{brief(value)}")


@deadletter.command(epilog=REPLAY)
@click.argument("places", metavar="[PLACE]...", nargs=-1)
@REASON
@SOURCE
@DRY
@CONFIG
@JSON
def replay(
    places: tuple[str, ...],
    reason: str | None,
    source: str | None,
    config: Path | None,
    *,
    dry_run: bool,
    as_json: bool,
) -> int:
    """Send originals into their own partition again, as they were: those at PLACE, or all of a reason or source.

    Each original goes once. Exit 1 if one is no longer in its topic.
    """
    from pipeline.edges.admin.deadletters import replayed

    if bool(places) == bool(reason or source):
        words = "name places, or choose by --reason or --source"
        raise click.UsageError(words, click.get_current_context(silent=True))
    kafka, gone, done = configured(config).kafka, 0, 0
    with reached(kafka) as cluster:
        chosen = _asked(cluster, kafka, places) if places else [*_chosen(cluster, kafka, reason, source)]
        for letter in chosen:
            if dry_run or replayed(cluster, letter):
                done += 1
            else:
                gone += 1
                say(f"{letter.place}: is no longer in its topic")
        cluster.flush()
    if as_json:
        write({"sent": 0 if dry_run else done, "found": len(chosen), "gone": gone})
    else:
        click.echo(f"{done} {'would be' if dry_run else 'were'} sent again, {gone} are gone")
    return int(gone > 0)


def _asked(cluster: Cluster, kafka: Kafka, places: tuple[str, ...]) -> list[DeadLetter]:
    """Give the dead letters at these places; one that is not there is a usage error."""
    from pipeline.edges.admin.deadletters import letters

    found = {letter.place: letter for letter in letters(cluster, kafka)}
    for place in places:
        if place not in found:
            words = f"no dead letter is about {place}: write topic-partition:offset, such as {PLACE}"
            raise click.UsageError(words, click.get_current_context(silent=True))
    return [found[place] for place in dict.fromkeys(places)]


def _chosen(cluster: Cluster, kafka: Kafka, reason: str | None, source: str | None) -> Iterator[DeadLetter]:
    from pipeline.edges.admin.deadletters import letters, source_of

    seen = set()
    for letter in letters(cluster, kafka):
        fits = source in (None, source_of(letter.topic, kafka)) and (
            reason is None or reason in letter.reason
        )
        if fits and letter.place not in seen:
            seen.add(letter.place)
            yield letter
