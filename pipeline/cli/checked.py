"""What a log of a source is worth: what can be read of it, what its events carry, and which rules can work with them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import TYPE_CHECKING

from msgspec import Struct, field

from pipeline.cli.able import CLOSED, Ability, abilities
from pipeline.cli.normalise import understood
from pipeline.cli.seen import SPOKEN
from pipeline.event import Event, Fields
from pipeline.record import Record, Reject
from pipeline.understand.unmapped import Strange, Survey, take

if TYPE_CHECKING:
    from pipeline.edges.embedded import Content
    from pipeline.pack import Pack

TOOLS = ("tool_call", "tool_result")
LABELS = ("ai.data.label", "ai.data.dlp_profiles")

CARRIED: tuple[tuple[str, tuple[str, ...], tuple[str, ...]], ...] = (
    ("person", ("user.id", "user.email", "user.name"), ()),
    ("person in the directory", ("ai.user.department", "user.roles", "ai.user.hr_state"), ()),
    ("device", ("host.name", "device.id"), ()),
    ("device in the inventory", ("ai.device.managed", "ai.device.group"), ()),
    ("app", ("ai.app.id",), ()),
    ("destination", ("url.domain", "destination.domain", "destination.ip", "ai.tool.destination"), ()),
    ("model", ("gen_ai.request.model", "gen_ai.response.model"), ()),
    ("agent", ("gen_ai.agent.id", "gen_ai.agent.name"), ()),
    ("task or conversation", ("ai.task.id", "gen_ai.conversation.id"), ()),
    ("text", ("ai.content.text",), SPOKEN),
    ("labels of a DLP", LABELS, SPOKEN),
    ("tool", ("gen_ai.tool.name",), TOOLS),
    ("arguments of the tool", ("ai.tool.arguments", "process.command_line", "file.path"), ("tool_call",)),
    ("decision", ("ai.policy.decision",), ()),
)
"""What rules and analysts live on: its name, fields of which one is enough, and the verbs that can have it (none: all)."""

EVIDENCE = (
    ("L2", ("ai.content.text", "ai.tool.arguments")),
    ("L1", (*LABELS, "ai.data.classes", "ai.tool.risk", "process.command_line")),
)
"""Levels of evidence, the best first, and fields of which one shows it."""

MOST_VALUES = 100
MOST_REASONS = 1000


class Found(Struct):
    """The sum of what was read: counts, verbs, rejects by reason with the first place, and what occurred."""

    records: int = 0
    parsed: int = 0
    idle: int = 0
    rejects: int = 0
    verbs: Counter[str] = field(default_factory=Counter)
    reasons: dict[str, tuple[int, str]] = {}
    timed: int = 0
    carried: Counter[str] = field(default_factory=Counter)
    fields: dict[str, set[str]] = {}
    values: dict[str, set[str]] = {}
    surveys: dict[str, Survey] = {}
    strange: Strange = field(default_factory=Strange)


def look(files: list[str], source: str, judged: Content) -> Found:
    """Read these files and sum up what they hold."""
    found = Found()

    def watch(record: Record) -> None:
        found.records += 1
        take(record, found.surveys, found.strange)

    for path in files:
        before = -1
        for given in understood(path, source, judged, watch):
            if isinstance(given, Event):
                found.parsed += given.fields["log.offset"] != before
                before = given.fields["log.offset"]
                _add(found, given)
            else:
                _reject(found, given)
    return found


def report(found: Found, pack: Pack) -> Fields:
    """Tell what was found as one document."""
    from pipeline.cli.unmapped import as_document
    from pipeline.understand.unmapped import unmapped

    rules = abilities(pack, found.fields, found.values)
    able = list(dict.fromkeys(one.rule for one in rules if not one.misses))
    nearest: dict[str, Ability] = {}
    for one in rules:
        if len(one.misses) < len(nearest.setdefault(one.rule, one).misses):
            nearest[one.rule] = one
    return {
        "records": found.records,
        "parsed": found.parsed,
        "events": dict(found.verbs.most_common()),
        "idle": found.idle,
        "rejected": [
            {"reason": reason, "count": count, "first": first}
            for reason, (count, first) in sorted(
                found.reasons.items(), key=lambda item: (-item[1][0], item[0])
            )
        ],
        "carried": dict(_shares(found)),
        "evidence": evidence(found),
        "unmapped": [as_document(one) for one in unmapped(found.surveys)],
        "rules": {
            "able": able,
            "unable": [_told(one) for name, one in nearest.items() if name not in able],
        },
    }


def evidence(found: Found) -> str:
    """Name the most that an event showed: L2 text, L1 labels and scores, L0 who and where; nothing where there is none."""
    everything = set[str]().union(*found.fields.values())
    return (
        next((level for level, fields in EVIDENCE if not everything.isdisjoint(fields)), "L0")
        if everything
        else ""
    )


def _shares(found: Found) -> Iterator[tuple[str, float]]:
    """Give what share of the events that can have something has it; what none can have is left out."""
    total = found.verbs.total()
    if total:
        yield "time", round(found.timed / total, 3)
    for name, _, verbs in CARRIED:
        if able := sum(found.verbs[verb] for verb in verbs or found.verbs):
            yield name, round(found.carried[name] / able, 3)


def _told(one: Ability) -> Fields:
    return {"rule": one.rule, "title": one.title, "misses": list(one.misses)}


def _add(found: Found, event: Event) -> None:
    fields, verb = event.fields, event.fields["event.action"]
    found.verbs[verb] += 1
    found.idle += event.idle
    problems = fields.get("ai.quality.problems", ())
    found.timed += "time_unusable" not in problems and "future_time" not in problems
    found.fields.setdefault(verb, set()).update(fields)
    for name in CLOSED & fields.keys():
        known = found.values.setdefault(name, set())
        if len(known) < MOST_VALUES:
            known.add(fields[name])
    for name, candidates, verbs in CARRIED:
        if (not verbs or verb in verbs) and not fields.keys().isdisjoint(candidates):
            found.carried[name] += 1


def _reject(found: Found, given: Reject) -> None:
    found.rejects += 1
    count, first = found.reasons.get(given.reason, (0, f"{given.place.log}:{given.place.offset}"))
    if count or len(found.reasons) < MOST_REASONS:
        found.reasons[given.reason] = (count + 1, first)
