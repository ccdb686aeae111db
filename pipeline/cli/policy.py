"""`shadowgraph policy`: check the organisation's policy, and ask it what it would decide."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import click
import msgspec

from enrichers.reference import Reference, load_reference
from enrichers.reference.nouns import RISKS
from pipeline.cli.common import DATA, JSON, example, write
from pipeline.cli.shown import say, visible
from pipeline.content import POLICY_FILES, policy_files
from pipeline.event import Fields
from pipeline.fields import ACTIONS, CLASSES, CLOSED
from pipeline.pack import Policy
from pipeline.settings import load_settings
from pipeline.suspect.policy import Expected, Weighed, expected, weigh
from pipeline.suspect.policyfile import read_policy

FOLDER = click.Path(exists=True, file_okay=False, path_type=Path)
ACTION, RISK = click.Choice(ACTIONS), click.Choice(RISKS)
CLASS = click.Choice(CLOSED["ai.data.classes"])
STATUS = click.Choice(CLOSED["ai.app.status"])


@click.group()
def policy() -> None:
    """Check the organisation's policy, and ask it what it would decide."""


@policy.command(epilog=example("policy check", "policy check company/"))
@click.argument("folder", metavar="[DIR]", type=FOLDER, required=False)
def check(folder: Path | None) -> None:
    """Check policy.yaml and exceptions.yaml of DIR, or the built-in ones; a missing one is taken from there.

    Faults and remarks go to stderr. Exit 2 if something is wrong; remarks alone are no fault.
    """
    if folder and not any((folder / name).exists() for name in POLICY_FILES):
        words = f"{folder} holds neither {' nor '.join(POLICY_FILES)}"
        raise click.UsageError(words, click.get_current_context())
    found = _policy(folder)
    counts = f"{_counted(len(found.rules), 'rule')}, {_counted(len(found.exceptions), 'exception')}"
    click.echo(visible(f"ok: {found.id} v{found.version}, {counts}"))


@policy.command(
    epilog=example(
        "policy explain --action prompt --class secret --app chatgpt",
        "policy explain --action web_visit --app deepseek --user kira.novak --group lab",
    )
)
@click.option("--action", required=True, type=ACTION, help="What is done.")
@click.option("--class", "classes", multiple=True, type=CLASS, help="Data class in it.")
@click.option("--app", help="App that it goes to: id or name.")
@click.option("--status", type=STATUS, help="Status of the app, if not the known one.")
@click.option("--user", help="Who does it: login or e-mail.")
@click.option("--role", "roles", multiple=True, help="Role of that person, if not the known ones.")
@click.option("--group", help="Device group, such as office or lab.")
@click.option("--model", help="Model that is asked.")
@click.option("--tool-risk", "risks", multiple=True, type=RISK, help="Risk of the tool.")
@click.option("--at", type=click.DateTime(), help="When, UTC; now unless given.")
@DATA
@JSON
def explain(*, as_json: bool, at: datetime | None, data: Path | None, **asked: Any) -> None:
    """Say what the policy decides about an act, by which rule, and what every other rule lacks.

    What is known of the app and the person is filled in.
    """
    found, reference = _policy(data), load_reference(data)
    when = at or datetime.now(UTC)  # noqa: TID251 - a person asks about this moment
    fields, time = _fields(asked, reference), when.replace(tzinfo=UTC).timestamp()
    answer, weighed = expected(fields, found, time), weigh(fields, found, time)
    if as_json:
        write(_object(answer, weighed))
        return
    for line in _lines(answer, weighed):
        click.echo(visible(line))


def _policy(folder: Path | None) -> Policy:
    """Read the policy, with remarks on stderr."""
    found, notes = read_policy(*policy_files(folder, load_settings(os.environ).content))
    for note in notes:
        say(f"note: {note}")
    return found


def _fields(asked: Mapping[str, Any], reference: Reference) -> Fields:
    """Give the event that was asked about, with what is known of its app and its person."""
    app = reference.apps_by_name.get((asked["app"] or "").lower())
    person = reference.people_by_name.get((asked["user"] or "").lower())
    guess = "unknown" if asked["app"] else None
    fields = {
        **(app.facts if app else {}),
        **(person.facts if person else {}),
        "event.action": asked["action"],
        "ai.app.id": app.id if app else asked["app"],
        "ai.app.status": asked["status"] or (app.status if app else guess),
        "user.name": asked["user"],
        "user.email": person.email if person else None,
        "ai.device.group": asked["group"],
        "ai.data.classes": list(asked["classes"]),
        "ai.data.max_class": max(set(asked["classes"]) & set(CLASSES), key=CLASSES.index, default=None),
        "ai.tool.risk": list(asked["risks"]),
        "gen_ai.request.model": asked["model"],
        **({"user.roles": list(asked["roles"])} if asked["roles"] else {}),
    }
    return {name: value for name, value in fields.items() if value not in (None, [])}


def _lines(answer: Expected, weighed: Iterable[Weighed]) -> Iterator[str]:
    """Tell people the decision, then how every rule stands."""
    if answer.decision is None:
        yield "the policy does not judge this action"
    else:
        yield f"{answer.decision}: {answer.reason}"
    if answer.violations:
        yield f"violations: {', '.join(answer.violations)}"
    for one in weighed:
        yield f"  {one.rule.id} ({one.rule.decision}): {_standing(one, answer)}"


def _standing(one: Weighed, answer: Expected) -> str:
    if one.failed:
        return f"not met, {one.failed}"
    if one.exception:
        return f"met, but set aside by exception {one.exception}"
    return "met, and decides" if one.rule.id == answer.rule else f"met, but {answer.rule} decides"


def _object(answer: Expected, weighed: Iterable[Weighed]) -> dict[str, Any]:
    """Tell scripts the same."""
    rules = [
        {
            "id": one.rule.id,
            "decision": one.rule.decision,
            "met": not one.failed,
            "failed": one.failed or None,
            "exception": one.exception or None,
        }
        for one in weighed
    ]
    return msgspec.structs.asdict(answer) | {"rules": rules}


def _counted(number: int, noun: str) -> str:
    return f"{number} {noun}{'s' * (number != 1)}"
