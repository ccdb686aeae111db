"""What is usual for one person or agent, by hours of work, and what is not: too much in an hour, or never met before.

Nothing here depends on the clock: hours before that of an event count, open or closed, its own does not; and hours are
closed by those that a home opens after them.
"""

from __future__ import annotations

from bisect import bisect_left, insort
from statistics import median

from pipeline.event import Event, Fields, Reason
from pipeline.suspect.memory import FORGET_HOME, HOUR, Busy, Memory, Usual
from pipeline.suspect.tally import is_met

WARM = 20
"""Hours with events from which on a home has a usual."""
MOST_ROWS = 60
MOST_MET = 40
"""Hours, and values of each kind, that are remembered; the oldest go first."""
MOST_OPEN = 4
"""Hours of which we know by name what they have met; of closed ones we know how many that were."""
MOST = 1 << 40
"""Bytes that one act adds at most: what claims more has invented it."""
WINDOW = int(FORGET_HOME // HOUR)
"""Hours after which a value that was not met again is new again."""
Z = 4.0
"""Robust deviations from the usual from which on an hour is unusual; a spread is never taken as less than a quarter."""

MEASURES = (
    ("interactions", "acts", 20.0),
    ("characters", "characters sent", 8000.0),
    ("bytes", "bytes sent", 1e6),
    ("subjects", "persons in the data", 5.0),
    ("tool_calls", "tool calls", 30.0),
    ("apps", "apps", 4.0),
    ("destinations", "destinations", 6.0),
)
"""What is measured of an hour: its name, its words, and the floor below which no hour is unusual."""

NEW = (
    ("ai.baseline.new_app", "ai.app.id"),
    ("ai.baseline.new_model", "gen_ai.request.model"),
    ("ai.baseline.new_tool", "gen_ai.tool.name"),
    ("ai.baseline.new_destination", "ai.tool.destination"),
    ("ai.baseline.new_destination", "url.domain"),
    ("ai.baseline.new_network", "source.as.number"),
    ("ai.baseline.new_country", "source.geo.country_iso_code"),
    ("ai.baseline.new_host", "host.name"),
)
"""Facts about values that a home has not met in earlier hours of the window, and the fields that they look at."""

MANY = {name: floor for name, _, floor in MEASURES}

LEARNERS = ("user.", "gen_ai.agent.id=")
"""Homes that live long enough to have habits."""
SENT = frozenset({"prompt", "file_upload", "tool_call", "share"})
USES = frozenset({"web_visit", "prompt", "file_upload"})
REPORTED = frozenset({"unsanctioned", "unknown"})
"""States of apps that nobody has looked at: the first use of one is news for the whole organisation."""
WEIGHT = 0.2
"""The doubt of an unusual hour by itself, that of a low rule."""


def habits(event: Event, fields: Fields, memory: Memory) -> Fields:
    """Add an act to the hour of its home; give what is unusual about it, nothing before the home has had its hours."""
    adds: Fields = {}
    if fields.get("ai.app.status") in REPORTED and fields["event.action"] in USES:
        use = f"use {fields.get('ai.app.id')}"
        if is_met(use, event.time, memory):
            memory.known[use] = event.time
            adds["ai.baseline.first_app"] = True
    if event.home.startswith(LEARNERS):
        hour = int(event.time // HOUR)
        if (busy := memory.busy.get(hour)) is None:
            busy = _opened(hour, memory)
        if memory.usual and hour < memory.usual.hour:
            memory.usual = None
        _count(busy, fields)
        warm = _is_warm(hour, memory)
        _meet(fields, hour, memory, adds if warm else {})
        if warm and _is_much(busy):
            adds.update(_beyond(busy, hour, memory))
    return adds


def unusual(fields: Fields) -> Reason | None:
    """Say how much more than usual an hour has."""
    if "ai.baseline.volume_z" not in fields:
        return None
    words = {name: words for name, words, _ in MEASURES}[fields["ai.baseline.measure"]]
    usual, hours = fields["ai.baseline.usual"], fields["ai.baseline.hours"]
    if usual >= 1:
        much = f"{fields['ai.baseline.times']:.3g} times the usual {words} of an hour"
    else:
        much = f"{fields['ai.baseline.times']:.0f} {words} in an hour, where there are usually none"
    shown = {field: value for field, value in fields.items() if field in VOLUME}
    return Reason("baseline", "volume", f"{much}, over {hours} hours of learning", WEIGHT, shown)


UNNAMED = ""
"""An app or a destination of an hour that was closed: that there was one is known, which one is not."""
VOLUME = frozenset(f"ai.baseline.{name}" for name in ("volume_z", "measure", "times", "usual", "hours"))


def _opened(hour: int, memory: Memory) -> Busy:
    """Open an hour, with what it had if it was closed, and close the one that has been open longest if there are many."""
    busy = memory.busy[hour] = Busy()
    at = bisect_left(memory.rows, (hour,))
    if at < len(memory.rows) and memory.rows[at][0] == hour:
        _, acts, characters, size, subjects, calls, apps, places = memory.rows.pop(at)
        names = [UNNAMED] * apps, [UNNAMED] * places
        busy = memory.busy[hour] = Busy(acts, characters, size, subjects, calls, *names)
    if len(memory.busy) > MOST_OPEN:
        oldest = next(iter(memory.busy))
        insort(memory.rows, (oldest, *_values(memory.busy.pop(oldest))))
        del memory.rows[:-MOST_ROWS]
    return busy


def _is_warm(hour: int, memory: Memory) -> bool:
    """Say whether enough hours came before this one; mostly the rows alone tell."""
    rows = memory.rows
    if len(rows) >= WARM and rows[WARM - 1][0] < hour:
        return True
    return len(rows) + len(memory.busy) > WARM and len(_learnt(hour, memory)) >= WARM


def _learnt(hour: int, memory: Memory) -> list[tuple[int, ...]]:
    """Give the measures of the last hours before one, open or closed."""
    rows = memory.rows[: bisect_left(memory.rows, (hour,))]
    rows += [(other, *_values(busy)) for other, busy in memory.busy.items() if other < hour]
    return sorted(rows)[-MOST_ROWS:]


def _count(busy: Busy, fields: Fields) -> None:
    verb = fields["event.action"]
    busy.interactions += 1
    if verb in SENT:
        busy.characters += fields.get("ai.content.length", 0)
        busy.bytes += min(fields.get("file.size") or fields.get("http.request.body.bytes", 0), MOST)
        busy.subjects += fields.get("ai.data.subjects", 0)
        if verb == "tool_call":
            busy.tool_calls += 1
    if (app := fields.get("ai.app.id")) and app not in busy.apps:
        _name(busy.apps, app)
    place = fields.get("ai.tool.destination") or fields.get("url.domain")
    if place and place not in busy.destinations:
        _name(busy.destinations, place)


def _name(names: list[str], name: str) -> None:
    """Add a name to those of an hour; in one that was opened again it may be one of those it had."""
    if UNNAMED in names:
        names[names.index(UNNAMED)] = name
    elif len(names) < MOST_MET:
        names.append(name)


def _values(busy: Busy) -> tuple[int, ...]:
    sent = (busy.interactions, busy.characters, busy.bytes, busy.subjects, busy.tool_calls)
    return (*sent, len(busy.apps), len(busy.destinations))


def _is_much(busy: Busy) -> bool:
    """Say whether an hour is above any floor; most are not, and then nothing else needs to be looked up."""
    return (
        busy.interactions >= MANY["interactions"]
        or busy.characters >= MANY["characters"]
        or busy.tool_calls >= MANY["tool_calls"]
        or len(busy.apps) >= MANY["apps"]
        or len(busy.destinations) >= MANY["destinations"]
        or busy.bytes >= MANY["bytes"]
        or busy.subjects >= MANY["subjects"]
    )


def _beyond(busy: Busy, hour: int, memory: Memory) -> Fields:
    """Give the measure of an hour that is furthest from the usual, if one is far."""
    usual = memory.usual
    if usual is None or usual.hour != hour:
        usual = memory.usual = _usual(hour, memory)
    values = _values(busy)
    worst, at = Z, -1
    for number, (value, limit) in enumerate(zip(values, usual.limits, strict=True)):
        if value > limit and (z := (value - usual.middles[number]) / usual.spreads[number]) > worst:
            worst, at = z, number
    if at < 0:
        return {}
    return {
        "ai.baseline.volume_z": round(worst, 1),
        "ai.baseline.measure": MEASURES[at][0],
        "ai.baseline.times": round(values[at] / max(usual.middles[at], 1.0), 1),
        "ai.baseline.usual": usual.middles[at],
        "ai.baseline.hours": usual.learnt,
    }


def _usual(hour: int, memory: Memory) -> Usual:
    """Give the usual of each measure: the median, the spread around it, and what is too much.

    The spread is the median distance from the median, scaled to a standard deviation. So one wild hour moves neither.
    """
    learnt = _learnt(hour, memory)
    middles, spreads, limits = [], [], []
    _, *columns = zip(*learnt, strict=True)
    for column, (_, _, floor) in zip(columns, MEASURES, strict=True):
        middle = float(median(column))
        spread = max(1.4826 * median(abs(value - middle) for value in column), middle / 4, floor / 8)
        middles.append(middle)
        spreads.append(spread)
        limits.append(max(floor, middle + Z * spread))
    return Usual(hour, len(learnt), middles, spreads, limits)


def _meet(fields: Fields, hour: int, memory: Memory, adds: Fields) -> None:
    """Take down what was met in this hour; add a fact for what no earlier hour of the window has."""
    for fact, field in NEW:
        value = fields.get(field)
        if value is None or value.__class__ is list:
            continue
        if (met := memory.met.get(field)) is None:
            met = memory.met[field] = {}
        seen = met.get(value)
        if seen is None or seen[1] < hour - WINDOW:
            seen = met[value] = (hour, hour)
            if len(met) > MOST_MET:
                del met[min(met, key=lambda one: (met[one][1], str(one)))]
        elif seen[1] != hour:
            seen = met[value] = (min(seen[0], hour), max(seen[1], hour))
        if seen[0] >= hour:
            adds[fact] = True
