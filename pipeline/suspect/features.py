"""What of an event speaks for an exfiltration: one table, read alike by training and by the stream.

Every feature is a ladder: step 0 says nothing, each further step may only add to the suspicion. What the home remembers
stands in the event already when it is judged: what the task has touched, and what is unusual for the home.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable
from typing import Any

from msgspec import Struct

from pipeline.event import Fields

OUTWARD = frozenset({"prompt", "file_upload", "tool_call", "share"})
"""Actions that can carry data out; nothing else is scored."""
STOPPED = frozenset({"block", "redact"})
"""Decisions after which the data did not go out."""
TAINTS = frozenset({"private", "secret", "untrusted"})
"""What a task may have touched before."""

Level = Callable[[Any, Fields], int]


class Feature(Struct, frozen=True):
    """A feature: its name, the field it is read from, how to find its step, how many steps, and what to say of one."""

    name: str
    field: str
    level: Level
    steps: int
    sentence: str


Found = list[tuple[Feature, int, Any]]
"""Features above step 0, with step and value."""


def at_least(*limits: float) -> tuple[Level, int]:
    """Climb a step at each of these numbers."""
    return lambda value, _fields: bisect_right(limits, value), len(limits)


def among(*groups: str) -> tuple[Level, int]:
    """Stand on the step of the group that has the value; groups are words, the least suspicious first."""
    step = {word: number for number, group in enumerate(groups, 1) for word in group.split()}
    return lambda value, _fields: step.get(value, 0), len(groups)


def truth(*, wanted: bool) -> tuple[Level, int]:
    """Stand on the one step if a boolean is as wanted."""
    return lambda value, _fields: int(value is wanted), 1


def holding(word: str) -> tuple[Level, int]:
    """Stand on the one step if a list holds a word; any word at all if none is named."""
    return lambda value, _fields: int(word in value if word else bool(value)), 1


def sending() -> tuple[Level, int]:
    """Climb with what the task has touched before, if the call sends something out."""
    return (
        lambda value, fields: (
            1 + len(TAINTS.intersection(fields.get("ai.taint", ()))) if "external_send" in value else 0
        ),
        4,
    )


FEATURES: tuple[Feature, ...] = tuple(
    Feature(name, field, *ladder, sentence)
    for name, field, ladder, sentence in (
        (
            "data_class",
            "ai.data.max_class",
            among(
                "source_code",
                "customer_record personal financial confidential",
                "health card restricted secret",
            ),
            "the data is {}",
        ),
        ("label", "ai.data.label", among("confidential", "restricted secret"), "the file is labelled {}"),
        ("subjects", "ai.data.subjects", at_least(2, 10, 30, 100), "{:,} distinct data subjects"),
        ("code_lines", "ai.data.code_lines", at_least(10, 40, 200), "{:,} lines of source code"),
        ("live_secret", "ai.data.secret_valid", truth(wanted=True), "a credential in a live form"),
        ("hidden", "ai.data.decoded_classes", holding(""), "data hidden in an encoding"),
        (
            "above_app",
            "ai.policy.violations",
            holding("class_above_app"),
            "the app is not cleared for the data",
        ),
        ("expected", "ai.policy.expected", among("redact", "block"), "the policy says {}"),
        ("app", "ai.app.status", among("tolerated", "unsanctioned unknown", "banned"), "the app is {}"),
        ("tenant", "ai.app.tenant", among("personal anonymous"), "the account is {}"),
        ("device", "ai.device.managed", truth(wanted=False), "the device is not managed"),
        ("sending", "ai.tool.risk", sending(), "a call that sends something out"),
        ("intent", "ai.intent.score", at_least(0.45, 0.9), "the text asks for harm ({:g})"),
        ("first_app", "ai.baseline.first_app", truth(wanted=True), "an app that was never met before"),
        (
            "new_destination",
            "ai.baseline.new_destination",
            truth(wanted=True),
            "a destination that is new here",
        ),
        ("volume", "ai.baseline.volume_z", at_least(4, 10), "far more than is usual in an hour ({:g})"),
    )
)
_READ = tuple((feature, feature.field, feature.level) for feature in FEATURES)
"""The table taken apart once, as it is gone through for every event that is scored."""
BY_NAME = {feature.name: feature for feature in FEATURES}


def scored(fields: Fields) -> bool:
    """Say whether an event may be an exfiltration at all: it goes outward and was not stopped."""
    return fields["event.action"] in OUTWARD and fields.get("ai.policy.decision") not in STOPPED


def features(fields: Fields) -> Found:
    """Give the features of a judged event that are above step 0."""
    found: Found = []
    for feature, field, level in _READ:
        value = fields.get(field)
        if value is not None and (step := level(value, fields)):
            found.append((feature, step, value))
    return found


def told(feature: Feature, step: int, value: Any) -> str:
    """Say in words what a feature has found; it never repeats what was said in a text."""
    if feature.name == "sending" and step > 1:
        return f"{feature.sentence} in a task that has met {step - 1} of secrets, private data and strangers' words"
    return feature.sentence.format(value)
