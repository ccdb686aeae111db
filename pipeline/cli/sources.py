"""`shadowgraph sources`: which formats of logs can be read, and how much each of them shows."""

from __future__ import annotations

from difflib import get_close_matches
from pathlib import Path
from typing import TYPE_CHECKING

import click

from pipeline.cli.common import DATA, JSON, PATH, content, example, inputs, settings, write

if TYPE_CHECKING:
    from pipeline.cli.checked import Found
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
    "bedrock": ("Amazon Bedrock model invocations", "invocation log to S3 or CloudWatch", "L2", ".jsonl"),
    "openai": (
        "OpenAI audit log; ChatGPT Enterprise conversations",
        "audit and compliance APIs",
        "L2",
        ".jsonl",
    ),
    "anthropic": ("Claude activities, chats, files and sessions", "Compliance API", "L2", ".jsonl"),
    "azure_openai": (
        "Azure OpenAI diagnostics and its API Management gateway",
        "diagnostic settings",
        "L2",
        ".jsonl",
    ),
    "defender": ("Microsoft Defender advanced hunting", "streaming API", "L1", ".jsonl"),
    "entra": ("Microsoft Entra sign-ins, audit, risks and users", "diagnostic settings", "L0", ".jsonl"),
    "okta": ("Okta system log and users", "System Log and Users API", "L0", ".jsonl"),
    "intune": ("Microsoft Intune devices and changes", "diagnostic settings", "L0", ".jsonl"),
    "jamf": ("Jamf Pro computers", "API", "L0", ".jsonl"),
    "hexnode": ("Hexnode devices and their groups", "API", "L0", ".jsonl"),
    "jumpcloud": ("JumpCloud systems and Directory Insights", "API", "L0", ".jsonl"),
    "netskope": (
        "Netskope events, alerts and transactions",
        "REST API; log streaming; transaction log",
        "L1",
        ".jsonl",
    ),
    "cloudflare": ("Cloudflare Gateway requests, look-ups and access", "Logpush", "L1", ".jsonl"),
    "zeek": ("Zeek dns, ssl and http logs", "log files with their headers; JSON", "L0", ".log"),
    "palo_alto": (
        "Palo Alto Networks traffic, threats, URLs and sign-ins",
        "syslog; JSON of the logging service",
        "L0",
        ".log",
    ),
    "bluecoat": ("Symantec ProxySG access logs (Blue Coat)", "W3C log with its header; JSON", "L0", ".log"),
    "cisco_swa": ("Cisco Secure Web Appliance access logs", "syslog or log files", "L0", ".log"),
    "fortinet": (
        "Fortinet FortiGate traffic, web, DLP and admin logs",
        "syslog, key=value or CEF",
        "L1",
        ".log",
    ),
    "umbrella": ("Cisco Umbrella name and proxy logs", "export to S3; API", "L0", ".csv"),
    "m365_copilot": (
        "Microsoft 365 audit: Copilot, sign-ins, shares, downloads",
        "Management Activity API",
        "L1",
        ".jsonl",
    ),
    "zscaler": ("Zscaler web, DNS, firewall, CASB and audit logs", "NSS feed", "L1", ".jsonl"),
    "squid": ("Squid access log", "log file", "L0", ".log"),
    "normalised": ("events in our own words, from sensors", "file or HTTP", "L2", ".jsonl"),
}
"""What each source holds, how it usually comes, the most it can show, and how its files end."""

EVIDENCE = "L0 shows who and where, L1 labels and scores too, L2 the text."


@click.group(epilog=example("sources list", "sources check auto proxy.log"))
def sources() -> None:
    """Show which formats of logs can be read, and what a log is worth."""


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


@sources.command(
    epilog=example(
        "sources check litellm gateway.jsonl",
        "sources check auto logs/ --data company/",
        "sources check squid - --json",
    )
)
@click.argument("source", metavar="SOURCE")
@PATH
@DATA
@JSON
def check(source: str, path: str, data: Path | None, *, as_json: bool) -> int:
    """Tell what a log is worth: what of it can be read, what its events carry, which rules can work with them.

    SOURCE is a name that `sources list` gives, or auto. Nothing is kept, and no value of the log is printed. Exit 1 if a
    record was rejected.
    """
    from pipeline.cli.checked import look, report
    from pipeline.cli.checkpage import page
    from pipeline.cli.shown import terminal

    chosen, files = _named(source), inputs((path,))
    judged = content(data, settings())
    found = look(files, chosen, judged)
    told = {"source": source, "path": path, **report(found, judged.pack), "nearest": _nearest(found)}
    if as_json:
        write(told)
    else:
        page(terminal(), told, found)
    return int(found.rejects > 0 or not found.parsed)


def _named(name: str) -> str:
    """Give the name of a source back; where no reader has it, name the nearest."""
    from pipeline.understand.sources import source_named

    if name == "auto" or source_named(name):
        return name
    names = [word for source in known() for word in (source["name"], *source["aliases"])]
    near = get_close_matches(name, names, n=1, cutoff=0.4)
    meant = f"did you mean {near[0]}? " if near else ""
    words = f"no source is named {name}: {meant}Write auto, {', '.join(source['name'] for source in known())}"
    raise click.UsageError(words, click.get_current_context(silent=True))


def _nearest(found: Found) -> list[str]:
    """Name the formats that come nearest to a log of which nothing can be read."""
    from pipeline.understand.read import nearest

    names = (*found.strange.claimed, *nearest(frozenset(found.strange.keys)))
    return [] if found.parsed else list(dict.fromkeys(names))[:3]


def known() -> list[Fields]:
    """Give every source: its name and aliases, what it holds, how it comes, and how much it shows."""
    from pipeline.understand.sources import READERS

    found = []
    for reader in READERS:
        reads, transport, evidence, suffix = FACTS.get(reader.name, ("", "", "", ""))
        about = {"reads": reads, "transport": transport, "evidence": evidence, "suffix": suffix}
        found.append({"name": reader.name, "aliases": list(reader.aliases), **about})
    return found
