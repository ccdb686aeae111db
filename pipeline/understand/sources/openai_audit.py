"""The audit log of an OpenAI organization: one act of a person, a key or a service account."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from pipeline.errors import BadRecord
from pipeline.event import Fields
from pipeline.understand.sources.forms.people import person
from pipeline.understand.sources.forms.values import at, given, pick, table, text
from pipeline.understand.sources.source import Draft

_COMMON = table({"event.code": "type", "ai.app.name": "project.id"})
_SESSION = table(
    {
        "ai.actor.id": "user.id",
        "source.ip": "ip_address",
        "source.geo.country_iso_code": "ip_address_details.country",
        "source.as.number": "ip_address_details.asn",
        "user_agent.original": "user_agent",
    }
)
_KEY = table({"ai.key.id": "id", "ai.actor.id": "user.id", "service.name": "service_account.id"})
_PAYLOAD = table(
    {
        "ai.grant.target": "id",
        "ai.grant.scopes": "data.scopes | changes_requested.scopes | data.role | changes_requested.role",
    }
)
"""What is copied of the change itself; its other values may be secrets."""

_VERBS = (
    (("login.", "logout."), "signin"),
    (
        (
            *("api_key.", "service_account.", "invite.", "role.", "user.", "group.", "resource."),
            "checkpoint.permission.",
        ),
        "grant",
    ),
)
"""How the types of a family begin, and the verb that it is; all others are settings."""
_ENDS = {"created": "creation"} | dict.fromkeys(
    ("deleted", "archived", "deactivated", "disabled"), "deletion"
)
_SIGNS = {"login": "start", "logout": "end"}


def draft(value: Fields) -> Draft:
    """Make the draft of an audited act. Of what was changed it keeps ids, roles and scopes alone."""
    kind = value.get("type")
    if type(kind) is not str or not kind:
        raise BadRecord("an audit record of OpenAI without a type")
    verb, ecs, outcome = _meaning(kind)
    payload = _payload(value, kind)
    fields = {
        **pick(value, _COMMON),
        **_actor(value.get("actor")),
        "event.dataset": "openai.audit",
        "event.action": verb,
        "event.type": [ecs],
        "event.outcome": outcome,
    }
    if verb == "grant":
        fields |= pick(payload, _PAYLOAD)
    if given(code := payload.get("error_code")):
        fields["event.reason"] = code
    stated, when = text(value.get("id")), value.get("effective_at")
    act = f"{stated}:{kind}:{text(when) or when}" if stated else ""
    return Draft(fields, (when,), act=act, part="0" if act else "")


@lru_cache(maxsize=1024)
def _meaning(kind: str) -> tuple[str, str, str]:
    """Give verb, ECS type and outcome of a type."""
    verb = next((verb for heads, verb in _VERBS if kind.startswith(heads)), "config_change")
    head, _, _ = kind.partition(".")
    ecs = _SIGNS[head] if verb == "signin" else _ENDS.get(kind.rpartition(".")[2], "change")
    return verb, ecs, "failure" if kind.endswith(".failed") else "success"


def _payload(value: Fields, kind: str) -> Fields:
    """Find what was changed under the type itself, or under the type with underscores."""
    found = (value.get(name) for name in (kind, kind.replace(".", "_")))
    return next((one for one in found if type(one) is dict), {})


def _actor(actor: Any) -> Fields:
    if type(actor) is not dict:
        return {}
    session, key = actor.get("session"), actor.get("api_key")
    if type(session) is dict and (actor.get("type") != "api_key" or type(key) is not dict):
        fields = pick(session, _SESSION)
        if type(network := fields.get("source.as.number")) is str:
            fields["source.as.number"] = network.upper().removeprefix("AS")
        told = {"ai.surface": "browser", "ai.actor.type": "human"}
        return {**fields, **person(at(session, ("user", "email"))), **told}
    if type(key) is not dict:
        return {}
    service = key.get("type") == "service_account" or type(key.get("service_account")) is dict
    kind = {"ai.surface": "api", "ai.actor.type": "service" if service else "human"}
    return {**pick(key, _KEY), **person(at(key, ("user", "email"))), **kind}
