import pytest

from tests.understand.samples import (
    CLAUDE_DECISION,
    CLAUDE_PROMPT,
    CLAUDE_RESULT,
    HOOK_CALL,
    HOOK_ENVELOPE,
    HOOK_MCP,
    HOOK_PROMPT,
    HOOK_RESULT,
    HOOK_STOP,
    claude_log,
    fields_of,
    one,
    verbs,
)


def hook(name, **more):
    return {
        **{k: v for k, v in HOOK_STOP.items() if k != "last_assistant_message"},
        "hook_event_name": name,
        **more,
    }


def test_a_prompt_is_the_person_s_own_text():
    (prompt,) = fields_of(HOOK_PROMPT)

    assert (prompt["event.action"], prompt["ai.content.text"]) == ("prompt", "Explain it.")
    assert (prompt["ai.task.id"], prompt["ai.turn.id"], prompt["host.name"]) == (
        "session-7",
        "p-1",
        "fw-w-ada",
    )
    assert (prompt["ai.surface"], prompt["ai.actor.type"]) == ("cli", "human")


def test_a_call_shows_what_it_runs():
    (call,) = fields_of(HOOK_CALL)

    assert (call["gen_ai.tool.name"], call["process.command_line"]) == (["Bash"], "ls -l")
    assert call["ai.tool.arguments"] == '{"command":"ls -l","description":"list"}'
    assert (call["ai.approval.state"], call["ai.actor.type"]) == ("pending", "agent")


def test_a_result_tells_of_its_call_too_and_the_call_has_one_id():
    call, result = fields_of(HOOK_RESULT)

    assert call["event.id"] == fields_of(HOOK_CALL)[0]["event.id"]
    assert call["@timestamp"] == "2026-03-04T09:00:59.960000Z"
    assert (result["event.outcome"], result["ai.content.text"]) == ("success", "a.txt\nb.txt")
    assert "ai.tool.arguments" not in result


def test_the_logs_tell_of_the_same_acts_by_the_same_ids():
    call, _ = fields_of(HOOK_RESULT)
    logged, _ = fields_of(CLAUDE_RESULT)
    (typed,) = fields_of(HOOK_PROMPT)
    (told,) = fields_of(CLAUDE_PROMPT)

    assert logged["event.id"] == call["event.id"]
    assert told["event.id"] == typed["event.id"]


def test_a_tool_of_a_server_is_named_apart_from_it():
    (call,) = fields_of(HOOK_MCP)

    assert (call["gen_ai.tool.name"], call["ai.tool.server"]) == (["search_tickets"], "tickets")
    assert call["gen_ai.tool.type"] == "extension"


@pytest.mark.parametrize(
    ("name", "more", "expected"),
    [
        ("PermissionRequest", {"tool_name": "Bash", "tool_input": {}}, [("approval", "pending", None)]),
        (
            "PermissionDenied",
            {"tool_name": "Bash", "tool_use_id": "t", "reason": "no"},
            [("approval", "denied", "block"), ("tool_call", "denied", "block")],
        ),
        (
            "PreToolUse",
            {"tool_name": "Bash", "tool_use_id": "t", "permission_mode": "dontAsk"},
            [("tool_call", "auto_approved", None)],
        ),
        ("Notification", {"notification_type": "permission_prompt"}, [("approval", "pending", None)]),
        ("Elicitation", {"mcp_server_name": "s", "message": "Your name?"}, [("tool_call", "pending", None)]),
        (
            "ElicitationResult",
            {"action": "decline", "content": {"password": "x"}},
            [("tool_result", "denied", None)],
        ),
    ],
)
def test_approvals_are_told_with_their_state(name, more, expected):
    found = fields_of(hook(name, **more))
    decided = [None if f.get("ai.policy.decision") == "allow" else f.get("ai.policy.decision") for f in found]

    assert (
        list(
            zip(
                [f["event.action"] for f in found],
                [f["ai.approval.state"] for f in found],
                decided,
                strict=True,
            )
        )
        == expected
    )


def test_what_a_person_filled_in_is_never_kept():
    (answer,) = fields_of(hook("ElicitationResult", action="accept", content={"password": "hunter2"}))

    assert answer["event.reason"] == "password"
    assert "hunter2" not in str(answer)


