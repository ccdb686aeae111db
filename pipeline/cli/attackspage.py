"""What became of the attacks and of everybody else, shown to people: found at which level, missed, and loud for nothing."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import TYPE_CHECKING

from pipeline.cli.attacks import Outcome, by_level
from pipeline.cli.seen import counted
from pipeline.cli.shown import cell, heading, put, whole

if TYPE_CHECKING:
    from rich.console import Console

    from pipeline.event import Fields

LOUD = ("critical", "high")
WIDE_LEVEL, WIDE_RULES = 10, 18
CAUTION = (
    "Whoever wrote these attacks knew the rules: this shows that all parts work together, not how much is found in "
    "logs of which nobody knows the truth."
)


def attacks_page(console: Console, found: Sequence[Outcome], shipped: frozenset[str]) -> None:
    """Print every attack with the level and the rules that found it, then in words what was missed."""
    levels = [one.level for one in found if one.level]
    loud = sum(level in LOUD for level in levels)
    heading(console, f"Attacks: {len(levels)} of {len(found)} found, {loud} of them at level high or above")
    for one in found:
        _attack(console, one)
    for one in found:
        if one.silent:
            whole(console)
            put(console, _missed(one, shipped), indent=2)


def benign_page(console: Console, alerts: Sequence[Fields], people: int, days: int) -> None:
    """Print how many alerts name nothing of an attack, by level and rule, and the loud ones in full."""
    told = ", ".join(f"{level} {count}" for level, count in by_level(alerts).items())
    rules = Counter(alert["rule.id"] for alert in alerts)
    names = ", ".join(
        f"{rule} {count}" for rule, count in sorted(rules.items(), key=lambda pair: (-pair[1], pair[0]))
    )
    heading(
        console,
        f"Everybody else: {counted(len(alerts), 'alert')} on ordinary work and on what only looks like an attack",
    )
    put(console, f"{told}; from {people} people in {counted(days, 'day')}", indent=2)
    if alerts:
        put(console, f"by rule: {names}", indent=2)
    for alert in alerts:
        if alert["ai.risk.level"] in LOUD:
            put(console, f"{alert['ai.risk.level']} {alert['rule.id']}: {alert['ai.alert.title']}", indent=2)
    put(console, CAUTION, indent=2)


def _attack(console: Console, one: Outcome) -> None:
    rules = ", ".join(sorted(one.rules, key=lambda rule: (rule not in one.attack.expects, rule)))
    first = cell(one.level or "missed", WIDE_LEVEL - 2)
    indent = 2 + WIDE_LEVEL + WIDE_RULES
    put(console, one.attack.sentence, indent=indent, first=f"  {first}  {cell(rules, WIDE_RULES - 2)}  ")


def _missed(one: Outcome, shipped: frozenset[str]) -> str:
    """Say who should have seen an attack, and whether anybody else has."""
    wanted = ", ".join(one.silent)
    why = "stayed silent" if shipped.issuperset(one.silent) else "is not in this version"
    if one.level:
        return f"{one.attack.name}: {wanted}, which is meant for it, {why}; {', '.join(one.rules)} found it."
    return f"Missed, {one.attack.name}: {wanted} {why}, and nothing else names its {counted(len(one.attack.acts), 'record')}."
