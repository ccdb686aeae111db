"""One invented record of each kind that the readers know, at the sample company."""

import json

from pipeline.record import Place, Record
from pipeline.understand.read import read

ADA, BEN = "ada.lind@fernwood.example", "ben.okoro@fernwood.example"
TRACE, SPAN = "6b1fd3c2a90e4e0db0a1c2d3e4f50617", "91a2b3c4d5e6f708"

NORMALISED = {
    "@timestamp": "2026-03-04T09:00:00.000000Z",
    "event.id": "sensor-1",
    "event.action": "prompt",
    "event.module": "sensor_browser",
    "user.email": ADA,
    "user.id": "ada.lind",
    "host.name": "fw-w-ada",
    "source.ip": "192.0.2.17",
    "ai.surface": "browser",
    "url.domain": "chatgpt.com",
    "url.full": "https://chatgpt.com/c/1?q=secret",
    "ai.content.text": "What does this error mean?",
    "ai.content.origin": "user",
    "ai.content.role": "user",
    "gen_ai.usage.input_tokens": 7,
    "ai.data.classes": ["personal"],
}

LITELLM = {
    "id": "chatcmpl-1",
    "trace_id": "tr-1",
    "call_type": "acompletion",
    "status": "success",
    "custom_llm_provider": "azure",
    "startTime": 1772614800.25,
    "endTime": 1772614802.5,
    "model": "glacier-4",
    "api_base": "https://llm.fernwood.example/v1?key=1",
    "messages": [
        {"role": "system", "content": "You are helpful."},
        {"role": "user", "content": "First question"},
        {
            "role": "assistant",
            "content": "",
            "tool_calls": [
                {
                    "id": "call-1",
                    "type": "function",
                    "function": {"name": "search_tickets", "arguments": '{"q": "valve"}'},
                }
            ],
        },
        {"role": "tool", "tool_call_id": "call-1", "content": "three tickets"},
        {"role": "user", "content": "Second question"},
    ],
    "response": {
        "id": "resp-1",
        "model": "glacier-4-0901",
        "choices": [
            {
                "finish_reason": "tool_calls",
                "message": {
                    "role": "assistant",
                    "content": "Let me look.",
                    "tool_calls": [
                        {
                            "id": "call-2",
                            "function": {"name": "send_mail", "arguments": '{"to": "x@quayline.example"}'},
                        }
                    ],
                },
            }
        ],
        "usage": {"prompt_tokens": 21, "completion_tokens": 9},
    },
    "prompt_tokens": 21,
    "completion_tokens": 9,
    "end_user": "",
    "requester_ip_address": "192.0.2.17",
    "request_tags": ["team:ledger", "User-Agent: curl/8.9"],
    "metadata": {
        "user_api_key_hash": "5b2e9d1c",
        "user_api_key_alias": "fernwood-bot",
        "user_api_key_user_id": "u17",
        "user_api_key_user_email": ADA,
        "user_api_key_org_id": None,
    },
    "guardrail_information": [
        {
            "guardrail_name": "mask",
            "guardrail_mode": "pre_call",
            "guardrail_status": "guardrail_intervened",
            "masked_entity_count": {"EMAIL": 1},
        }
    ],
}

LITELLM_MCP = {
    "id": "chatcmpl-2",
    "call_type": "call_mcp_tool",
    "status": "success",
    "custom_llm_provider": "",
    "startTime": "2026-03-04 09:00:05.000000",
    "endTime": "2026-03-04 09:00:06.000000",
    "messages": None,
    "response": "11.42",
    "metadata": {
        "user_api_key_user_email": ADA,
        "mcp_tool_call_metadata": {
            "name": "lookup_rate",
            "arguments": {"currency": "NOK"},
            "mcp_server_name": "rates",
        },
    },
}

_FORWARDER = {"timestamp": "2026-03-04T09:01:00Z", "user_email": ADA, "hostname": "fw-w-ada"}
_SESSION = {
    "session_id": "session-7",
    "transcript_path": "/home/ada/.claude/x.jsonl",
    "cwd": "/home/ada",
    "permission_mode": "default",
}