@pytest.mark.parametrize(
    ("name", "more", "verb", "field", "value"),
    [
        ("SessionStart", {"model": "glacier-4"}, "config_change", "gen_ai.request.model", "glacier-4"),
        ("SessionEnd", {"reason": "exit"}, "config_change", "event.type", ["end"]),
        ("InstructionsLoaded", {"file_path": "/a/CLAUDE.md"}, "file_access", "file.name", "CLAUDE.md"),
        (
            "FileChanged",
            {"file_path": "C:\\a\\b.txt", "event": "unlink"},
            "file_access",
            "event.type",
            ["deletion"],
        ),
        (
            "FileChanged",
            {"file_path": "C:\\a\\b.txt", "event": "unlink"},
            "file_access",
            "file.name",
            "b.txt",
        ),
        ("Stop", {"last_assistant_message": "Done."}, "completion", "ai.content.text", "Done."),
        ("StopFailure", {"error": "overloaded"}, "completion", "event.outcome", "failure"),
        (
            "StopFailure",
            {"error": "overloaded", "last_assistant_message": "x"},
            "completion",
            "ai.content.available",
            "metadata",
        ),
        (
            "SubagentStart",
            {"agent_id": "a1", "agent_type": "scout"},
            "config_change",
            "gen_ai.agent.name",
            "scout",
        ),
        ("TaskCreated", {"task_id": "t1"}, "config_change", "ai.task.item_id", "t1"),
        ("PostCompact", {"compact_summary": "so far"}, "config_change", "ai.content.origin", "memory"),
        ("DirectoryAdded", {"directory": "/srv"}, "config_change", "file.path", "/srv"),
        (
            "MessageDisplay",
            {"message_id": "m", "index": 3, "final": True, "delta": "!"},
            "completion",
            "ai.content.chunk",
            3,
        ),
        ("SomethingNew", {}, "config_change", "event.code", "SomethingNew"),
    ],
)
def test_every_hook_has_its_verb_and_fields(name, more, verb, field, value):
    (found,) = fields_of(hook(name, **more))

    assert (found["event.action"], found[field]) == (verb, value)


def test_a_batch_gives_the_calls_that_its_members_gave():
    batch = hook(
        "PostToolBatch",
        tool_calls=[
            {key: HOOK_RESULT[key] for key in ("tool_name", "tool_input", "tool_use_id", "tool_response")}
        ],
    )

    assert [f["event.id"] for f in fields_of(batch)] == [f["event.id"] for f in fields_of(HOOK_RESULT)]


def test_a_failed_tool_tells_its_error():
    failed = {**HOOK_RESULT, "hook_event_name": "PostToolUseFailure", "error": "no such file"}

    assert one(failed, "tool_result")["event.outcome"] == "failure"
    assert one(failed, "tool_result")["ai.content.text"] == "no such file"


def test_the_same_words_said_twice_are_two_acts_but_delivered_twice_are_one():
    bare = {key: value for key, value in HOOK_PROMPT.items() if key != "prompt_id"}
    later = {**bare, "timestamp": "2026-03-04T09:07:00Z"}
    elsewhere = {**bare, "hostname": "other"}

    (first,), (second,), (again,) = fields_of(bare), fields_of(later), fields_of(elsewhere)
    assert first["event.id"] != second["event.id"]
    assert first["event.id"] == again["event.id"]


def test_a_forwarder_s_envelope_names_person_and_host():
    (found,) = fields_of(HOOK_ENVELOPE)

    assert (found["user.email"], found["host.name"]) == ("ada.lind@fernwood.example", "fw-w-ada")
    assert found["@timestamp"] == "2026-03-04T09:01:00.000000Z"


def test_a_hook_without_a_forwarder_has_the_time_of_its_arrival():
    bare = {
        key: value for key, value in HOOK_STOP.items() if key not in ("timestamp", "user_email", "hostname")
    }
    (found,) = fields_of(bare)

    assert found["ai.quality.problems"] == ["time_unusable"]
    assert not {"user.email", "user.name", "host.name"} & found.keys()


