"""The command `shadowgraph`: one module per command, loaded when it is called."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Sequence
from functools import partial
from importlib import import_module
from typing import Any, NoReturn

import click

COMMANDS = {
    "demo": "Run two days of a made-up company and show what is found, and what is missed.",
    "run": "Read AI logs and print the alerts that they give.",
    "alerts": "List alerts, look at one, and say what became of it.",
    "inventory": "Show which AI is used, by whom, since when, how often and with which data.",
    "investigate": "Show what a person, agent or task did, over all surfaces.",
    "explain": "Explain an alert or an event: why, by which rule, and what next.",
    "rules": "Write, check and prove detection rules.",
    "dashboards": "Compile dashboards for Kibana, check them, and show their numbers without it.",
    "playbooks": "Show what to do about alerts, and drill it.",
    "policy": "Check the organisation's policy, and ask it what it would decide.",
    "normalise": "Print the events that logs hold, after reader and enrichers.",
    "classify": "Find data classes and intent in texts.",
    "match": "Say which Sigma rules each line of a file meets.",
    "simulate": "Write the raw logs of a made-up company: benign days, look-alikes and attacks.",
    "train": "Learn the weights of models from labelled texts.",
    "sources": "Show which formats of logs can be read, and what a log is worth.",
    "up": "Start Kafka, and Elasticsearch if asked, on this machine, and leave them running.",
    "down": "Stop what `shadowgraph up` has started, and nothing else.",
    "worker": "Run acts over Kafka: all of understand, suspect, decide and index, or those named.",
    "setup": "Lay out what the workers need in other systems, and check what is there.",
    "status": "Show how far each act is behind, which time has passed, what was rejected, and which content is in force.",
    "produce": "Send the records of files, folders or standard input into a topic, gzip unpacked.",
    "deadletter": "List records that could not be read, look at one, and send them again.",
    "ref": "Give people, devices, apps, agents and documents to running workers.",
}
"""Commands in the order in which people meet them, each with the first sentence of its own help."""

INTERRUPTED = 130
"""The exit code of shells for what Ctrl-C has ended."""


class Shadowgraph(click.Group):
    """The commands as a group that loads none of them before it is called."""

    def main(self, *given: Any, **extra: Any) -> NoReturn:
        """Run a command and end with its exit code: 0 done, 1 some input was rejected, 2 usage or content error."""
        args: Sequence[str] | None = extra.get("args", given[0] if given else None)
        words = list(sys.argv[1:] if args is None else args)
        sys.exit(ended(partial(self._called, words)))

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click's signature
        """Name the commands in their own order."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, name: str) -> click.Command | None:
        """Load a command; None where there is none of that name."""
        if name not in COMMANDS:
            return None
        module = f"pipeline.cli.{name}"
        try:
            found: click.Command = getattr(import_module(module), name)
        except ModuleNotFoundError as error:
            if error.name != module:
                raise
            raise click.UsageError(f"the command {name} is not part of this version", ctx) from error
        return found

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002 - click's signature
        """List the commands without loading them."""
        with formatter.section("Commands"):
            formatter.write_dl(list(COMMANDS.items()))

    def _called(self, words: list[str]) -> Any:
        with self.make_context("shadowgraph", words) as ctx:
            return self.invoke(ctx)


def ended(work: Callable[[], Any]) -> int:
    """Do the work and give its exit code, whatever happens: every failure becomes words on stderr."""
    try:
        code = _coded(work)
        sys.stdout.flush()
    except BrokenPipeError:
        _unread()
        return 0
    return code


def _coded(work: Callable[[], Any]) -> int:
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="backslashreplace")
    try:
        code = work()
    except click.exceptions.Exit as error:
        code = error.exit_code
    except SystemExit as error:
        code = error.code
    except (KeyboardInterrupt, EOFError, click.Abort):
        return INTERRUPTED
    except BrokenPipeError:
        raise
    except Exception as error:  # noqa: BLE001 - the last resort: a line of words, never a traceback
        from pipeline.cli.faults import told

        return told(error)
    return code if isinstance(code, int) else 0


def _unread() -> None:
    """Let nothing more be written to what nobody reads, not even when the process ends."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    for stream in (sys.stdout, sys.stderr):
        try:
            stream.flush()
        except BrokenPipeError:
            os.dup2(nowhere, stream.fileno())


def _version(ctx: click.Context, _option: click.Parameter, wanted: bool) -> None:
    if wanted and not ctx.resilient_parsing:
        from importlib.metadata import version

        click.echo(f"shadowgraph {version('shadowgraph')}")
        ctx.exit()


EXAMPLE = """\b
Example: shadowgraph demo
         shadowgraph run proxy.log --store sqlite:///alerts.db
         shadowgraph alerts list --store sqlite:///alerts.db"""


@click.group(cls=Shadowgraph, epilog=EXAMPLE, context_settings={"help_option_names": ["-h", "--help"]})
@click.option(
    "--version", is_flag=True, is_eager=True, expose_value=False, callback=_version, help="Show the version."
)
def main() -> None:
    """See which AI is really used, with which data, and which of it is an exfiltration."""
