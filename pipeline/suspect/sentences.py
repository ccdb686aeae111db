"""The policy in words: why a rule decides, and what an event lacks to meet one."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime

from pipeline.event import Fields
from pipeline.pack import Policy, PolicyException, PolicyRule
from pipeline.sheet import ANY
from pipeline.suspect.terms import FIELD, LIST

MOST_WORDS = 5
EVERYWHERE = "any app"

OF_DATA = {
    "allow": "{} may go to {}",
    "warn": "{} may go to {} with a warning",
    "redact": "{} must be redacted before going to {}",
    "require_approval": "{} needs an approval before going to {}",
    "block": "{} may not go to {}",
}
OF_TOOLS = {
    "allow": "a {} tool may be called",
    "warn": "a warning is needed before a call of a {} tool",
    "redact": "arguments must be redacted in a call of a {} tool",
    "require_approval": "approval is needed for a call of a {} tool",
    "block": "nobody may call a {} tool",
}
"""How each decision is told of what goes to an app, and of calls of tools with a risk."""

KEYS = {
    "actions": "action",
    "classes": "class",
    "tool_risks": "tool risk",
    "app_status": "app status",
    "apps": "app",
    "except_apps": "app",
    "except_roles": "role",
}


def rule_sentence(rule: PolicyRule, policy: Policy, fields: Fields) -> str:
    """Tell why a rule decides about an event that meets it: what it objects to, where, and whom it spares."""
    classes = _shared(rule.classes, fields.get("ai.data.classes", ()))
    risks = _shared(rule.tool_risks, fields.get("ai.tool.risk", ()))
    data = (
        f"class {spoken(classes)}" if classes else _article(str(fields.get("event.action")).replace("_", " "))
    )
    place = _place(rule, fields)

    if risks:
        told = OF_TOOLS[rule.decision].format(spoken(risks, last="or"))
        told += (f" with {data}" if classes else "") + ("" if place == EVERYWHERE else f" at {place}")
    else:
        told = OF_DATA[rule.decision].format(data, place)
    spared = f", unless the role is {spoken(rule.except_roles, last='or')}" if rule.except_roles else ""
    return f"{rule.id} of {policy.id} v{policy.version}: {told}{spared}"


def default_sentence(policy: Policy) -> str:
    """Tell that no rule decides."""
    return f"default of {policy.id} v{policy.version}: no rule applies"


def leave_sentence(leave: PolicyException, rule: PolicyRule, policy: Policy) -> str:
    """Tell which exception sets which rule aside, and until when."""
    until = (
        "" if leave.expires is None else f" until {datetime.fromtimestamp(leave.expires - 1, UTC):%Y-%m-%d}"
    )
    return f"{leave.id} of {policy.id} v{policy.version}: {rule.id} is set aside{until}"


def unmet(key: str, values: Sequence[str], fields: Fields) -> str:
    """Tell which condition an event does not meet, and with which value."""
    found = fields.get({**FIELD, **LIST}[key.removeprefix("except_")])
    held = found if isinstance(found, list) else [found] if found else []
    if key.startswith("except_"):
        return (
            "everybody is excepted"
            if ANY in values
            else f"{KEYS[key]} {spoken(_shared(values, held))} is excepted"
        )
    wanted = spoken(values, last="or")
    return (
        f"{KEYS[key]} {spoken(held)} is not {wanted}"
        if held
        else f"it has no {KEYS[key]}, {wanted} is needed"
    )


def spoken(words: Sequence[str], *, last: str = "and") -> str:
    """Join words as people do; of many, say only how many more there are."""
    more = len(words) - MOST_WORDS
    heads = [*words[:MOST_WORDS], f"{more} more"] if more > 1 else [*words]
    return f" {last} ".join(filter(None, (", ".join(heads[:-1]), *heads[-1:])))


def _place(rule: PolicyRule, fields: Fields) -> str:
    if rule.app_status and ANY not in rule.app_status:
        place = _article(f"{fields.get('ai.app.status')} app")
    elif rule.apps and ANY not in rule.apps:
        place = f"the app {fields.get('ai.app.id')}"
    else:
        place = EVERYWHERE
    return f"{place} other than {spoken(rule.except_apps, last='or')}" if rule.except_apps else place


def _article(noun: str) -> str:
    return f"an {noun}" if noun[0] in "aeiou" else f"a {noun}"


def _shared(wanted: Sequence[str], held: Iterable[str]) -> list[str]:
    return [] if not wanted or ANY in wanted else [word for word in held if word in wanted]
