import json

import pytest

from tests.understand.samples import LITELLM, LITELLM_MCP, TOOL, fields_of, one, verbs

FIRST_TURN = {**LITELLM, "messages": [{"role": "user", "content": "Hello"}]}


def test_a_call_gives_what_is_new_in_it_and_all_of_its_answer():
    assert [(f["event.action"], f.get("ai.content.role")) for f in fields_of(LITELLM)] == [
        ("prompt", "system"),
        ("tool_result", "tool"),
        ("prompt", "user"),
        ("completion", "assistant"),
        ("tool_call", None),
    ]


def test_the_prompt_says_who_asked_what_of_whom():
    prompt = one(FIRST_TURN, "prompt")

    assert prompt["ai.content.text"] == "Hello"
    assert prompt["ai.content.origin"] == "user"
    assert prompt["user.email"] == "ada.lind@fernwood.example"
    assert (prompt["ai.actor.id"], prompt["ai.key.id"]) == ("u17", "5b2e9d1c")
    assert (prompt["service.name"], prompt["ai.app.name"]) == ("fernwood-bot", "fernwood-bot")
    assert (prompt["source.ip"], prompt["url.domain"]) == ("192.0.2.17", "llm.fernwood.example")
    assert prompt["user_agent.original"] == "curl/8.9"
    assert prompt["gen_ai.provider.name"] == "azure.ai.openai"
    assert prompt["gen_ai.conversation.id"] == prompt["ai.task.id"] == prompt["ai.turn.id"] == "tr-1"
    assert prompt["@timestamp"] == "2026-03-04T09:00:00.250000Z"
    assert "trace.id" not in prompt


def test_the_completion_has_the_answer_s_time_model_and_usage():
    completion = one(LITELLM, "completion")

    assert completion["@timestamp"] == "2026-03-04T09:00:02.500000Z"
    assert (completion["gen_ai.request.model"], completion["gen_ai.response.model"]) == (
        "glacier-4",
        "glacier-4-0901",
    )
    assert (completion["gen_ai.usage.input_tokens"], completion["gen_ai.usage.output_tokens"]) == (21, 9)
    assert completion["gen_ai.response.finish_reasons"] == ["tool_calls"]
    assert completion["ai.content.origin"] == "model"


def test_calls_and_results_are_known_by_their_call_id():
    call, result = one(LITELLM, "tool_call"), one(LITELLM, "tool_result")
    next_turn = {**LITELLM, "id": "chatcmpl-9", "messages": LITELLM["messages"][:4]}

    assert (call["gen_ai.tool.name"], call["gen_ai.tool.call.id"]) == (["send_mail"], "call-2")
    assert call["ai.tool.arguments"] == '{"to": "x@quayline.example"}'
    assert (result["gen_ai.tool.name"], result["ai.content.text"]) == (["search_tickets"], "three tickets")
    assert one(next_turn, "tool_result")["event.id"] == result["event.id"]


def test_system_text_has_one_id_in_a_conversation():
    def system(record):
        return next(f["event.id"] for f in fields_of(record) if f.get("ai.content.role") == "system")

    assert system(LITELLM) == system({**LITELLM, "id": "chatcmpl-9"})
    assert system(LITELLM) != system({**LITELLM, "trace_id": "tr-9"})
    assert "ai.content.origin" not in next(
        f for f in fields_of(LITELLM) if f.get("ai.content.role") == "system"
    )


def test_a_failure_is_a_prompt_alone():
    failed = {
        **FIRST_TURN,
        "status": "failure",
        "response": None,
        "error_information": {"error_class": "Timeout", "error_code": "504", "traceback": "x"},
    }
    failed["guardrail_information"] = None
    (prompt,) = fields_of(failed)

    assert (prompt["event.outcome"], prompt["event.reason"]) == ("failure", "Timeout 504")
    assert "ai.policy.decision" not in prompt


def test_a_failure_names_its_provider_in_front_of_the_model():
    failed = {
        **FIRST_TURN,
        "custom_llm_provider": "",
        "hidden_params": {"litellm_model_name": "bedrock/glacier"},
    }

    assert one(failed, "prompt")["gen_ai.provider.name"] == "aws.bedrock"


