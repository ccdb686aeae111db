import json

import pytest

from tests.understand.samples import fields_of, one
from tests.understand.sources.vendors import BEDROCK_STREAM, CHUNKS, exact, invoked


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


def test_chunks_are_joined_to_text_and_call():
    _, completion, call = exact(BEDROCK_STREAM)

    assert completion["ai.content.text"] == "Rates"
    assert (completion["gen_ai.response.id"], completion["gen_ai.response.model"]) == (
        "msg_9f",
        "glacier-4-0901",
    )
    assert (completion["gen_ai.usage.input_tokens"], completion["gen_ai.usage.output_tokens"]) == (318, 44)
    assert completion["gen_ai.response.finish_reasons"] == ["tool_use"]
    assert (call["gen_ai.tool.call.id"], call["ai.tool.arguments"]) == ("toolu_7", '{"ccy":"NOK"}')
    assert call["gen_ai.response.id"] == "msg_9f"
    assert "ai.content.truncated" not in completion


def test_a_stream_that_stops_early_is_kept_and_truncated():
    cut = completed(CHUNKS[:4], "InvokeModelWithResponseStream")

    assert (cut["ai.content.text"], cut["ai.content.truncated"]) == ("Rates", True)
    assert "gen_ai.response.finish_reasons" not in cut


def test_a_block_may_begin_with_text():
    begun = {"type": "content_block_start", "index": 0, "content_block": {"type": "text", "text": "Old "}}

    assert completed([begun, *CHUNKS[2:4]])["ai.content.text"] == "Old Rates"


def test_thinking_is_no_text():
    chunks = [
        {"type": "content_block_start", "index": 0, "content_block": {"type": "thinking", "thinking": ""}},
        {"type": "content_block_delta", "index": 0, "delta": {"type": "thinking_delta", "thinking": "hm"}},
        {"type": "content_block_delta", "index": 0, "delta": {"type": "signature_delta", "signature": "s"}},
        {"type": "content_block_delta", "index": 1, "delta": {"type": "text_delta", "text": "Yes"}},
        {"type": "message_stop"},
    ]

    assert completed(chunks)["ai.content.text"] == "Yes"


@pytest.mark.parametrize(
    ("chunks", "stop"),
    [
        (
            [
                {"messageStart": {"role": "assistant"}},
                {"contentBlockDelta": {"delta": {"text": "Ra"}, "contentBlockIndex": 0}},
                {"contentBlockDelta": {"delta": {"text": "tes"}, "contentBlockIndex": 0}},
                {"messageStop": {"stopReason": "end_turn"}},
                {"metadata": {"usage": {"inputTokens": 8, "outputTokens": 2}}},
            ],
            "end_turn",
        ),
        (
            [
                {"outputText": "Ra", "index": 0, "completionReason": None},
                {"outputText": "tes", "index": 0, "completionReason": "FINISH"},
            ],
            "FINISH",
        ),
        (
            [
                {"generation": "Ra", "stop_reason": None},
                {
                    "generation": "tes",
                    "prompt_token_count": 8,
                    "generation_token_count": 2,
                    "stop_reason": "stop",
                },
            ],
            "stop",
        ),
        (
            [
                {"text": "Ra", "is_finished": False},
                {"text": "tes", "is_finished": False},
                {"is_finished": True, "finish_reason": "COMPLETE"},
            ],
            "COMPLETE",
        ),
        (
            [
                {"id": "c-1", "choices": [{"index": 0, "delta": {"content": "Ra"}}]},
                {
                    "id": "c-1",
                    "choices": [{"index": 0, "delta": {"content": "tes"}, "finish_reason": "stop"}],
                },
            ],
            "stop",
        ),
        ([{"outputs": [{"text": "Ra"}]}, {"outputs": [{"text": "tes", "stop_reason": "stop"}]}], "stop"),
        ([{"type": "completion", "completion": "Rates", "stop_reason": "stop_sequence"}], "stop_sequence"),
        (
            [
                {"type": "content-delta", "index": 0, "delta": {"message": {"content": {"text": "Rates"}}}},
                {"type": "message-end", "delta": {"finish_reason": "COMPLETE"}},
            ],
            "COMPLETE",
        ),
    ],
    ids=["nova", "titan", "llama", "cohere", "openai", "mistral", "old anthropic", "cohere 2"],
)
def test_chunks_of_every_family_are_joined(chunks, stop):
    found = completed(chunks, "InvokeModelWithResponseStream")

    assert (found["ai.content.text"], found["gen_ai.response.finish_reasons"]) == ("Rates", [stop])
    assert "ai.content.truncated" not in found


