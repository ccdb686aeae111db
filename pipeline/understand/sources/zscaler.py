"""Zscaler Internet Access: web, DNS, firewall, CASB and audit records of the Nanolog streaming service."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import lru_cache
from typing import Any
from urllib.parse import unquote

from pipeline.event import Fields
from pipeline.understand.sources.forms.addresses import web
from pipeline.understand.sources.forms.people import person
from pipeline.understand.sources.forms.values import first, given, loaded, pick, table, text
from pipeline.understand.sources.forms.words import decided, decision, surface
from pipeline.understand.sources.source import Draft, Source

_WEB = table(
    {
        "event.code": "requestmethod",
        "http.request.method": "requestmethod",
        "http.response.status_code": "status",
        "http.request.body.bytes": "requestsize",
        "http.response.body.bytes": "responsesize",
        "ai.app.name": "appname",
        "ai.content.text": "prompt_req | prompt",
        "file.name": "filename",
        "file.extension": "filetype",
        "user_agent.original": "useragent",
        "destination.ip": "serverip",
    }
)
_COMMON = table(
    {
        "ai.user.department": "department | dept",
        "host.name": "devicehostname",
        "source.ip": "ClientIP | cltip | clt_sip | csip | clientip | clientpublicIP",
    }
)
_DNS = table({"event.code": "dns_reqtype", "url.domain": "dns_req"})
_FIREWALL = table(
    {
        "event.code": "nwsvc",
        "network.application": "nwapp",
        "destination.ip": "cdip",
        "destination.port": "cdport",
        "http.request.body.bytes": "outbytes",
        "http.response.body.bytes": "inbytes",
    }
)
_CASB = table(
    {
        "event.code": "policy",
        "ai.app.name": "applicationname",
        "file.name": "filename | object_name_1",
        "url.full": "fullurl",
        "organization.id": "tenant",
    }
)
_ENCODED = ("user_agent.original", "ai.user.department", "ai.app.name", "file.name", "host.name")
"""Texts that come percent-encoded."""
_OUTGOING = frozenset(("POST", "PUT"))
_LARGE = 100 * 1024
"""Bytes of a sent body from which on it is taken for an upload: questions are shorter."""
_AI_WORDS = ("AI & ML", "Generative AI", "AI/ML", "Artificial Intelligence", "AI and ML")
_NETWORK = {"event.category": ["network"]}
_USER = {"ai.content.role": "user", "ai.content.origin": "user"}
_SIGNS = {"SIGN_IN": ["start"], "SIGN_OUT": ["end"]}


def claims(value: Any, hints: Fields) -> bool:
    """Know a record by the name of its feed, or by keys that no other proxy has."""
    if type(value) is not dict:
        return False
    fed = hints.get("sourcetype", value.get("sourcetype"))
    if type(fed) is str and fed.startswith("zscalernss"):
        return True
    return "urlsupercategory" in value or ("reqaction" in value and "resaction" in value)


def read(value: Fields, hints: Fields) -> Iterator[Draft]:
    """Make the visit of a web record, and the upload or download in it; or what another feed tells."""
    feed = text(hints.get("sourcetype", "")).rpartition("-")[2]
    if feed not in _FEEDS:
        feed = next((feed for feed, key in _SIGNATURES if key in value), "web")
    yield from _FEEDS[feed](value)


def _base(value: Fields, feed: str) -> Fields:
    fields = pick(value, _COMMON)
    user = first(value, ("user", "login"))
    fields |= person(_unquoted(user[:1024]) if type(user) is str else user)
    fields["event.dataset"] = f"zscaler.{feed}"
    return fields


def _decoded(fields: Fields) -> Fields:
    for name in _ENCODED:
        if type(coded := fields.get(name)) is str and "%" in coded:
            fields[name] = _unquoted(coded[:1024])
    return fields


_unquoted = lru_cache(maxsize=4096)(unquote)


def _draft(value: Fields, fields: Fields) -> Draft:
    stated = text(first(value, ("event_id", "recordid")))
    times = (value.get("datetime"), value.get("time"), value.get("lastmodtime"))
    problems = tuple(fields.pop("ai.quality.problems", ()))
    return Draft(_decoded(fields), times, act="" if stated == "0" else stated, problems=problems)


def _web(value: Fields) -> Iterator[Draft]:
    fields = {**_base(value, "web"), **pick(value, _WEB), **_page(value), **_judged(value)}
    fields["ai.surface"] = surface(fields.get("user_agent.original"))
    filed = f"{value.get('urlcategory')}|{value.get('appclass')}|{value.get('urlsupercategory')}"
    if _is_ai(filed[:512]):
        fields["ai.app.heuristic"] = True
    profiles = [found for key in ("dlpengine", "dlpdictionaries") if given(found := value.get(key))]
    fields["ai.data.dlp_profiles"] = profiles or None
    silent = {**fields, "ai.content.text": None}
    yield _draft(value, {**silent, "event.action": "web_visit", "file.name": None, "file.extension": None})
    if given(fields.get("ai.content.text")):
        yield _draft(value, {**fields, "event.action": "prompt", "file.name": None, **_USER})
    if verb := _transfer(fields):
        yield _draft(value, {**silent, "event.action": verb})


@lru_cache(maxsize=1024)
def _is_ai(words: str) -> bool:
    """Say whether the vendor files a page under AI."""
    return any(known in words for known in _AI_WORDS)


def _page(value: Fields) -> Fields:
    """Give the address of a request; its scheme is told beside it, if at all."""
    url, host, protocol = (text(value.get(key)) for key in ("url", "hostname", "protocol"))
    scheme = f"{protocol.lower()}://" if protocol.lower() in ("http", "https") and "://" not in url else ""
    return (web(f"{scheme}{url}") if url else {}) or (web(host) if host else {})


def _judged(value: Fields) -> Fields:
    """Give the decision, and the rule or reason where it says more than the plain word."""
    told = decided(value.get("action"))
    reason, rule = value.get("reason"), value.get("rulelabel")
    if given(reason) and decision(reason) is None:
        told["event.reason"] = reason
    elif given(rule) and "event.reason" not in told and told.get("ai.policy.decision") != "allow":
        told["event.reason"] = unquote(rule) if type(rule) is str else rule
    return told


def _transfer(fields: Fields) -> str | None:
    """Tell an upload or a download by a named file, an upload also by the size of what was sent."""
    sent = text(fields.get("http.request.method")).upper() in _OUTGOING
    if given(fields.get("file.name")):
        return "file_upload" if sent else "file_access"
    size = text(fields.get("http.request.body.bytes"))
    return "file_upload" if sent and size.isdecimal() and len(size) < 16 and int(size) > _LARGE else None


def _dns(value: Fields) -> Iterator[Draft]:
    told = [decided(value.get(key)) for key in ("reqaction", "resaction")]
    strict = next((one for one in told if one.get("ai.policy.decision") == "block"), told[0])
    fields = {**_base(value, "dns"), **pick(value, _DNS), **strict, **_NETWORK, "event.action": "web_visit"}
    yield _draft(value, fields)


def _firewall(value: Fields) -> Iterator[Draft]:
    fields = {**_base(value, "fw"), **pick(value, _FIREWALL), **_judged(value), **_NETWORK}
    yield _draft(value, {**fields, "event.action": "web_visit"})


def _casb(value: Fields) -> Iterator[Draft]:
    """Make the upload of a file that was found at rest."""
    fields = {**_base(value, "casb"), **pick(value, _CASB), "event.action": "file_upload"}
    profiles = [found for key in ("dlpenginenames", "dlpdictnames") if given(found := value.get(key))]
    yield _draft(value, {**fields, "ai.data.dlp_profiles": profiles or None})


def _audit(value: Fields) -> Iterator[Draft]:
    """Make the act of an administrator. What was changed may hold secrets: only the names of changed keys stay."""
    action, result = text(value.get("action")), text(value.get("result")).lower()
    changed = _changed(loaded(value.get("preaction")), loaded(value.get("postaction")))
    reason = [text(value.get("category")), text(value.get("subcategory")), changed]
    fields = {
        **_base(value, "audit"),
        **person(value.get("adminid")),
        "event.code": action,
        "event.action": "signin" if action in _SIGNS else "config_change",
        "event.type": _SIGNS.get(action),
        "event.outcome": {"success": "success", "": None}.get(result, "failure"),
        "event.reason": " ".join(word for word in reason if word) or None,
    }
    yield _draft(value, fields)


def _changed(before: Any, after: Any) -> str:
    if type(before) is not dict or type(after) is not dict:
        return ""
    return ", ".join(sorted(key for key in before.keys() | after.keys() if before.get(key) != after.get(key)))


_FEEDS: dict[str, Callable[[Fields], Iterator[Draft]]] = {
    "web": _web,
    "dns": _dns,
    "fw": _firewall,
    "casb": _casb,
    "audit": _audit,
}
_SIGNATURES = (("dns", "dns_req"), ("fw", "nwapp"), ("casb", "applicationname"), ("audit", "adminid"))
"""A key that tells the feed where the record does not name it."""

SOURCE = Source(
    name="zscaler",
    claims=claims,
    read=read,
    marks=frozenset(("sourcetype", "urlsupercategory", "reqaction")),
    keys=frozenset(
        "sourcetype datetime event_id user department location ClientIP clientpublicIP serverip protocol requestmethod "
        "status hostname url refererURL useragent requestsize responsesize transactionsize contenttype appname appclass "
        "urlcategory urlsupercategory urlclass action reason rulelabel dlpengine dlpdictionaries filetype fileclass "
        "filename threatname threatcategory pagerisk deviceowner devicehostname vendor product dns_req reqaction resaction "
        "csip cdip cdport nwapp nwsvc login applicationname recordid adminid".split()
    ),
    own=frozenset(("hostname",)),
    fixed={"event.module": "webproxy"},
)
