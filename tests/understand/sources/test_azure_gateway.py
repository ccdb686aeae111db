import json

import pytest

from pipeline.errors import BadRecord
from tests.understand.samples import fields_of, one, verbs
from tests.understand.sources.vendors import (
    GATEWAY,
    REQUEST,
    RESPONSE,
    exact,
    gated,
)


def test_a_request_that_the_gateway_rewrote_is_told_once():
    rewritten = json.dumps({**REQUEST, "user": "x"})

    assert exact(gated(backendRequestBody=rewritten)) == exact(GATEWAY)
    assert exact(gated(requestBody=None, backendRequestBody=rewritten)) == exact(GATEWAY)


def test_a_body_that_was_cut_keeps_its_text():
    cut = json.dumps(REQUEST)[:40]
    found = one(gated(requestBody=cut, backendRequestBody=None), "prompt")

    assert (found["ai.content.text"], found["ai.content.truncated"]) == (cut, True)


def test_an_answer_that_was_cut_keeps_its_text():
    cut = json.dumps(RESPONSE)[:60]
    found = one(gated(responseBody=cut), "completion")

    assert (found["ai.content.text"], found["ai.content.truncated"]) == (cut, True)


def events(*chunks, done=True):
    return "".join(f"data: {json.dumps(chunk)}\n\n" for chunk in chunks) + (
        "data: [DONE]\n\n" if done else ""
    )


def delta(finish=None, **told):
    return {
        "id": "chatcmpl-2",
        "model": "glacier-4",
        "choices": [{"index": 0, "delta": told, "finish_reason": finish}],
    }


def test_a_streamed_answer_is_joined():
    calls = [
        delta(tool_calls=[{"index": 0, "id": "call-1", "function": {"name": "rate", "arguments": '{"a"'}}]),
        delta(tool_calls=[{"index": 0, "function": {"arguments": ":1}"}}]),
    ]
    stream = events(
        delta(role="assistant", content=""),
        delta(content="The "),
        delta(content="old."),
        *calls,
        delta("tool_calls"),
    )
    _, completion, call = fields_of(gated(responseBody=stream))

    assert (completion["ai.content.text"], completion["gen_ai.response.finish_reasons"]) == (
        "The old.",
        ["tool_calls"],
    )
    assert (completion["gen_ai.response.id"], call["gen_ai.response.id"]) == ("chatcmpl-2", "chatcmpl-2")
    assert (call["gen_ai.tool.call.id"], call["ai.tool.arguments"]) == ("call-1", '{"a":1}')
    assert "ai.content.truncated" not in completion


def test_a_stream_that_was_cut_is_kept_and_truncated():
    found = one(
        gated(responseBody=events(delta(content="The "), delta(content="old."), done=False)[:-40]),
        "completion",
    )

    assert (found["ai.content.text"], found["ai.content.truncated"]) == ("The ", True)


def test_a_text_that_looks_like_messages_is_a_text():
    forged = '[{"role": "assistant", "content": "x"}]'
    record = gated(requestBody=json.dumps({"model": "m", "input": forged}))

    assert one(record, "prompt")["ai.content.text"] == forged


def test_the_responses_interface_is_read_whole_and_streamed():
    answer = {"id": "resp_1", "output": [{"type": "message", "role": "assistant", "content": [{"type": "output_text", "text": "Old."}]}], "usage": {"input_tokens": 3, "output_tokens": 1}}  # fmt: skip
    stream = events(
        {"type": "response.output_text.delta", "delta": "Old."},
        {"type": "response.completed", "response": answer},
        done=False,
    )
    asked = json.dumps({"model": "fw-chat", "instructions": "Be short.", "input": "Which?"})
    for body in (json.dumps(answer), stream):
        found = fields_of(
            gated(
                url="https://fw-apim.azure-api.example/openai/v1/responses",
                requestBody=asked,
                responseBody=body,
            )
        )
        assert [f["ai.content.text"] for f in found] == ["Be short.", "Which?", "Old."]
        assert found[2]["gen_ai.response.id"] == "resp_1"


@pytest.mark.parametrize(
    ("url", "model"),
    [
        ("https://a.example/deployments/d-1/chat/completions", "d-1"),
        ("https://a.example/openai/v1/chat/completions", "fw-chat"),
    ],
)
def test_the_model_is_the_deployment_of_the_url_or_else_that_of_the_body(url, model):
    assert one(gated(url=url, backendUrl=None), "prompt")["gen_ai.request.model"] == model


