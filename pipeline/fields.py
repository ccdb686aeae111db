"""Every field we write, as `fields.txt` lists them. Readers are checked against it, rules are linted by it."""

from __future__ import annotations

from pathlib import Path

from msgspec import Struct

ACTIONS = tuple(
    "prompt completion tool_call tool_result tool_list file_upload file_access web_visit share grant signin "
    "config_change policy_decision approval heartbeat process_start inventory".split()
)
CLASSES = tuple(
    "public source_code customer_record personal financial confidential health card restricted secret".split()
)
"""Data classes by rank, the least first; malicious_code has no rank."""
DECISIONS = ("allow", "warn", "redact", "require_approval", "block", "override")


class Field(Struct, frozen=True):
    """A field: its type, whether it is a list, its closed list of values if it has one, and its meaning."""

    kind: str
    many: bool
    values: tuple[str, ...]
    meaning: str


CLOSED: dict[str, tuple[str, ...]] = {
    "event.action": ACTIONS,
    "event.kind": ("event", "asset", "alert"),
    "event.outcome": ("success", "failure", "unknown"),
    "ai.surface": ("browser", "desktop", "mobile", "ide", "cli", "api", "agent"),
    "ai.actor.type": ("human", "agent", "service"),
    "ai.content.origin": ("user", "model", "tool", "web", "file", "memory"),
    "ai.content.available": ("full", "redacted", "labels", "metadata"),
    "ai.policy.decision": DECISIONS,
    "ai.app.status": ("sanctioned", "tolerated", "unsanctioned", "banned", "unknown"),
    "ai.app.tenant": ("corporate", "personal", "anonymous", "unknown"),
    "ai.approval.state": ("pending", "approved", "approved_always", "auto_approved", "denied", "aborted"),
    "ai.data.classes": (*CLASSES, "malicious_code"),
    "ai.share.visibility": ("private", "internal", "external", "public"),
}


TABLE = Path(__file__).with_name("fields.txt")


def _groups() -> dict[str, dict[str, Field]]:
    """Read the table: below each heading the fields by name."""
    _, *parts = TABLE.read_text("utf-8").split("\n## ")
    groups = {}
    for part in parts:
        heading, *lines = part.splitlines()
        groups[heading] = dict(_field(*line.split(None, 2)) for line in lines if line)
    return groups


def _field(name: str, kind: str, meaning: str) -> tuple[str, Field]:
    return name, Field(kind.removesuffix("[]"), kind.endswith("[]"), CLOSED.get(name, ()), meaning)


GROUPS = _groups()
"""Fields by name, below the headings of what they are about."""
FIELDS = {name: field for group in GROUPS.values() for name, field in group.items()}

_TRIAGE = (
    "user. host. device. service. source. destination. url.domain url.registered_domain file. process.name organization. "
    "gen_ai. trace.id event.action event.outcome event.reason ai.surface ai.actor. ai.key. ai.user. ai.device. ai.app. "
    "ai.agent. ai.registry. ai.task. ai.turn. ai.tool. ai.approval. ai.delegation. ai.share. ai.grant. ai.change. ai.data. "
    "ai.intent. ai.policy. ai.taint ai.provenance. ai.baseline. ai.content.origin ai.content.length ai.content.hash "
    "ai.content.encodings ai.content.decoded_layers ai.alert.steps"
)
SHOWN = frozenset(name for name in FIELDS if name.startswith(tuple(_TRIAGE.split()))) - {"ai.tool.arguments"}
"""Event fields that an alert shows: facts for triage, never text."""
