"""A timeline as a page for people: a head with sums, a line for each act, a line for each alert where it arose."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from pipeline.cli.people import who
from pipeline.cli.seen import counted
from pipeline.cli.shown import brief, cell, put, shortened, whole
from pipeline.cli.timeline import Timeline, documents

if TYPE_CHECKING:
    from rich.console import Console

    from pipeline.event import Fields

SURFACE, VERB, WHERE = 9, 14, 26
"""Columns of a line."""
MOST_TOLD = 6
"""Names of one kind in the head."""
HEADS = (
    ("apps", "ai.app.name"),
    ("devices", "host.name"),
    ("agents", "gen_ai.agent.id"),
    ("people", "user.id"),
    ("data", "ai.data.classes"),
)

"""What the head counts."""
OWN = {"person": "people", "agent": "agents", "device": "devices"}
"""What the head need not count: it is what is investigated."""


def page(console: Console, found: Timeline, *, most: int) -> None:
    """Print a timeline; of a long one its last `most` lines, and how many are before them."""
    _head(console, found)
    lines = list(documents(found))
    if len(lines) > most:
        put(console, f"... {counted(len(lines) - most, 'line')} before these: ask for more with --most")
    ids = shortened([line["event.id"] for line in lines])
    day = ""
    for line in lines[-most:] if most else ():
        if line["@timestamp"][:10] != day:
            day = line["@timestamp"][:10]
            whole(console)
            whole(console, day, style="bold")
        short = ids[line["event.id"]]
        if line["event.kind"] == "alert":
            _alert(console, line, short)
        else:
            _event(console, line, short, found)


def _head(console: Console, found: Timeline) -> None:
    events = found.events
    times = [events[0]["@timestamp"], events[-1]["@timestamp"]]
    spans = " to ".join(dict.fromkeys(time[:19].replace("T", " ") for time in times))
    put(console, f"{found.kind} {brief(found.name)}", style="bold")
    put(
        console,
        f"{counted(len(events), 'event')}, {counted(len(found.alerts), 'alert')}, {spans} UTC",
    )
    for name, field in HEADS:
        held = Counter(value for event in events for value in _values(event.get(field)))
        if held and name != OWN.get(found.kind):
            told = ", ".join(f"{brief(value)} {count}" for value, count in held.most_common(MOST_TOLD))
            put(console, told, indent=10, first=f"  {name}")


def _values(value: object) -> list[object]:
    return value if isinstance(value, list) else [] if value is None else [value]


def _event(console: Console, event: Fields, short: str, found: Timeline) -> None:
    mark = ">" if event["event.id"] == found.asked else " "
    cells = (
        event["@timestamp"][11:19],
        cell(event.get("ai.surface", ""), SURFACE),
        cell(event["event.action"], VERB),
        cell(_where(event), WHERE),
        short,
    )
    whole(console, mark + "  ".join(cells))
    if notes := _notes(event, found):
        put(console, "; ".join(notes), indent=11)


def _alert(console: Console, alert: Fields, short: str) -> None:
    level = alert["ai.risk.level"]
    whole(console, f" {alert['@timestamp'][11:19]}  ", level, f"  {brief(alert['rule.id'])}  alert {short}")
    put(console, alert["message"], indent=11)


def _where(event: Fields) -> str:
    """Name the tool, else the service, else the host or the file."""
    fields = ("gen_ai.tool.name", "ai.app.name", "url.domain", "file.name")
    return brief(next((event[field] for field in fields if event.get(field)), ""))


def _notes(event: Fields, found: Timeline) -> list[str]:
    """Tell what stands out in an act: another actor, data, what the task had touched, approval, decision and reasons."""
    notes = [f"by {who(event)}"] if found.kind in ("task", "device", "key") else []
    for words, field in (
        ("to {}", "ai.tool.destination"),
        ("with {}", "ai.data.classes"),
        ("after touching {} content", "ai.taint"),
        ("hidden in {}", "ai.content.encodings"),
        ("asks for {}", "ai.intent.families"),
        ("policy: {}", "ai.policy.violations"),
    ):
        if value := event.get(field):
            notes.append(words.format(brief(value)))
    approval = event.get("ai.approval.state")
    if approval and (approval != "pending" or event["event.action"] == "approval"):
        notes.append(f"approval {brief(approval)}")
    decision, expected = event.get("ai.policy.decision"), event.get("ai.policy.expected")
    if expected and decision and expected != decision:
        notes.append(f"decided {brief(decision)}, the policy says {brief(expected)}")
    elif decision and decision != "allow":
        notes.append(f"decided {brief(decision)}")
    notes += [
        f"{reason['id']} {reason['points']:+.0f}"
        for reason in event.get("ai.risk.reasons", ())
        if reason.get("who") == "rule"
    ]
    return notes
