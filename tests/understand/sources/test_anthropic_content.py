import pytest

from pipeline.errors import BadRecord
from tests.understand.samples import ADA, fields_of, one, verbs
from tests.understand.sources.vendors import (
    ACTIVITY,
    ATTACHMENT,
    CHAT,
    CHAT_MESSAGES,
    LOCAL,
    LOCAL_MESSAGES,
    REMOTE,
    REMOTE_EVENTS,
    exact,
)

CHATTED = {
    "gen_ai.provider.name": "anthropic",
    "gen_ai.conversation.id": "claude_chat_01",
    "gen_ai.request.model": "claude-glacier-4",
    "organization.id": "1c9d-1",
    "user.email": ADA,
    "ai.actor.id": "user_01",
    "ai.actor.type": "human",
    "ai.surface": "browser",
    "service.name": "claude",
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
MADE = {
    "event.action": "tool_result",
    "event.category": ["api"],
    "event.type": ["end"],
    "event.code": "file",
    "ai.content.role": "assistant",
    "ai.content.origin": "model",
    "ai.content.available": "metadata",
}


def full(text):
    return {
        "ai.content.text": text,
        "ai.content.length": len(text),
        "ai.content.available": "full",
        "event.code": "text",
    }


def test_a_chat_gives_texts_files_and_what_the_model_made():
    assert exact(CHAT_MESSAGES) == [
        {**CHATTED, **ASKED, **full("Sum it up.")},
        {
            **CHATTED,
            "event.action": "file_upload",
            "event.category": ["file"],
            "event.type": ["access"],
            "event.code": "file",
            "ai.content.available": "metadata",
            "file.name": "q1.xlsx",
            "file.extension": "xlsx",
            "file.mime_type": "text/csv",
            "file.size": 7,
        },
        {**CHATTED, **SAID, **full("Seven.")},
        {**CHATTED, **MADE, "file.name": "sum.csv", "file.extension": "csv", "file.mime_type": "text/csv"},
        {**CHATTED, **MADE, "file.name": "Summary"},
    ]
    assert {f["event.dataset"] for f in fields_of(CHAT_MESSAGES)} == {"anthropic.content"}


def test_a_chat_that_is_only_listed_is_a_prompt_without_text():
    assert exact(CHAT) == [{**CHATTED, **ASKED, "event.code": "chat", "ai.content.available": "metadata"}]
    assert exact({"data": [CHAT], "has_more": False, "first_id": "x", "last_id": "x"}) == exact(CHAT)


RUN = {
    "gen_ai.provider.name": "anthropic",
    "gen_ai.conversation.id": "clls_01",
    "ai.task.id": "clls_01",
    "organization.id": "1c9d-1",
    "user.email": ADA,
    "ai.actor.id": "user_01",
    "ai.actor.type": "human",
    "ai.surface": "cli",
    "service.name": "claude-code",
}
TOOL = {
    **RUN,
    "ai.actor.type": "agent",
    "gen_ai.tool.call.id": "toolu_1",
    "gen_ai.tool.name": ["Bash"],
    "gen_ai.operation.name": "execute_tool",
}


def test_a_local_session_gives_texts_calls_and_results():
    assert exact(LOCAL_MESSAGES) == [
        {**RUN, **ASKED, **full("List the files.")},
        {**RUN, **SAID, **full("I list them."), "ai.content.truncated": True},
        {
            **TOOL,
            "event.action": "tool_call",
            "event.category": ["api", "process"],
            "event.type": ["start"],
            "event.code": "tool_use",
            "ai.tool.arguments": '{"command": "ls -l"}',
            "process.command_line": "ls -l",
            "ai.content.available": "metadata",
        },
        {
            **TOOL,
            **full("denied"),
            "event.action": "tool_result",
            "event.category": ["api"],
            "event.type": ["end"],
            "event.outcome": "failure",
            "event.code": "tool_result",
            "ai.content.role": "tool",
            "ai.content.origin": "tool",
        },
    ]


@pytest.mark.parametrize(
    ("product", "surface", "service"),
    [("claude_code", "cli", "claude-code"), ("cowork", "desktop", "cowork"), ("cowork_remote", "agent", "cowork"), ("new", None, "new"), (None, None, None)],
)  # fmt: skip
def test_the_product_tells_surface_and_service(product, surface, service):
    (found,) = fields_of({**LOCAL, "product_surface": product})

    assert (found.get("ai.surface"), found.get("service.name")) == (surface, service)
    assert (found["event.action"], found["event.code"]) == ("prompt", "compliance_local_session")


def test_a_remote_session_names_agent_and_who_started_it():
    assert exact(REMOTE_EVENTS)[0] == {
        **RUN,
        **ASKED,
        **full("Go on."),
        "gen_ai.conversation.id": "cse_01",
        "ai.task.id": "cse_01",
        "gen_ai.agent.id": "cagt_01",
        "ai.surface": "agent",
        "service.name": "cowork",
    }
    assert exact(REMOTE)[0]["event.code"] == "session"


def test_the_sender_stands_in_for_an_unknown_owner():
    nobody = {**REMOTE, "started_by_user": None}

    assert fields_of({**REMOTE_EVENTS, "session": nobody})[0]["ai.actor.id"] == "user_02"


def session(**message):
    return {**LOCAL_MESSAGES, "data": [{**LOCAL_MESSAGES["data"][1], **message}]}


@pytest.mark.parametrize(
    "message",
    [
        {"provenance": {"type": "synthetic_marker"}},
        {"provenance": {"type": "content_unavailable", "reason": "not_captured"}},
        {"content_unavailable": True},
    ],
)
def test_what_is_withheld_has_no_text_arguments_or_command(message):
    completion, call = fields_of(session(**message))

    assert completion["ai.content.available"] == call["ai.content.available"] == "redacted"
    assert not {"ai.content.text", "ai.tool.arguments", "process.command_line"} & (
        completion.keys() | call.keys()
    )


def test_a_placeholder_in_a_cut_block_is_withheld():
    block = {"type": "text", "text": "[5 more messages]", "truncated": True}

    assert fields_of(session(content=[block]))[0]["ai.content.available"] == "redacted"
    assert fields_of(session(content=[{**block, "truncated": False}]))[0]["ai.content.available"] == "full"


def test_a_message_without_content_is_known_to_have_been():
    (found,) = fields_of(session(content=[]))

    assert (found["event.action"], found["ai.content.available"]) == ("completion", "metadata")
    assert fields_of(REMOTE_EVENTS)[1]["ai.content.available"] == "redacted"


def test_a_content_of_plain_text_is_a_text_whatever_it_looks_like():
    forged = '[{"role": "user", "content": "x"}]'

    assert [f["ai.content.text"] for f in fields_of(session(content=forged))] == [forged]


def test_texts_of_one_message_are_acts_of_their_own():
    found = fields_of(session(content=[{"type": "text", "text": "a"}, {"type": "text", "text": "b"}]))

    assert len({f["event.id"] for f in found}) == 2


def test_a_call_is_the_same_in_an_overlapping_page():
    again = {**LOCAL_MESSAGES, "data": LOCAL_MESSAGES["data"][1:]}

    assert one(again, "tool_call")["event.id"] == one(LOCAL_MESSAGES, "tool_call")["event.id"]


def test_an_attachment_of_a_project_is_an_upload():
    upload = {
        "gen_ai.provider.name": "anthropic",
        "event.action": "file_upload",
        "event.category": ["file"],
        "event.type": ["access"],
        "event.code": "project_doc",
        "ai.content.available": "metadata",
        "file.name": "plan.md",
        "file.extension": "md",
        "file.mime_type": "text/markdown",
    }

    assert exact(ATTACHMENT) == [upload]
    assert exact({"data": [ATTACHMENT, ATTACHMENT], "has_more": False, "next_page": None}) == [upload, upload]


@pytest.mark.parametrize("member", [CHAT, LOCAL, REMOTE, ATTACHMENT], ids=["chat", "local", "remote", "file"])
def test_pages_without_an_end_are_split(member):
    assert (
        exact({"data": [member, {**member, "id": f"{member['id']}_2"}], "next_page": None})[0]
        == exact(member)[0]
    )


def test_a_message_that_stands_alone_is_read():
    assert verbs(LOCAL_MESSAGES["data"][1]) == ["completion", "tool_call"]
    assert verbs(CHAT_MESSAGES["chat_messages"][0]) == ["prompt", "file_upload"]


@pytest.mark.parametrize(
    ("record", "reason"),
    [
        ({"data": [], "has_more": False, "first_id": None, "last_id": None}, "an empty page"),
        ({"session": LOCAL, "data": [], "next_page": None}, "without messages"),
        ({**CHAT, "chat_messages": None}, "without messages"),
        ({"data": [LOCAL, {"x": 1}], "next_page": None}, "1 of 2 members"),
        ({**ACTIVITY, "type": 7}, "without a type"),
    ],
)
def test_what_holds_nothing_is_refused_with_its_reason(record, reason):
    with pytest.raises(BadRecord, match=reason):
        fields_of(record)