HOOK_PROMPT = {
    **_SESSION,
    "hook_event_name": "UserPromptSubmit",
    "prompt_id": "p-1",
    "prompt": "Explain it.",
    **_FORWARDER,
}
HOOK_CALL = {
    **_SESSION,
    "hook_event_name": "PreToolUse",
    "tool_name": "Bash",
    "tool_input": {"command": "ls -l", "description": "list"},
    "tool_use_id": "toolu-1",
    **_FORWARDER,
}
HOOK_RESULT = {
    **HOOK_CALL,
    "hook_event_name": "PostToolUse",
    "tool_response": {"stdout": "a.txt\nb.txt", "stderr": ""},
    "duration_ms": 40,
}
HOOK_MCP = {
    **HOOK_CALL,
    "tool_name": "mcp__tickets__search_tickets",
    "tool_input": {"q": "valve"},
    "tool_use_id": "toolu-2",
}
HOOK_STOP = {**_SESSION, "hook_event_name": "Stop", "last_assistant_message": "Done.", **_FORWARDER}
HOOK_ENVELOPE = {
    "host": {"name": "fw-w-ada"},
    "user": ADA,
    "received_at": "2026-03-04T09:01:00Z",
    "hook": {
        **_SESSION,
        "hook_event_name": "FileChanged",
        "file_path": "/home/ada/.mcp.json",
        "event": "add",
    },
}

MCP_CALL = {
    "jsonrpc": "2.0",
    "id": 41,
    "method": "tools/call",
    "params": {
        "name": "lookup_rate",
        "arguments": {"currency": "NOK"},
        "_meta": {"traceparent": f"00-{TRACE}-{SPAN}-01"},
    },
    "timestamp": "2026-03-04T09:02:00Z",
    "user_email": ADA,
    "session_id": "mcp-3",
    "agent_id": "support-agent",
    "mcp_server": "rates",
}
MCP_RESULT = {
    **{
        key: MCP_CALL[key]
        for key in ("jsonrpc", "id", "timestamp", "user_email", "session_id", "agent_id", "mcp_server")
    },
    "result": {"content": [{"type": "text", "text": "11.42"}], "isError": False},
}
TOOL = {
    "name": "lookup_rate",
    "description": "Give a rate.",
    "inputSchema": {"type": "object", "properties": {"currency": {"description": "ISO 4217"}}},
}
MCP_LIST = {**MCP_RESULT, "id": 42, "result": {"tools": [TOOL]}}
MCP_ENVELOPE = {
    "ts": "2026-03-04T09:02:00Z",
    "direction": "client_to_server",
    "server": {"name": "tickets", "url": "https://tickets.fernwood.example/mcp"},
    "session_id": "mcp-4",
    "user": ADA,
    "host": "fw-w-ada",
    "message": {
        "jsonrpc": "2.0",
        "id": "a",
        "method": "resources/read",
        "params": {"uri": "file:///etc/rates.csv"},
    },
}

COPILOT = {
    "CreationTime": "2026-03-04T09:05:00",
    "Id": "7e401f02-0000-4000-8000-000000000005",
    "Operation": "CopilotInteraction",
    "RecordType": 261,
    "OrganizationId": "5d0c0000-0000-4000-8000-0000000000f1",
    "UserKey": "b0c20000-0000-4000-8000-000000000002",
    "Workload": "Copilot",
    "UserId": ADA,
    "ClientIP": "::ffff:192.0.2.18",
    "CopilotEventData": {
        "AppHost": "Word",
        "ThreadId": "19:thread@thread.v2",
        "Messages": [{"Id": "1772615100001", "isPrompt": True}, {"Id": "1772615102400", "isPrompt": False}],
        "AccessedResources": [
            {
                "Id": "r-1",
                "Name": "plan.docx",
                "SiteUrl": "https://fernwood.sharepoint.example/plan.docx?web=1",
                "Type": "docx",
                "SensitivityLabelId": "d1",
            }
        ],
    },
}
M365_SIGNIN = {
    "CreationTime": "2026-03-04T09:05:00",
    "Id": "7e401f02-0000-4000-8000-000000000006",
    "Operation": "UserLoginFailed",
    "RecordType": 15,
    "ResultStatus": "Success",
    "Workload": "AzureActiveDirectory",
    "UserId": ADA,
    "ActorIpAddress": "192.0.2.18",
}

