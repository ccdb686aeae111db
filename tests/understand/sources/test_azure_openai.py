import json

import pytest

from pipeline.errors import BadRecord
from tests.understand.samples import fields_of, one
from tests.understand.sources.vendors import (
    APIM,
    DIAGNOSTIC,
    GATEWAY,
    GATEWAY_LLM,
    GATEWAY_PROPERTIES,
    OAI,
    OBJECT,
    REQUEST,
    exact,
)

FIXED = {"gen_ai.provider.name": "azure.ai.openai", "ai.surface": "api", "ai.actor.type": "service"}
CALLED = {
    **FIXED,
    "event.code": "ChatCompletions_Create",
    "event.outcome": "success",
    "ai.turn.id": "7c0f0000-0000-4000-8000-000000000001",
    "ai.app.name": "FW-OAI",
    "service.name": "FW-OAI",
    "source.address": "198.51.100.***",
    "gen_ai.request.model": "fw-chat",
    "gen_ai.response.model": "glacier-4",
    "http.response.status_code": 200,
    "http.request.body.bytes": 412,
    "http.response.body.bytes": 1960,
    "ai.content.available": "metadata",
}
ASKED = {
    "event.action": "prompt",
    "event.category": ["api"],
    "event.type": ["start"],
    "gen_ai.operation.name": "chat",
    "ai.content.role": "user",
    "ai.content.origin": "user",
}
SAID = {
    "event.action": "completion",
    "event.category": ["api"],
    "event.type": ["end"],
    "gen_ai.operation.name": "chat",
    "ai.content.role": "assistant",
    "ai.content.origin": "model",
}
QUESTION = {"ai.content.text": "Which rate holds?", "ai.content.length": 17, "ai.content.available": "full"}
ANSWER = {"ai.content.text": "The old one.", "ai.content.length": 12, "ai.content.available": "full"}


def test_the_service_tells_of_a_call_without_its_text():
    assert exact(DIAGNOSTIC) == [{**CALLED, **ASKED}]
    assert fields_of(DIAGNOSTIC)[0]["@timestamp"] == "2026-03-04T05:06:07.123000Z"
    assert fields_of(DIAGNOSTIC)[0]["event.dataset"] == "azure_openai.request"


def diagnosed(**changes):
    properties = json.loads(DIAGNOSTIC["properties"]) | changes.pop("properties", {})
    return {**DIAGNOSTIC, "properties": properties, **changes}


def test_properties_may_be_an_object_or_a_column():
    column = {key: value for key, value in DIAGNOSTIC.items() if key != "properties"}

    assert exact(diagnosed()) == exact(DIAGNOSTIC)
    assert exact({**column, "properties_s": DIAGNOSTIC["properties"]}) == exact(DIAGNOSTIC)


def test_a_directory_id_is_the_person():
    (found,) = exact(diagnosed(properties={"objectId": OBJECT}))

    assert found == {**CALLED, **ASKED, "user.id": OBJECT, "ai.actor.type": "human"}


def test_ticks_stand_in_for_a_time_that_is_missing():
    assert fields_of(diagnosed(time=None))[0]["@timestamp"].startswith("2026-03-04T05:06:07.12")


@pytest.mark.parametrize(
    ("name", "verb", "operation"),
    [
        ("ChatCompletions_Create", "prompt", "chat"),
        ("Completions_Create", "prompt", "text_completion"),
        ("Embeddings_Create", "prompt", "embeddings"),
        ("Responses_Create", "prompt", "chat"),
        ("ImageGenerations_Create", "prompt", "generate_content"),
        ("Create_Thread", "prompt", "invoke_agent"),
        ("Create_Run", "prompt", "invoke_agent"),
        ("Create_Assistant", "prompt", "invoke_agent"),
        ("Create_Thread_And_Run", "prompt", "invoke_agent"),
        ("ListKey", "config_change", None),
        ("RegenerateKey", "config_change", None),
        ("Truncate_Deployments", "config_change", None),
        ("Something_New", "config_change", None),
        (7, "config_change", None),
    ],
)
def test_the_operation_tells_the_verb(name, verb, operation):
    (found,) = fields_of({**DIAGNOSTIC, "operationName": name})

    assert (found["event.action"], found.get("gen_ai.operation.name")) == (verb, operation)


