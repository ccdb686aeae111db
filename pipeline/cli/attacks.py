"""What became of attacks whose truth is known: which alerts name their acts, and which alerts name nobody's."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from msgspec import Struct, json

from pipeline.risk import LEVELS

if TYPE_CHECKING:
    from pipeline.edges.sqlite import SqliteStore
    from pipeline.event import Fields

ASCENDING = tuple(level for _, level in reversed(LEVELS))

Place = tuple[str, int]
"""The name of a log and a line of it, from 1."""


class Attack(Struct, frozen=True):
    """An attack: the lines that are its acts, and those that only lead there."""

    name: str
    sentence: str
    expects: tuple[str, ...]
    """Catalogue ids of the rules that must find it."""
    acts: frozenset[Place]
    leads: frozenset[Place] = frozenset()


class Named(Struct, frozen=True):
    """An alert and the lines that its events come from."""

    alert: Fields
    places: frozenset[Place]


class Outcome(Struct, frozen=True):
    """An attack and the alerts that name an act of it, the greatest risk first; none if it was missed."""

    attack: Attack
    alerts: tuple[Fields, ...]

    @property
    def level(self) -> str | None:
        """Give the highest level at which it was found; None if it was missed."""
        return max((alert["ai.risk.level"] for alert in self.alerts), key=rank, default=None)

    @property
    def rules(self) -> tuple[str, ...]:
        """Give the catalogue ids of the rules that found it, each once."""
        return tuple(dict.fromkeys(alert["rule.id"] for alert in self.alerts))

    @property
    def silent(self) -> tuple[str, ...]:
        """Give the rules that should have found it and did not."""
        return tuple(rule for rule in self.attack.expects if rule not in self.rules)


def rank(level: str) -> int:
    """Give the place of a level, the lowest first."""
    return ASCENDING.index(level)


def simulated_attacks(truth: Path) -> tuple[Attack, ...]:
    """Read the truth that a simulation wrote beside its logs."""
    from pipeline.simulate.story import ATTACKS, stories

    acts: dict[str, set[Place]] = {}
    leads: dict[str, set[Place]] = {}
    for line in truth.read_bytes().splitlines():
        fact = json.decode(line)
        into, name = (acts, fact["scenario"]) if "scenario" in fact else (leads, fact.get("context", ""))
        into.setdefault(name, set()).add((fact["file"], fact["line"]))
    return tuple(
        Attack(
            story.name,
            story.sentence,
            tuple(story.expects),
            frozenset(acts[story.name]),
            frozenset(leads.get(story.name, ())),
        )
        for story in stories(ATTACKS)
        if story.name in acts
    )


def recorded_attacks(truth: Path) -> tuple[Attack, ...]:
    """Read the truth of the recorded day."""
    from pipeline.yamlfile import load_document

    return tuple(
        Attack(
            entry["id"],
            entry["what"],
            (entry["rule"],),
            frozenset((name, line) for name, lines in entry["lines"].items() for line in lines),
        )
        for entry in load_document(truth)["attacks"]
    )


def named(alerts: Iterable[Fields], kept: SqliteStore) -> Iterator[Named]:
    """Give alerts with the lines that their events come from."""
    for alert in alerts:
        events = kept.events(alert["ai.alert.events"])
        places = {(Path(event["log.file.path"]).name, event["log.offset"]) for event in events}
        yield Named(alert, frozenset(places))


def outcomes(attacks: Iterable[Attack], found: list[Named]) -> list[Outcome]:
    """Tell what became of each attack."""
    return [
        Outcome(attack, tuple(one.alert for one in found if one.places & attack.acts)) for attack in attacks
    ]


def benign(attacks: Iterable[Attack], found: Iterable[Named]) -> list[Fields]:
    """Give the alerts that name nothing of any attack, nor what leads to one."""
    taken = frozenset().union(*(attack.acts | attack.leads for attack in attacks))
    return [one.alert for one in found if not one.places & taken]


def by_level(alerts: Iterable[Fields]) -> dict[str, int]:
    """Count alerts by level, the highest first; a level without any is told as 0."""
    counts = Counter(alert["ai.risk.level"] for alert in alerts)
    return {level: counts[level] for level in reversed(ASCENDING)}
