import json
from copy import deepcopy

import pytest

from pipeline.errors import BadRecord
from tests.understand.samples import ADA, fields_of, one, verbs
from tests.understand.sources.vendors import ARN, BEDROCK, CHUNKS, exact, invoked

COMMON = {
    "gen_ai.provider.name": "aws.bedrock",
    "ai.surface": "api",
    "event.code": "Converse",
    "ai.turn.id": BEDROCK["requestId"],
    "cloud.account.id": "210987654321",
    "user.email": ADA,
    "user.roles": ["ledger-prod"],
    "ai.app.name": "ledger-prod",
    "gen_ai.request.model": "eu.glacier-4-v1:0",
    "event.outcome": "success",
    "event.category": ["api"],
    "ai.actor.type": "human",
}
ASKED = {**COMMON, "event.action": "prompt", "event.type": ["start"], "gen_ai.operation.name": "chat"}


def said(record):
    """(verb, role, text) of every event."""
    return [
        (f["event.action"], f.get("ai.content.role"), f.get("ai.content.text")) for f in fields_of(record)
    ]


def prompted(body, answer=None):
    """What a request says that gets this answer."""
    record = invoked(body, answer or {"content": [{"type": "text", "text": "ok"}]})
    return [(role, text) for verb, role, text in said(record) if verb in ("prompt", "tool_result")]


def completed(body, operation="InvokeModel", **changes):
    return one(invoked({"prompt": "x"}, body, operation, **changes), "completion")


def test_a_conversation_gives_system_text_new_prompt_completion_and_tool_call():
    assert exact(BEDROCK) == [
        {
            **ASKED,
            "ai.content.text": "Be short.",
            "ai.content.role": "system",
            "ai.content.available": "full",
            "ai.content.length": 9,
        },
        {
            **ASKED,
            "ai.content.text": "Which rate holds?",
            "ai.content.role": "user",
            "ai.content.origin": "user",
            "ai.content.available": "full",
            "ai.content.length": 17,
        },
        {
            **COMMON,
            "event.action": "completion",
            "event.type": ["end"],
            "gen_ai.operation.name": "chat",
            "ai.content.text": "Let me look.",
            "ai.content.role": "assistant",
            "ai.content.origin": "model",
            "ai.content.available": "full",
            "ai.content.length": 12,
            "gen_ai.usage.input_tokens": 318,
            "gen_ai.usage.output_tokens": 44,
            "gen_ai.response.finish_reasons": ["tool_use"],
        },
        {
            **COMMON,
            "event.action": "tool_call",
            "event.type": ["start"],
            "gen_ai.operation.name": "execute_tool",
            "gen_ai.tool.call.id": "tooluse_7",
            "gen_ai.tool.name": ["lookup_rate"],
            "ai.tool.arguments": '{"ccy":"NOK"}',
            "ai.content.available": "metadata",
        },
    ]


def test_module_dataset_and_time_stand_on_every_event():
    told = {(f["event.module"], f["event.dataset"], f["@timestamp"]) for f in fields_of(BEDROCK)}

    assert told == {("aws_bedrock", "aws_bedrock.invocation", "2026-03-04T05:06:07.000000Z")}


def test_vectors_are_no_completion():
    assert verbs(invoked({"inputText": "x"}, {"embedding": [0.1, 0.2]})) == ["prompt"]


def test_bodies_in_a_bucket_give_prompt_and_completion_without_text():
    record = deepcopy(BEDROCK)
    record["input"] = {"inputBodyS3Path": "s3://fw/1.json.gz", "inputTokenCount": 7}
    record["output"] = {"outputBodyS3Path": "s3://fw/2.json.gz", "outputTokenCount": 9}
    prompt, completion = exact(record)

    assert prompt["ai.content.available"] == completion["ai.content.available"] == "metadata"
    assert (completion["gen_ai.usage.input_tokens"], completion["gen_ai.usage.output_tokens"]) == (7, 9)
    assert "s3://" not in json.dumps([prompt, completion])


@pytest.mark.parametrize("output", [{}, {"output": None}])
def test_a_call_that_failed_has_no_completion(output):
    record = {key: value for key, value in BEDROCK.items() if key != "output"} | output
    found = exact({**record, "errorCode": "ThrottlingException"})

    assert [f["event.action"] for f in found] == ["prompt", "prompt"]
    assert {(f["event.outcome"], f["event.reason"]) for f in found} == {("failure", "ThrottlingException")}
    assert "ai.policy.decision" not in found[0]


def test_what_was_answered_before_a_call_failed_is_kept():
    answer = completed([*CHUNKS[:4]], "InvokeModelWithResponseStream", errorCode="ModelStreamErrorException")

    assert (answer["ai.content.text"], answer["event.outcome"]) == ("Rates", "failure")
    assert (
        verbs({**BEDROCK, "errorCode": "x", "output": {"outputBodyJson": None, "outputTokenCount": 0}})
        == ["prompt"] * 2
    )


def test_counts_that_are_zero_in_the_body_come_from_the_record():
    answer = {"content": [{"type": "text", "text": "y"}], "usage": {"input_tokens": 0, "output_tokens": 0}}
    found = completed(answer)

    assert (found["gen_ai.usage.input_tokens"], found["gen_ai.usage.output_tokens"]) == (3, 4)