@pytest.mark.parametrize("category", ["Audit", "Trace", "RequestResponse"])
def test_every_category_of_the_service_is_read(category):
    (found,) = fields_of({**DIAGNOSTIC, "category": category, "operationName": "ListKey"})

    assert (found["event.action"], found["event.code"]) == ("config_change", "ListKey")


@pytest.mark.parametrize(
    ("status", "more", "outcome"),
    [
        ("200", {}, "success"),
        ("429", {}, "failure"),
        (401, {}, "failure"),
        (None, {"isRequestSuccess": True}, "success"),
        ("0", {"isRequestSuccess": "False"}, "failure"),
        ("x", {}, None),
    ],
)
def test_the_outcome_is_told_by_the_status_or_else_by_the_word(status, more, outcome):
    (found,) = fields_of({**DIAGNOSTIC, "resultSignature": status, **more})

    assert found.get("event.outcome") == outcome


PASSED = {
    **FIXED,
    "event.code": "ChatCompletions_Create",
    "event.outcome": "success",
    "ai.turn.id": "d2b80000-0000-4000-8000-000000000002",
    "ai.app.name": "oai",
    "service.name": "oai",
    "ai.actor.id": "u-3",
    "ai.key.id": "sub-7",
    "ai.network.via_gateway": True,
    "source.ip": "198.51.100.7",
    "user_agent.original": "fw-ledger/1.2",
    "gen_ai.request.model": "fw-chat",
    "http.request.method": "POST",
    "http.response.status_code": 200,
    "http.request.body.bytes": 612,
    "http.response.body.bytes": 2011,
    "url.domain": "fw-apim.azure-api.example",
    "url.path": "/deployments/fw-chat/chat/completions",
    "url.full": "https://fw-apim.azure-api.example/deployments/fw-chat/chat/completions",
}


def test_the_gateway_gives_prompt_and_completion():
    assert exact(GATEWAY) == [
        {**PASSED, **ASKED, **QUESTION},
        {
            **PASSED,
            **SAID,
            **ANSWER,
            "gen_ai.response.id": "chatcmpl-1",
            "gen_ai.response.model": "glacier-4-0901",
            "gen_ai.response.finish_reasons": ["stop"],
            "gen_ai.usage.input_tokens": 9,
            "gen_ai.usage.output_tokens": 4,
        },
    ]
    assert fields_of(GATEWAY)[0]["event.dataset"] == "azure_openai.gateway"


def test_messages_that_the_gateway_cut_out_are_chunks():
    fields = {
        **{
            key: PASSED[key]
            for key in ("event.code", "ai.turn.id", "gen_ai.request.model", "ai.network.via_gateway")
        },
        **FIXED,
        "gen_ai.response.model": "glacier-4",
        "ai.app.name": "FW-APIM",
        "service.name": "FW-APIM",
        "ai.content.chunk": 0,
    }

    assert exact(GATEWAY_LLM) == [
        {**fields, **ASKED, **QUESTION},
        {**fields, **SAID, **ANSWER, "gen_ai.usage.input_tokens": 9, "gen_ai.usage.output_tokens": 4},
    ]
    assert fields_of(GATEWAY_LLM)[0]["event.dataset"] == "azure_openai.gateway_llm"


def test_one_call_has_one_id_in_all_three_logs():
    service = {**DIAGNOSTIC, "correlationId": GATEWAY["correlationId"]}
    prompts = [one(record, "prompt")["event.id"] for record in (service, GATEWAY, GATEWAY_LLM)]
    answers = [one(record, "completion")["event.id"] for record in (GATEWAY, GATEWAY_LLM)]

    assert len(set(prompts)) == len(set(answers)) == 1


def llm(**changes):
    return {**GATEWAY_LLM, "properties": {**GATEWAY_LLM["properties"], **changes}}