ZSCALER = {
    "sourcetype": "zscalernss-web",
    "event": {
        "datetime": "2026-03-04 09:03:00",
        "event_id": "7400000000000000301",
        "user": ADA,
        "department": "Engineering%20North",
        "ClientIP": "192.0.2.17",
        "serverip": "203.0.113.9",
        "protocol": "HTTPS",
        "requestmethod": "POST",
        "status": "200",
        "hostname": "chatgpt.com",
        "url": "chatgpt.com/backend/upload?q=secret",
        "useragent": "Mozilla/5.0%20(X11)",
        "requestsize": "18311",
        "responsesize": "902",
        "appname": "ChatGPT",
        "urlcategory": "AI & ML Applications",
        "urlsupercategory": "Information Technology",
        "action": "Blocked",
        "reason": "Not allowed to upload",
        "dlpengine": "PCI",
        "dlpdictionaries": "None",
        "filename": "q1.xlsx",
        "filetype": "xlsx",
        "devicehostname": "fw-w-ada",
    },
}
ZSCALER_DNS = {
    "sourcetype": "zscalernss-dns",
    "event": {
        "datetime": "Wed Mar 04 09:03:00 2026",
        "user": ADA,
        "dns_req": "chatgpt.com.",
        "dns_reqtype": "A",
        "reqaction": "Allow",
        "resaction": "Block",
        "clt_sip": "192.0.2.17",
        "recordid": "0",
    },
}
ZSCALER_AUDIT = {
    "sourcetype": "zscalernss-audit",
    "event": {
        "time": "Wed Mar 04 09:03:00 2026",
        "recordid": "81",
        "action": "UPDATE",
        "category": "POLICY",
        "adminid": ADA,
        "result": "SUCCESS",
        "preaction": '{"clientSecret": "a", "name": "x"}',
        "postaction": '{"clientSecret": "b", "name": "x"}',
    },
}


def _attributes(**values):
    return [{"key": key.replace("__", "."), "value": value} for key, value in values.items()]


def _text(value):
    return {"stringValue": value}


_RESOURCE = {
    "attributes": _attributes(
        service__name=_text("ledger-assist"), host__name=_text("fw-s-01"), user__email=_text(ADA)
    )
}
OTLP = {
    "resourceSpans": [
        {
            "resource": _RESOURCE,
            "scopeSpans": [
                {
                    "scope": {"name": "fernwood.telemetry"},
                    "spans": [
                        {
                            "traceId": TRACE.upper(),
                            "spanId": SPAN,
                            "name": "chat glacier-4",
                            "startTimeUnixNano": "1772615160000000000",
                            "endTimeUnixNano": "1772615162000000000",
                            "status": {},
                            "attributes": _attributes(
                                gen_ai__operation__name=_text("chat"),
                                gen_ai__provider__name=_text("openai"),
                                gen_ai__request__model=_text("glacier-4"),
                                gen_ai__usage__input_tokens={"intValue": "18"},
                                gen_ai__conversation__id=_text("conv-6"),
                                gen_ai__agent__id=_text("support-agent"),
                                gen_ai__response__finish_reasons={"arrayValue": {"values": [_text("stop")]}},
                                gen_ai__input__messages=_text(
                                    '[{"role":"user","parts":[{"type":"text","content":"Where?"}]}]'
                                ),
                                gen_ai__output__messages=_text(
                                    '[{"role":"assistant","parts":[{"type":"text","content":"There."},'
                                    '{"type":"tool_call","id":"call-9","name":"send_mail","arguments":{"to":"x"}}]}]'
                                ),
                            ),
                        },
                        {
                            "traceId": TRACE,
                            "spanId": "91a2b3c4d5e6f709",
                            "name": "execute_tool send_mail",
                            "startTimeUnixNano": 1772615163000000000,
                            "endTimeUnixNano": 1772615164000000000,
                            "status": {"code": "STATUS_CODE_ERROR"},
                            "attributes": _attributes(
                                gen_ai__operation__name=_text("execute_tool"),
                                gen_ai__tool__name=_text("send_mail"),
                                gen_ai__tool__call__id=_text("call-9"),
                                gen_ai__conversation__id=_text("conv-6"),
                                gen_ai__tool__call__result=_text("refused"),
                                error__type=_text("timeout"),
                            ),
                        },
                    ],
                }
            ],
        }
    ]
}
FLAT_SPAN = {
    "span_name": "chat glacier-4",
    "trace_id": TRACE,
    "span_id": SPAN,
    "start_time": "2026-03-04T09:06:00Z",
    "attributes": {
        "gen_ai.system": "openai",
        "gen_ai.prompt.0.role": "user",
        "gen_ai.prompt.0.content": "Where?",
        "gen_ai.completion.0.role": "assistant",
        "gen_ai.completion.0.content": "There.",
        "gen_ai.completion.0.finish_reason": "content_filter",
        "user.email": ADA,
    },
}


