"""Cloudflare Gateway: HTTP requests, name look-ups, and requests for access."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from pipeline.event import Fields
from pipeline.understand.sources.forms.addresses import web
from pipeline.understand.sources.forms.people import person
from pipeline.understand.sources.forms.rows import content
from pipeline.understand.sources.forms.values import given, pick, table, text
from pipeline.understand.sources.forms.visits import (
    client,
    files_under_ai,
    listed,
    looked_up,
    noted,
    outgoing,
    ruled,
    size,
    words,
)
from pipeline.understand.sources.forms.words import surface
from pipeline.understand.sources.source import Draft, Source

_HTTP = table(
    {
        "event.code": "HTTPMethod",
        "http.request.method": "HTTPMethod",
        "http.response.status_code": "HTTPStatusCode",
        "host.name": "DeviceName",
        "device.id": "DeviceID",
        "ai.actor.id": "UserID",
        "destination.ip": "DestinationIP",
        "destination.port": "DestinationPort",
        "user_agent.original": "UserAgent",
    }
)
_DNS = table(
    {
        "event.code": "ResolverDecision",
        "host.name": "DeviceName",
        "device.id": "DeviceID",
        "ai.actor.id": "UserID",
        "source.ip": "SrcIP",
        "destination.ip": "DstIP",
        "destination.port": "DstPort",
    }
)
_ACCESS = table({"event.code": "Action", "ai.actor.id": "UserUID", "source.ip": "IPAddress"})
_DNS_ACT = ("Datetime", "QueryName", "SrcIP", "SrcPort", "QueryType")
"""What identifies a look-up, which has no id of its own."""
_RESOLVED = (("blocked", "block"), ("allowed", "allow"), ("override", "warn"))
"""How decisions of the resolver begin. It overrides an answer; no person gets past a block by that."""
_ALLOWING = {"off": "bypass", "unknown": None}
"""Actions in the words that decisions have elsewhere."""


def claims(value: Any, _hints: Fields) -> bool:
    """Know each of the three logs by keys that only it has together."""
    if type(value) is not dict:
        return False
    if "QueryName" in value:
        return "ResolverDecision" in value
    if "HTTPHost" in value:
        return "RequestID" in value and "Action" in value
    return "AppUUID" in value and "RayID" in value


def read(value: Fields, _hints: Fields) -> Iterator[Draft]:
    """Make the visit of a request or look-up, and a file for each that went in or out; or the sign-in to an app."""
    if "QueryName" in value or "ResolverDecision" in value:
        yield _look_up(value)
    elif "AppUUID" in value or "RayID" in value:
        yield _sign_in(value)
    else:
        yield from _request(value)


def _request(value: Fields) -> Iterator[Draft]:
    times, act = (value.get("Datetime"),), text(value.get("RequestID"))
    common = {**pick(value, _HTTP), **person(value.get("Email")), **_page(value), **_judged(value)}
    common["source.ip"] = client(value.get("SourceIP"), value.get("SourceInternalIP"))
    common["event.dataset"] = "cloudflare.gateway_http"
    common["ai.surface"] = surface(common.get("user_agent.original"))
    if apps := words(value.get("ApplicationNames")):
        common["ai.app.name"] = apps[0]
    if files_under_ai(value.get("CategoryNames")):
        common["ai.app.heuristic"] = True
    problems, files = noted(common), list(_files(value))
    act = act or (content(value) if len(files) > _MANY else "")
    yield Draft({"event.action": "web_visit"}, times, act=act, common=common, problems=problems)
    counts: dict[str, int] = {}
    for verb, file in files:
        part = counts[verb] = counts.get(verb, -1) + 1
        yield Draft(
            {"event.action": verb, **file}, times, act=act, part=str(part), common=common, problems=problems
        )


def _page(value: Fields) -> Fields:
    url, host = text(value.get("URL")), text(value.get("HTTPHost"))
    return (web(url) if url else {}) or (web(host) if host else {})


def _judged(value: Fields) -> Fields:
    action = value.get("Action")
    if type(action) is str:
        action = _ALLOWING.get(action.strip().lower(), action)
    told = ruled(action, value.get("PolicyName"))
    if profiles := [
        *words(value.get("UploadMatchedDlpProfiles")),
        *words(value.get("DownloadMatchedDlpProfiles")),
    ]:
        told["ai.data.dlp_profiles"] = list(dict.fromkeys(profiles))
    return told


def _files(value: Fields) -> Iterator[tuple[str, Fields]]:
    """Give verb and fields of each file: details first, then the names that come without, then the one that was blocked."""
    told = value.get("FileInfo")
    named = set[str]()
    if told:
        inside = listed(told)
        for one in listed(inside[0].get("files")) if inside and type(inside[0]) is dict else ():
            if type(one) is dict and (verb := _DIRECTIONS.get(text(one.get("direction")).lower())):
                file = pick(one, _FILE)
                named.add(text(file.get("file.name")))
                yield verb, file
    for key, verb in _NAMES:
        for name in words(value.get(key)):
            if name not in named:
                named.add(name)
                yield verb, {"file.name": name}
    blocked = value.get("BlockedFileName")
    if type(blocked) is str and given(blocked) and blocked not in named:
        yield "file_upload" if outgoing(value.get("HTTPMethod")) else "file_access", _blocked(value)


_MANY = 16
"""Files of a request without an id from which on it is known by what it says, not by its place."""
_DIRECTIONS = {"upload": "file_upload", "download": "file_access"}
_NAMES = (("UploadedFileNames", "file_upload"), ("DownloadedFileNames", "file_access"))
_FILE = table({"file.name": "file_name", "file.size": "file_size", "file.mime_type": "content_type"})
_BLOCKED = table({"file.name": "BlockedFileName", "file.hash.sha256": "BlockedFileHash"})


def _blocked(value: Fields) -> Fields:
    file = pick(value, _BLOCKED)
    if size(length := value.get("BlockedFileSize")):
        file["file.size"] = length
    if "/" in (kind := text(value.get("BlockedFileType"))):
        file["file.mime_type"] = kind
    return file


def _look_up(value: Fields) -> Draft:
    decision = text(value.get("ResolverDecision"))
    plain, code = decision.lower(), value.get("RCode")
    fields = {
        **pick(value, _DNS),
        **person(value.get("Email")),
        **looked_up(value.get("QueryName")),
        "event.module": "dns",
        "event.dataset": "cloudflare.gateway_dns",
    }
    if found := next((ours for begun, ours in _RESOLVED if plain.startswith(begun)), None):
        fields["ai.policy.decision"] = found
    elif decision:
        fields["event.reason"] = decision
    if found and given(policy := value.get("Policy")):
        fields["event.reason"] = policy
    if text(code).isdecimal():
        fields["event.outcome"] = "success" if int(text(code)) == 0 else "failure"
    if files_under_ai(value.get("QueryCategoryNames")) or files_under_ai(value.get("MatchedCategoryNames")):
        fields["ai.app.heuristic"] = True
    told, problems = (
        [text(value.get(key)) for key in _DNS_ACT],
        () if found or not decision else ("unknown_decision",),
    )
    return Draft(fields, (value.get("Datetime"),), act="|".join(told) if told[1] else "", problems=problems)


def _sign_in(value: Fields) -> Draft:
    """Make the sign-in to an app behind the gateway; the domain of an app may have a path."""
    allowed = value.get("Allowed")
    if type(allowed) is str:
        allowed = {"true": True, "false": False}.get(allowed.lower())
    fields = {
        **pick(value, _ACCESS),
        **person(value.get("Email")),
        **web(text(value.get("AppDomain"))),
        "event.action": "signin",
        "event.type": ["end"] if text(value.get("Action")).lower() == "logout" else None,
        "event.outcome": ("success" if allowed else "failure") if type(allowed) is bool else None,
        "event.dataset": "cloudflare.access",
    }
    return Draft(fields, (value.get("CreatedAt"),), act=text(value.get("RayID")))


SOURCE = Source(
    name="cloudflare",
    claims=claims,
    read=read,
    marks=frozenset(("QueryName", "HTTPHost", "AppUUID")),
    keys=frozenset(
        "Datetime AccountID RequestID Action Email UserID DeviceID DeviceName SourceIP SourceInternalIP DestinationIP "
        "DestinationPort HTTPHost HTTPMethod HTTPStatusCode HTTPVersion URL Referer UserAgent PolicyID PolicyName "
        "ApplicationNames CategoryNames IsIsolated UntrustedCertificateAction UploadedFileNames DownloadedFileNames FileInfo "
        "BlockedFileHash BlockedFileName BlockedFileReason UploadMatchedDlpProfiles DownloadMatchedDlpProfiles Allowed "
        "AppDomain AppUUID Connection CreatedAt IPAddress RayID UserUID QueryName QueryNameReversed QueryType QueryTypeName "
        "RCode ResolverDecision ResolvedIPs RData SrcIP SrcPort DstIP DstPort MatchedCategoryNames QueryCategoryNames".split()
    ),
    fixed={"event.module": "webproxy"},
)
