"""A benign working day of one person: sign-in, tasks with and without AI, lunch, meetings, the web."""

from __future__ import annotations

from collections.abc import Iterator
from random import Random  # noqa: TID251 - the type alone; streams come from chance.py

from pipeline.simulate import words
from pipeline.simulate.chance import about, chance, pick, weighed
from pipeline.simulate.clock import HOUR, midnight, weekday
from pipeline.simulate.company import Company, Person
from pipeline.simulate.scene import Line, Scene, scene
from pipeline.simulate.surfaces import claude_code, defender, intune, litellm, m365_copilot, okta, sensor, web

AWAY, ON_WEEKENDS, ON_WEEKENDS_AT_NIGHT = 0.07, 0.02, 0.5
TASKS, VISITS = 4.0, 9.0
"""Medians of a day: tasks with AI of somebody of usual zeal, and visits to the web without any."""

UPLOADS, GUARDED = 0.12, 0.3
"""How often a chat begins with a file, and how often a guardrail looks at a call of the gateway."""

TRADES = {
    "engineering": {"coding": 3.0, "gateway": 3.0, "browser": 2.0, "copilot": 1.0},
    "research": {"coding": 1.0, "gateway": 3.0, "browser": 3.0, "copilot": 2.0},
    "it": {"coding": 1.0, "gateway": 3.0, "browser": 2.0, "copilot": 3.0},
}
_OTHERS = {"gateway": 2.0, "browser": 3.0, "copilot": 4.0}
APPS = {
    "claude.ai": ("Claude", 5.0),
    "chatgpt.com": ("ChatGPT", 3.0),
    "gemini.google.com": ("Google Gemini", 1.5),
    "www.perplexity.ai": ("Perplexity", 0.6),
}
"""Where people chat in a browser: the app's name at proxies, and how often."""

_APP_WEIGHTS = {domain: weight for domain, (_, weight) in APPS.items()}
_WAYS = {"browser": 0.85, "desktop": 0.1, "mobile": 0.05}
_PAGES = {
    "news.harbourpost.example": "News",
    "lunch.atrium-kitchen.example": "Restaurants",
    "standards.metrology.example": "Reference",
    "shop.labware.example": "Shopping",
    "track.brightparcel.example": "Logistics",
    "weather.northsky.example": "Weather",
    "wiki.fernwood.example": "Business",
    "stock.fernwood.example": "Business",
    "travel.railbook.example": "Travel",
    "code.forge.example": "Development",
}
_PLACES = ("/", "/today", "/search", "/list?page=2", "/item/4711", "/help")
_SITES, _SIGN_ON = tuple(_PAGES), ("Wiki", "Time sheets", "Fernwood gateway", "Claude", "Expense reports")
_PROGRAMS = (
    ("outlook.exe", "outlook.exe /recycle"),
    ("excel.exe", "excel.exe /dde"),
    ("teams.exe", "teams.exe --autostart"),
    ("code.exe", "code.exe --reuse-window"),
    ("claude.exe", "claude.exe --continue"),
)
_HOSTS = ("Teams", "Word", "Excel", "Outlook", "PowerPoint")
_DOCUMENTS = ("plan.xlsx", "minutes.docx", "survey.xlsx", "handbook.pdf", "roadmap.pptx", "notes.docx")


def workday(company: Company, person: Person, day: int) -> Iterator[Line]:
    """Give the lines of a day that begins on this date, in the order in which things were begun; none if nobody works."""
    dice = chance(company.seed, "day", day, person.id)
    if person.state == "left" or not _works(dice, person, day):
        return
    opens = midnight(day) + (person.begins - person.zone) * HOUR + dice.gauss(0.0, 600.0)
    closes = opens + about(dice, 8.7, 0.08) * HOUR
    desk = scene(company, dice, person)

    yield from _arrives(desk, opens)
    hours = _Hours(dice, opens + 300.0, closes)
    for _ in range(int(about(dice, VISITS, 0.5))):
        site = pick(dice, _SITES)
        yield from web.visit(desk, hours.free(), site, path=pick(dice, _PLACES), category=_PAGES[site])
    channels = TRADES.get(person.department, _OTHERS)
    for _ in range(int(about(dice, TASKS * person.zeal, 0.5))):
        yield from _TASKS[weighed(dice, channels)](scene(company, dice, person), hours.free())


