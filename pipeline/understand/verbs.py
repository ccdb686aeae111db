"""What follows from the verb of an event: the decision where its source names none, and the words of ECS."""

from __future__ import annotations

from pipeline.event import Fields
from pipeline.fields import ACTIONS

_VERBS: dict[str, tuple[list[str], list[str]]] = {
    "prompt": (["api"], ["start"]),
    "completion": (["api"], ["end"]),
    "tool_call": (["api"], ["start"]),
    "tool_result": (["api"], ["end"]),
    "tool_list": (["api"], ["info"]),
    "file_upload": (["file"], ["access"]),
    "file_access": (["file"], ["access"]),
    "web_visit": (["web"], ["access"]),
    "share": (["configuration"], ["change"]),
    "grant": (["iam"], ["change"]),
    "config_change": (["configuration"], ["change"]),
    "signin": (["authentication"], ["start"]),
    "policy_decision": (["api"], []),
    "approval": (["api"], ["info"]),
    "heartbeat": (["api"], ["info"]),
    "process_start": (["process"], ["start"]),
    "inventory": (["host"], ["info"]),
}
"""ECS category and type of each verb; the events share these lists, which nobody changes."""
_DECIDED = frozenset(ACTIONS) - {"heartbeat", "inventory"}
_ALLOWING = frozenset(("web_visit", "policy_decision"))
_DENYING = _ALLOWING | {"tool_call", "approval"}
"""Verbs whose ECS type tells what was decided: always, or only that it was denied."""
_REFUSED = frozenset(("denied", "aborted"))
_APPROVED = frozenset(("approved", "approved_always", "auto_approved"))


def finish_verb(fields: Fields, verb: str) -> None:
    """Fill in, in place, the decision of a source that names none, and the ECS category and type."""
    approval, decision = fields.get("ai.approval.state"), fields.get("ai.policy.decision")
    if (
        decision is None
        and verb in _DECIDED
        and approval not in _REFUSED
        and fields.get("event.outcome") != "failure"
    ):
        decision = fields["ai.policy.decision"] = "allow"
    category, kinds = _VERBS[verb]
    if "event.category" not in fields:
        fields["event.category"] = [*category, *_means(fields)] if verb == "tool_call" else category
    elif verb == "web_visit" and fields["event.category"] == ["network"]:
        kinds = ["protocol"]
    if "event.type" not in fields:
        fields["event.type"] = [*kinds, *_told(verb, decision, approval)] if verb in _DENYING else kinds


def _means(fields: Fields) -> tuple[str, ...]:
    if "process.command_line" in fields:
        return ("process",)
    return ("file",) if "file.path" in fields else ()


def _told(verb: str, decision: str | None, approval: str | None) -> tuple[str, ...]:
    if decision == "block" or approval in _REFUSED:
        return ("denied",)
    if (verb in _ALLOWING and decision) or (verb == "approval" and approval in _APPROVED):
        return ("allowed",)
    return ()
