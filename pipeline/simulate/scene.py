"""What every surface works with: who acts where, and the lines that come of it."""

from __future__ import annotations

from random import Random  # noqa: TID251 - the type alone; streams come from chance.py
from typing import Any

from msgspec import Struct

from pipeline.simulate.chance import token
from pipeline.simulate.company import Agent, Company, Device, Person


class Line(Struct):
    """One raw record: when it was written, to which file, and what it says."""

    at: float
    file: str
    body: dict[str, Any] | str


class Scene(Struct):
    """Somebody at a machine, in one conversation or task, with the chance that they act by."""

    company: Company
    dice: Random
    person: Person
    device: Device
    agent: Agent | None = None
    thread: str = ""
    """What all lines of one conversation, session or task share."""
    turn: int = 0
    """How often something was said or called in it."""
    history: list[dict[str, Any]] = []
    """What an agent's model has been told so far, as its spans repeat it."""

    @property
    def acting(self) -> Agent:
        """Give the agent of a scene in which one acts."""
        if self.agent is None:
            raise ValueError("no agent acts in this scene")
        return self.agent


def scene(
    company: Company, dice: Random, person: Person, *, group: str = "", agent: Agent | None = None
) -> Scene:
    """Begin a conversation, at the person's machine of that group, else at the usual one."""
    device = next((one for one in person.devices if one.group == group), person.devices[0])
    return Scene(company, dice, person, device, agent, token(dice, 12))
