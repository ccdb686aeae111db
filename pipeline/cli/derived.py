"""Which fields can follow from which others: what enrichers, policy and memory add to an event."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache

from pipeline.fields import FIELDS

TEXTS = "ai.content.text ai.tool.arguments process.command_line url.path"
PEOPLE = "user.id user.email user.name"
AGENTS = "gen_ai.agent.id gen_ai.agent.name"
CLASSES = "ai.data.classes ai.data.max_class ai.data.counts. ai.data.units"
MEASURES = "ai.content.length ai.content.entropy ai.content.invisible_density ai.content.mixed_script"
POLICY = "ai.policy.id ai.policy.version ai.policy.expected ai.policy.reason ai.policy.violations ai.policy.exception"
ORIGINS = f"{PEOPLE} {AGENTS} ai.key.id host.name source.ip"

_ROWS = (
    ("user.id user.email user.name user.domain user.roles ai.user.", PEOPLE),
    ("ai.actor.", f"{PEOPLE} gen_ai.agent.id ai.key.id service.name"),
    ("ai.device. host.name device.id host.os.", "host.name host.id device.id"),
    (
        "ai.app. ai.network.",
        "ai.app.id ai.app.name url.domain destination.domain destination.ip service.name process.name gen_ai.provider.name",
    ),
    ("ai.tool.kind ai.tool.risk ai.tool.destination ai.tool.unbounded ai.tool.affected", "gen_ai.tool.name"),
    ("ai.tool.risk", "file.path"),
    ("ai.tool.granted", AGENTS),
    ("ai.agent. ai.registry.", f"{AGENTS} ai.tool.server ai.delegation.chain"),
    ("ai.taint", "gen_ai.tool.name"),
    ("ai.provenance.", "ai.tool.destination"),
    ("ai.change.ticket", f"{PEOPLE} ai.key.id service.name"),
    ("ai.change.object ai.change.effect ai.grant.kind", "event.code"),
    (
        f"{CLASSES} ai.data.records ai.data.secret_ ai.data.subject ai.data.canary ai.data.code_ ai.data.decoded_ ai.data.document.",
        TEXTS,
    ),
    (CLASSES, "file.name ai.data.label ai.data.classes"),
    ("ai.content.decoded_ ai.content.encodings ai.content.mentions", TEXTS),
    (f"{MEASURES} ai.content.hash ai.content.sketch ai.intent.", "ai.content.text"),
    (POLICY, "event.action"),
    ("ai.baseline.", ORIGINS),
)
"""Fields, or how their names begin, and others of which one is enough for them."""


@lru_cache(maxsize=1)
def _sources() -> tuple[tuple[frozenset[str], frozenset[str]], ...]:
    return tuple(
        (frozenset(name for name in FIELDS if name.startswith(tuple(made.split()))), frozenset(given.split()))
        for made, given in _ROWS
    )


def derived(fields: Iterable[str]) -> frozenset[str]:
    """Give these fields and all that can follow from them."""
    found, before = {*fields}, -1
    while len(found) != before:
        before = len(found)
        for made, given in _sources():
            if not given.isdisjoint(found):
                found |= made
    return frozenset(found)
