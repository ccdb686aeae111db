"""A benign day of one agent: tasks around the clock, most of them while people work."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from pipeline.simulate import words
from pipeline.simulate.chance import about, chance, pick
from pipeline.simulate.clock import HOUR, midnight, weekday
from pipeline.simulate.company import Agent, Company
from pipeline.simulate.scene import Line, Scene, scene
from pipeline.simulate.surfaces import mcp, otel_genai

TASKS, TASKS_ON_WEEKENDS = 14.0, 4.0
"""Medians of a day."""
NOON = 12.5


def agentday(company: Company, agent: Agent, day: int) -> Iterator[Line]:
    """Give the lines of a day, task by task."""
    dice = chance(company.seed, "day", day, agent.id)
    for _ in range(int(about(dice, TASKS if weekday(day) < 5 else TASKS_ON_WEEKENDS, 0.4))):
        hour = min(max(dice.gauss(NOON, 3.5), 0.1), 23.5)
        where = scene(company, dice, agent.owner, agent=agent)
        yield from _task(
            where, midnight(day) + hour * HOUR, words.told(dice, pick(dice, words.work("agents")[agent.id]))
        )


def _task(where: Scene, at: float, task: dict[str, Any]) -> Iterator[Line]:
    dice, calls = where.dice, task["calls"]
    first = [{"name": call["tool"], "arguments": call["arguments"]} for call in calls[:1]]
    yield from otel_genai.asked(where, at, task["ask"], first)
    for call in calls:
        at += about(dice, 3.0)
        server = call.pop("server", "")
        if server:
            yield from mcp.opened(where, at - 2.0, server)
            yield from mcp.called(where, at, server, **call)
        else:
            yield from otel_genai.called(where, at, **call)
    yield from otel_genai.told(where, at + about(dice, 4.0), task["answer"])