def test_pieces_of_long_messages_are_acts_of_their_own():
    whole = json.dumps(REQUEST["messages"])
    first = llm(requestMessages=whole[:20], responseMessages=None, sequenceNumber=0)
    second = llm(requestMessages=whole[20:], responseMessages="", sequenceNumber="1")
    (one_piece,), (other,) = fields_of(first), fields_of(second)

    assert one_piece["ai.content.text"] + other["ai.content.text"] == whole
    assert (one_piece["ai.content.chunk"], other["ai.content.chunk"]) == (0, 1)
    assert one_piece["event.id"] != other["event.id"]


def test_a_piece_beside_whole_messages_takes_no_id_from_them():
    answers = [{"role": "assistant", "content": "one"}, {"role": "assistant", "content": "two"}]
    found = fields_of(llm(requestMessages='[{"ro', responseMessages=answers, sequenceNumber=3))

    assert len({fields["event.id"] for fields in found}) == 3


def test_later_records_with_whole_messages_are_acts_of_their_own():
    messages = [{"role": "system", "content": "Be short."}, {"role": "user", "content": "Why?"}]
    records = [llm(requestMessages=messages, responseMessages=[], sequenceNumber=n) for n in (0, 1)]

    assert len({f["event.id"] for record in records for f in fields_of(record)}) == 4


def test_a_cut_out_call_without_messages_is_known_to_have_been():
    found = exact(llm(requestMessages=None, responseMessages=None))

    assert [(f["event.action"], f["ai.content.available"]) for f in found] == [
        ("prompt", "metadata"),
        ("completion", "metadata"),
    ]
    assert found[1]["gen_ai.usage.output_tokens"] == 4


def test_columns_of_log_analytics_are_read_like_properties():
    columns = {
        "TimeGenerated": GATEWAY["time"],
        "Type": "ApiManagementGatewayLogs",
        "_ResourceId": APIM.lower(),
    }
    names = {
        "correlationId": "CorrelationId",
        "callerIpAddress": "CallerIPAddress",
        "operationName": "OperationName",
    }
    columns |= {names[key]: GATEWAY[key] for key in names}
    columns |= {key[0].upper() + key[1:]: value for key, value in GATEWAY_PROPERTIES.items()}
    columns["ApimSubscriptionId"], columns["SubscriptionId"] = "sub-7", "azure-subscription"

    assert exact(columns) == exact(GATEWAY)


def test_columns_of_cut_out_messages_are_read_like_properties():
    columns = {
        "TimeGenerated": GATEWAY_LLM["time"],
        "Type": "ApiManagementGatewayLlmLog",
        "_ResourceId": APIM.lower(),
    }
    columns |= {key[0].upper() + key[1:]: value for key, value in GATEWAY_LLM["properties"].items()}
    lowered = [{**fields, "ai.app.name": "FW-APIM", "service.name": "FW-APIM"} for fields in exact(columns)]

    assert lowered == exact(GATEWAY_LLM)


def test_a_record_that_the_gateway_cut_is_truncated():
    assert [f["ai.content.truncated"] for f in fields_of({**GATEWAY, "truncated": 1})] == [True, True]


def test_keys_in_any_case_and_an_envelope_give_the_same():
    lowered = {key.lower(): value for key, value in GATEWAY.items()}

    assert exact({"records": [lowered, DIAGNOSTIC]}) == [*exact(GATEWAY), *exact(DIAGNOSTIC)]


@pytest.mark.parametrize(
    "record",
    [
        {**DIAGNOSTIC, "resourceId": "/SUBSCRIPTIONS/1/PROVIDERS/MICROSOFT.KEYVAULT/VAULTS/X"},
        {**DIAGNOSTIC, "category": "AuditEvent"},
        {**DIAGNOSTIC, "category": 7},
        {**DIAGNOSTIC, "resourceId": [OAI]},
    ],
)
def test_records_of_other_azure_services_are_not_ours(record):
    with pytest.raises(BadRecord):
        fields_of(record)