@pytest.mark.parametrize(
    ("name", "more", "expected"),
    [
        ("user_prompt", {"prompt": "Hi", "prompt__id": "p"}, ("prompt", "ai.content.text", "Hi")),
        (
            "user_prompt",
            {"prompt": "<REDACTED>", "prompt_length": "5"},
            ("prompt", "ai.content.available", "redacted"),
        ),
        ("user_prompt", {"prompt": "<REDACTED>", "prompt_length": "5"}, ("prompt", "ai.content.length", 5)),
        (
            "api_request",
            {"model": "glacier-4", "input_tokens": "9"},
            ("completion", "gen_ai.usage.input_tokens", 9),
        ),
        ("api_error", {"error": "busy"}, ("completion", "event.outcome", "failure")),
        ("api_refusal", {"model": "m"}, ("completion", "ai.policy.decision", "block")),
        ("auth", {"action": "login", "success": "false"}, ("signin", "event.outcome", "failure")),
        ("mcp_server_connection", {"server_name": "rates"}, ("grant", "ai.tool.server", "rates")),
        (
            "permission_mode_changed",
            {"to_mode": "bypassPermissions"},
            ("grant", "ai.grant.scopes", ["bypassPermissions"]),
        ),
        ("permission_mode_changed", {"to_mode": "plan"}, ("config_change", "ai.grant.scopes", ["plan"])),
        ("at_mention", {"mention_type": "file"}, ("file_upload", "ai.content.available", "metadata")),
        ("at_mention", {"mention_type": "agent"}, ("config_change", "event.code", "at_mention")),
        ("hook_execution_complete", {"num_blocking": "1"}, ("policy_decision", "event.type", ["denied"])),
        (
            "hook_execution_complete",
            {"num_blocking": "0"},
            ("config_change", "event.code", "hook_execution_complete"),
        ),
        ("user_prompt", {"app__entrypoint": "claude-vscode"}, ("prompt", "ai.surface", "ide")),
        (
            "api_request_body",
            {"body": '{"messages": [{"role": "user", "content": "raw"}]}'},
            ("prompt", "ai.content.text", "raw"),
        ),
        (
            "api_response_body",
            {"body": '{"content": [{"type": "text", "text": "out"}]}'},
            ("completion", "ai.content.text", "out"),
        ),
        (
            "api_response_body",
            {"body": '{"content": [{"te'},
            ("completion", "ai.content.available", "metadata"),
        ),
        ("something_new", {}, ("config_change", "event.code", "something_new")),
    ],
)
def test_every_log_event_has_its_verb_and_fields(name, more, expected):
    (found,) = fields_of(claude_log(name, **more))
    verb, field, value = expected

    assert (found["event.action"], found[field]) == (verb, value)
    assert found["event.dataset"] == "claude_code.otel"


@pytest.mark.parametrize(
    ("decision", "source", "state", "decided"),
    [
        ("accept", "config", "auto_approved", "allow"),
        ("accept", "user_temporary", "approved", "allow"),
        ("accept", "user_permanent", "approved_always", "allow"),
        ("reject", "user_reject", "denied", None),
        ("reject", "user_abort", "aborted", None),
        ("reject", "config", "denied", "block"),
    ],
)
def test_a_decision_tells_who_let_it_through(decision, source, state, decided):
    found = fields_of(
        claude_log("tool_decision", tool_name="Bash", tool_use_id="t", decision=decision, source=source)
    )

    assert [f["event.action"] for f in found] == ["approval", "tool_call"]
    assert {f.get("ai.approval.state") for f in found} == {state}
    assert {f.get("ai.policy.decision") for f in found} == {decided}
    assert ("denied" in found[1]["event.type"]) == (decision == "reject")


def test_a_hidden_tool_is_named_where_its_parameters_name_it():
    parameters = '{"mcp_server_name": "rates", "mcp_tool_name": "lookup_rate"}'
    hidden = claude_log(
        "tool_result",
        tool_name="mcp_tool",
        tool_use_id="t",
        success="false",
        error="x",
        tool_parameters=parameters,
    )
    call, result = fields_of(hidden)

    assert (call["gen_ai.tool.name"], call["ai.tool.server"]) == (["lookup_rate"], "rates")
    assert (result["event.outcome"], result["event.reason"]) == ("failure", "x")
    assert "event.outcome" not in call


def test_logs_show_the_command_they_have():
    call, result = fields_of(CLAUDE_RESULT)

    assert call["process.command_line"] == "ls -l"
    assert result["ai.content.length"] == 11
    assert verbs(CLAUDE_DECISION) == ["approval", "tool_call"]


def test_a_strange_key_that_is_nested_deep_hides_nothing():
    deep = []
    for _ in range(900):
        deep = [deep]
    first, second = (
        one(hook("PreToolUse", tool_name="Bash", tool_input={"command": told}, x=deep), "tool_call")
        for told in ("ls", "rm")
    )

    assert (first["process.command_line"], second["process.command_line"]) == ("ls", "rm")
    assert first["event.id"] != second["event.id"]
    assert fields_of(hook("Notification", x=deep))
