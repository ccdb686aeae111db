"""Microsoft 365 audit records: Copilot interactions, and the sign-ins, shares and downloads around them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from pipeline.event import Fields
from pipeline.understand.sources.forms.addresses import domain, web
from pipeline.understand.sources.forms.moments import moment
from pipeline.understand.sources.forms.people import guid, person
from pipeline.understand.sources.forms.values import at, given, pick, table, text
from pipeline.understand.sources.forms.words import provider
from pipeline.understand.sources.source import Draft, Source

_MARKS = frozenset("CopilotEventData copilotEventData copiloteventdata Operation operation OPERATION".split())
_COPILOT = frozenset((261, 284))
_SETTINGS = frozenset((334, 363, 373, 383, 384))
_INTERACTIONS = frozenset(("copilotinteraction", "aiappinteraction"))
_COMMON = table(
    {
        "event.code": "operation",
        "organization.id": "organizationid",
        "source.ip": "clientip | actoripaddress",
        "gen_ai.agent.id": "agentid | copiloteventdata.agentid",
        "gen_ai.agent.name": "agentname | copiloteventdata.agentname",
    }
)
_TALK = table(
    {
        "gen_ai.conversation.id": "threadid",
        "gen_ai.agent.id": "agentid",
        "gen_ai.agent.name": "agentname",
    }
)
_RESOURCE = table(
    {
        "file.name": "name",
        "file.extension": "type",
        "ai.data.label": "sensitivitylabelid",
    }
)
_DESKTOP = frozenset(("word", "excel", "powerpoint", "outlook", "teams", "onenote", "office"))
_WEB_SEARCH = "websearch"
_TRUE = (True, "true", "True")
_EARLIEST_MESSAGE = 1420070400.0
"""2015-01-01: a message id of 13 digits that is older is no time."""
_DEEPEST = 40


def claims(value: Any, _hints: Fields) -> bool:
    """Know an audit record by its operation and record type; names of keys come in any case."""
    if type(value) is not dict or value.keys().isdisjoint(_MARKS):
        return False
    keys = {key.lower() for key in value if len(key) < 32}
    return "copiloteventdata" in keys or {"operation", "recordtype"} <= keys


def read(value: Fields, _hints: Fields) -> Iterator[Draft]:
    """Make drafts of an interaction's messages and of what it read, or of another audit record."""
    record = _lowered(value)
    kind, operation = record.get("recordtype"), text(record.get("operation"))
    common = _common(record)
    talked = kind in _COPILOT if type(kind) is int else text(kind).lower() in _INTERACTIONS
    if talked or "copiloteventdata" in record or operation.lower() in _INTERACTIONS:
        yield from _interaction(record, common)
    elif type(kind) is int and kind in _SETTINGS:
        yield _draft(record, common, {"event.action": "config_change"})
    else:
        yield _audited(record, operation, common)


def _lowered(value: Any, depth: int = _DEEPEST) -> Any:
    if type(value) is dict:
        return {key.lower(): _lowered(one, depth - 1) for key, one in value.items()} if depth else {}
    if type(value) is list:
        return [_lowered(one, depth - 1) for one in value] if depth else []
    return value


def _common(record: Fields) -> Fields:
    common = pick(record, _COMMON)
    user = record.get("userid")
    common["event.dataset"] = "o365.audit"
    if type(user) is str and (user.startswith("ServicePrincipal_") or guid(user)):
        common["ai.actor.id"], common["ai.actor.type"] = user, "service"
    else:
        common |= person(user)
        if guid(key := record.get("userkey")):
            common["user.id"] = key
    return common


def _draft(
    record: Fields, common: Fields, fields: Fields, part: str = "", times: tuple[Any, ...] = ()
) -> Draft:
    """Make a draft that is known by the record's id and what of it this is."""
    act = text(record.get("id"))
    return Draft(
        {**fields, "ai.content.available": "metadata"},
        (*times, record.get("creationtime"), record.get("createddatetime")),
        act=f"{act}:{part}" if act and part else act,
        part="" if act else part,
        common=common,
    )


def _interaction(record: Fields, common: Fields) -> Iterator[Draft]:
    data = record.get("copiloteventdata", record.get("aiappinteractioneventdata"))
    data = data if type(data) is dict else {}
    common = {**common, "event.dataset": "o365.copilot", **pick(data, _TALK), **_app(data), **_model(data)}
    messages = _objects(data, "messages")
    for message in messages:
        prompted = message.get("isprompt") in _TRUE
        number = text(message.get("id"))
        fields = {**(_PROMPT if prompted else _COMPLETION), **_flagged(message)}
        yield _draft(record, common, fields, number or "0", (_message_time(number),))
    if not messages:
        yield _draft(record, common, _PROMPT, "prompt")
    for index, resource in enumerate(_objects(data, "accessedresources")):
        yield _draft(record, common, _resource(resource, data), f"resource:{index}")


