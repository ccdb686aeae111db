"""Stories: attacks and their look-alikes, each a file of steps, and what chance makes of them on a day."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path
from random import Random  # noqa: TID251 - the type alone; streams come from chance.py
from typing import Annotated, Any, Literal

import msgspec
from msgspec import Meta, Struct

from pipeline.errors import ContentError, Problem
from pipeline.simulate.chance import chance, pick
from pipeline.simulate.clock import HOUR, midnight
from pipeline.simulate.company import Company, Device, Person
from pipeline.simulate.made import make
from pipeline.simulate.scene import Line, Scene, scene
from pipeline.simulate.surfaces import SURFACES
from pipeline.yamlfile import load_document

ATTACKS, LOOKALIKES = (Path(__file__).parent / name for name in ("scenarios", "lookalikes"))
WEEK, WORKING = 7, (0, 1, 2, 5, 6)
"""Days of a week that begins on a Wednesday, and those of them on which people work."""

_NAMED = re.compile(r"<<(\w+)>>")
_SOONER, _LATER = 0.7, 1.6
"""Within which factors the pauses between steps vary."""


class Who(Struct, frozen=True, forbid_unknown_fields=True):
    """Whom a story may be about; what is not said may be anything."""

    department: str = ""
    state: str = "active"
    site: str = ""
    group: str = ""
    """The group of the device that is used."""
    os: str = ""
    agent: str = ""
    """The agent that acts; then the person is its owner."""


class Step(Struct, frozen=True, forbid_unknown_fields=True):
    """One thing that is done: what, how long after the one before, and with what words."""

    does: str
    after: float = 0.0
    act: bool = True
    """Whether it is part of what counts; the rest is how one gets there."""
    again: Annotated[int, Meta(ge=1, le=100)] = 1
    given: dict[str, Any] = {}


class Story(Struct, frozen=True, forbid_unknown_fields=True):
    """An attack, or something harmless that looks like one."""

    name: str
    sentence: str
    steps: list[Step]
    expects: list[str] = []
    """Catalogue ids that must fire."""
    also: list[str] = []
    """Catalogue ids that may fire as well, with good reason."""
    must: Literal["", "silent", "below_high"] = ""
    """What has to become of a look-alike."""
    who: Who = Who()
    at: tuple[float, float] = (9.0, 17.0)
    """Local hours between which it begins."""
    values: dict[str, str] = {}
    daily: int = 1
    """How often a look-alike happens on a working day."""


class Mark(Struct, frozen=True):
    """What a line is part of."""

    story: Story
    step: Step
    number: int
    """The place of the step in the story."""
    who: str
    agent: str


@lru_cache(maxsize=2)
def stories(folder: Path) -> tuple[Story, ...]:
    """Read the stories of a folder, in order of their first catalogue id, then their name."""
    found, faults = [], []
    for path in sorted(folder.glob("*.yaml")):
        try:
            found.append(_checked(msgspec.convert({"name": path.stem, **load_document(path)}, Story)))
        except (msgspec.ValidationError, ValueError) as error:
            faults.append(Problem(str(path), 1, f"is no story: {error}", "see the other stories"))
    if faults:
        raise ContentError(faults)
    return tuple(sorted(found, key=lambda story: (story.expects, story.name)))


def _checked(story: Story) -> Story:
    if unknown := {step.does for step in story.steps} - SURFACES.keys():
        raise ValueError(f"there is no surface {', '.join(sorted(unknown))}")
    return story


def happen(company: Company, story: Story, day: int, turn: int = 0) -> Iterator[tuple[Line, Mark]]:
    """Let a story happen on a day: lines in the order in which they were begun, with what they are part of."""
    dice = chance(company.seed, "story", story.name, day, turn)
    where = _cast(company, dice, story.who)
    values = {
        "email": where.person.email,
        "host": where.device.name,
        "first": where.person.id.partition(".")[0],
    }
    for name, order in story.values.items():
        values[name] = make(dice, order, values)

    at = midnight(day) + (dice.uniform(*story.at) - where.person.zone) * HOUR
    for number, step in enumerate(story.steps):
        mark = Mark(story, step, number, where.person.email, where.agent.id if where.agent else "")
        for _ in range(step.again):
            at += step.after * dice.uniform(_SOONER, _LATER)
            for line in SURFACES[step.does](where, at, **_said(step.given, values)):
                yield line, mark


def _cast(company: Company, dice: Random, who: Who) -> Scene:
    if who.agent:
        agent = company.agents[who.agent]
        return scene(company, dice, agent.owner, agent=agent)
    awake = [one for one in company.people if not one.night]
    wanted = [(one, device) for one in awake for device in one.devices if _fits(one, device, who)]
    person, device = pick(dice, wanted)
    return scene(company, dice, person, group=device.group)


def _fits(one: Person, device: Device, who: Who) -> bool:
    wanted = (who.department, who.state, who.site, who.group or "office", who.os)
    there = (one.department, one.state, one.site, device.group, device.os)
    return all(want in ("", have) for want, have in zip(wanted, there, strict=True))


def _said(given: Any, values: dict[str, str]) -> Any:
    """Put what was made into every text of a step."""
    match given:
        case str():
            return _NAMED.sub(lambda found: values[found[1]], given)
        case dict():
            return {key: _said(inner, values) for key, inner in given.items()}
        case list():
            return [_said(inner, values) for inner in given]
        case _:
            return given


def comes(company: Company, story: Story, day: int) -> bool:
    """Say whether an attack comes on a day: on the first, then on one working day a week, which chance picks."""
    if day < WEEK:
        return day == 0
    return day % WEEK == pick(chance(company.seed, "week", story.name, day // WEEK), WORKING)