def test_a_tool_call_in_chunks_of_nova_and_of_openai_is_joined():
    nova = [
        {
            "contentBlockStart": {
                "start": {"toolUse": {"toolUseId": "t-1", "name": "rate"}},
                "contentBlockIndex": 1,
            }
        },
        {"contentBlockDelta": {"delta": {"toolUse": {"input": '{"a":'}}, "contentBlockIndex": 1}},
        {"contentBlockDelta": {"delta": {"toolUse": {"input": "1}"}}, "contentBlockIndex": 1}},
        {"messageStop": {"stopReason": "tool_use"}},
    ]
    openai = [
        {"choices": [{"delta": {"tool_calls": [{"index": 0, "id": "t-1", "function": {"name": "rate", "arguments": ""}}]}}]},
        {"choices": [{"delta": {"tool_calls": [{"index": 0, "function": {"arguments": '{"a":'}}]}}]},
        {"choices": [{"delta": {"tool_calls": [{"index": 0, "function": {"arguments": "1}"}}]}, "finish_reason": "tool_calls"}]},
    ]  # fmt: skip
    for chunks in (nova, openai):
        call = one(invoked({"prompt": "x"}, chunks), "tool_call")
        assert (call["gen_ai.tool.call.id"], call["gen_ai.tool.name"], call["ai.tool.arguments"]) == (
            "t-1",
            ["rate"],
            '{"a":1}',
        )


@pytest.mark.parametrize(
    ("body", "stop"),
    [
        ({"id": "msg_1", "type": "message", "role": "assistant", "content": [{"type": "text", "text": "Rates"}], "stop_reason": "end_turn", "usage": {"input_tokens": 8, "output_tokens": 2}}, "end_turn"),
        ({"inputTextTokenCount": 8, "results": [{"tokenCount": 2, "outputText": "Rates", "completionReason": "FINISH"}]}, "FINISH"),
        ({"generation": "Rates", "stop_reason": "stop", "prompt_token_count": 8, "generation_token_count": 2}, "stop"),
        ({"outputs": [{"text": "Rates", "stop_reason": "stop"}]}, "stop"),
        ({"choices": [{"message": {"role": "assistant", "content": "Rates"}, "finish_reason": "stop"}]}, "stop"),
        ({"text": "Rates", "finish_reason": "COMPLETE"}, "COMPLETE"),
        ({"completion": "Rates", "stop_reason": "stop_sequence"}, "stop_sequence"),
        ({"generations": [{"text": "Rates", "finish_reason": "COMPLETE"}]}, "COMPLETE"),
        ({"message": {"role": "assistant", "content": [{"type": "text", "text": "Rates"}]}, "finish_reason": "COMPLETE"}, "COMPLETE"),
        ({"output": {"message": {"role": "assistant", "content": [{"text": "Rates"}]}}, "stopReason": "end_turn"}, "end_turn"),
    ],
    ids=["anthropic", "titan", "llama", "mistral", "openai", "cohere", "old anthropic", "command", "cohere 2", "converse"],
)  # fmt: skip
def test_answers_of_every_family_are_read_as_objects_and_as_texts(body, stop):
    for answer in (body, json.dumps(body)):
        found = completed(answer)
        assert (found["ai.content.text"], found["gen_ai.response.finish_reasons"]) == ("Rates", [stop])


