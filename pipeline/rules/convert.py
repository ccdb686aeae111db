"""Put rules into the languages of other tools, by pySigma and our pipeline; say what does not go and why."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path

from msgspec import Struct

from pipeline.errors import ContentError, Problem
from pipeline.pack import Correlation, Rule
from pipeline.rules.collection import read_documents
from pipeline.rules.dialects import TARGETS, hindered, notes
from pipeline.rules.faults import Faults
from pipeline.rules.pysigma import parsed, pipeline_of, query, tools
from pipeline.rules.read import RuleSet, read_rules


class Converted(Struct, frozen=True, kw_only=True):
    """A rule in another language, with notes on what it means differently there; or the reason why it is not."""

    rule: str
    id: str
    title: str
    file: str
    line: int
    query: str = ""
    refused: str = ""
    notes: tuple[str, ...] = ()
    about: Rule | Correlation | None = None


def convert(
    files: Sequence[Path], target: str, pipelines: Iterable[Path], placeholders: Mapping[str, Sequence[str]]
) -> Iterator[Converted]:
    """Convert what these files list, in the order of their places; what cannot be read or converted is given with its reason."""
    sigma = tools()
    known, faults = _sound(files, placeholders)
    yield from map(_unread, faults)
    unsound = {problem.path for problem in faults}
    documents = read_documents([path for path in sorted(files) if str(path) not in unsound], Faults())
    backend = getattr(sigma.backends, TARGETS[target])(pipeline_of(sigma, pipelines, placeholders, documents))
    everything: tuple[Rule | Correlation, ...] = (*known.rules, *known.correlations)
    ours = {(one.path, one.line): one for one in everything}
    by_digest = {one.digest: one for one in everything}
    for (path, line), found in parsed(sigma, documents):
        one = ours.get((path, line))
        text, reason = ("", found) if isinstance(found, str) else query(backend, found)
        if one is not None and one.listed:
            yield _told(one, text, hindered(one, by_digest, target) or reason, target)


def _sound(
    files: Sequence[Path], placeholders: Mapping[str, Sequence[str]]
) -> tuple[RuleSet, tuple[Problem, ...]]:
    """Read what can be read: files with a fault are left out, and then what stands on them."""
    faults: list[Problem] = []
    left = list(files)
    while True:
        try:
            return read_rules(left, placeholders=placeholders, lint=False, retired=True), tuple(faults)
        except ContentError as error:
            faults += error.problems
            unsound = {problem.path for problem in error.problems}
            left = [path for path in left if str(path) not in unsound]


def _unread(problem: Problem) -> Converted:
    reason = f"{problem.fault}: {problem.remedy}"
    return Converted(rule="", id="", title="", file=problem.path, line=problem.line, refused=reason)


def _told(one: Rule | Correlation, text: str, reason: str, target: str) -> Converted:
    return Converted(
        rule=one.about.catalogue or one.id,
        id=one.id,
        title=one.title,
        file=one.path,
        line=one.line,
        query="" if reason else text,
        refused=reason,
        notes=() if reason else tuple(notes(one, target)),
        about=one,
    )
