"""Netskope: events and alerts as JSON; lines are of the transaction log."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from pipeline.event import Fields
from pipeline.understand.sources.forms.addresses import web
from pipeline.understand.sources.forms.people import person
from pipeline.understand.sources.forms.rows import among
from pipeline.understand.sources.forms.values import first, given, pick, table, text
from pipeline.understand.sources.forms.visits import (
    UPLOADS,
    client,
    files_under_ai,
    listed,
    noted,
    ruled,
    size,
    words,
)
from pipeline.understand.sources.forms.words import surface
from pipeline.understand.sources.netskope_lines import is_transaction, transaction
from pipeline.understand.sources.source import Draft, Source

_MARKS = frozenset(("ur_normalized", "netskope_pop", "access_method"))
_PAGES = ("result", "data")
"""Keys of an answer of the interface that hold its events."""

_EVENT = table(
    {
        "event.code": "activity | type | alert_type",
        "ai.app.name": "app | destination_app",
        "host.name": "hostname",
        "device.id": "nsdeviceuid",
        "destination.ip": "dstip",
        "destination.port": "dstport",
        "http.request.body.bytes": "client_bytes",
        "http.response.body.bytes": "server_bytes",
        "user_agent.original": "useragent",
    }
)
_NUMBERS = ("destination.port", "http.request.body.bytes", "http.response.body.bytes")
_PEOPLE = ("ur_normalized", "user", "userkey", "acting_user")
_ADDRESSES = ("url", "page", "domain", "dsthost", "site")
_TIMES = ("timestamp", "_insertion_epoch_timestamp", "insertion_timestamp")
_MANAGED = {"managed": True, "unmanaged": False}
_SIGNINS = {"login attempt": "unknown", "login successful": "success", "login failed": "failure"}
_HOST = re.compile(r"[^\s/]+\.[^\s/]+")


def claims(value: Any, _hints: Fields) -> bool:
    """Know an event by its type and a key of the cloud, a transaction by its kind between its values."""
    if type(value) is str:
        return is_transaction(value)
    return type(value) is dict and (_is_event(value) or _page(value) is not None)


def _is_event(value: Fields) -> bool:
    typed = type(value.get("type")) is str and not _MARKS.isdisjoint(value)
    return typed or "dlp_incident_id" in value or "audit_log_event" in value


def _page(value: Fields) -> list[Any] | None:
    """Give the events of an answer of the interface."""
    for key in _PAGES:
        inside = value.get(key)
        if type(inside) is list and inside and type(inside[0]) is dict and _is_event(inside[0]):
            return inside
    return None


def read(value: Any, hints: Fields) -> Iterator[Draft]:
    """Make the visit of an event or transaction and what was sent or fetched with it, or the act that it names."""
    if type(value) is str:
        yield from transaction(value, hints)
    elif (page := None if _is_event(value) else _page(value)) is not None:
        for at, one in enumerate(page):
            if type(one) is dict:
                yield from among(_event(one), one, at)
    else:
        yield from _event(value)


def _event(value: Fields) -> Iterator[Draft]:
    act = text(value.get("_id"))
    times = tuple(value.get(key) for key in _TIMES if key in value)
    if "audit_log_event" in value or value.get("type") == "admin_audit_logs":
        yield Draft(_audited(value), times, act=act)
        return
    common, activity = _common(value), text(value.get("activity")).lower()
    problems = noted(common)
    for fields in _acts(value, activity, common):
        yield Draft(fields, times, act=act, common=common, problems=problems)


def _acts(value: Fields, activity: str, common: Fields) -> Iterator[Fields]:
    """Give what is each act's own: a visit, beside it the upload or download of what an activity moved; a share, a sign-in."""
    if activity in _SIGNINS:
        yield {"event.action": "signin", "event.outcome": _SIGNINS[activity]}
        return
    if activity == "share":
        yield {"event.action": "share", **_file(value, activity)}
        return
    moved, uploads = _moved(value), activity in UPLOADS
    visit: Fields = {"event.action": _verb(common)}
    if value.get("type") == "network":
        visit["event.category"] = ["network"]
    if uploads and not moved:
        visit["http.request.method"] = "POST"
    yield visit
    if moved and (uploads or activity == "download"):
        yield {"event.action": "file_upload" if uploads else "file_access", **_file(value, activity)}


