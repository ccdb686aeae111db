"""`shadowgraph playbooks`: what to do about alerts, and whether the pipeline gives what it takes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from difflib import get_close_matches
from typing import TYPE_CHECKING

import click

from pipeline.cli.common import JSON, example, rules_known, write

if TYPE_CHECKING:
    from pipeline.pack import Playbook
    from pipeline.simulate.story import Story


@click.group(epilog=example("playbooks list", "playbooks drill PB-AGT-005"))
def playbooks() -> None:
    """Show what to do about alerts, and drill it."""


@playbooks.command("list", epilog=example("playbooks list", "playbooks list --json"))
@JSON
def listed(*, as_json: bool) -> None:
    """List the playbooks: id, title, the catalogue ids that trigger each, and the scenarios that drill it."""
    from pipeline.cli.shown import put, terminal, whole

    console = terminal()
    for playbook in rules_known().playbooks.values():
        triggers, scenarios = playbook.body["triggers"], [story.name for story in _stories(playbook)]
        if as_json:
            about = {"playbook": playbook.id, "title": playbook.title}
            write({**about, "triggers": triggers, "scenarios": scenarios})
        else:
            whole(console, f"{playbook.id}  {playbook.title}", style="bold")
            put(console, ", ".join(triggers), indent=14, first="  triggers")
            put(console, ", ".join(scenarios) or "none", indent=14, first="  scenarios")


@playbooks.command(epilog=example("playbooks show PB-AGT-005", "playbooks show PB-AGT-005 --json"))
@click.argument("name", metavar="NAME")
@JSON
def show(name: str, *, as_json: bool) -> None:
    """Show a playbook as a page. NAME is its id, or a scenario that drills it."""
    from pipeline.cli.playbookpage import page
    from pipeline.cli.shown import terminal

    for playbook, _ in _wanted(name, rules_known().playbooks):
        if as_json:
            write(playbook.body)
        else:
            page(terminal(), playbook)


@playbooks.command(
    epilog=example(
        "playbooks drill PB-AGT-005",
        "playbooks drill agent_secret_exfil",
        "playbooks drill PB-EXF-001 --json",
    )
)
@click.argument("name", metavar="NAME")
@JSON
def drill(name: str, *, as_json: bool) -> None:
    """Play the scenarios of a playbook through the pipeline; measure detection and evidence.

    NAME is the id of a playbook, or one scenario. The raw logs of a made-up company with the attack in them are judged
    with the content in use; nothing is kept. An attack that is not detected is a finding, not a failure: exit 0.
    """
    from pipeline.cli.drill import drills
    from pipeline.cli.playbookpage import drilled
    from pipeline.cli.shown import terminal, whole

    console = terminal()
    for playbook, stories in _wanted(name, rules_known().playbooks):
        for number, told in enumerate(drills(playbook, stories)):
            if as_json:
                write(told)
                continue
            if number:
                whole(console)
            drilled(console, told)
        if not stories:
            _undrilled(playbook, as_json=as_json)


def _undrilled(playbook: Playbook, *, as_json: bool) -> None:
    """Say that nothing can be measured: what was never tried must not look like a success."""
    from pipeline.cli.shown import put, terminal

    if as_json:
        write({"playbook": playbook.id, "title": playbook.title, "scenario": None, "detected": None})
        return
    words = (
        f"NOT DRILLED: no scenario expects any of the triggers of {playbook.id}, so nothing is known of it"
    )
    put(terminal(), words, style="bold red")


def _stories(playbook: Playbook) -> list[Story]:
    from pipeline.simulate.story import ATTACKS, stories

    triggers = playbook.body["triggers"]
    return [story for story in stories(ATTACKS) if not set(triggers).isdisjoint(story.expects)]


def _wanted(name: str, known: Mapping[str, Playbook]) -> list[tuple[Playbook, list[Story]]]:
    """Give the playbook of an id with its scenarios, or those of a scenario with it alone; name the nearest else."""
    drills = [(playbook, _stories(playbook)) for playbook in known.values()]
    found = [(playbook, told) for playbook, told in drills if playbook.id.lower() == name.lower()]
    for playbook, told in drills:
        found += [(playbook, [story]) for story in told if story.name == name.lower()]
    if found:
        return found
    raise _refused(name, [*known, *(story.name for _, told in drills for story in told)])


def _refused(name: str, known: Iterable[str]) -> click.UsageError:
    lower = {word.lower(): word for word in known}
    near = [lower[word] for word in get_close_matches(name.lower(), lower, n=3, cutoff=0.4)]
    meant = f"did you mean {' or '.join(near)}? " if near else ""
    words = f"no playbook or scenario is named {name}: {meant}`playbooks list` shows all"
    return click.UsageError(words, click.get_current_context(silent=True))
