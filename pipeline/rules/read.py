"""Read rules, correlations and filters from files into what judges; every fault of all files at once."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from pathlib import Path

from msgspec import Struct

from pipeline.errors import ContentError, Problem
from pipeline.pack import Correlation, Rule
from pipeline.rules.collection import Document, read_documents
from pipeline.rules.correlation import read_correlation
from pipeline.rules.event_rule import read_event_rule
from pipeline.rules.faults import Faults
from pipeline.rules.filters import read_filter
from pipeline.rules.joining import Part, joined
from pipeline.rules.lint import lint_parts
from pipeline.rules.quiet import quiet
from pipeline.rules.transforms import Placeholders


class RuleSet(Struct, frozen=True):
    """Rules and correlations of a pack in the order of their places; `notes` are remarks on what works but is odd."""

    rules: tuple[Rule, ...]
    correlations: tuple[Correlation, ...]
    notes: tuple[Problem, ...] = ()


def read_rules(
    files: Iterable[Path],
    *,
    placeholders: Mapping[str, Sequence[str]],
    lint: bool,
    playbooks: Collection[str] | None = None,
    generic: bool = False,
    retired: bool = False,
) -> RuleSet:
    """Read these files as one pack; raise ContentError with every fault of all of them.

    `lint` adds what our own pack asks of a rule (`playbooks`: the ids that there are; None: not checked). `generic`:
    log sources do not restrict. `retired`: rules whose status is deprecated or unsupported are given too.
    """
    faults = Faults()
    with quiet():
        documents = read_documents(sorted(files), faults)
        parts = [_part(document, placeholders, faults, lint=lint) for document in documents]
        found = joined(parts, faults, generic=generic, retired=retired)
        if lint:
            lint_parts(parts, found, playbooks, faults)
    if faults.problems:
        raise ContentError(faults.problems)
    return RuleSet(
        tuple(sorted(found.rules.values(), key=_place)),
        tuple(sorted(found.correlations.values(), key=_place)),
        tuple(sorted(faults.notes)),
    )


def rule_files(folder: Path) -> list[Path]:
    """Give all files of rules in a folder and the folders in it, or the one file that is named; cases are none."""
    if folder.is_file():
        return [folder]
    try:
        next(folder.iterdir(), None)
    except OSError as error:
        fault = f"cannot be read: {error.strerror}"
        raise ContentError([Problem(str(folder), 1, fault, "name a folder of rules")]) from error
    return sorted(path for path in folder.rglob("*") if path.is_file() and _is_rule(path.name))


def _is_rule(name: str) -> bool:
    return name.endswith((".yml", ".yaml")) and not name.endswith(".cases.yaml")


def _part(document: Document, placeholders: Placeholders, faults: Faults, *, lint: bool) -> Part:
    if document.kind == "detection":
        return read_event_rule(document, placeholders, faults, lint=lint)
    if document.kind == "correlation":
        return read_correlation(document, faults, lint=lint)
    return read_filter(document, placeholders, faults)


def _place(rule: Rule | Correlation) -> tuple[str, int, str]:
    return rule.path, rule.line, rule.digest
