"""What the policy finds wrong besides its decision: clearances that Sigma cannot compare."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache

from msgspec import Struct

from pipeline.event import Fields
from pipeline.fields import CLASSES
from pipeline.pack import Policy
from pipeline.sheet import ANY

VIOLATIONS = (
    *("model_not_entitled", "class_above_model", "class_above_app", "region_not_allowed", "role_not_cleared"),
    *("blackout_window", "use_not_registered", "self_approval", "stale_version", "retention_above_policy"),
    *("budget_exceeded", "category_prohibited", "exception_expired", "exception_violated"),
)
"""The closed list of `ai.policy.violations`, in the order in which they are written."""

RANK = {name: rank for rank, name in enumerate(CLASSES)}
SENDS = frozenset({"prompt", "file_upload", "share", "tool_call"})
"""Actions that give data away: only these can exceed what an app or a model is cleared for."""

CLEARED_SANCTIONED, CLEARED = RANK["confidential"], RANK["public"]
"""The clearance of an app that states none."""

APPROVED = ("approved", "approved_always")
LONGEST_MODEL = 200
PERSON = ("user.id", "user.email", "user.name")

_VENDOR = re.compile(r"^(?:[a-z]+\.)+(?=[a-z])")
_VERSION = re.compile(r"(?:[-@:](?:latest|\d{8}|\d{4}-\d\d-\d\d)|-v\d+:\d+)+$")


class Clearances(Struct, frozen=True):
    """Who may use which model, which roles may see which class, how high a model may hear, which risks need approval."""

    models: Mapping[str, frozenset[str]]
    roles: Mapping[str, frozenset[str]]
    heights: Mapping[str, int]
    approved: frozenset[str]


def clearances_of(policy: Policy) -> Clearances:
    """Make the clearances of a policy ready."""
    asked = [
        rule.tool_risks for rule in policy.rules if rule.decision == "require_approval" and not rule.dead
    ]
    cleared = {name: policy.cleared.get(name, policy.cleared.get(ANY, (ANY,))) for name in CLASSES}
    return Clearances(
        models={role: frozenset(map(plain_model, models)) for role, models in policy.models.items()},
        roles={name: frozenset(roles) for name, roles in cleared.items() if ANY not in roles},
        heights={
            plain_model(model): RANK[top] for model, top in policy.limits.get("model_clearance", {}).items()
        },
        approved=frozenset().union(*asked),
    )


def breaches(fields: Fields, clearances: Clearances) -> list[str]:
    """Name what an event breaches, in the order of the closed list."""
    found = []
    model, rank = fields.get("gen_ai.request.model"), _rank(fields)
    if model and clearances.models and not _entitled(fields, model, clearances):
        found.append("model_not_entitled")
    if rank > CLEARED:  # else it is above nothing
        sends = fields.get("event.action") in SENDS
        if sends and model and rank > _height(model, clearances):
            found.append("class_above_model")
        if sends and rank > _app_height(fields):
            found.append("class_above_app")
        if not _cleared(fields, clearances):
            found.append("role_not_cleared")
    if fields.get("ai.approval.state") in APPROVED and _self_approved(fields, clearances):
        found.append("self_approval")
    return found


@lru_cache(maxsize=4096)
def plain_model(name: str) -> str:
    """Give the name of a model without vendor, route, date and version: what a policy means by it."""
    route = name[:LONGEST_MODEL].lower().rpartition("/")[2]
    return _VERSION.sub("", _VENDOR.sub("", route))


def _rank(fields: Fields) -> int:
    """Give the rank of the highest class that was found or that the label claims; -1 for none."""
    highest, label = fields.get("ai.data.max_class"), fields.get("ai.data.label")
    rank = -1 if label is None else RANK.get(label, -1)
    if highest is not None:
        return max(rank, RANK.get(highest, -1))
    classes = fields.get("ai.data.classes")
    return max(rank, *(RANK.get(name, -1) for name in classes)) if classes else rank


def _app_height(fields: Fields) -> int:
    """Give the rank that the app is cleared for; where there is no app, nothing can exceed it."""
    if "ai.app.id" not in fields:
        return len(RANK)
    sanctioned = fields.get("ai.app.status") == "sanctioned"
    return RANK.get(fields.get("ai.app.max_class", ""), CLEARED_SANCTIONED if sanctioned else CLEARED)


def _height(model: str, clearances: Clearances) -> int:
    heights = clearances.heights
    return heights.get(plain_model(model), heights.get(ANY, len(RANK)))


def _entitled(fields: Fields, model: str, clearances: Clearances) -> bool:
    """Say whether a role of the person may use the model; where no role is known, nobody can object."""
    roles, name = fields.get("user.roles"), plain_model(model)
    if not roles:
        return True
    for role in (*roles, ANY):  # any() over a generator takes twice the time, for every event with a model
        if (models := clearances.models.get(role)) is not None and _allowed(name, models):
            return True
    return False


@lru_cache(maxsize=4096)
def _allowed(name: str, patterns: frozenset[str]) -> bool:
    begins = tuple(pattern[:-1] for pattern in patterns if pattern.endswith(ANY))
    return name in patterns or name.startswith(begins)


def _cleared(fields: Fields, clearances: Clearances) -> bool:
    """Say whether a role of the person is cleared for each class; where no role is known, nobody can object."""
    roles = fields.get("user.roles")
    needs = (clearances.roles.get(name) for name in fields.get("ai.data.classes", ()))
    return not roles or all(need is None or not need.isdisjoint(roles) for need in needs)


def _self_approved(fields: Fields, clearances: Clearances) -> bool:
    """Say whether who asked for a tool of a risk that needs approval has also approved it."""
    requester, approver = fields.get("ai.task.requester"), fields.get("ai.approval.approver")
    if not requester or not approver or clearances.approved.isdisjoint(fields.get("ai.tool.risk", ())):
        return False
    person = {str(fields[name]).lower() for name in PERSON if name in fields}
    names = {requester.lower()} | (person if requester.lower() in person else set())
    return approver.lower() in names
