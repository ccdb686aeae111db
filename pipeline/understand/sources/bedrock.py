"""Amazon Bedrock: one record of the model invocation log for each call of a model."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import Any

from pipeline.errors import BadRecord
from pipeline.event import Fields
from pipeline.understand.sources.bedrock_speech import conversed, is_speech
from pipeline.understand.sources.forms import talk
from pipeline.understand.sources.forms.answers import Answer, answered
from pipeline.understand.sources.forms.bodies import CHAT, EMBEDDING, asked
from pipeline.understand.sources.forms.messages import Part
from pipeline.understand.sources.forms.people import person
from pipeline.understand.sources.forms.values import at, given, loaded, pick, table, text
from pipeline.understand.sources.source import Draft, Source

_CALL = table(
    {
        "event.code": "operation",
        "ai.turn.id": "requestId",
        "cloud.account.id": "accountId",
    }
)
_SCHEMA = "ModelInvocationLog"
_CONTROL = "CWL CONTROL MESSAGE"
_NAMED = re.compile(
    r"arn:aws[\w-]*:(?:sts::\d*:federated-user/(?P<user>.+)|(?:iam|sts)::\d*:(?:assumed-)?role/(?:.*/)?(?P<role>[^/]+))"
)
"""What `person` does not know: a federated user, and a role that nobody is named in."""
_BLOCKING = frozenset(("guardrail_intervened", "content_filtered", "refusal"))
_GUARDED = {"INTERVENED": "block", "NONE": "allow"}
_ACTED = frozenset(("BLOCKED", "ANONYMIZED"))
_POLICIES = frozenset(
    "topicPolicy contentPolicy wordPolicy sensitiveInformationPolicy contextualGroundingPolicy".split()
)
_LOWERED = {
    name.lower(): name
    for name in "accountId requestId modelId requestMetadata errorCode inputBodyJson inputTokenCount outputBodyJson outputTokenCount".split()
}
_DEEPEST = 12
_MOST_REASONS = 20


def claims(value: Any, _hints: Fields) -> bool:
    """Know a record by its schema, or by what every call has; and the control messages between them."""
    if type(value) is not dict:
        return type(value) is str and value.startswith(_CONTROL)
    if value.get("schemaType") == _SCHEMA or value.get("schematype") == _SCHEMA:
        return True
    if "operation" not in value or ("modelId" not in value and "modelid" not in value):
        return False
    return not value.keys().isdisjoint(("input", "output", "identity"))


def read(value: Any, _hints: Fields) -> Iterator[Draft]:
    """Make drafts of what was asked of a model and what it answered."""
    if type(value) is str:
        raise BadRecord("a control message of CloudWatch Logs: it tells of no call")
    value = _restored(value)
    request, response = _restored(_object(value.get("input"))), _restored(_object(value.get("output")))
    body, truncated = _body(request.get("inputBodyJson"))
    spoken, operation = _asked(body)
    answer = _answered(response.get("outputBodyJson"))
    failed = given(value.get("errorCode"))
    if answer.silent:
        operation = EMBEDDING
    call = talk.Call(
        common=_common(value, answer, failed=failed),
        act=text(value.get("requestId")),
        times=(value.get("timestamp"),),
        ended=(value.get("timestamp"),),
        operation=operation,
        answer=_counted(answer, request, response),
    )
    spoken.extend(part for part in answer.parts if part.role == "user")  # of a two-way stream
    if all(part.role == "system" for part in spoken):
        spoken.append(Part("user", "text"))
    yield from _marked(talk.drafts(call, spoken), truncated=truncated)
    if answer.silent or not response or (failed and not answer.parts):
        return
    said = [part for part in answer.parts if part.role != "user"]
    if all(part.kind != "text" for part in said):
        said.append(Part("assistant", "text"))
    stated = answer.fields.get("gen_ai.response.id")
    for draft in _marked(talk.drafts(call, said), truncated=answer.cut):
        draft.fields["gen_ai.response.id"] = stated
        yield draft


def _restored(value: Fields) -> Fields:
    """Give keys the form that they have at Bedrock: some exports lower them."""
    if value.keys().isdisjoint(_LOWERED):
        return value
    return {_LOWERED.get(key, key): one for key, one in value.items()}


def _object(value: Any) -> Fields:
    inside = loaded(value)
    return inside if type(inside) is dict else {}


def _body(value: Any) -> tuple[Any, bool]:
    """Give the JSON of a request body, or its text and that it was cut."""
    inside = loaded(value)
    return inside, type(inside) is str and inside.lstrip()[:1] in ("{", "[")


def _asked(body: Any) -> tuple[list[Part], str]:
    if type(body) is list and is_speech(body):
        return conversed(body, "user"), CHAT
    if type(body) is list and any(type(one) is dict and "role" not in one for one in body):
        found = [one for one in map(asked, body) if one is not None]
        return [part for parts, _ in found for part in parts], found[0][1] if found else CHAT
    if type(body) is str:
        return [Part("user", "text", body)] if body else [], CHAT
    return asked(body) or ([], CHAT)


def _answered(body: Any) -> Answer:
    inside = loaded(body)
    if type(inside) is list and is_speech(inside):
        return Answer(parts=conversed(inside, "assistant"))
    return answered(inside)


def _common(value: Fields, answer: Answer, *, failed: bool) -> Fields:
    common = pick(value, _CALL)
    common.update(_caller(_object(value.get("identity")).get("arn")))
    roles = common.get("user.roles")
    common["ai.app.name"] = roles[0] if roles else at(value.get("requestMetadata"), ("app",))
    common["gen_ai.request.model"] = _model(value.get("modelId"))
    common["event.outcome"] = "failure" if failed else "success"
    common.update(_guarded(answer))
    if failed:
        reasons = (text(value["errorCode"]), common.get("event.reason", ""))
        common["event.reason"] = ", ".join(filter(None, reasons)) or None
    return common


def _caller(arn: Any) -> Fields:
    return _known(arn) if type(arn) is str and len(arn) <= 1024 else {}


@lru_cache(maxsize=4096)
def _known(arn: str) -> Fields:
    """Give who a call was made as. A role alone is no person."""
    found = _NAMED.fullmatch(arn)
    if found and found["user"]:
        return person(found["user"])
    known = {} if found and found["role"] and "assumed-role" not in arn else person(arn)
    return {"user.roles": [found["role"]]} if found and not known else known


def _model(value: Any) -> Any:
    """Give the model's own id: what stands last in an ARN."""
    return value.rpartition("/")[2] if type(value) is str else value


