import json

import pytest

from pipeline.errors import BadRecord
from pipeline.understand.sources.otlp import decoded, hexed
from tests.understand.samples import ADA, FLAT_SPAN, OTLP, SPAN, TRACE, fields_of, one, verbs


def flat(**attributes):
    return {
        **FLAT_SPAN,
        "attributes": {
            "gen_ai.operation.name": "chat",
            **{k.replace("__", "."): v for k, v in attributes.items()},
        },
    }


def log(name, body=None, **attributes):
    plain = [
        {"key": key.replace("__", "."), "value": {"stringValue": value}} for key, value in attributes.items()
    ]
    one = {
        "timeUnixNano": "1772615160000000000",
        "traceId": TRACE,
        "spanId": SPAN,
        "eventName": name,
        "body": body,
        "attributes": plain,
    }
    return {"resourceLogs": [{"scopeLogs": [{"scope": {"name": "x"}, "logRecords": [one]}]}]}


def told(**values):
    return {
        "kvlistValue": {
            "values": [{"key": key, "value": {"stringValue": value}} for key, value in values.items()]
        }
    }


def test_a_chat_span_gives_prompt_completion_and_the_calls_in_it():
    assert verbs(OTLP) == ["prompt", "completion", "tool_call", "tool_call", "tool_result"]


def test_the_prompt_is_told_by_span_and_resource():
    prompt = one(OTLP, "prompt")

    assert (prompt["ai.content.text"], prompt["user.email"]) == ("Where?", ADA)
    assert (prompt["service.name"], prompt["host.name"]) == ("ledger-assist", "fw-s-01")
    assert (prompt["trace.id"], prompt["span.id"], prompt["ai.turn.id"]) == (TRACE, SPAN, TRACE)
    assert (prompt["ai.task.id"], prompt["ai.surface"]) == ("conv-6", "agent")
    assert (prompt["event.code"], prompt["gen_ai.provider.name"]) == ("chat", "openai")
    assert prompt["@timestamp"] == "2026-03-04T09:06:00.000000Z"


def test_the_completion_has_the_end_and_the_usage():
    completion = one(OTLP, "completion")

    assert completion["@timestamp"] == "2026-03-04T09:06:02.000000Z"
    assert completion["gen_ai.usage.input_tokens"] == 18
    assert completion["gen_ai.response.finish_reasons"] == ["stop"]
    assert "gen_ai.usage.input_tokens" not in one(OTLP, "prompt")


def test_a_tool_span_gives_call_and_result_and_the_call_is_the_one_of_the_chat():
    found = fields_of(OTLP)
    calls = [fields["event.id"] for fields in found if fields["event.action"] == "tool_call"]
    result = found[-1]

    assert calls[0] == calls[1]
    assert (result["event.outcome"], result["event.reason"]) == ("failure", "timeout")
    assert (result["ai.content.text"], result["@timestamp"]) == ("refused", "2026-03-04T09:06:04.000000Z")


def test_a_flat_dump_with_numbered_attributes_is_read():
    prompt, completion = fields_of(FLAT_SPAN)

    assert (prompt["ai.content.text"], completion["ai.content.text"]) == ("Where?", "There.")
    assert (completion["ai.policy.decision"], prompt["ai.policy.decision"]) == ("block", "allow")
    assert prompt["user.email"] == ADA


def test_numbered_calls_are_gathered():
    call = one(
        flat(
            **{
                "gen_ai.completion.0.role": "assistant",
                "gen_ai.completion.0.tool_calls.0.name": "a",
                "gen_ai.completion.0.tool_calls.0.id": "c",
            }
        ),
        "tool_call",
    )

    assert (call["gen_ai.tool.name"], call["gen_ai.tool.call.id"]) == (["a"], "c")


def test_a_chat_without_captured_content_is_still_two_acts():
    found = fields_of(flat())

    assert [(f["event.action"], f["ai.content.available"]) for f in found] == [
        ("prompt", "metadata"),
        ("completion", "metadata"),
    ]


def test_json_that_was_cut_is_one_text_and_marked():
    prompt = one(flat(gen_ai__input__messages='[{"role":"user","parts":[{"ty'), "prompt")

    assert prompt["ai.content.text"].startswith('[{"role"')
    assert prompt["ai.content.truncated"] is True


def test_system_instructions_are_the_system_s():
    found = fields_of(
        flat(gen_ai__system_instructions=json.dumps([{"type": "text", "content": "Be brief."}]))
    )

    assert [(f["event.action"], f["ai.content.role"]) for f in found] == [
        ("prompt", "system"),
        ("prompt", "user"),
        ("completion", "assistant"),
    ]