@pytest.mark.parametrize(
    ("arn", "who"),
    [
        (ARN, {"user.email": ADA, "user.roles": ["ledger-prod"], "ai.app.name": "ledger-prod"}),
        ("arn:aws:sts::2:assumed-role/ledger/ada.lind", {"user.name": "ada.lind", "user.roles": ["ledger"], "ai.app.name": "ledger"}),
        ("arn:aws:iam::2:user/ada.lind", {"user.name": "ada.lind", "ai.app.name": "desk"}),
        ("arn:aws:iam::2:root", {"user.name": "root", "ai.app.name": "desk"}),
        ("arn:aws:sts::2:federated-user/ada.lind", {"user.name": "ada.lind", "ai.app.name": "desk"}),
        ("arn:aws:iam::2:role/path/ledger", {"user.roles": ["ledger"], "ai.app.name": "ledger"}),
        (None, {"ai.app.name": "desk"}),
        ([7], {"ai.app.name": "desk"}),
    ],
)  # fmt: skip
def test_who_called_is_told_by_the_arn(arn, who):
    found = fields_of({**BEDROCK, "identity": {"arn": arn}, "requestMetadata": {"app": "desk"}})[0]

    assert {key: found[key] for key in ("user.email", "user.roles", "ai.app.name") if key in found} == {
        key: value for key, value in who.items() if key != "user.name"
    }
    assert found.get("user.name") == who.get("user.name", who.get("user.email"))


TRACE = {
    "guardrail": {
        "inputAssessment": {
            "g-1": {
                "topicPolicy": {"topics": [{"name": "Advice", "type": "DENY", "action": "BLOCKED"}]},
                "contentPolicy": {"filters": [{"type": "INSULTS", "action": "NONE"}]},
                "wordPolicy": {"customWords": [{"match": "project heron", "action": "BLOCKED"}]},
                "sensitiveInformationPolicy": {
                    "piiEntities": [{"type": "EMAIL", "match": ADA, "action": "ANONYMIZED"}]
                },
            }
        }
    }
}


def test_a_guardrail_names_its_policies_and_never_what_matched():
    record = invoked(
        {"messages": [{"role": "user", "content": "x"}]},
        {
            "output": {"message": {"content": [{"text": "no"}]}},
            "stopReason": "guardrail_intervened",
            "trace": TRACE,
        },
        "Converse",
    )
    found = one(record, "completion")

    assert (found["ai.policy.decision"], found["event.reason"]) == ("block", "Advice, wordPolicy, EMAIL")
    assert "heron" not in json.dumps(fields_of(record))


@pytest.mark.parametrize(
    ("answer", "decision", "action"),
    [
        (
            {"amazon-bedrock-guardrailAction": "INTERVENED", "amazon-bedrock-trace": TRACE},
            "block",
            "INTERVENED",
        ),
        ({"amazon-bedrock-guardrailAction": "NONE"}, "allow", "NONE"),
        ({"stop_reason": "refusal"}, "block", None),
        ({"stop_reason": "content_filtered"}, "block", None),
        ({"completionReason": "CONTENT_FILTERED"}, "block", None),
        ({"stop_reason": "end_turn"}, "allow", None),
    ],
)
def test_the_decision_of_a_guardrail_is_taken_over(answer, decision, action):
    found = completed({"content": [{"type": "text", "text": "x"}], **answer})

    assert (found["ai.policy.decision"], found.get("ai.guardrail.action")) == (decision, action)


def test_a_guardrail_in_a_stream_is_taken_over():
    assert (
        completed([*CHUNKS, {"amazon-bedrock-guardrailAction": "INTERVENED"}])["ai.policy.decision"]
        == "block"
    )


def lowered(value):
    return {key.lower(): one for key, one in value.items()}


@pytest.mark.parametrize(
    "record",
    [
        {key: value for key, value in BEDROCK.items() if key != "schemaType"},
        {"messageType": "DATA_MESSAGE", "owner": "2", "logGroup": "g", "logEvents": [{"id": "1", "message": json.dumps(BEDROCK)}]},
        {**BEDROCK, "p_log_type": "x", "timestamp": "2026-03-04 05:06:07.000000000"},
        {**BEDROCK, "input": json.dumps(BEDROCK["input"])},
        {key.lower(): lowered(value) if key in ("input", "output") else value for key, value in BEDROCK.items()},
    ],
)  # fmt: skip
def test_exports_give_the_same_events(record):
    ours = ("event.id", "@timestamp", "ai.content.text")
    assert [[f.get(k) for k in ours] for f in fields_of(record)] == [
        [f.get(k) for k in ours] for f in fields_of(BEDROCK)
    ]


def test_a_tool_call_has_one_id_in_its_answer_and_in_the_next_request():
    history = deepcopy(BEDROCK["input"]["inputBodyJson"])
    history["messages"] += [
        BEDROCK["output"]["outputBodyJson"]["output"]["message"],
        {
            "role": "user",
            "content": [{"toolResult": {"toolUseId": "tooluse_7", "content": [{"json": {"rate": 1}}]}}],
        },
    ]
    result = one(invoked(history, {"content": "x"}, "Converse", requestId="r-2"), "tool_result")

    assert (result["gen_ai.tool.call.id"], result["gen_ai.tool.name"]) == ("tooluse_7", ["lookup_rate"])


def test_a_control_message_is_refused_by_name():
    record = {
        "messageType": "CONTROL_MESSAGE",
        "logEvents": [{"id": "", "message": "CWL CONTROL MESSAGE: Checking."}],
    }

    with pytest.raises(BadRecord, match="a control message of CloudWatch Logs"):
        fields_of(record)
