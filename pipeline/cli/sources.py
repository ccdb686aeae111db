"""`shadowgraph sources`: which formats of logs can be read, and how much each of them shows."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from pipeline.cli.common import JSON, example, write

if TYPE_CHECKING:
    from pipeline.event import Fields

FACTS: dict[str, tuple[str, str, str, str]] = {
    "litellm": (
        "LiteLLM gateway, one payload per call",
        "logging callback to a file or HTTP",
        "L2",
        ".jsonl",
    ),
    "claude_code": (
        "Claude Code hooks and its OpenTelemetry logs",
        "hook that appends to a file; OTLP",
        "L2",
        ".jsonl",
    ),
    "otel_genai": (
        "OpenTelemetry GenAI spans and logs, OTLP/JSON",
        "file exporter of a collector",
        "L2",
        ".otlp.jsonl",
    ),
    "mcp": ("MCP messages between client and server", "relay that writes each message", "L2", ".jsonl"),
    "m365_copilot": ("Microsoft 365 Copilot audit records", "Management Activity API", "L1", ".jsonl"),
    "zscaler": ("Zscaler web logs", "NSS feed", "L1", ".jsonl"),
    "squid": ("Squid access log", "log file", "L0", ".log"),
    "normalised": ("events in our own words, from sensors", "file or HTTP", "L2", ".jsonl"),
}
"""What each source holds, how it usually comes, the most it can show, and how its files end."""

EVIDENCE = "L0 shows who and where, L1 labels and scores too, L2 the text."


@click.group(epilog=example("sources list"))
def sources() -> None:
    """Show which formats of logs can be read."""


@sources.command("list", epilog=example("sources list", "sources list --json"))
@JSON
def list_(*, as_json: bool) -> None:
    """List the formats of logs that can be read, by the names that `--source` takes."""
    found = known()
    if as_json:
        for source in found:
            write(source)
        return
    from pipeline.cli.shown import put, terminal, whole

    console = terminal()
    whole(console, f"{'SOURCE':<14}{'EVIDENCE':<10}{'FILES':<13}WHAT IT HOLDS; HOW IT COMES", style="dim")
    for source in found:
        also = "".join(f"; also called {alias}" for alias in source["aliases"])
        first = f"{source['name']:<14}{source['evidence']:<10}{source['suffix']}"
        put(console, f"{source['reads']}; {source['transport']}{also}", indent=37, first=first)
    put(console, EVIDENCE)


def known() -> list[Fields]:
    """Give every source: its name and aliases, what it holds, how it comes, and how much it shows."""
    from pipeline.understand.sources import READERS

    found = []
    for reader in READERS:
        reads, transport, evidence, suffix = FACTS.get(reader.name, ("", "", "", ""))
        about = {"reads": reads, "transport": transport, "evidence": evidence, "suffix": suffix}
        found.append({"name": reader.name, "aliases": list(reader.aliases), **about})
    return found
