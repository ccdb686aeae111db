"""Prove rules by the cases beside them: small changes of a record, each with the exact alerts that it must give."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime, timedelta
from math import inf
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import msgspec
import orjson
from msgspec import Struct

from pipeline.errors import ContentError, Problem
from pipeline.yamlfile import Located, load_document

if TYPE_CHECKING:
    from pipeline.edges.embedded import Content
    from pipeline.event import Fields
    from pipeline.pack import Pack, Rule

START = datetime(2026, 3, 4, 9, tzinfo=UTC)
STEP = timedelta(seconds=60)
"""When the first event of a case happens unless it says so, and how much later each next one."""

ASKED = {"hits": 3, "near_misses": 3, "evasions": 1}
"""Cases that a rule needs at least."""


class Case(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What happens, why that matters, and which catalogue ids become alerts; exactly these, of the whole pack.

    `change` is laid over the base record (null takes a key away); `events` are several such changes, in order. `level`
    is the level that the file's own rule reaches.
    """

    because: str
    fires: tuple[str, ...]
    change: dict[str, Any] | None = None
    events: tuple[dict[str, Any], ...] = ()
    level: Literal["informational", "low", "medium", "high", "critical"] | None = None
    evasion: bool = False


class CaseFile(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The cases of one rule, and the record that they change; `source` names the reader of such records."""

    rule: str
    record: dict[str, Any]
    cases: tuple[Case, ...]
    source: str = "normalised"


class Failure(Struct, frozen=True):
    """A case that came out otherwise than it says."""

    file: str
    line: int
    because: str
    expected: str
    got: str


class Proof(Struct, frozen=True, kw_only=True):
    """What the cases of one rule came to."""

    rule: str
    hits: int
    near_misses: int
    evasions: int
    failures: tuple[Failure, ...]


def proved(rule: str, path: Path, content: Content) -> Proof:
    """Run the cases of a file on the whole pack; raise ContentError where the file is no file of cases."""
    cases, lines = read_cases(path, rule)
    counts = _counts(cases)
    failures = [*_failures(cases, lines, path, content), *_lacking(counts, path)]
    return Proof(rule=rule, failures=tuple(failures), **counts)


def read_cases(path: Path, rule: str) -> tuple[CaseFile, tuple[int, ...]]:
    """Read a file of cases with the line of each."""
    body = load_document(path)
    try:
        cases = msgspec.convert(body, CaseFile)
    except msgspec.ValidationError as error:
        raise ContentError(
            [Problem(str(path), _line(body, str(error)), f"is no file of cases: {error}", "correct it")]
        ) from error
    if cases.rule != rule:
        fault = f"the cases are of {cases.rule}, but lie beside {rule}"
        raise ContentError([Problem(str(path), body.at("rule"), fault, f"write `rule: {rule}`")])
    return cases, tuple(case.line for case in body["cases"])


def _line(body: Any, error: str) -> int:
    """Find the case that an error speaks of; else the first line."""
    found = re.search(r"\.cases\[(\d+)\]", error)
    case = body["cases"][int(found[1])] if found else body
    return case.line if isinstance(case, Located) else 1


def _counts(cases: CaseFile) -> dict[str, int]:
    fires = [cases.rule in case.fires for case in cases.cases if not case.evasion]
    return {
        "hits": sum(fires),
        "near_misses": len(fires) - sum(fires),
        "evasions": len(cases.cases) - len(fires),
    }


def _lacking(counts: Mapping[str, int], path: Path) -> Iterator[Failure]:
    for what, least in ASKED.items():
        if counts[what] < least:
            words = what.replace("_", " ")
            yield Failure(
                str(path), 1, f"a rule is proved by {words}", f"{least} {words} at least", str(counts[what])
            )


def _failures(cases: CaseFile, lines: Iterable[int], path: Path, content: Content) -> Iterator[Failure]:
    for number, (case, line) in enumerate(zip(cases.cases, lines, strict=True), 1):
        fired, level = _outcome(cases, case, f"{path.stem}-{number}", content)
        if fired != sorted(case.fires):
            yield Failure(str(path), line, case.because, _listed(sorted(case.fires)), _listed(fired))
        elif case.level not in (None, level):
            yield Failure(str(path), line, case.because, f"level {case.level}", f"level {level}")


def _outcome(cases: CaseFile, case: Case, name: str, content: Content) -> tuple[list[str], str | None]:
    """Run a case; give the catalogue ids that became alerts (and what was rejected), and the level of the file's own rule."""
    from pipeline.alert import Alert
    from pipeline.event import Verdict
    from pipeline.flow import fresh_states, process
    from pipeline.record import Place, Record, Reject, Tick

    pack, states = content.pack, fresh_states()
    states.suspect.clock.digest = states.decide.clock.digest = pack.digest
    states.suspect.clock.expect((name,))
    bodies = map(orjson.dumps, _records(cases, case, name))
    records = [Record(Place(name, at), cases.source, None, None, body) for at, body in enumerate(bodies, 1)]
    outputs = list(process([[*records, Tick(name, inf)]], states, {pack.digest: pack}, content.reference))

    fired = {output.fields["rule.id"] for output in outputs if isinstance(output, Alert)}
    fired |= {f"a reject ({output.reason})" for output in outputs if isinstance(output, Reject)}
    events = [output.event.fields for output in outputs if isinstance(output, Verdict)]
    return sorted(fired), _level(cases.rule, events, pack) if cases.rule in fired else None


def _records(cases: CaseFile, case: Case, name: str) -> Iterator[Fields]:
    changes = case.events or (case.change or {},)
    for at, change in enumerate(changes):
        record = {key: value for key, value in (cases.record | change).items() if value is not None}
        if cases.source == "normalised":
            record.setdefault("@timestamp", (START + at * STEP).strftime("%Y-%m-%dT%H:%M:%SZ"))
            record.setdefault("event.id", f"{name}-{at + 1}")
        yield record


def _level(catalogue: str, events: Iterable[Fields], pack: Pack) -> str | None:
    """Give the highest level that a rule with this catalogue id reaches on these events."""
    from pipeline.pack import LEVELS

    levels = [
        correlation.level for correlation in pack.correlations if correlation.about.catalogue == catalogue
    ]
    own = [rule for rule in pack.rules if rule.about.catalogue == catalogue]
    levels += [_reached(rule, fields) for fields in events for rule in own if rule.matches(fields)]
    return max(levels, key=LEVELS.index, default=None)


def _reached(rule: Rule, fields: Fields) -> str:
    return next((level for level, test in rule.raises if test(fields)), rule.level)


def _listed(names: Iterable[str]) -> str:
    return ", ".join(names) or "nothing"