def claude_log(name, **values):
    """A log record of Claude Code in an export request."""
    kinds = {str: "stringValue", bool: "boolValue", int: "intValue"}
    known = {"session__id": "session-7", "user__email": ADA, **values}
    plain = _attributes(**{key: {kinds[type(value)]: value} for key, value in known.items()})
    one = {"timeUnixNano": "1772615160000000000", "body": _text(f"claude_code.{name}"), "attributes": plain}
    scope = {"scope": {"name": "com.anthropic.claude_code.events"}, "logRecords": [one]}
    return {"resourceLogs": [{"resource": {"attributes": []}, "scopeLogs": [scope]}]}


CLAUDE_RESULT = claude_log(
    "tool_result", tool_name="Bash", tool_use_id="toolu-1", success="true", duration_ms="40",
    tool_parameters='{"full_command": "ls -l"}', tool_result_size_bytes=11,
)  # fmt: skip
CLAUDE_DECISION = claude_log(
    "tool_decision", tool_name="Bash", tool_use_id="toolu-3", decision="reject", source="config"
)
CLAUDE_PROMPT = claude_log("user_prompt", prompt="<REDACTED>", prompt_length="11", prompt__id="p-1")

SQUID = '1772615040.123    842 192.0.2.18 TCP_DENIED/403 9051 CONNECT chatgpt.com:443 ada HIER_NONE/- - "-" "Mozilla/5.0 (X11)"'
SQUID_COMMON = (
    '192.0.2.18 - ada [04/03/2026 09:04:00] "POST https://chatgpt.com/upload?q=secret HTTP/1.1" 200 1320'
)

RECORDS = {
    name: value for name, value in sorted(globals().items()) if name[0].isupper() and isinstance(value, dict)
}
del RECORDS["TOOL"]
"""Every record above that is an object, by name."""


def body(record):
    """A record as bytes; `json` writes numbers that `orjson` refuses."""
    if isinstance(record, bytes):
        return record
    return (record if isinstance(record, str) else json.dumps(record, ensure_ascii=False)).encode()


def recorded(record, source="auto", arrived=1772620000.0, log="some/file.jsonl", line=1):
    """A record at a place of a file."""
    return Record(Place(log, line), source, arrived, None, body(record))


def fields_of(record, source="auto", **how):
    """The fields of every event of a record."""
    return [fields for _, fields in read(recorded(record, source, **how))]


def one(record, verb, source="auto", **how):
    """The fields of the only event of this verb."""
    (found,) = [fields for fields in fields_of(record, source, **how) if fields["event.action"] == verb]
    return found


def verbs(record, source="auto"):
    return [fields["event.action"] for fields in fields_of(record, source)]