def _verb(common: Fields) -> str:
    """Tell a visit by a page, a host or an app; what names none has no verb of its own."""
    named = "url.domain" in common or "ai.app.name" in common or "destination.ip" in common
    return "web_visit" if named else "config_change"


def _moved(value: Fields) -> bool:
    """Say whether something was sent or fetched: it has a name or a size."""
    return given(value.get("object")) or size(value.get("file_size")) > 0


def _common(value: Fields) -> Fields:
    fields = pick(value, _EVENT)
    for name in _NUMBERS:
        if not size(fields.get(name, 1)):
            del fields[name]
    fields |= _who(value) | _where(value) | _judged(value)
    fields["source.ip"] = client(value.get("srcip"), value.get("userip"))
    fields["event.dataset"] = "netskope.event"
    fields["ai.surface"] = surface(fields.get("user_agent.original"))
    if type(managed := value.get("device_classification")) is str and managed.lower() in _MANAGED:
        fields["ai.device.managed"] = _MANAGED[managed.lower()]
    if files_under_ai(value.get("appcategory")) or files_under_ai(value.get("category")):
        fields["ai.app.heuristic"] = True
    return fields


def _who(value: Fields) -> Fields:
    """Give the first name that is a person's: an address stands in for those who did not log in."""
    for key in _PEOPLE:
        if (login := value.get(key)) and (found := person(login)):
            return found
    return {}


def _where(value: Fields) -> Fields:
    for key in _ADDRESSES:
        url = value.get(key)
        if type(url) is not str or (key == "site" and not _HOST.fullmatch(url[:256])):
            continue
        if url and given(url) and "url.domain" in (found := web(url)):
            return found
    return {}


def _judged(value: Fields) -> Fields:
    """Give the decision, that of the data loss match where the event has none, and the profiles that matched."""
    matched = value.get("dlp_match_info")
    matches = [one for one in listed(matched) if type(one) is dict] if matched else []
    word = value.get("action")
    if not given(word):
        word = next((found for one in matches if given(found := one.get("dlp_action"))), None)
    told = ruled(word, value.get("policy"))
    found = words(value.get("dlp_profile"))
    found += [name for one in matches if type(name := one.get("dlp_profile_name")) is str and given(name)]
    if found:
        told["ai.data.dlp_profiles"] = list(dict.fromkeys(found))
    return told


def _file(value: Fields, activity: str) -> Fields:
    found: Fields = {}
    is_file = text(value.get("object_type")).lower() == "file" or activity in UPLOADS
    if is_file and given(name := value.get("object")):
        found["file.name"] = name
    if (length := size(value.get("file_size"))) > 0:
        found["file.size"] = length
    kinds = (value.get("file_type"), value.get("data_type"))
    if kind := next((kind for kind in kinds if type(kind) is str and "/" in kind), None):
        found["file.mime_type"] = kind
    if given(digest := value.get("sha256")):
        found["file.hash.sha256"] = digest
    return found


def _audited(value: Fields) -> Fields:
    """Give the act of an administrator; the values that it changed may hold secrets and stay out."""
    event = text(value.get("audit_log_event"))
    plain = event.lower()
    fields = {
        **person(first(value, ("user", "ur_normalized"))),
        "event.action": "config_change",
        "event.code": event or value.get("type"),
        "event.dataset": "netskope.audit",
    }
    if plain.startswith(("login", "logout")):
        fields["event.action"] = "signin"
        fields["event.outcome"] = "failure" if "failed" in plain else "success"
        fields["event.type"] = ["end"] if plain.startswith("logout") else None
    return fields


SOURCE = Source(
    name="netskope",
    claims=claims,
    read=read,
    marks=_MARKS | {"dlp_incident_id", "audit_log_event", *_PAGES},
    lines=True,
    keys=frozenset(
        "_id type timestamp record_type alert alert_type access_method traffic_type user ur_normalized userkey userip srcip "
        "dstip dstport hostname os device device_classification nsdeviceuid browser useragent app appcategory category cci "
        "ccl site managed_app sanctioned_instance activity action policy policy_id page url referer object object_type "
        "file_type file_size md5 sha256 mime_type dlp_profile dlp_rule dlp_incident_id dlp_match_info justification_reason "
        "client_bytes server_bytes numbytes request_id app_session_id netskope_pop dsthost acting_user destination_app "
        "audit_log_event severity_level supporting_data".split()
    ),
    fixed={"event.module": "webproxy"},
)
