"""Playbooks and their drills as pages for people."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pipeline.cli.shown import heading, put, whole
from pipeline.playbooks import STEPS

if TYPE_CHECKING:
    from rich.console import Console

    from pipeline.pack import Playbook

PARTS = {
    "decision_0": "Decide",
    "contain": "Contain",
    "preserve": "Preserve",
    "scope": "Scope",
    "eradicate": "Eradicate",
    "notify": "Notify",
    "recover": "Recover",
    "learn": "Learn",
}

WORDS = {
    "ask": "",
    "action": "",
    "if_yes": "If so: ",
    "if_no": "If not: ",
    "handle": "By: ",
    "verify": "Done when: ",
    "undo": "To undo: ",
}
"""What stands before each part of a step."""

FACTS = {
    "severity_entry": "level",
    "owner": "owner",
    "roles": "roles",
    "escalation": "escalation",
    "drill": "drill",
}


def page(console: Console, playbook: Playbook) -> None:
    """Show a playbook whole."""
    whole(console, f"{playbook.id}  {playbook.title}", style="bold")
    put(console, ", ".join(playbook.body["triggers"]), indent=14, first="  triggers")
    for key, word in FACTS.items():
        if value := playbook.body.get(key):
            put(console, _facts(value), indent=14, first=f"  {word}")
    parts(console, playbook.body)


def parts(console: Console, steps: Any) -> None:
    """Show the steps of a playbook below their headings, numbered."""
    for key in STEPS:
        if steps.get(key):
            heading(console, PARTS[key])
            for number, step in enumerate(steps[key], 1):
                _step(console, step, number)


def drilled(console: Console, told: dict[str, Any]) -> None:
    """Show what a drill measured, then the steps with what the alert fills in; a miss cannot be overlooked."""
    whole(console, f"{told['playbook']}  {told['title']}", style="bold")
    put(console, told["sentence"], indent=14, first="  scenario")
    put(console, told["scenario"], indent=14)
    if not told["detected"]:
        put(console, _missed(told), style="bold red")
        return
    found = f"{told['rule']} {told['name']}"
    whole(console, "  detected    ", told["level"], f", risk {told['risk']:.0f}, by {found}")
    put(console, told["alert"], indent=14)
    put(
        console,
        f"{told['seconds']:g} s from the first act to the alert, in event time",
        indent=14,
        first="  time",
    )
    put(console, _evidence(told), indent=14, first="  evidence")
    put(console, _fields(told), indent=14, first="  fields")
    if told["others"]:
        put(console, ", ".join(told["others"]), indent=14, first="  also")
    parts(console, told["steps"])


def _step(console: Console, step: Any, number: int) -> None:
    lines = (
        [step]
        if isinstance(step, str)
        else [WORDS.get(key, f"{key}: ") + str(text) for key, text in step.items()]
    )
    for place, line in enumerate(lines):
        put(console, line, indent=5, first="" if place else f"{number:>3}.")


def _facts(value: Any) -> str:
    if isinstance(value, dict):
        return "; ".join(f"{key} {inner}" for key, inner in value.items())
    return str(value)


def _missed(told: dict[str, Any]) -> str:
    others = f"other rules spoke: {', '.join(told['others'])}" if told["others"] else "no other rule spoke"
    unwritten = f"; no rule for {', '.join(told['unwritten'])} is in the pack" if told["unwritten"] else ""
    missed = f"NOT DETECTED by {', '.join(told['expects'])}, in {told['lines']} lines of the attack"
    return f"{missed}{unwritten}; {others}"


def _evidence(told: dict[str, Any]) -> str:
    without = f"; not {', '.join(told['unnamed'])}" if told["unnamed"] else ""
    return f"{told['named']} of {told['lines']} lines of the attack are among the alert's events{without}"


def _fields(told: dict[str, Any]) -> str:
    count = len(told["fields"]) + len(told["missing"])
    if told["missing"]:
        return f"{len(told['fields'])} of {count} that the steps name are filled in; MISSING: {', '.join(told['missing'])}"
    return f"all {count} that the steps name are filled in"
