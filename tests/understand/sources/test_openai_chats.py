import json

import pytest

from pipeline.errors import BadRecord
from tests.understand.samples import ADA, fields_of, one, verbs
from tests.understand.sources.vendors import (
    ASSISTANT_MESSAGE,
    CHAT_MESSAGE,
    CONVERSATION,
    USER_MESSAGE,
    exact,
)

COMMON = {
    "gen_ai.provider.name": "openai",
    "gen_ai.conversation.id": "0f2d-1",
    "organization.id": "9e7a-1",
    "ai.actor.id": "user-fw7",
    "ai.actor.type": "human",
    "user.email": ADA,
    "ai.app.name": "ChatGPT",
    "service.name": "chatgpt",
    "ai.surface": "browser",
    "event.code": "text",
    "ai.turn.id": "5a-1",
}
PROMPT = {
    **COMMON,
    "event.action": "prompt",
    "event.category": ["api"],
    "event.type": ["start"],
    "gen_ai.operation.name": "chat",
    "gen_ai.agent.id": "g-fw4",
    "gen_ai.tool.name": ["myfiles_browser"],
    "ai.content.text": "Sum up the table.",
    "ai.content.length": 17,
    "ai.content.available": "full",
    "ai.content.role": "user",
    "ai.content.origin": "user",
}
UPLOAD = {
    **COMMON,
    "event.action": "file_upload",
    "event.category": ["file"],
    "event.type": ["access"],
    "gen_ai.agent.id": "g-fw4",
    "gen_ai.tool.name": ["myfiles_browser"],
    "ai.content.available": "metadata",
    "ai.content.role": "user",
    "file.name": "q1 rates.XLSX",
    "file.extension": "xlsx",
}
COMPLETION = {
    **COMMON,
    "event.action": "completion",
    "event.category": ["api"],
    "event.type": ["end"],
    "gen_ai.operation.name": "chat",
    "gen_ai.request.model": "glacier-4",
    "ai.content.text": "It sums to 7.",
    "ai.content.length": 13,
    "ai.content.available": "full",
    "ai.content.role": "assistant",
    "ai.content.origin": "model",
}


def test_a_conversation_gives_its_messages_and_files_in_the_order_of_their_times():
    assert exact(CONVERSATION) == [PROMPT, UPLOAD, COMPLETION]


def test_a_message_that_a_collector_put_into_its_conversation_is_the_same_message():
    ids = [fields["event.id"] for fields in fields_of(CONVERSATION)]

    assert exact(CHAT_MESSAGE) == [PROMPT, UPLOAD]
    assert [fields["event.id"] for fields in fields_of(CHAT_MESSAGE)] == ids[:2]


def test_a_page_of_conversations_is_split():
    page = {"object": "list", "data": [CONVERSATION, {**CONVERSATION, "id": "0f2d-2"}], "has_more": False}

    assert [fields["gen_ai.conversation.id"] for fields in fields_of(page)] == ["0f2d-1"] * 3 + ["0f2d-2"] * 3


def test_the_link_to_a_file_is_dropped():
    assert "sig=" not in json.dumps(fields_of(CONVERSATION))


def test_a_message_alone_names_its_conversation_where_it_can():
    (found, _) = fields_of({**USER_MESSAGE, "conversation_id": "0f2d-1"})

    assert (found["gen_ai.conversation.id"], found["event.id"]) == (
        "0f2d-1",
        fields_of(CONVERSATION)[0]["event.id"],
    )


def message(role, content, **more):
    author = {"role": role, **more.pop("author", {})}
    return {**CHAT_MESSAGE, "message": {**ASSISTANT_MESSAGE, "author": author, "content": content, **more}}


