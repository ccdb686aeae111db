"""An explanation as a page for people."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from itertools import groupby
from typing import TYPE_CHECKING

from pipeline.cli.shown import brief, clock, columns, heading, put, whole

if TYPE_CHECKING:
    from rich.console import Console

    from pipeline.event import Fields

MOST_EVIDENCE = 12
MOST_CONDITIONS = 40


def page(console: Console, told: Fields, short: Callable[[str], str], standing: Fields | None) -> None:
    """Print an explanation; `short` shortens an event's id, `standing` is what is held of who acted."""
    whole(console, told["level"], f"  risk {told['risk']:.0f}")
    put(console, told["title"], style="bold")
    whole(console, *_facts(told))
    for show in (_reasons, _conditions, _steps, _policy):
        show(console, told, short)
    _parts(console, told, standing)
    for show in (_text, _next, _alerts, _pivots, _evidence):
        show(console, told, short)


def chain(console: Console, told: Fields, short: Callable[[str], str]) -> None:
    """Print of an explanation what makes a chain clear: its sentence, its steps, its reasons and what to do now."""
    put(console, told["title"], indent=2)
    for show in (_steps, _reasons):
        show(console, told, short)
    heading(console, "Next step")
    put(console, told["next_step"], indent=2)


def _facts(told: Fields) -> list[str]:
    if told["kind"] == "event":
        return [f"event {told['id']}, {_time(told['time'])} UTC, {told['place']}"]
    times = _time(told["first_seen"])
    if told["last_seen"] != told["first_seen"]:
        times += f" to {_time(told['last_seen'])}"
    facts = f"{told['rule']}, alert {told['id']}, {times} UTC, {told['count']} times, {told['status']}"
    said = [
        f"{word.replace('_', ' ')} {told[word]}"
        for word in ("disposition", "analyst", "note")
        if word in told
    ]
    return [", ".join([facts, *map(brief, said)])]


def _reasons(console: Console, told: Fields, _short: Callable[[str], str]) -> None:
    if told["reasons"]:
        heading(console, f"Why {told['risk']:.0f}")
    for reason in told["reasons"]:
        named = "" if reason["who"] == "context" else f" ({reason['who']} {reason['id']})"
        put(console, reason["sentence"] + named, indent=10, first=f"  {reason['points']:+6.1f}")
    if told["reasons"]:
        whole(console, f"  {told['risk']:6.1f}  ", told["level"])


def _conditions(console: Console, told: Fields, short: Callable[[str], str]) -> None:
    if told["conditions"]:
        heading(console, "What met the rule")
    shown = told["conditions"][:MOST_CONDITIONS]
    for (rule, name, event), met in groupby(shown, key=lambda c: (c["rule"], c["name"], c["event"])):
        put(console, f"{rule}: {name}, in event {short(event)}", indent=2)
        for line in columns([[c["field"] or "", c["condition"], _value(c["value"])] for c in met]):
            whole(console, f"    {line}")


def _steps(console: Console, told: Fields, short: Callable[[str], str]) -> None:
    if told.get("steps"):
        heading(console, "Step by step")
    rows = [
        [
            str(number),
            clock(step["time"]),
            brief(step.get("event.action", "")),
            _step(step),
            short(step["event"]),
        ]
        for number, step in enumerate(told.get("steps", ()), 1)
    ]
    for line in columns(rows, most=max(console.width - 46, 24)):
        whole(console, f"  {line}")


def _step(step: Fields) -> str:
    parts = [step.get("gen_ai.tool.name"), step.get("ai.app.id")]
    if target := step.get("ai.tool.destination"):
        parts.append(f"to {target}")
    parts += [step.get("ai.tool.risk"), step.get("ai.data.classes")]
    return "; ".join(brief(part) for part in parts if part)


def _policy(console: Console, told: Fields, _short: Callable[[str], str]) -> None:
    policy: Mapping[str, object] = told["policy"]
    if not policy.get("expected") and not policy.get("violations"):
        return
    heading(console, "Policy")
    if policy.get("expected"):
        whole(
            console,
            f"  expected {policy['expected']}, decided {policy.get('decision', 'nothing that we know of')}",
        )
    for word in ("reason", "exception", "violations"):
        if value := policy.get(word):
            put(console, brief(value) if word == "reason" else f"{word}: {brief(value)}", indent=2)


def _parts(console: Console, told: Fields, standing: Fields | None) -> None:
    heading(console, "Who, what, where")
    rows = list(told["parts"].items())
    if standing:
        rows.append(("risk held", f"{standing['ai.entity.risk']:.0f} of {standing['ai.entity.id']}"))
    for name, value in rows:
        put(console, value, indent=15, first=f"  {name}")


def _text(console: Console, told: Fields, _short: Callable[[str], str]) -> None:
    if told.get("text"):
        heading(console, "What was said, redacted")
        put(console, brief(told["text"]), indent=2)


def _next(console: Console, told: Fields, _short: Callable[[str], str]) -> None:
    if told.get("next_step"):
        heading(console, "Next step")
        put(console, told["next_step"], indent=2)
    if told.get("false_positives"):
        put(console, "It may be harmless: " + "; ".join(told["false_positives"]), indent=2)
    playbook = told.get("playbook")
    if playbook:
        heading(console, f"Playbook {playbook['id']}: {playbook['title']}")
        for number, step in enumerate((*playbook["decide"], *playbook["contain"]), 1):
            put(console, step, indent=5, first=f"  {number}.")


def _alerts(console: Console, told: Fields, short: Callable[[str], str]) -> None:
    if told.get("alerts"):
        heading(console, "Alerts that name it")
    for alert in told.get("alerts", ()):
        whole(console, f"  {short(alert['id'])}  ", f"{alert['level']:<8}", f"  {alert['title']}")


def _pivots(console: Console, told: Fields, _short: Callable[[str], str]) -> None:
    if told.get("pivots"):
        heading(console, "Where to look next")
    rows = [
        [p["name"], f"{p['field']} = {brief(p['value'])}", f"on {p['from'][:10]}"]
        for p in told.get("pivots", ())
    ]
    for line in columns(rows, most=60):
        whole(console, f"  {line}")


def _evidence(console: Console, told: Fields, short: Callable[[str], str]) -> None:
    ids = told.get("evidence", ())
    if ids:
        heading(console, "Evidence")
        more = f" and {len(ids) - MOST_EVIDENCE} more, with --json" if len(ids) > MOST_EVIDENCE else ""
        put(console, " ".join(map(short, ids[:MOST_EVIDENCE])) + more, indent=2)


def _time(text: str) -> str:
    return text[:19].replace("T", " ")


def _value(value: object) -> str:
    return "" if value is None else brief(value)
