"""`shadowgraph train`: learn the weights of models from texts and events of your own."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import click

from pipeline.cli.common import JSON, example, write
from pipeline.cli.shown import cell, visible

if TYPE_CHECKING:
    from pipeline.train.figures import Figure

INTENT = example(
    "train intent --data texts.jsonl", "train intent --data texts.jsonl --figures --pieced role-play --json"
)
SCORECARD = example(
    "train scorecard",
    "train scorecard --figures --curve curve.svg",
    "train scorecard --gather 40 --data events.jsonl",
    "train scorecard --data events.jsonl --to scorecard.json --json",
)
FILE = click.Path(path_type=Path, dir_okay=False)


@click.group(epilog=example("train intent --data texts.jsonl", "train scorecard --figures"))
def train() -> None:
    """Learn the weights of models from labelled texts and events."""


@train.command(epilog=INTENT)
@click.option("--data", required=True, type=FILE, metavar="PATH", help="Labelled texts, lines of JSON.")
@click.option(
    "--to", default="intent.json", show_default=True, type=FILE, metavar="FILE", help="Where the weights go."
)
@click.option(
    "--figures", is_flag=True, help="Write nothing: leave out each source, and tell what is found in it."
)
@click.option("--pieced", multiple=True, metavar="SOURCE", help="With --figures: leave it out in quarters.")
@JSON
def intent(data: Path, to: Path, pieced: tuple[str, ...], *, figures: bool, as_json: bool) -> int:
    """Learn what phrases weigh in the intent of a text.

    Each line of PATH is {"text", "label", "source"}; labels are benign, injection, jailbreak, prompt_extraction and
    exfiltration. The same texts give the same file, bit by bit. Exit 2 if a line is wrong or a label lacks texts.
    """
    from enrichers.phrases.model import SHIPPED
    from pipeline.train import figures as measure
    from pipeline.train.intent import cut, file_of, learn
    from pipeline.train.texts import read_texts

    texts = read_texts(data)
    if strange := sorted(set(pieced) - {text.source for text in texts}):
        raise click.UsageError(
            f"no text is of the source {strange[0]}", click.get_current_context(silent=True)
        )
    cuts = cut(texts)
    if figures:
        _show(measure.figures(texts, cuts, pieced=frozenset(pieced)), as_json=as_json)
        return 0
    learned = learn(cuts)
    body = file_of(cuts, learned)
    _tell(to, body, SHIPPED, phrases=len(learned.phrases), as_json=as_json)
    return 0


@train.command(epilog=SCORECARD)
@click.option(
    "--data", type=FILE, metavar="PATH", help="Labelled events, lines of JSON; else the shipped ones."
)
@click.option(
    "--to",
    default="scorecard.json",
    show_default=True,
    type=FILE,
    metavar="FILE",
    help="Where the weights go.",
)
@click.option("--figures", is_flag=True, help="Write no weights: measure on families left out, and tell.")
@click.option("--curve", type=FILE, metavar="FILE", help="With --figures: draw the reliability curve as SVG.")
@click.option(
    "--gather",
    type=click.IntRange(2, 1000),
    metavar="N",
    help="Write no weights but events to learn from, of N simulated companies, to --data.",
)
@JSON
def scorecard(
    data: Path | None, to: Path, curve: Path | None, gather: int | None, *, figures: bool, as_json: bool
) -> int:
    """Learn how likely an event is an exfiltration.

    Each line of PATH is {"label", "family", "fold", "count", "steps"}; labels are exfiltration, benign and other, steps
    those of features by name. The same events give the same file, bit by bit. Exit 2 if a line is wrong or a label
    lacks events.
    """
    from pipeline.cli import trainpage
    from pipeline.suspect.scorecard import SHIPPED
    from pipeline.train import scorecard_rows

    if gather:
        return _gather(gather, data)
    rows = scorecard_rows.read_rows(data or scorecard_rows.SHIPPED)
    with _sklearn():
        if figures:
            from pipeline.train.scorecard_figures import figures as measured

            trainpage.show_scorecard(measured(rows), curve, as_json=as_json)
            return 0
        from pipeline.train.scorecard import file_of

        body = file_of(rows)
    _tell(to, body, SHIPPED, events=sum(row.count for row in rows), as_json=as_json)
    return 0


def _gather(companies: int, to: Path | None) -> int:
    from pipeline.train.scorecard_gather import gather
    from pipeline.train.scorecard_rows import row_lines

    if to is None:
        raise click.UsageError(
            "--gather writes to --data: name a file", click.get_current_context(silent=True)
        )
    rows = gather(companies)
    to.write_bytes(row_lines(rows))
    click.echo(visible(f"wrote {to}: {sum(row.count for row in rows)} events of {companies} companies"))
    return 0


@contextmanager
def _sklearn() -> Iterator[None]:
    """Say in words where scikit-learn is not there; only training needs it."""
    from pipeline.errors import Outage

    try:
        yield
    except ModuleNotFoundError as error:
        if error.name not in ("sklearn", "numpy"):
            raise
        words = "scikit-learn is not installed: install shadowgraph with its extra `train`"
        raise Outage(words) from error


def _tell(to: Path, body: bytes, shipped: Path, *, as_json: bool, **counts: int) -> None:
    """Write the weights and say whether they are those that are used."""
    same = shipped.exists() and shipped.read_bytes() == body
    to.write_bytes(body)
    if as_json:
        write({"file": str(to), **counts, "shipped": same})
        return
    held = ", ".join(f"{count} {name}" for name, count in counts.items())
    click.echo(visible(f"wrote {to}: {held}, {'the' if same else 'not the'} shipped weights"))


def _show(found: Sequence[Figure], *, as_json: bool) -> None:
    if as_json:
        import msgspec

        for one in found:
            write(msgspec.to_builtins(one))
        return
    heads = ("texts", "named", "both", "at 0.1 %", "both", "at 0.3 %", "both")
    click.echo(f"{'source':<36}" + "".join(f"{head:>10}" for head in heads))
    for one in found:
        counts = (one.texts, *one.flagged, *(count for pair in one.found for count in pair))
        name = cell(f"{one.source}{'' if one.harmful else ' (harmless)'}", 36)
        click.echo(f"{name:<36}" + "".join(f"{count:>10}" for count in counts))