@pytest.mark.parametrize(
    ("role", "content", "verb", "origin"),
    [
        ("user", {"type": "text", "value": "x"}, "prompt", "user"),
        (
            "user",
            {"content_type": "multimodal_text", "parts": [{"asset_pointer": "file://1"}, "x"]},
            "prompt",
            "user",
        ),
        ("user", {"type": "text", "text": "x"}, "prompt", "user"),
        ("user", "x", "prompt", "user"),
        ("assistant", {"type": "text", "parts": ["x"]}, "completion", "model"),
        ("assistant", {"content_type": "code", "text": "x"}, "completion", "model"),
        ("tool", {"type": "text", "value": "x"}, "tool_result", "tool"),
        ("assistant", {"type": "execution_output", "text": "x"}, "tool_result", "tool"),
        ("tool", {"type": "tether_quote", "text": "x"}, "tool_result", "tool"),
        ("system", {"type": "text", "value": "x"}, "prompt", None),
        ("system", {"type": "user_editable_context", "value": "x"}, "prompt", "memory"),
        ("assistant", {"type": "model_editable_context", "value": "x"}, "completion", "memory"),
    ],
)
def test_role_and_content_type_tell_verb_and_origin(role, content, verb, origin):
    (found,) = fields_of(message(role, content))

    assert (found["event.action"], found.get("ai.content.origin"), found["ai.content.text"]) == (
        verb,
        origin,
        "x",
    )


@pytest.mark.parametrize(
    ("tool", "origin"), [("myfiles_browser", "file"), ("browser", "web"), ("web_search", "web"), ("bio_memory", "memory"), ("python", "tool")]
)  # fmt: skip
def test_what_a_tool_gave_has_the_origin_of_the_tool(tool, origin):
    found = one(message("tool", {"type": "text", "value": "x"}, author={"tool_name": tool}), "tool_result")

    assert (found["ai.content.origin"], found["gen_ai.tool.name"]) == (origin, [tool])


def test_code_for_a_tool_is_a_call():
    call = one(message("assistant", {"type": "code", "value": "print(7)"}, recipient="python"), "tool_call")

    assert (call["gen_ai.tool.name"], call["ai.tool.arguments"], call["event.code"]) == (
        ["python"],
        "print(7)",
        "code",
    )
    assert call["gen_ai.operation.name"] == "execute_tool"
    assert verbs(message("assistant", {"type": "code", "value": "x"}, recipient="all")) == ["completion"]


def test_a_message_of_files_alone_is_no_prompt():
    assert verbs({**CHAT_MESSAGE, "message": {**USER_MESSAGE, "content": {"type": "text", "value": ""}}}) == [
        "file_upload"
    ]


def test_a_message_without_text_is_known_to_have_been_there():
    (found,) = fields_of({**CHAT_MESSAGE, "message": {**USER_MESSAGE, "content": None, "files": None}})

    assert (found["event.action"], found["event.code"], found["ai.content.available"]) == (
        "prompt",
        "user",
        "metadata",
    )


def test_the_time_of_the_conversation_stands_in_for_that_of_a_message():
    (found,) = fields_of({**CHAT_MESSAGE, "message": {**ASSISTANT_MESSAGE, "created_at": None}})

    assert found["@timestamp"] == "2026-03-04T05:05:00.118000Z"


@pytest.mark.parametrize("messages", [{"object": "list", "data": []}, [], None])
def test_a_conversation_without_messages_is_refused(messages):
    with pytest.raises(BadRecord, match="without messages"):
        fields_of({**CONVERSATION, "messages": messages})


def test_system_without_text_is_no_activity():
    with pytest.raises(BadRecord, match="no AI activity"):
        fields_of(message("system", {"type": "text", "value": ""}))


def test_what_else_the_export_tells_is_a_change():
    (found,) = fields_of(
        {"object": "compliance.workspace.gpt", "id": "g-1", "user_email": ADA, "created_at": 1772600700}
    )

    assert (found["event.action"], found["event.code"], found["user.email"]) == (
        "config_change",
        "compliance.workspace.gpt",
        ADA,
    )
