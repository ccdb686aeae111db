"""An explanation as a page for people."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from itertools import groupby
from typing import TYPE_CHECKING

from pipeline.cli.seen import counted
from pipeline.cli.shown import brief, cell, clock, heading, put, whole

if TYPE_CHECKING:
    from rich.console import Console

    from pipeline.event import Fields

Short = Callable[[str], str]
"""Shortens the id of an event or alert."""

MOST_EVIDENCE = 12
MOST_CONDITIONS = 40


def page(console: Console, told: Fields, short: Short, standing: Fields | None) -> None:
    """Print an explanation; `standing` is what is held of who acted."""
    whole(console, told["level"], f"  risk {told['risk']:.0f}")
    put(console, told["title"], style="bold")
    put(console, _facts(told))
    for show in (_reasons, _conditions, _steps, _policy):
        show(console, told, short)
    _parts(console, told, standing)
    for show in (_text, _next, _playbook, _alerts, _pivots, _evidence):
        show(console, told, short)


def chain(console: Console, told: Fields, short: Short) -> None:
    """Print of an explanation what makes a chain clear: its sentence, steps and reasons, and what to do now."""
    put(console, told["title"], indent=2)
    for show in (_steps, _reasons, _next):
        show(console, told, short)


def _facts(told: Fields) -> str:
    if told["kind"] == "event":
        return f"event {told['id']}, {_time(told['time'])} UTC, {told['place']}"
    times = [_time(told["first_seen"]), _time(told["last_seen"])]
    said = [f"{word} {told[word]}" for word in ("disposition", "analyst", "note") if word in told]
    facts = (
        told["rule"],
        f"alert {told['id']}",
        f"{' to '.join(dict.fromkeys(times))} UTC",
        f"seen {counted(told['count'], 'time')}",
        told["status"],
        *said,
    )
    return ", ".join(map(brief, facts))


def _reasons(console: Console, told: Fields, _short: Short) -> None:
    if not told["reasons"]:
        return
    heading(console, f"Why {told['risk']:.0f}")
    for reason in told["reasons"]:
        named = "" if reason["who"] == "context" else f" ({reason['who']} {reason['id']})"
        put(console, reason["sentence"] + named, indent=10, first=f"  {reason['points']:+6.1f}")
    whole(console, f"  {told['risk']:6.1f}  ", told["level"])


def _conditions(console: Console, told: Fields, short: Short) -> None:
    shown = told["conditions"][:MOST_CONDITIONS]
    if shown:
        heading(console, "What met the rule")
    width = max((len(condition["field"]) for condition in shown), default=0)
    for (rule, name, event), met in groupby(shown, key=lambda c: (c["rule"], c["name"], c["event"])):
        put(console, f"{rule}: {name}, in event {short(event)}", indent=2)
        for condition in met:
            _condition(console, condition, width)


def _condition(console: Console, condition: Fields, width: int) -> None:
    """Tell a field, the value that it had and what was asked of it."""
    if not condition["field"]:
        put(console, condition["condition"], indent=4)
        return
    value = str(condition["value"]).lower() if isinstance(condition["value"], bool) else condition["value"]
    told = "nothing" if value is None else brief(value)
    put(console, f"{told} ({condition['condition']})", indent=6 + width, first=f"    {condition['field']}")


def _steps(console: Console, told: Fields, short: Short) -> None:
    steps = told.get("steps", ())
    if steps:
        heading(console, "Step by step")
    for number, step in enumerate(steps, 1):
        put(
            console,
            f"{_step(step)} ({short(step['event'])})",
            indent=15,
            first=f" {number:>2}. {clock(step['time'])}",
        )


def _step(step: Fields) -> str:
    """Tell a step: what was done with which tool, where to, what the tool can do and what data was seen."""
    parts = [brief(step.get("event.action", "something"))]
    forms = {"gen_ai.tool.name": "of {}", "ai.app.id": "at {}", "ai.tool.destination": "to {}"}
    forms |= {"ai.tool.risk": "which is {}", "ai.data.classes": "with {}"}
    return " ".join(
        [*parts, *(form.format(brief(step[field])) for field, form in forms.items() if step.get(field))]
    )


def _policy(console: Console, told: Fields, _short: Short) -> None:
    policy: Mapping[str, object] = told["policy"]
    expected = policy.get("expected")
    if not expected and not policy.get("violations"):
        return
    heading(console, "Policy")
    if expected:
        put(
            console,
            f"expected {expected}, decided {policy.get('decision', 'nothing that we know of')}",
            indent=2,
        )
    if reason := policy.get("reason"):
        put(
            console,
            "no rule applies, the default decides" if reason == "default" else brief(reason),
            indent=2,
        )
    for word in ("exception", "violations"):
        if value := policy.get(word):
            put(console, f"{word}: {brief(value)}", indent=2)


def _parts(console: Console, told: Fields, standing: Fields | None) -> None:
    rows = dict(told["parts"])
    if standing:
        rows["risk held"] = f"{standing['ai.entity.risk']:.0f} of {standing['ai.entity.id']}"
    _listed(console, "Who, what, where", rows.items())


def _text(console: Console, told: Fields, _short: Short) -> None:
    if told.get("text"):
        heading(console, "What was said, redacted")
        put(console, brief(" ".join(told["text"].split())), indent=2)


def _next(console: Console, told: Fields, _short: Short) -> None:
    if told.get("next_step"):
        heading(console, "Next step")
        put(console, told["next_step"], indent=2)
    if told.get("false_positives"):
        put(console, "It may be harmless: " + "; ".join(told["false_positives"]), indent=2)


def _playbook(console: Console, told: Fields, _short: Short) -> None:
    if playbook := told.get("playbook"):
        heading(console, f"Playbook {playbook['id']}: {playbook['title']}")
        for part in ("decide", "contain"):
            for step in playbook[part]:
                put(console, step, indent=11, first=f"  {part}")


def _alerts(console: Console, told: Fields, short: Short) -> None:
    if told.get("alerts"):
        heading(console, "Alerts that name it")
    for alert in told.get("alerts", ()):
        whole(console, f"  {short(alert['id'])}  ", alert["level"], f"  {alert['rule']}")
        put(console, alert["title"], indent=12)


def _pivots(console: Console, told: Fields, _short: Short) -> None:
    found = told.get("pivots", ())
    rows = [(p["name"], f"{p['field']} = {brief(p['value'])}, on {p['from'][:10]}") for p in found]
    _listed(console, "Where to look next", rows)


def _evidence(console: Console, told: Fields, short: Short) -> None:
    if ids := told.get("evidence", ()):
        heading(console, "Evidence")
        more = f" and {len(ids) - MOST_EVIDENCE} more, with --json" if len(ids) > MOST_EVIDENCE else ""
        put(console, " ".join(map(short, ids[:MOST_EVIDENCE])) + more, indent=2)


def _listed(console: Console, name: str, rows: Iterable[tuple[str, str]]) -> None:
    """Print names and what belongs to them, below one heading."""
    rows = list(rows)
    if rows:
        heading(console, name)
    width = max((len(key) for key, _ in rows), default=0)
    for key, value in rows:
        put(console, value, indent=4 + width, first=f"  {cell(key, width)}")


def _time(text: str) -> str:
    return text[:19].replace("T", " ")