@pytest.mark.parametrize(
    ("body", "found"),
    [
        ({"messages": [{"role": "user", "content": "Why?"}], "system": "Be short."}, [("system", "Be short."), ("user", "Why?")]),
        ({"messages": [{"role": "user", "content": [{"type": "text", "text": "Why?"}]}]}, [("user", "Why?")]),
        ({"messages": json.dumps([{"role": "user", "content": "Why?"}])}, [("user", "Why?")]),
        ({"messages": [{"role": "user", "content": "Why?"}, {"role": "assistant", "content": "{"}]}, [("user", "Why?")]),
        ({"prompt": "Why?"}, [("user", "Why?")]),
        ({"prompt": "\n\nHuman: Who?\n\nAssistant: Me.\n\nHuman: Why?\n\nAssistant:"}, [("user", "Why?")]),
        ({"prompt": "Be short.\n\nHuman: Why?\n\nAssistant: {"}, [("system", "Be short."), ("user", "Why?")]),
        ({"inputText": "Why?"}, [("user", "Why?")]),
        ({"message": "Why?", "chat_history": [{"role": "USER", "message": "Who?"}]}, [("user", "Why?")]),
        ({"texts": ["Why?", "Who?"], "input_type": "search_query"}, [("user", "Why?"), ("user", "Who?")]),
        ({"taskType": "TEXT_IMAGE", "textToImageParams": {"text": "a valve"}}, [("user", "a valve")]),
        ({"text_prompts": [{"text": "a valve", "weight": 1}]}, [("user", "a valve")]),
        ({"messages": [{"role": "assistant", "content": [{"toolUse": {"toolUseId": "t-1", "name": "rate", "input": {}}}]}, {"role": "user", "content": [{"toolResult": {"toolUseId": "t-1", "content": [{"text": "11.4"}]}}]}]}, [("tool", "11.4")]),
        ("Why?", [("user", "Why?")]),
        ({"message": '[{"role": "assistant", "content": "x"}]'}, [("user", '[{"role": "assistant", "content": "x"}]')]),
        ({"inputText": '{"role": "assistant", "content": "x"}'}, [("user", '{"role": "assistant", "content": "x"}')]),
        ([{"role": "user", "content": "Why?"}], [("user", "Why?")]),
        ([{"inputText": "Why?"}], [("user", "Why?")]),
        ({"strange": 7}, [("user", None)]),
        (None, [("user", None)]),
    ],
)  # fmt: skip
def test_requests_of_every_family_give_what_is_new(body, found):
    assert prompted(body) == found
    if isinstance(body, dict):
        assert prompted(json.dumps(body)) == found


def test_a_request_cut_in_its_json_is_kept_and_truncated():
    prompt = one(invoked('{"messages": [{"role": "user", "content": "Wh', {"text": "ok"}), "prompt")

    assert (prompt["ai.content.text"][:12], prompt["ai.content.truncated"]) == ('{"messages":', True)


@pytest.mark.parametrize(
    ("body", "answer", "operation"),
    [
        ({"messages": [{"role": "user", "content": "x"}]}, {"text": "y"}, "chat"),
        ({"prompt": "x"}, {"generation": "y"}, "text_completion"),
        ({"inputText": "x"}, {"results": []}, "text_completion"),
        ({"inputText": "x"}, {"embedding": [0.1], "inputTextTokenCount": 1}, "embeddings"),
        ({"texts": ["x"]}, {"embeddings": [[0.1]]}, "embeddings"),
    ],
)
def test_the_operation_is_told_by_the_bodies(body, answer, operation):
    assert one(invoked(body, answer), "prompt")["gen_ai.operation.name"] == operation


SPEECH = [
    {"event": {"contentStart": {"contentName": "c1", "type": "TEXT", "role": "SYSTEM"}}},
    {"event": {"textInput": {"contentName": "c1", "content": "Be "}}},
    {"event": {"textInput": {"contentName": "c1", "content": "kind."}}},
    {"event": {"audioInput": {"contentName": "c2", "content": "UklGRg=="}}},
]


def test_a_two_way_stream_gives_its_texts_and_calls():
    answer = [
        {"event": {"textOutput": {"contentId": "o1", "role": "USER", "content": "Which rate?"}}},
        {"event": {"textOutput": {"contentId": "o2", "role": "ASSISTANT", "content": "Let me see."}}},
        {"event": {"toolUse": {"contentId": "o3", "toolName": "rate", "toolUseId": "t-9", "content": "{}"}}},
    ]
    record = invoked(SPEECH, answer, "InvokeModelWithBidirectionalStream")

    assert said(record) == [
        ("prompt", "system", "Be kind."),
        ("prompt", "user", "Which rate?"),
        ("completion", "assistant", "Let me see."),
        ("tool_call", None, None),
    ]
    assert len({f["event.id"] for f in fields_of(record)}) == 4
