"""The made-up company for a local stack: settings, its logs, and each of them sent into the topic of its source."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Sequence
from pathlib import Path

from pipeline.errors import Outage
from pipeline.local.worker import PROGRAM

SOURCES = {
    "claude_code.jsonl": "claude_code",
    "defender.jsonl": "defender",
    "intune.jsonl": "intune",
    "litellm.jsonl": "litellm",
    "m365_copilot.jsonl": "m365_copilot",
    "mcp.jsonl": "mcp",
    "netskope.jsonl": "netskope",
    "okta.jsonl": "okta",
    "openai.jsonl": "openai",
    "otel.jsonl": "otel_genai",
    "sensor.jsonl": "normalised",
    "squid.log": "squid",
    "zscaler.jsonl": "zscaler",
}
"""The logs that the simulator writes, and the source of each."""

WORDS = 2000
"""Bytes of what a step said last that a failure repeats."""


def write_settings(folder: Path, kafka: str, *, health: int, elastic: str | None) -> Path:
    """Write the settings of the local stack and give the file; a file with the same content stays untouched."""
    raw = "".join(f"{source} = 1\n" for source in SOURCES.values())
    text = f'[kafka]\nbrokers = ["{kafka}"]\n\n[kafka.raw]\n{raw}\n[worker]\nport = {health}\n'
    if elastic:
        text += f'\n[elastic]\nurl = "{elastic}"\n'
    path = folder / "settings.toml"
    if not path.exists() or path.read_text("utf-8") != text:
        path.write_text(text, "utf-8")
    return path


def simulated(folder: Path) -> Path:
    """Write the logs of a day and the company's own data below this folder, once; give the folder of that data.

    What a simulation that failed has left is thrown away by the next; the company comes last, when all else is there.
    """
    company, raw, partial = folder / "company", folder / "raw", folder / "partial"
    if not company.exists():
        for old in (partial, raw):
            shutil.rmtree(old, ignore_errors=True)
        call("simulate", "--raw", partial / "raw", "--data", partial / "company")
        for path in sorted(partial.iterdir(), key=lambda path: path.name == company.name):
            path.rename(folder / path.name)
        partial.rmdir()
    return company


def loaded(folder: Path, settings: Path) -> int:
    """Send each log of the day into the topic of its source, its end behind it, once for this folder; count the logs.

    A log of which the sending failed is sent again from its beginning, those before it are not.
    """
    sent, marks = 0, folder / "sent"
    marks.mkdir(exist_ok=True)
    for name, source in SOURCES.items():
        path, mark = folder / "raw" / name, marks / name
        if path.exists() and not mark.exists():
            call("produce", path, "--source", source, "--end", "-c", settings)
            mark.touch()
            sent += 1
    return sent


def call(*words: str | Path) -> None:
    """Run a command of ours; Outage with its last words if it fails."""
    command: Sequence[str] = [*PROGRAM, *map(str, words)]
    done = subprocess.run(command, capture_output=True, check=False, env=dict(os.environ))  # noqa: S603 - our own command, no shell
    if done.returncode:
        last = (done.stderr or done.stdout)[-WORDS:].decode("utf-8", "replace").strip()
        raise Outage(f"shadowgraph {words[0]} failed: {last}")