def test_vectors_are_no_completion():
    record = gated(
        url="https://a.example/deployments/e/embeddings",
        backendUrl=None,
        operationId="Embeddings_Create",
        requestBody='{"input": ["one", "two"]}',
        responseBody='{"data": [{"embedding": [0.1]}]}',
    )

    assert [(f["ai.content.text"], f["gen_ai.operation.name"]) for f in fields_of(record)] == [
        ("one", "embeddings"),
        ("two", "embeddings"),
    ]


def test_other_services_behind_the_gateway_are_no_ai():
    record = gated(
        url="https://a.example/orders/7", backendUrl="https://b.example/orders", requestBody='{"order": 7}'
    )

    with pytest.raises(BadRecord, match="no AI activity"):
        fields_of(record)


def test_a_body_that_asks_makes_any_url_ai():
    assert verbs(gated(url="https://a.example/assistant", backendUrl=None)) == ["prompt", "completion"]


def test_looking_at_deployments_asks_nothing():
    record = gated(
        method="GET", url="https://a.example/openai/deployments", requestBody=None, backendRequestBody=None
    )

    assert verbs(record) == ["config_change"]


def test_bodies_that_are_not_logged_give_metadata():
    bare = gated(requestBody=None, responseBody=None, backendRequestBody=None)

    assert [(f["event.action"], f["ai.content.available"]) for f in fields_of(bare)] == [
        ("prompt", "metadata"),
        ("completion", "metadata"),
    ]


BLOCKED = {
    "error": {
        "code": "content_filter",
        "status": 400,
        "innererror": {
            "code": "ResponsibleAIPolicyViolation",
            "content_filter_result": {
                "jailbreak": {"filtered": True, "detected": True},
                "hate": {"filtered": False, "severity": "safe"},
            },
        },
    }
}


def test_a_prompt_that_the_filter_refused_is_a_block_without_completion():
    (found,) = fields_of(gated(responseCode=400, responseBody=json.dumps(BLOCKED)))

    assert (found["ai.policy.decision"], found["event.outcome"]) == ("block", "failure")
    assert (found["event.reason"], found["ai.guardrail.action"]) == ("jailbreak", "filtered")


@pytest.mark.parametrize(
    ("results", "decision", "action", "reason"),
    [
        ({"hate": {"filtered": False, "severity": "safe"}}, "allow", None, None),
        ({"violence": {"filtered": False, "severity": "low"}}, "allow", "detected", "violence"),
        ({"protected_material_text": {"filtered": False, "detected": True}}, "allow", "detected", "protected_material_text"),
        ({"sexual": {"filtered": True, "severity": "high"}}, "block", "filtered", "sexual"),
        ({"custom_blocklists": [{"filtered": True, "id": "names"}]}, "block", "filtered", "custom_blocklists"),
        ({"custom_blocklists": {"filtered": False, "details": [{"filtered": True, "id": "n"}]}}, "block", "filtered", "custom_blocklists"),
        ({"custom_blocklists": {"filtered": False, "details": []}}, "allow", None, None),
        ({"hate": 7, "custom_blocklists": 7}, "allow", None, None),
    ],
)  # fmt: skip
def test_what_the_filter_found_in_an_answer_is_told(results, decision, action, reason):
    choice = {**RESPONSE["choices"][0], "content_filter_results": results}
    prompt, found = fields_of(gated(responseBody=json.dumps({**RESPONSE, "choices": [choice]})))

    assert (found["ai.policy.decision"], found.get("ai.guardrail.action"), found.get("event.reason")) == (
        decision,
        action,
        reason,
    )
    assert prompt["ai.policy.decision"] == "allow"


def test_the_reason_of_a_gateway_error_is_kept_and_its_message_is_not():
    error = {"source": "rate-limit", "reason": "RateLimitExceeded", "message": "key private-key over quota"}
    (found,) = fields_of(gated(responseCode=429, responseBody=None, lastError=error))

    assert found["event.reason"] == "RateLimitExceeded"
    assert "private-key" not in json.dumps(found)


def test_a_trace_in_the_headers_is_kept():
    parent = "00-6b1fd3c2a90e4e0db0a1c2d3e4f50617-91a2b3c4d5e6f708-01"
    found = fields_of(gated(requestHeaders=json.dumps({"traceparent": parent})))[0]

    assert (found["trace.id"], found["span.id"]) == (parent[3:35], parent[36:52])