def _guarded(answer: Answer) -> Fields:
    """Give what a guardrail did, and the names of what it did it for; never what matched."""
    body = answer.body
    action = body.get("amazon-bedrock-guardrailAction")
    fields: Fields = {"ai.guardrail.action": action} if given(action) else {}
    if not _BLOCKING.isdisjoint(stop.lower() for stop in answer.stops):
        fields["ai.policy.decision"] = "block"
    elif type(action) is str and action in _GUARDED:
        fields["ai.policy.decision"] = _GUARDED[action]
    traces = (at(body[key], ("guardrail",)) for key in ("trace", "amazon-bedrock-trace") if key in body)
    names = [name for trace in traces if trace is not None for name in _acted(trace, "", _DEEPEST)]
    if names:
        fields["event.reason"] = ", ".join(list(dict.fromkeys(names))[:_MOST_REASONS])
    return fields


def _acted(trace: Any, policy: str, depth: int) -> Iterator[str]:
    """Give the names, else the types, of what a policy acted upon; a word that has neither is named by its policy."""
    if type(trace) is list and depth:
        for one in trace:
            yield from _acted(one, policy, depth - 1)
    if type(trace) is not dict or not depth:
        return
    if (action := trace.get("action")) is not None:
        if type(action) is str and action in _ACTED:
            yield text(trace.get("name")) or text(trace.get("type")) or policy
        return
    for key, one in trace.items():
        yield from _acted(one, key if key in _POLICIES else policy, depth - 1)


def _counted(answer: Answer, request: Fields, response: Fields) -> Fields:
    """Complete the counts of a body by those of the record: each is zero or missing at times."""
    fields = {**answer.fields}
    if not fields.get("gen_ai.usage.input_tokens"):
        fields["gen_ai.usage.input_tokens"] = request.get("inputTokenCount")
    if not fields.get("gen_ai.usage.output_tokens"):
        fields["gen_ai.usage.output_tokens"] = response.get("outputTokenCount")
    return fields


def _marked(drafts: Iterator[Draft], *, truncated: bool) -> Iterator[Draft]:
    for draft in drafts:
        if truncated and draft.fields.get("ai.content.text") is not None:
            draft.fields["ai.content.truncated"] = True
        yield draft


SOURCE = Source(
    name="bedrock",
    aliases=("aws_bedrock",),
    claims=claims,
    read=read,
    marks=frozenset(("schemaType", "schematype", "operation")),
    lines=True,
    own=frozenset(("timestamp",)),
    fixed={
        "event.module": "aws_bedrock",
        "event.dataset": "aws_bedrock.invocation",
        "gen_ai.provider.name": "aws.bedrock",
        "ai.surface": "api",
    },
    keys=frozenset(
        "schemaType schemaVersion timestamp accountId region inferenceRegion requestId operation modelId identity "
        "requestMetadata errorCode input output".split()
    ),
)
