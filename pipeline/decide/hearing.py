"""From a signal to firings: rules that speak for themselves, and correlations that now hold."""

from __future__ import annotations

from collections.abc import Iterator

from pipeline.decide.correlate import Held, conclude, expire, hear
from pipeline.decide.docket import MOST_FACTS, Docket, Firing
from pipeline.decide.statistics import Found, Window
from pipeline.event import Fields, Reason
from pipeline.pack import Correlation, Pack, Rule
from pipeline.record import Tick
from pipeline.risk import WEIGHTS, Risk, assess, level_of
from pipeline.signal import Signal

GATHERED = ("ai.data.classes", "ai.data.secret_types", "ai.data.secret_fingerprints", "ai.tool.risk")
"""Lists that an alert about several events unites."""

STEP = (
    "event.action",
    "gen_ai.tool.name",
    "ai.tool.risk",
    "ai.tool.destination",
    "ai.data.classes",
    "ai.app.id",
)
MOST_STEPS = 20


def spoken(signal: Signal, pack: Pack) -> Iterator[Firing]:
    """Give the firing of a rule that speaks for itself."""
    rule = pack.known.get(signal.rule or "")
    if signal.reason is not None and isinstance(rule, Rule):
        risk = Risk(signal.risk, level_of(signal.risk), signal.facts.get("ai.risk.reasons", []))
        seen = ((signal.time, signal.event),)
        yield Firing(rule, signal.subject, signal.time, signal.event, risk, signal.facts, seen)


def heard(signal: Signal, docket: Docket, pack: Pack) -> Iterator[Firing]:
    """Give the firings of the correlations of this subject that the signal completes."""
    if signal.rule is None or signal.reason is not None:
        return
    for correlation in pack.heard.get(signal.rule, ()):
        if not _concerns(correlation, signal):
            continue
        value = None
        if correlation.fields and (value := correlation.counted(signal.facts)) is None:
            continue
        _keep(docket, signal)
        if (window := docket.windows.get(correlation.digest)) is None:
            window = docket.windows[correlation.digest] = Window()
        for held in hear(window, correlation, signal.rule, Found(signal.time, signal.event, value)):
            yield _firing(held, window, correlation, signal.subject, docket)


def concluded(docket: Docket, group: str, tick: Tick, pack: Pack) -> Iterator[Firing]:
    """Give the firings that only passing time proves, and drop what no window needs."""
    for digest, window in list(docket.windows.items()):
        correlation = pack.known.get(digest)
        if not isinstance(correlation, Correlation):
            del docket.windows[digest]
        elif correlation.depth == tick.depth:
            for held in conclude(window, correlation, tick.time):
                yield _firing(held, window, correlation, group, docket)
            if not expire(window, correlation, tick.time):
                del docket.windows[digest]
    if not docket.windows:
        docket.facts.clear()


def _concerns(correlation: Correlation, signal: Signal) -> bool:
    """Say whether the subject of a signal is the group that a correlation puts it in."""
    if len(correlation.group_by) == 1 and not correlation.aliases:  # nearly always
        (field,) = correlation.group_by
        if (value := signal.facts.get(field)).__class__ is str:
            return signal.subject == f"{field}={value}"
    return correlation.subject(signal.rule or "", signal.facts) == signal.subject


def _keep(docket: Docket, signal: Signal) -> None:
    docket.facts[signal.event] = signal.facts
    while len(docket.facts) > MOST_FACTS:
        del docket.facts[next(iter(docket.facts))]


def _firing(held: Held, window: Window, correlation: Correlation, group: str, docket: Docket) -> Firing:
    event = next(event for time, event in held.events if time == held.time)
    rule = next(
        digest for digest, kept in window.found.items() if any(f.event == event for f in reversed(kept))
    )
    facts = _gathered(held, event, docket)
    facts.update(correlation.group(rule, docket.facts.get(event, {})) or ())
    told = correlation.about.description or correlation.title
    reason = Reason(
        "sequence", correlation.about.catalogue or correlation.id, told, WEIGHTS[correlation.level]
    )
    risk = assess((reason,), facts)
    events = tuple(sorted({pair for found in held.events for pair in _evidence(found, docket)}))
    return Firing(correlation, group, held.time, event, risk, facts, events, held.again)


def _gathered(held: Held, event: str, docket: Docket) -> Fields:
    """Merge what the events of a window say: the one that completes it first, the others where it is silent."""
    facts = dict(docket.facts.get(event, {}))
    steps: list[Fields] = []
    for time, other in reversed(held.events):
        said = docket.facts.get(other, {})
        for field, value in said.items():
            if field in GATHERED and field in facts:
                facts[field] = sorted({*facts[field], *value})
            else:
                facts.setdefault(field, value)
        if len(steps) < MOST_STEPS:
            steps.append(
                {"time": time, "event": other} | {field: said[field] for field in STEP if field in said}
            )
    facts["ai.alert.steps"] = steps[::-1]
    return facts


def _evidence(found: tuple[float, str], docket: Docket) -> list[tuple[float, str]]:
    """Give the event, or the events behind it where it is the firing of an inner correlation."""
    inner = docket.facts.get(found[1], {}).get("ai.alert.events")
    return [(time, event) for time, event in inner] if inner else [found]
