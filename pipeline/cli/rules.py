"""`shadowgraph rules`: write a rule, check all of them, prove them by their cases."""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

import click

from pipeline.cli.backtest import backtest
from pipeline.cli.common import JSON, example, write
from pipeline.cli.convert import convert
from pipeline.cli.cost import cost
from pipeline.cli.coverage import coverage
from pipeline.cli.rulespush import push
from pipeline.cli.shown import say, visible

if TYPE_CHECKING:
    from pipeline.cli.cases import Proof
    from pipeline.errors import Problem
    from pipeline.pack import Correlation, Pack, Rule
    from pipeline.rules.read import RuleSet

CHECK = example("rules check", "rules check sigma/ --generic --placeholders lists.yaml")
TEST = example("rules test", "rules test EXF-001 AGT-005 --json")
NEW = example("rules new EXF-014", 'rules new EXF-014 detections/ --title "Prompt with a project name"')
FOLDER = click.Path(path_type=Path)


@click.group()
def rules() -> None:
    """Write, check and prove detection rules."""


rules.add_command(backtest)
rules.add_command(convert)
rules.add_command(cost)
rules.add_command(coverage)
rules.add_command(push)


@rules.command(epilog=CHECK)
@click.argument("folder", metavar="[DIR]", type=FOLDER, required=False)
@click.option(
    "--generic", is_flag=True, help="Any Sigma rules: leave out what only our own pack asks of a rule."
)
@click.option("--placeholders", type=FOLDER, metavar="FILE", help="YAML, `name: [values]`.")
@JSON
def check(folder: Path | None, placeholders: Path | None, *, generic: bool, as_json: bool) -> int:
    """Check the rules in DIR, or our own: every fault of all files, each with its line and a remedy.

    Exit 2 if something is wrong. Of sound files nothing is said.
    """
    from pipeline.errors import ContentError

    try:
        found = _checked(folder or _detections(), placeholders, generic=generic)
    except ContentError as error:
        _tell(error.problems, as_json=as_json)
        return 2
    if not generic:
        for note in found.notes:
            say(f"note: {note}")
    if not as_json:
        click.echo(
            f"ok: {_counted(len(found.rules), 'rule')}, {_counted(len(found.correlations), 'correlation')}"
        )
    return 0


@rules.command(epilog=TEST)
@click.argument("names", metavar="[RULE]...", nargs=-1)
@JSON
def test(names: tuple[str, ...], *, as_json: bool) -> int:
    """Prove rules by the cases beside them, on the whole pack and the sample company.

    RULE is a catalogue id, a Sigma id or the name of a file; all rules unless one is named. Exit 2 if a case comes out
    otherwise than it says, or if a rule has less than three hits, three near misses and one evasion.
    """
    from pipeline.cli.cases import proved
    from pipeline.cli.common import content
    from pipeline.settings import load_settings

    judged = content(None, load_settings(os.environ))
    failed = 0
    for path, rule in _asked(judged.pack, names).items():
        proof = proved(rule, path, judged)
        failed += bool(proof.failures)
        _show(proof, as_json=as_json)
    return 2 if failed else 0


@rules.command(epilog=NEW)
@click.argument("catalogue", metavar="ID")
@click.argument("folder", metavar="[DIR]", type=FOLDER, required=False)
@click.option(
    "--title", default="Prompt with a phrase that must stay inside", show_default=True, help="What it finds."
)
def new(catalogue: str, folder: Path | None, title: str) -> None:
    """Begin a rule: a rule that works, its cases, and a playbook where none answers it yet, to be edited.

    ID is a catalogue id such as EXF-014; DIR is our own detections unless it is named. Nothing is overwritten.
    """
    from pipeline.rules.scaffold import scaffold

    for path in scaffold(catalogue, title, folder or _detections()):
        click.echo(visible(f"wrote {path}"))


def _checked(folder: Path, placeholders: Path | None, *, generic: bool) -> RuleSet:
    """Read the rules of a folder as far as they are to be checked; raise ContentError with every fault."""
    from pipeline.content import APART, read_placeholders
    from pipeline.playbooks import read_playbooks
    from pipeline.rules.read import read_rules, rule_files

    files = rule_files(folder)
    if generic:
        values = read_placeholders(placeholders) if placeholders else {}
        return read_rules(files, placeholders=values, lint=False, generic=True, retired=True)
    lists, playbooks = folder / "placeholders.yaml", folder / "playbooks"
    ours = [
        path
        for path in files
        if path != lists and path.relative_to(folder).parts[:1] not in {(part,) for part in APART}
    ]
    values = read_placeholders(placeholders or lists) if placeholders or lists.exists() else {}
    known = read_playbooks(playbooks.glob("*.yaml")) if playbooks.is_dir() else None
    return read_rules(ours, placeholders=values, lint=True, playbooks=known, retired=True)


def _detections() -> Path:
    from pipeline.content import CONTENT
    from pipeline.settings import load_settings

    return (load_settings(os.environ).content or CONTENT) / "detections"


def _tell(problems: Iterable[Problem], *, as_json: bool) -> None:
    for problem in problems:
        if as_json:
            write(
                {"file": problem.path, "line": problem.line, "fault": problem.fault, "remedy": problem.remedy}
            )
        else:
            click.echo(visible(problem))


def _asked(pack: Pack, names: tuple[str, ...]) -> dict[Path, str]:
    """Give the files of cases of the rules that are named, with their catalogue ids; of all rules if none is."""
    everything: tuple[Rule | Correlation, ...] = (*pack.rules, *pack.correlations)
    spoken = [rule for rule in everything if rule.about.catalogue]
    for name in names:
        if not any(name in _names(rule) for rule in spoken):
            raise click.UsageError(f"no rule is called {name}", click.get_current_context(silent=True))
    wanted = [rule for rule in spoken if not names or _names(rule) & set(names)]
    return {Path(rule.path).with_suffix(".cases.yaml"): rule.about.catalogue for rule in wanted}


def _names(rule: Rule | Correlation) -> set[str]:
    path = Path(rule.path)
    return {rule.about.catalogue, rule.about.catalogue.lower(), rule.id, path.stem, path.name, rule.path}


def _show(proof: Proof, *, as_json: bool) -> None:
    import msgspec

    if as_json:
        write(msgspec.to_builtins(proof))
        return
    counts = (
        _counted(proof.hits, "hit"),
        _counted(proof.near_misses, "near miss", "near misses"),
        _counted(proof.evasions, "evasion"),
    )
    failures = f", {_counted(len(proof.failures), 'failure')}" if proof.failures else ""
    click.echo(f"{proof.rule}  {', '.join(counts)}{failures}")
    for failure in proof.failures:
        line = f"{failure.file}:{failure.line}: {failure.because}: expected {failure.expected}, got {failure.got}"
        click.echo(visible(line))


def _counted(number: int, one: str, many: str = "") -> str:
    return f"{number} {one if number == 1 else many or one + 's'}"
