"""All that happens, in order of time: endless, day by day, with at most two days in memory."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from itertools import chain, count
from operator import itemgetter

from pipeline.simulate.agentday import agentday
from pipeline.simulate.clock import DAY, midnight, weekday
from pipeline.simulate.company import Company
from pipeline.simulate.scene import Line
from pipeline.simulate.story import ATTACKS, LOOKALIKES, Mark, Story, comes, happen, stories
from pipeline.simulate.workday import workday

Told = tuple[float, Line, Mark | None]
"""When a line was written, the line, and what it is part of."""

Happening = Callable[[int], Iterable[Told]]
"""What happens on a day, in any order."""

BYSTANDERS = 5
"""People whose ordinary day surrounds a single scenario."""


def whole(company: Company, days: int | None = None) -> Iterator[Told]:
    """Give the lines of the whole company: people, agents, look-alikes and attacks."""
    return _in_order(
        lambda day: chain(_people(company, day), _harmless(company, day), _attacks(company, day)), days
    )


def single(company: Company, story: Story, days: int | None = None) -> Iterator[Told]:
    """Give one scenario, once each working day, among the ordinary day of those in it and of some bystanders."""
    return _in_order(lambda day: _around(company, story, day), days)


def _in_order(happens: Happening, days: int | None) -> Iterator[Told]:
    """Sort each day; what lies behind midnight waits for the next."""
    waiting: list[Told] = []
    for day in count() if days is None else range(days):
        waiting += happens(day)
        waiting.sort(key=itemgetter(0))
        end = midnight(day) + DAY
        last = next((place for place, told in enumerate(waiting) if told[0] >= end), len(waiting))
        yield from waiting[:last]
        waiting = waiting[last:]
    yield from waiting


def _people(company: Company, day: int) -> Iterator[Told]:
    for person in company.people:
        for line in workday(company, person, day):
            yield line.at, line, None
    for agent in company.agents.values():
        for line in agentday(company, agent, day):
            yield line.at, line, None


def _harmless(company: Company, day: int) -> Iterator[Told]:
    if weekday(day) < 5:
        for story in stories(LOOKALIKES):
            for turn in range(story.daily):
                yield from _happening(company, story, day, turn)


def _attacks(company: Company, day: int) -> Iterator[Told]:
    for story in stories(ATTACKS):
        if comes(company, story, day):
            yield from _happening(company, story, day)


def _around(company: Company, story: Story, day: int) -> Iterator[Told]:
    if weekday(day) < 5:
        acts = list(_happening(company, story, day))
        yield from acts
        there = {mark.who for _, _, mark in acts if mark}
        agents = {mark.agent for _, _, mark in acts if mark and mark.agent}
        for person in company.people:
            if person.email in there or person in company.people[:: len(company.people) // BYSTANDERS]:
                yield from ((line.at, line, None) for line in workday(company, person, day))
        for name in sorted(agents):
            yield from ((line.at, line, None) for line in agentday(company, company.agents[name], day))


def _happening(company: Company, story: Story, day: int, turn: int = 0) -> Iterator[Told]:
    for line, mark in happen(company, story, day, turn):
        yield line.at, line, mark
