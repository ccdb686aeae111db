"""`shadowgraph train`: learn the weights of models from texts of your own."""

from __future__ import annotations

from collections.abc import Sequence
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
FILE = click.Path(path_type=Path, dir_okay=False)


@click.group(epilog=example("train intent --data texts.jsonl", "train intent --data texts.jsonl --figures"))
def train() -> None:
    """Learn the weights of models from labelled texts."""


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
    _tell(to, body, phrases=len(learned.phrases), as_json=as_json)
    return 0


def _tell(to: Path, body: bytes, *, phrases: int, as_json: bool) -> None:
    """Write the weights and say whether they are those that are used."""
    from enrichers.phrases.model import SHIPPED

    same = SHIPPED.exists() and SHIPPED.read_bytes() == body
    to.write_bytes(body)
    if as_json:
        write({"file": str(to), "phrases": phrases, "shipped": same})
    else:
        click.echo(visible(f"wrote {to}: {phrases} phrases, {'the' if same else 'not the'} shipped weights"))


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