def _works(dice: Random, person: Person, day: int) -> bool:
    if weekday(day) < 5:
        return dice.random() >= AWAY
    return dice.random() < (ON_WEEKENDS_AT_NIGHT if person.night else ON_WEEKENDS)


class _Hours:
    """The hours of a day, with lunch and meetings in which nobody begins anything."""

    def __init__(self, dice: Random, opens: float, closes: float) -> None:
        self._dice, self._opens, self._closes = dice, opens, closes
        lunch = opens + about(dice, 3.6, 0.1) * HOUR
        meetings = [dice.uniform(opens, closes) for _ in range(pick(dice, (0, 1, 1, 2, 3)))]
        self._breaks = [(lunch, lunch + about(dice, 0.7, 0.3) * HOUR)]
        self._breaks += [(begin, begin + pick(dice, (0.5, 0.5, 1.0)) * HOUR) for begin in meetings]

    def free(self) -> float:
        """Give a time at which something is begun; now and then somebody is bored in a meeting."""
        for _ in range(4):
            at = self._dice.uniform(self._opens, self._closes)
            if not any(begin <= at < end for begin, end in self._breaks):
                break
        return at


def _arrives(desk: Scene, at: float) -> Iterator[Line]:
    dice = desk.dice
    if dice.random() < 0.04:
        yield from okta.signed_in(desk, at - 20.0, wrong=True)
    yield from okta.signed_in(desk, at)
    yield from okta.signed_in(desk, at + about(dice, 60.0), pick(dice, _SIGN_ON))
    yield from sensor.heartbeat(desk, at + 5.0)
    yield from intune.reported(desk, at + 40.0)
    if desk.device.os == "windows":
        for _ in range(2):
            yield from defender.started(desk, at + about(dice, 300.0, 1.0), *pick(dice, _PROGRAMS))


def _browser(where: Scene, at: float) -> Iterator[Line]:
    dice, way = where.dice, weighed(where.dice, _WAYS)
    app = weighed(dice, _APP_WEIGHTS)
    yield from web.visit(where, at, app, app=APPS[app][0], category="Generative AI", method="POST")
    if dice.random() < UPLOADS:
        yield from sensor.upload(
            where, at + 9.0, app=app, file=pick(dice, _DOCUMENTS), label="internal", surface=way
        )
    for when in _turns(dice, at + about(dice, 20.0)):
        yield from sensor.prompt(where, when, app=app, text=words.ask(dice, where.person), surface=way)
        yield from sensor.answer(where, when, app=app, text=words.answer(dice), surface=way)


def _gateway(where: Scene, at: float) -> Iterator[Line]:
    dice = where.dice
    for when in _turns(dice, at):
        guard = "passed" if dice.random() < GUARDED else ""
        text, answer = words.ask(dice, where.person), words.answer(dice)
        yield from litellm.chat(where, when, text=text, answer=answer, guard=guard)


def _copilot(where: Scene, at: float) -> Iterator[Line]:
    dice, host = where.dice, pick(where.dice, _HOSTS)
    for when in _turns(dice, at):
        yield from m365_copilot.asked(
            where, when, host, [pick(dice, _DOCUMENTS)] if dice.random() < 0.5 else []
        )


def _coding(where: Scene, at: float) -> Iterator[Line]:
    dice, work = where.dice, words.work("coding")
    yield from claude_code.started(where, at)
    for when in _turns(dice, at + about(dice, 15.0)):
        yield from claude_code.said(where, when, words.told(dice, pick(dice, work["asks"])))
        later = when
        for _ in range(int(about(dice, 2.0, 0.7))):
            later += about(dice, 8.0)
            yield from claude_code.called(where, later, **words.told(dice, pick(dice, work["calls"])))
        last = later + about(dice, 12.0)
        yield from claude_code.stopped(where, last, words.told(dice, pick(dice, work["answers"])))
    yield from claude_code.ended(where, last + about(dice, 60.0))


def _turns(dice: Random, at: float) -> Iterator[float]:
    """Give the times of a conversation's turns: one, or some minutes apart."""
    for _ in range(max(int(about(dice, 1.6, 0.6)), 1)):
        yield at
        at += about(dice, 120.0, 0.8)


_TASKS = {"browser": _browser, "gateway": _gateway, "copilot": _copilot, "coding": _coding}
