"""Read playbooks: what to do about an alert, step by step, with headings that an analyst can rely on."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from pipeline.errors import ContentError, Problem
from pipeline.fields import FIELDS
from pipeline.pack import LEVELS, Correlation, Playbook, Rule
from pipeline.sheet import Sheet, near
from pipeline.yamlfile import Located

REQUIRED = ("id", "title", "triggers", "decision_0", "contain", "preserve", "scope", "notify")
STEPS = ("decision_0", "contain", "preserve", "scope", "eradicate", "notify", "recover", "learn")
HEADINGS = (
    *REQUIRED,
    "version",
    "owner",
    "severity_entry",
    "roles",
    "escalation",
    "eradicate",
    "recover",
    "learn",
    "drill",
)

PARTS = {"decision_0": ("ask",), "contain": ("action", "handle", "verify", "undo")}
"""What a step that is more than a sentence must say."""

ID = re.compile(r"PB-[A-Z]{3}-\d{3}")
TRIGGER = re.compile(r"[A-Z]{3}-\d{3}")
NAMES = re.compile(r"\b(?:gen_)?ai\.[a-z0-9_.]*[a-z0-9_]")


def read_playbooks(files: Iterable[Path]) -> dict[str, Playbook]:
    """Give the playbooks of these files by id; ContentError lists every fault of all of them."""
    found: dict[str, Playbook] = {}
    claimed: dict[str, str] = {}
    problems: list[Problem] = []
    for path in sorted(files):
        sheet = Sheet(path)
        if body := sheet.load():
            playbook = _playbook(sheet, body, claimed)
            found[playbook.id] = playbook
        problems += sheet.problems
    if problems:
        raise ContentError(problems)
    return found


def unanswered(rules: Iterable[Rule | Correlation], playbooks: Mapping[str, Playbook]) -> Iterator[Problem]:
    """Find rules whose playbook does not count them among its triggers."""
    for rule in rules:
        playbook = playbooks.get(rule.about.playbook)
        if playbook and rule.about.catalogue not in playbook.body["triggers"]:
            fault = f"the playbook {playbook.id} does not name {rule.about.catalogue} among its triggers"
            yield Problem(rule.path, rule.line, fault, f"add it in {playbook.path}, or name another playbook")


def _playbook(sheet: Sheet, body: Located, claimed: dict[str, str]) -> Playbook:
    for key in body:
        if key not in HEADINGS:
            remedy = f"use one of {', '.join(HEADINGS)}{near(key, HEADINGS)}"
            sheet.fault(body.at(key), f"nobody knows the heading {key}", remedy)
    for key in REQUIRED:
        if not body.get(key):
            sheet.fault(body.at(key), f"has nothing under the heading {key}", "write it")
    name = sheet.word(body, "id")
    if name and (not ID.fullmatch(name) or name.lower().replace("-", "_") != sheet.path.stem):
        sheet.fault(
            body.at("id"), f"the id {name} does not fit the file", "call them PB-EXF-001 and pb_exf_001.yaml"
        )
    if level := sheet.word(body, "severity_entry"):
        sheet.one_of(body.at("severity_entry"), "severity_entry", level, LEVELS)

    _triggers(sheet, body, claimed)
    for key in STEPS:
        if body.get(key):
            _steps(sheet, body, key)
    _fields(sheet, body)
    return Playbook(id=name, title=sheet.word(body, "title"), path=str(sheet.path), body=body)


def _triggers(sheet: Sheet, body: Located, claimed: dict[str, str]) -> None:
    for trigger in sheet.words(body, "triggers") if body.get("triggers") else ():
        line = body.at("triggers")
        if not TRIGGER.fullmatch(trigger):
            sheet.fault(line, f"the trigger {trigger} is no catalogue id", "write it as EXF-001")
        elif trigger in claimed:
            sheet.fault(
                line, f"the trigger {trigger} belongs to {claimed[trigger]}", "leave it in one playbook"
            )
        claimed[trigger] = sheet.word(body, "id")


def _steps(sheet: Sheet, body: Located, key: str) -> None:
    """Check that a heading holds a list of sentences, or of mappings that say all that a step must."""
    steps = body[key]
    if not isinstance(steps, list):
        sheet.fault(body.at(key), f"{key} is no list", "begin each step with `-`")
        return
    for step in steps:
        if isinstance(step, Located):
            lacking = [part for part in PARTS.get(key, ()) if not step.get(part)]
            if lacking:
                sheet.fault(step.line, f"a step of {key} has no {' and no '.join(lacking)}", "write it")
        elif not isinstance(step, str):
            sheet.fault(
                body.at(key), f"a step of {key} is neither a sentence nor a mapping", "put it in quotes"
            )


def _fields(sheet: Sheet, body: Located) -> None:
    """Refuse fields that no event has: a handle that is not there helps nobody."""
    for key, value in body.items():
        for name in sorted({name for text in _texts(value) for name in NAMES.findall(text)}):
            group = any(field.startswith(f"{name}.") for field in FIELDS)
            if name not in FIELDS and not group:
                sheet.fault(
                    body.at(key),
                    f"{key} names the field {name}, which nothing writes",
                    "see pipeline/fields.py",
                )


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict | list):
        for inner in value.values() if isinstance(value, dict) else value:
            yield from _texts(inner)
