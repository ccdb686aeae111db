"""Azure OpenAI: diagnostics of the service, and what an API Management gateway in front of it logs."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import Any

from pipeline.event import Fields
from pipeline.understand.sources import azure_gateway
from pipeline.understand.sources.azure_gateway import Row
from pipeline.understand.sources.forms import talk
from pipeline.understand.sources.forms.people import guid
from pipeline.understand.sources.forms.values import first, given, loaded, pick, table, text
from pipeline.understand.sources.source import Draft, Source

_CATEGORIES = frozenset(("gatewaylogs", "gatewayllmlogs", "requestresponse", "audit", "trace"))
_TABLES = {"apimanagementgatewaylogs": "gatewaylogs", "apimanagementgatewayllmlog": "gatewayllmlogs"}
"""Tables of Log Analytics whose rows name no category."""
_GATEWAYS = frozenset(("gatewaylogs", "gatewayllmlogs"))
_MAKERS = ("MICROSOFT.APIMANAGEMENT", "MICROSOFT.COGNITIVESERVICES")
_NAMED = ("category", "Category", "CATEGORY", "Type", "type")
_RESOURCES = ("resourceid", "_resourceid")
_LONGEST = 4096

_ROW = table(
    {
        "event.code": "operationname",
        "source.ip": "calleripaddress",
        "ai.turn.id": "correlationid",
        "gen_ai.request.model": "modeldeploymentname | deploymentname",
        "gen_ai.response.model": "modelname",
        "http.response.status_code": "resultsignature",
        "http.request.body.bytes": "requestlength",
        "http.response.body.bytes": "responselength",
    }
)
_OPERATIONS = (
    (
        re.compile(r"(?:^|_|and|create|get|list|cancel|submit)(?:run|thread|assistant)s?(?:$|_|and)"),
        "invoke_agent",
    ),
    (re.compile(r"tool_?outputs"), "invoke_agent"),
    (re.compile(r"chat_?completions?|responses?(?:$|_)|messages?_create"), "chat"),
    (re.compile(r"completions?"), "text_completion"),
    (re.compile(r"embeddings?"), "embeddings"),
    (
        re.compile(r"image_?generations?|images?_|video|transcriptions?|translations?|speech_create"),
        "generate_content",
    ),
)
"""How operations of a model are named, and what they are; all others are settings."""


def claims(value: Any, _hints: Fields) -> bool:
    """Know a record by its category and the maker of the resource; keys come in any case."""
    if type(value) is not dict or value.keys().isdisjoint(_NAMED):
        return False
    for key in _NAMED:
        if type(word := value.get(key)) is str and _category(word):
            return _made(value)
    return False


@lru_cache(maxsize=256)
def _category(word: str) -> str:
    plain = word.lower()
    return plain if plain in _CATEGORIES else _TABLES.get(plain, "")


def _made(value: Fields) -> bool:
    resource = value.get("resourceId")
    if type(resource) is not str:
        resource = next((value[key] for key in value if key.lower() in _RESOURCES), None)
    return type(resource) is str and _known_maker(resource[:_LONGEST])


@lru_cache(maxsize=1024)
def _known_maker(resource: str) -> bool:
    plain = resource.upper()
    return any(maker in plain for maker in _MAKERS)


def read(value: Fields, _hints: Fields) -> Iterator[Draft]:
    """Make drafts of a call: without text as the service tells it, with what was said as the gateway does."""
    row = _row(value)
    if row.category in _GATEWAYS:
        return azure_gateway.drafts(row)
    return iter((_diagnosed(row),))


def _row(value: Fields) -> Row:
    """Lower the keys of a record and of its properties; properties that stand as columns count as such."""
    top = {key.lower(): one for key, one in value.items()}
    inside = loaded(first(top, ("properties", "properties_s")))
    own = {key.lower(): one for key, one in inside.items()} if type(inside) is dict else {}
    kind = next(
        (
            _category(word)
            for key in ("category", "type")
            if type(word := top.get(key)) is str and _category(word)
        ),
        "",
    )
    told = {**top, **own}
    return Row(kind, told, own, _common(top, own, told))


def _common(top: Fields, own: Fields, told: Fields) -> Fields:
    common = pick(told, _ROW)
    if stated := text(top.get("correlationid")):
        common["ai.turn.id"] = stated
    name = first(own, ("apiid",)) or first(top, ("apiid",)) or _resource(top)
    common["ai.app.name"] = common["service.name"] = name
    return common


def _resource(top: Fields) -> str | None:
    resource = first(top, _RESOURCES)
    return resource[:_LONGEST].rstrip("/").rpartition("/")[2] if type(resource) is str else None


def _diagnosed(row: Row) -> Draft:
    """Make the draft of a call of the service, which never tells what was said."""
    told, operation = row.told, _operation(text(row.told.get("operationname"))[:_LONGEST])
    person = told.get("objectid")
    common = {
        **row.common,
        "event.dataset": "azure_openai.request",
        "event.outcome": azure_gateway.outcome(told.get("resultsignature"), told),
        "user.id": person if guid(person) and given(person) else None,
    }
    times = (told.get("time"), told.get("timegenerated"), told.get("requesttime"))
    act = text(told.get("correlationid"))
    if operation:
        call = talk.Call(common=common, act=act, times=times, operation=operation)
        return talk.bare(call, "prompt")
    return Draft({"event.action": "config_change"}, times, act=act, part="0" if act else "", common=common)


@lru_cache(maxsize=1024)
def _operation(name: str) -> str:
    plain = name.lower()
    return next((operation for known, operation in _OPERATIONS if known.search(plain)), "")


SOURCE = Source(
    name="azure_openai",
    claims=claims,
    read=read,
    marks=frozenset(_NAMED),
    own=frozenset(("timestamp",)),
    fixed={"event.module": "azure_openai", "gen_ai.provider.name": "azure.ai.openai", "ai.surface": "api"},
    keys=frozenset(
        "time category operationName resourceId callerIpAddress correlationId durationMs resultSignature resultType "
        "properties Tenant location isRequestSuccess TimeGenerated Category CallerIPAddress OperationName CorrelationId "
        "ResourceId".split()
    ),
)