_PROMPT = {
    "event.action": "prompt",
    "ai.content.role": "user",
    "ai.content.origin": "user",
    "gen_ai.operation.name": "chat",
}
_COMPLETION = {
    "event.action": "completion",
    "ai.content.role": "assistant",
    "ai.content.origin": "model",
    "gen_ai.operation.name": "chat",
}


def _objects(value: Fields, key: str) -> list[Fields]:
    found = value.get(key)
    return [one for one in found if type(one) is dict] if type(found) is list else []


def _app(data: Fields) -> Fields:
    host, plugins = text(data.get("apphost")), _objects(data, "aisystemplugin")
    return {
        "service.name": "m365-copilot",
        "ai.app.name": f"Copilot {host}".strip(),
        "ai.surface": "desktop" if host.lower() in _DESKTOP else "browser",
        "gen_ai.tool.name": plugins[0].get("id") if plugins else None,
    }


def _model(data: Fields) -> Fields:
    models = _objects(data, "modeltransparencydetails")
    about = models[0] if models else {}
    maker = about.get("modelprovidername")
    return {
        "gen_ai.response.model": about.get("modelname"),
        "gen_ai.provider.name": provider(maker) if given(maker) else "azure.ai.openai",
    }


def _flagged(about: Fields) -> Fields:
    flags = [flag for flag in ("jailbreakdetected", "xpiadetected") if about.get(flag) in _TRUE]
    return {"event.reason": ", ".join(flags)} if flags else {}


def _message_time(number: str) -> float | None:
    """Give the time that a message id may be: epoch milliseconds."""
    time = moment(number) if len(number) == 13 else None
    return time if time is not None and time >= _EARLIEST_MESSAGE else None


def _resource(resource: Fields, data: Fields) -> Fields:
    site = resource.get("siteurl")
    page = web(site) if type(site) is str else {}
    fields = {**pick(resource, _RESOURCE), **page, **_flagged(resource)}
    searched = any(
        _WEB_SEARCH in text(plugin.get("id")).lower() for plugin in _objects(data, "aisystemplugin")
    )
    if searched and page and ".sharepoint." not in page["url.domain"]:
        fields |= {"event.action": "tool_result", "ai.content.role": "tool", "ai.content.origin": "web"}
    else:
        fields |= {"event.action": "file_access", "ai.content.origin": "file", "gen_ai.tool.name": None}
    if "block" in text(resource.get("status")).lower():
        fields["ai.policy.decision"] = "block"
    return fields


def _audited(record: Fields, operation: str, common: Fields) -> Draft:
    site, file = record.get("siteurl"), record.get("sourcefilename")
    fields = {
        "service.name": text(record.get("workload")) or None,
        "user_agent.original": _extended(record, "useragent"),
        "file.name": file,
        "url.domain": domain(site) if type(site) is str else None,
        "ai.grant.target": record.get("targetuserorgroupname"),
        "event.outcome": _outcome(record, operation),
        **_verb(operation),
    }
    return _draft(record, common, fields)


def _verb(operation: str) -> Fields:
    if operation in ("UserLoggedIn", "UserLoginFailed"):
        return {"event.action": "signin"}
    if "Link" in operation or operation.startswith(("Sharing", "AddedTo")):
        return {"event.action": "share"}
    if operation == "FileDownloaded" or operation.startswith(
        ("FileAccessed", "FilePreviewed", "FileSyncDownloaded")
    ):
        return {"event.action": "file_access"}
    return {"event.action": "config_change"}


def _outcome(record: Fields, operation: str) -> str | None:
    """Tell the outcome; a failed sign-in may say Success, for it succeeded in failing."""
    if operation == "UserLoginFailed":
        return "failure"
    status = text(record.get("resultstatus")).lower()
    return {"success": "success", "succeeded": "success", "true": "success"}.get(
        status, "failure" if status else None
    )


def _extended(record: Fields, name: str) -> Any:
    pairs = _objects(record, "extendedproperties")
    return next((at(pair, ("value",)) for pair in pairs if text(pair.get("name")).lower() == name), None)


SOURCE = Source(
    name="m365_copilot",
    claims=claims,
    read=read,
    marks=_MARKS,
    fixed={"event.module": "o365"},
    keys=frozenset(
        "CreationTime Id Operation RecordType OrganizationId UserKey UserType Version Workload UserId ClientIP "
        "ClientRegion AppIdentity CopilotLogVersion AgentId AgentName CopilotEventData ResultStatus ObjectId "
        "ExtendedProperties SourceFileName SiteUrl ActorIpAddress".split()
    ),
)