@pytest.mark.parametrize(
    ("attributes", "expected"),
    [
        ({"gen_ai__operation__name": "embeddings"}, [("tool_call", "file")]),
        (
            {"gen_ai__operation__name": "search_memory", "gen_ai__memory__query__text": "q"},
            [("tool_call", "memory")],
        ),
        (
            {
                "gen_ai__operation__name": "plan",
                "gen_ai__output__messages": '[{"role":"assistant","parts":[{"type":"text","content":"x"}]}]',
            },
            [("completion", "model")],
        ),
        (
            {"mcp__method__name": "tools/call", "gen_ai__tool__name": "a"},
            [("tool_call", None), ("tool_result", "tool")],
        ),
    ],
)
def test_operations_that_are_no_chats(attributes, expected):
    found = fields_of(flat(**attributes))

    assert [(f["event.action"], f.get("ai.content.origin")) for f in found] == expected


def test_an_agent_s_span_without_messages_is_no_act():
    with pytest.raises(BadRecord, match="no AI activity"):
        fields_of(flat(gen_ai__operation__name="invoke_agent"))


def test_old_events_of_a_span_are_its_input_and_output():
    events = [
        {"name": "gen_ai.user.message", "attributes": [{"key": "content", "value": {"stringValue": "Q"}}]},
        {
            "name": "gen_ai.choice",
            "attributes": [{"key": "message", "value": {"stringValue": '{"content":"A"}'}}],
        },
    ]
    record = json.loads(json.dumps(OTLP))
    span = record["resourceSpans"][0]["scopeSpans"][0]["spans"][0]
    span["events"] = events
    span["attributes"] = [pair for pair in span["attributes"] if "messages" not in pair["key"]]

    assert [f.get("ai.content.text") for f in fields_of(record)][:2] == ["Q", "A"]


def test_a_message_told_again_has_the_id_it_had():
    question = {"body": told(content="Where?"), "session__id": "s"}
    first = fields_of(log("gen_ai.user.message", **question))
    again = fields_of(log("gen_ai.user.message", **question), line=2)
    other = fields_of(log("gen_ai.user.message", body=told(content="When?"), session__id="s"))

    assert first[0]["event.id"] == again[0]["event.id"] != other[0]["event.id"]
    assert first[0]["event.dataset"] == "otel_genai.log"


@pytest.mark.parametrize(
    ("name", "body", "verb"),
    [
        ("gen_ai.choice", {"stringValue": '{"message": {"content": "A"}}'}, "completion"),
        ("gen_ai.system.message", told(content="Be"), "prompt"),
        ("gen_ai.tool.message", told(content="42", id="c1"), "tool_result"),
        ("gen_ai.user.message", None, "prompt"),
    ],
)
def test_old_logs_of_one_message_are_read(name, body, verb):
    assert verbs(log(name, body=body, gen_ai__system="openai")) == [verb]


def test_a_log_with_all_messages_is_read_like_a_span():
    record = log(
        "gen_ai.client.inference.operation.details",
        gen_ai__operation__name="chat",
        gen_ai__input__messages='[{"role":"user","content":"Q"}]',
    )

    assert verbs(record) == ["prompt", "completion"]


@pytest.mark.parametrize(
    ("name", "who"), [("codex.user_prompt", "codex"), ("gemini_cli.tool_call", "gemini_cli")]
)
def test_programs_without_a_reader_are_told_of(name, who):
    with pytest.raises(BadRecord, match=f"1 spans or logs of {who}, which has no reader"):
        fields_of(log(name, gen_ai__system="x"))


def test_ordinary_telemetry_holds_no_ai():
    with pytest.raises(BadRecord, match="no AI activity"):
        fields_of(log("http.request", http__method="GET"))


@pytest.mark.parametrize(
    ("value", "plain"),
    [
        ({"stringValue": "a"}, "a"),
        ({"intValue": "9223372036854775807"}, 9223372036854775807),
        ({"intValue": 7}, 7),
        ({"doubleValue": "NaN"}, None),
        ({"boolValue": True}, True),
        ({"arrayValue": {"values": [{"stringValue": "a"}, {}]}}, ["a", None]),
        ({"kvlistValue": {"values": [{"key": "a", "value": {"intValue": "1"}}, 7]}}, {"a": 1}),
        ({"bytesValue": "AAAA"}, None),
        ({"string_value": "a"}, "a"),
        ({}, None),
    ],
)
def test_any_value_becomes_plain(value, plain):
    assert decoded(value) == plain


@pytest.mark.parametrize(
    ("value", "digits", "expected"),
    [
        (TRACE.upper(), 32, TRACE),
        ("ax/TwqkOTg2wocLT5PUGFw==", 32, "6b1fd3c2a90e4e0db0a1c2d3e4f50617"),
        ("6b1fd3c2-a90e-4e0d-b0a1-c2d3e4f50617", 32, TRACE),
        ("0" * 32, 32, ""),
        ("short", 32, ""),
        (7, 16, ""),
    ],
)
def test_trace_ids_are_hex(value, digits, expected):
    assert hexed(value, digits) == expected
