"""Simulate companies, judge their days as the stream would, and label what comes out by the truth of the simulation."""

from __future__ import annotations

import tempfile
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path

import orjson
from msgspec.structs import replace

from enrichers.reference import load_reference
from pipeline.content import load_pack
from pipeline.edges.embedded import Content, run
from pipeline.event import Fields, Verdict
from pipeline.settings import DEMO_KEY
from pipeline.simulate.company import founded
from pipeline.simulate.companyfiles import write_company
from pipeline.simulate.stream import whole
from pipeline.simulate.writing import truth_of, write
from pipeline.suspect.features import scored
from pipeline.train.scorecard_rows import BENIGN, EXFILTRATION, FOLDS, OTHER, Key, Row, rows_of, steps_of

FIRST = 1001
"""The seed of the first company."""
HIGH = 60.0
"""The risk from which on an alert is loud."""

OUT: dict[str, frozenset[int]] = {
    "agent_secret_exfil": frozenset({5}),
    "customer_export": frozenset({1}),
    "drifting_policy": frozenset({1}),
    "encoded_list": frozenset({0}),
    "health_records": frozenset({0}),
    "key_in_prompt": frozenset({1}),
    "labelled_file": frozenset({1}),
    "poisoned_page": frozenset({3}),
    "repository_paste": frozenset({1, 2}),
    "unmanaged_device": frozenset({1}),
}
"""Steps of simulated attacks at which data goes out."""

Truth = dict[tuple[str, int], Fields]


def gather(companies: int) -> list[Row]:
    """Give the rows of so many companies, a day of each; the same number gives the same rows."""
    counts: Counter[Key] = Counter()
    for seed in range(FIRST, FIRST + companies):
        with tempfile.TemporaryDirectory(prefix="shadowgraph-train-") as name:
            for fields, risk, fact in _day(seed, Path(name)):
                label, family = _label(fact)
                counts[label, family, seed % FOLDS, risk >= HIGH, steps_of(fields)] += 1
    return rows_of(counts)


def _day(seed: int, place: Path) -> Iterator[tuple[Fields, float, Fields]]:
    """Give what the events of a day say, how the rules judge them, and the truth about them."""
    company, logs, data = founded(seed), place / "logs", place / "company"
    *_, _ = write(whole(company, 1), logs)
    write_company(company, data)
    truth = _truth(truth_of(logs).read_bytes().splitlines())
    pack = replace(load_pack(data, key=DEMO_KEY), weigh=None)
    files = [str(path) for path in sorted(logs.iterdir())]
    for batch in run(files, "auto", Content(pack, load_reference(data))):
        for output in batch.outputs:
            if isinstance(output, Verdict) and scored(fields := output.event.fields):
                where = Path(fields["log.file.path"]).name, fields["log.offset"]
                yield fields, output.risk, truth.get(where, {})


def _truth(lines: Iterable[bytes]) -> Truth:
    facts = map(orjson.loads, lines)
    return {(fact["file"], fact["line"]): fact for fact in facts}


def _label(fact: Fields) -> tuple[str, str]:
    """Give label and family of an event: catalogue groups for attacks, the look-alike's name, else the plain day."""
    if story := fact.get("scenario"):
        goes_out = fact["step"] in OUT.get(story, ())
        return (EXFILTRATION if goes_out else OTHER), fact["expects"][0][:3]
    return BENIGN, fact.get("kind", "day")
