import pytest

from enrichers.reference.servers import definition_hash
from tests.understand.samples import (
    ADA,
    MCP_CALL,
    MCP_ENVELOPE,
    MCP_LIST,
    MCP_RESULT,
    TOOL,
    TRACE,
    fields_of,
    verbs,
)


def result(**inside):
    return {**MCP_RESULT, "result": inside}


def request(method, **params):
    return {**MCP_CALL, "method": method, "params": params}


def test_a_call_names_tool_server_agent_and_person():
    (call,) = fields_of(MCP_CALL)

    assert (call["event.action"], call["gen_ai.tool.name"]) == ("tool_call", ["lookup_rate"])
    assert call["ai.tool.arguments"] == '{"currency":"NOK"}'
    assert (call["ai.tool.server"], call["gen_ai.agent.id"], call["user.email"]) == (
        "rates",
        "support-agent",
        ADA,
    )
    assert (call["gen_ai.tool.call.id"], call["ai.task.id"], call["trace.id"]) == ("41", "mcp-3", TRACE)
    assert (call["ai.surface"], call["ai.actor.type"]) == ("agent", "agent")


def test_a_result_carries_what_the_tool_said():
    (found,) = fields_of(MCP_RESULT)

    assert (found["event.action"], found["ai.content.text"]) == ("tool_result", "11.42")
    assert (found["event.outcome"], found["ai.content.origin"]) == ("success", "tool")


def test_a_list_of_tools_keeps_names_hashes_and_every_description():
    (found,) = fields_of(MCP_LIST)

    assert found["gen_ai.tool.name"] == ["lookup_rate"]
    assert found["ai.tool.definition_hash"] == [definition_hash(TOOL)]
    assert found["ai.content.text"] == "Give a rate.\nISO 4217"


@pytest.mark.parametrize(
    ("inside", "verb", "field", "value"),
    [
        (
            {"content": [{"type": "resource", "resource": {"text": "rows"}}]},
            "tool_result",
            "ai.content.text",
            "rows",
        ),
        ({"structuredContent": {"rate": 11}}, "tool_result", "ai.content.text", '{"rate":11}'),
        ({"content": [], "isError": True}, "tool_result", "event.outcome", "failure"),
        (
            {"contents": [{"uri": "file:///a.csv", "mimeType": "text/csv", "text": "1,2"}]},
            "tool_result",
            "ai.content.origin",
            "file",
        ),
        (
            {"contents": [{"uri": "https://x.example/", "text": "1"}]},
            "tool_result",
            "ai.content.origin",
            "web",
        ),
        (
            {"messages": [{"role": "user", "content": {"type": "text", "text": "say"}}]},
            "tool_result",
            "ai.content.text",
            "say",
        ),
        (
            {"role": "assistant", "model": "g", "content": {"type": "text", "text": "so"}},
            "completion",
            "gen_ai.response.model",
            "g",
        ),
        ({"action": "cancel"}, "tool_result", "ai.approval.state", "aborted"),
        ({"serverInfo": {"name": "rates-server"}}, "config_change", "event.code", "result"),
        ({}, "config_change", "event.code", "result"),
    ],
)
def test_a_result_is_told_by_its_shape(inside, verb, field, value):
    (found,) = fields_of(result(**inside))

    assert (found["event.action"], found[field]) == (verb, value)


@pytest.mark.parametrize(
    ("method", "params", "verb", "field", "value"),
    [
        (
            "resources/read",
            {"uri": "https://x.example/a?b=1"},
            "tool_call",
            "url.full",
            "https://x.example/a",
        ),
        (
            "elicitation/create",
            {"message": "Who?", "url": "https://x.example/"},
            "tool_call",
            "ai.approval.state",
            "pending",
        ),
        ("ping", {}, "heartbeat", "mcp.method.name", "ping"),
        ("notifications/progress", {}, "config_change", "event.code", "notifications/progress"),
        ("initialize", {"clientInfo": {"name": "desk"}}, "config_change", "service.name", "desk"),
        (
            "sampling/createMessage",
            {"systemPrompt": "Be", "messages": [{"role": "user", "content": {"type": "text", "text": "it"}}]},
            "prompt",
            "ai.content.text",
            "Be\nit",
        ),
    ],
)
def test_a_request_is_told_by_its_method(method, params, verb, field, value):
    (found,) = fields_of(request(method, **params))

    assert (found["event.action"], found[field]) == (verb, value)


def test_what_a_server_wants_to_say_through_the_model_was_written_by_no_person():
    (found,) = fields_of(request("sampling/createMessage", messages=[{"role": "user", "content": "x"}]))

    assert found["ai.content.origin"] == "tool"


def test_an_error_is_a_failed_result():
    error = {key: value for key, value in MCP_RESULT.items() if key != "result"} | {
        "error": {"code": -32602, "message": "unknown tool"}
    }
    (found,) = fields_of(error)

    assert (found["event.action"], found["event.outcome"]) == ("tool_result", "failure")
    assert found["event.reason"] == "-32602 unknown tool"


def test_an_envelope_says_who_and_where():
    (found,) = fields_of(MCP_ENVELOPE)

    assert (found["ai.tool.server"], found["user.email"], found["host.name"]) == ("tickets", ADA, "fw-w-ada")
    assert (found["file.path"], found["file.name"]) == ("/etc/rates.csv", "rates.csv")


def test_a_pair_in_one_record_gives_both_and_the_result_knows_its_tool():
    pair = {"ts": "2026-03-04T09:02:00Z", "session_id": "s", "request": MCP_CALL, "response": MCP_RESULT}
    call, answer = fields_of(pair)

    assert (call["event.action"], answer["event.action"]) == ("tool_call", "tool_result")
    assert answer["gen_ai.tool.name"] == ["lookup_rate"]


def test_each_side_counts_its_own_requests():
    mine = fields_of({**MCP_ENVELOPE, "message": {**MCP_CALL, "method": "tools/call"}})
    theirs = fields_of(
        {**MCP_ENVELOPE, "direction": "server_to_client", "message": {**MCP_CALL, "method": "tools/call"}}
    )

    assert mine[0]["event.id"] != theirs[0]["event.id"]


def test_the_same_number_without_a_connection_is_not_the_same_act():
    bare = {"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": {"name": "a"}}

    assert fields_of(bare)[0]["event.id"] != fields_of({**bare, "params": {"name": "b"}})[0]["event.id"]
    assert fields_of(bare)[0]["event.id"] != fields_of(bare, line=2)[0]["event.id"]


@pytest.mark.parametrize(
    "record",
    [
        {"method": "tools/call", "params": {"name": "a"}},
        {"content": [{"type": "text", "text": "x"}], "isError": False},
        {"resultType": "complete", "tools": []},
        [{"jsonrpc": "2.0", "id": 1, "method": "ping"}, {"jsonrpc": "2.0", "id": 2, "method": "ping"}],
    ],
)
def test_bare_forms_are_known(record):
    assert verbs(record)
