"""Okta: sign-ins and changes of the system log, and rows of the user export."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from pipeline.errors import BadRecord
from pipeline.event import Fields
from pipeline.understand.sources.forms.keys import respelt, respelt_top, spelling
from pipeline.understand.sources.forms.objects import inside, objects, state
from pipeline.understand.sources.forms.people import person
from pipeline.understand.sources.forms.systems import os_type
from pipeline.understand.sources.forms.values import UNKNOWN, first, given, loaded, pick, table, text
from pipeline.understand.sources.source import Draft, Source

_EVENT = table(
    {
        "event.code": "eventType",
        "event.reason": "outcome.reason",
        "source.ip": "client.ipAddress | sourceIP",
        "source.as.number": "securityContext.asNumber",
        "user_agent.original": "client.userAgent.rawUserAgent | userAgent",
        "host.name": "device.name",
    }
)
_USER = table(
    {
        "user.id": "id",
        "user.email": "profile.email",
        "user.name": "profile.login",
        "ai.user.department": "profile.department",
        "event.reason": "status",
    }
)
_SPELLING = spelling(
    _EVENT,
    _USER,
    more="actor alternateId displayName type result target published uuid actorId actorName actorType os debugContext "
    "debugData privilegeGranted scopes grantedScopes requestedScopes lastUpdated statusChanged created "
    "legacyEventType displayMessage",
)
_MARKS = frozenset("eventType eventtype EventType EVENTTYPE profile Profile PROFILE".split())
_BESIDE = frozenset(("actor", "published", "actorId", "p_event_time"))
_FAMILY = re.compile(
    r"(?:user|application|app|group|policy|system|security|zone|device|iam|pki|oauth2|access|analytics|core|credential"
    r"|csr|directory|event_hook|inline_hook|integration|mim|network_zone|org|plugin|rate_limit|scheduled_action|self_service"
    r"|support|task|transaction|workflows?)(?:\.[a-z0-9_]{1,64}){1,8}"
)
"""How the names of its events look: a family, then words with dots."""
_GRANTS = re.compile(
    r"app\.oauth2\..*consent.*|app\.oauth2\.as\.token\.grant.*|application\.user_membership\..*"
    r"|group\.user_membership\..*|user\.account\.privilege\..*|.*\.api_token\..*|user\.session\.impersonation\..*"
)
_SIGNINS = re.compile(
    r"user\.session\..*|user\.authentication\..*|policy\.evaluate_sign_on|user\.account\.lock(?:\..*)?"
)
_TAKEN_BACK = frozenset(("revoke", "remove", "delete", "deactivate", "deprovision", "expire", "end"))
"""Words of the name of a grant that say that it is over."""
_ENDS = frozenset(("user.session.end", "user.authentication.slo"))
_OUTCOMES = {"SUCCESS": "success", "ALLOW": "success", "FAILURE": "failure", "DENY": "failure"}
_SYSTEM = "system@okta.com"
"""The login of the service itself."""
_WHOLE = (dict, type(None))
"""What a section is where no export flattened it."""
_SECTIONS = frozenset("actor client outcome debugContext securityContext device target".split())
_PEOPLE_FIRST = ("User", "UserGroup", "AppInstance")
_APPS_FIRST = ("AppInstance", "PublicClientApp", "User")
_SCOPES = ("privilegeGranted", "grantedScopes", "scopes", "requestedScopes")
_PARTS = re.compile(r"[\s,]+")
_LONGEST = 256


def claims(value: Any, _hints: Fields) -> bool:
    """Know an event by its type, alone or with who did it or when; a user by the login in the profile."""
    if type(value) is not dict or value.keys().isdisjoint(_MARKS):
        return False
    record = value if "eventType" in value or "profile" in value else respelt_top(value, _SPELLING)
    if type(kind := record.get("eventType")) is str:
        return not record.keys().isdisjoint(_BESIDE) or _is_family(kind)
    profile = record.get("profile")
    login = type(profile) is dict and ("login" in profile or "Login" in profile)
    return login and "id" in record and "status" in record


def _is_family(kind: str) -> bool:
    return len(kind) <= _LONGEST and _FAMILY.fullmatch(kind) is not None


def read(value: Fields, hints: Fields) -> Iterator[Draft]:
    """Make the act of an event, or the row of a user."""
    if (
        type(value.get("eventType")) is str
        and type(value.get("actor")) is dict
        and type(value.get("client", "")) in _WHOLE
    ):
        yield _event(value, hints)
        return
    record = _nested(respelt(value, _SPELLING))
    yield _user(record) if "profile" in record and "eventType" not in record else _event(record, hints)


def _event(record: Fields, hints: Fields) -> Draft:
    kind, targets = record.get("eventType"), objects(record.get("target"))
    if type(kind) is not str or not given(kind):
        raise BadRecord("neither the type of an event nor the profile of a user")
    fields = pick(record, _EVENT)
    fields |= _who(inside(record, "actor"), targets)
    fields["event.dataset"] = "okta.system"
    fields["event.outcome"] = _outcome(record)
    fields["ai.app.name"] = _named(_of_type(targets, ("AppInstance",)))
    agent = inside(record, "client").get("userAgent")
    if type(agent) is dict:
        fields["host.os.type"] = os_type(agent.get("os"))
    fields |= _verb(kind[:_LONGEST], record, targets)
    times = (record.get("published"), record.get("p_event_time"), hints.get("time"))
    return Draft(fields, times, act=text(record.get("uuid")))


def _outcome(record: Fields) -> str:
    told = record.get("outcome")
    word = told.get("result") if type(told) is dict else told
    return _OUTCOMES.get(text(word or record.get("result")).upper(), "unknown")


def _who(actor: Fields, targets: list[Fields]) -> Fields:
    """Name the person who acts; where the service itself does, the person whom it concerns."""
    kind, login = text(actor.get("type")), actor.get("alternateId")
    if kind == "SystemPrincipal" or login == _SYSTEM:
        concerned = _of_type(targets, ("User",))
        return _person(concerned) if concerned else _service(actor)
    return _person(actor) if kind in ("User", "") else _service(actor)


def _person(entity: Fields) -> Fields:
    fields = person(entity.get("alternateId"))
    fields["user.id"] = text(entity.get("id")) or None
    return fields


def _service(actor: Fields) -> Fields:
    return {
        "ai.actor.type": "service",
        "ai.actor.id": text(actor.get("id")) or None,
        "service.name": first(actor, ("displayName", "alternateId")),
    }


def _of_type(targets: list[Fields], kinds: tuple[str, ...]) -> Fields | None:
    """Give the first target of the first of these kinds that there is one of."""
    for kind in kinds:
        for target in targets:
            if target.get("type") == kind:
                return target
    return None


def _named(target: Fields | None) -> str | None:
    """Name a target: what it is called elsewhere, else here, else its id."""
    told = (text(target.get(key)) for key in ("alternateId", "displayName", "id")) if target else ()
    return next((name for name in told if name and name not in UNKNOWN), None)


def _verb(kind: str, record: Fields, targets: list[Fields]) -> Fields:
    if _GRANTS.fullmatch(kind):
        order = _APPS_FIRST if kind.startswith("app.oauth2.") else _PEOPLE_FIRST
        whom = _of_type(targets, order) or (targets[0] if targets else None)
        return {
            "event.action": "grant",
            "event.type": _way(kind),
            "ai.grant.target": _named(whom),
            "ai.grant.scopes": _granted(kind, record, targets),
        }
    if _SIGNINS.fullmatch(kind):
        return {"event.action": "signin", "event.type": ["end"] if kind in _ENDS else None}
    return {"event.action": "config_change"}


def _way(kind: str) -> list[str] | None:
    """Say whether a grant is taken back or a key is made."""
    if not _TAKEN_BACK.isdisjoint(kind.split(".")):
        return ["deletion"]
    return ["creation"] if kind.endswith(".api_token.create") else None


def _granted(kind: str, record: Fields, targets: list[Fields]) -> list[Any] | None:
    """Give what was granted: a group, privileges, or the scopes of a consent."""
    if kind.startswith("group."):
        group = _named(_of_type(targets, ("UserGroup",)))
        return [group] if group else None
    told = first(inside(inside(record, "debugContext"), "debugData"), _SCOPES)
    if type(told) is str:
        parts = told.split(",") if kind.startswith("user.") else _PARTS.split(told)
        return [part.strip() for part in parts if part.strip()] or None
    return told if type(told) is list else None


def _nested(record: Fields) -> Fields:
    """Give a record that an export flattened its sections again, and its actor."""
    found = {key: loaded(one) if key in _SECTIONS else one for key, one in record.items()}
    for key, one in record.items():
        way = key.split("." if "." in key else "_", 4)
        way = [_SPELLING.get(part.lower(), part) for part in way]
        if len(way) > 1 and way[0] in _SECTIONS:
            _put(found, way, one)
    if type(found.get("actor")) is not dict:
        flat = {"id": "actorId", "alternateId": "actorName", "type": "actorType"}
        found["actor"] = {name: record.get(key) for name, key in flat.items()}
    return found


def _put(found: Fields, way: list[str], value: Any) -> None:
    for part in way[:-1]:
        here = found.get(part)
        if type(here) is not dict:
            here = found[part] = {}
        found = here
    found[way[-1]] = value


def _user(row: Fields) -> Draft:
    fields = {
        **pick(row, _USER),
        "event.action": "inventory",
        "event.code": "user",
        "event.category": ["iam"],
        "event.dataset": "okta.user",
    }
    changed = first(row, ("lastUpdated", "statusChanged"))
    return Draft(fields, (changed, row.get("created")), act=state(row, row.get("id"), changed))


SOURCE = Source(
    name="okta",
    claims=claims,
    read=read,
    marks=_MARKS,
    fixed={"event.module": "okta"},
    keys=frozenset(
        "uuid published eventType version severity legacyEventType displayMessage actor client device outcome target "
        "authenticationContext securityContext debugContext transaction request profile credentials statusChanged "
        "lastLogin lastUpdated passwordChanged activated".split()
    ),
)
