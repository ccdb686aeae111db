"""Drill a playbook: play its scenario, run the raw records through the whole pipeline, measure what an analyst gets."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import orjson
from msgspec import Struct
from msgspec.structs import asdict

from pipeline.alert import Alert
from pipeline.cli.common import content
from pipeline.cli.filled import named, rendered, steps, values
from pipeline.cli.shown import moment
from pipeline.edges.embedded import Content, run
from pipeline.event import Fields, Verdict
from pipeline.pack import Pack, Playbook
from pipeline.settings import load_settings
from pipeline.simulate.company import Company, founded
from pipeline.simulate.companyfiles import write_company
from pipeline.simulate.story import Story
from pipeline.simulate.stream import single
from pipeline.simulate.writing import truth_of, write

SEED = 7

Line = tuple[str, int]
"""A line of a log: the file's name, and its number from 1."""


class Played(Struct):
    """What the pipeline made of a scenario: events by id, and of each alert the last version and each version's time."""

    events: dict[str, Fields]
    alerts: dict[str, Fields]
    first: dict[str, float]
    """When each alert first named a line of the attack, in event time (epoch seconds)."""


def drills(playbook: Playbook, stories: Iterable[Story]) -> Iterator[dict[str, Any]]:
    """Play scenarios and measure each: which rule found it at which level, how soon, with which evidence, what a step lacks.

    Times are event times, so that the same content gives the same figures on any machine.
    """
    company = founded(SEED)
    with TemporaryDirectory(prefix="shadowgraph-drill-") as place:
        write_company(company, Path(place) / "company")
        judged = content(Path(place) / "company", load_settings(os.environ))
        for story in stories:
            logs = Path(place) / story.name
            acts = _written(company, story, logs)
            played = _played(logs, judged, set(acts))
            yield {
                "playbook": playbook.id,
                "title": playbook.title,
                "scenario": story.name,
                "sentence": story.sentence,
                "expects": story.expects,
                "unwritten": sorted(set(story.expects) - _catalogue(judged.pack)),
                **_measured(playbook, story, acts, played),
            }


def _written(company: Company, story: Story, logs: Path) -> dict[Line, Fields]:
    """Write the logs of a day with this scenario in it; give the lines of the attack, with the truth about them."""
    for _ in write(single(company, story, 1), logs):
        pass
    facts = map(orjson.loads, truth_of(logs).read_bytes().splitlines())
    return {(fact["file"], fact["line"]): fact for fact in facts if "scenario" in fact}


def _played(logs: Path, judged: Content, acts: set[Line]) -> Played:
    """Run the logs record by record, so that every version of an alert is seen."""
    played = Played({}, {}, {})
    for batch in run([str(path) for path in sorted(logs.iterdir())], "auto", judged, size=1):
        for output in batch.outputs:
            if isinstance(output, Verdict):
                played.events.setdefault(output.event.id, output.event.fields)
        for output in batch.outputs:
            if isinstance(output, Alert) and acts & _lines(output.fields, played):
                played.alerts[output.id] = output.fields
                played.first.setdefault(output.id, output.time)
    return played


def _catalogue(pack: Pack) -> set[str]:
    return {rule.about.catalogue for rule in pack.known.values()}


def _measured(playbook: Playbook, story: Story, acts: dict[Line, Fields], played: Played) -> dict[str, Any]:
    """Measure by the worst alert of those that the scenario expects; without one, everything is missing."""
    wanted = [key for key, alert in played.alerts.items() if alert["rule.id"] in story.expects]
    best = max(wanted, key=lambda key: float(played.alerts[key]["ai.risk.score"]), default="")
    alert = played.alerts.get(best, {})
    seen = _lines(alert, played)
    return {
        "detected": bool(alert),
        "rule": alert.get("rule.id"),
        "name": alert.get("rule.name"),
        "level": alert.get("ai.risk.level"),
        "risk": alert.get("ai.risk.score"),
        "alert": alert.get("ai.alert.title"),
        "seconds": round(played.first[best] - _began(acts, played), 3) if alert else None,
        "others": sorted({one["rule.id"] for one in played.alerts.values()} - {alert.get("rule.id")}),
        "lines": len(acts),
        "named": len(acts.keys() & seen),
        "unnamed": [f"{file}:{line}" for file, line in sorted(acts.keys() - seen)],
        **_filled(playbook, alert, played),
    }


def _filled(playbook: Playbook, alert: Fields, played: Played) -> dict[str, Any]:
    """Give what the steps need and the alert or its events hold, what they lack, and the steps with it."""
    names = named(playbook)
    known = values(names, alert, _evidence(alert, played))
    return {
        "fields": {name: asdict(value) for name, value in known.items()},
        "missing": [name for name in names if name not in known],
        "steps": rendered(steps(playbook), known),
    }


def _began(acts: dict[Line, Fields], played: Played) -> float:
    """Give the event time of the first act; sources write it less exactly than the truth about them."""
    times = [moment(event["@timestamp"]) for event in played.events.values() if _line(event) in acts]
    return min(times or [moment(fact["time"]) for fact in acts.values()])


def _evidence(alert: Fields, played: Played) -> list[Fields]:
    return [played.events[name] for name in alert.get("ai.alert.events", ()) if name in played.events]


def _lines(alert: Fields, played: Played) -> set[Line]:
    """Give the lines of logs that the events of an alert come from."""
    return {_line(event) for event in _evidence(alert, played)}


def _line(event: Fields) -> Line:
    return Path(event["log.file.path"]).name, event["log.offset"]