@pytest.mark.parametrize(
    ("guard", "status", "prompt", "completion"),
    [
        (
            {"guardrail_status": "guardrail_intervened", "masked_entity_count": {"A": 1}},
            "success",
            "redact",
            "allow",
        ),
        (
            {"guardrail_status": "guardrail_intervened", "masked_entity_count": {}},
            "success",
            "block",
            "allow",
        ),
        (
            {"guardrail_status": "guardrail_intervened", "masked_entity_count": {"A": 1}},
            "failure",
            "block",
            None,
        ),
        ({"guardrail_status": "success"}, "success", "allow", "allow"),
        (
            {"guardrail_status": "guardrail_intervened", "guardrail_mode": "post_call"},
            "success",
            "allow",
            "block",
        ),
        ({"guardrail_status": "guardrail_failed_to_respond"}, "failure", None, None),
    ],
)
@pytest.mark.parametrize("wrapped", [lambda guard: guard, lambda guard: [guard]])
def test_a_guardrail_decides_where_it_stands(guard, status, prompt, completion, wrapped):
    found = fields_of({**FIRST_TURN, "status": status, "guardrail_information": wrapped(guard)})
    decided = {fields["event.action"]: fields.get("ai.policy.decision") for fields in found}

    assert decided["prompt"] == prompt
    assert decided.get("completion") == completion


@pytest.mark.parametrize(
    "messages", ["redacted-by-litellm", [{"role": "user", "content": "redacted-by-litellm"}]]
)
def test_withheld_text_is_told_as_such(messages):
    prompt = one({**LITELLM, "messages": messages}, "prompt")

    assert prompt["ai.content.available"] == "redacted"
    assert "ai.content.text" not in prompt


@pytest.mark.parametrize("messages", [None, [], {}])
def test_a_call_without_text_is_still_a_prompt(messages):
    assert one({**LITELLM, "messages": messages}, "prompt")["ai.content.available"] == "metadata"


@pytest.mark.parametrize(
    ("response", "said"),
    [
        ("plain text", "plain text"),
        ({"choices": [{"text": "old form", "finish_reason": "stop"}]}, "old form"),
        (
            {
                "content": [{"type": "thinking", "thinking": "hm"}, {"type": "text", "text": "blocks"}],
                "stop_reason": "end_turn",
            },
            "blocks",
        ),
        (
            {
                "output": [
                    {
                        "type": "message",
                        "role": "assistant",
                        "content": [{"type": "output_text", "text": "items"}],
                    }
                ]
            },
            "items",
        ),
    ],
)
def test_answers_come_in_many_forms(response, said):
    assert one({**LITELLM, "response": response}, "completion")["ai.content.text"] == said


def test_embeddings_have_no_answer():
    (prompt,) = fields_of(
        {**LITELLM, "call_type": "aembedding", "messages": "text to embed", "response": {"data": []}}
    )

    assert (prompt["event.action"], prompt["gen_ai.operation.name"]) == ("prompt", "embeddings")


def test_a_tool_called_through_the_proxy_gives_call_and_result():
    call, result = fields_of(LITELLM_MCP)

    assert (call["event.action"], result["event.action"]) == ("tool_call", "tool_result")
    assert (call["gen_ai.tool.name"], call["ai.tool.server"]) == (["lookup_rate"], "rates")
    assert call["ai.tool.arguments"] == '{"currency":"NOK"}'
    assert result["ai.content.text"] == "11.42"
    assert "ai.tool.arguments" not in result


def test_the_tools_that_the_proxy_lists_keep_names_and_hashes_in_order():
    (listed,) = fields_of(
        {**LITELLM_MCP, "call_type": "list_mcp_tools", "response": {"tools": [TOOL, {**TOOL, "name": "b"}]}}
    )

    assert listed["gen_ai.tool.name"] == ["lookup_rate", "b"]
    assert len(set(listed["ai.tool.definition_hash"])) == 2


def test_a_payload_may_be_nested_or_a_string_in_a_message():
    plain = fields_of(LITELLM)

    assert fields_of({"standard_logging_object": LITELLM}) == plain
    shipped = {"message": json.dumps(LITELLM), "ddsource": "litellm"}

    assert fields_of({"standard_logging_object": LITELLM}) == fields_of(LITELLM) == fields_of(shipped)


def test_a_key_never_comes_out():
    metadata = {**LITELLM["metadata"], "user_api_key_hash": "sk-1234", "user_api_key_alias": "sk-5678"}
    prompt = one({**FIRST_TURN, "metadata": metadata}, "prompt")

    assert not {"ai.key.id", "service.name"} & prompt.keys()


def test_every_text_of_a_message_and_every_file_is_an_act_of_its_own():
    content = [
        {"type": "text", "text": "a"},
        {"type": "text", "text": "b"},
        {"type": "input_file", "filename": "plan.pdf"},
        {"type": "image_url", "image_url": {"url": "data:image/png;base64,AAAA"}},
    ]
    found = fields_of({**LITELLM, "messages": [{"role": "user", "content": content}]})

    assert verbs({**LITELLM, "messages": [{"role": "user", "content": content}]})[:4] == [
        "prompt",
        "prompt",
        "file_upload",
        "file_upload",
    ]
    assert (found[2]["file.name"], found[3]["file.mime_type"]) == ("plan.pdf", "image/png")
    assert len({fields["event.id"] for fields in found}) == len(found)
