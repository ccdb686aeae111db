"""Varied records of 1.8 KB on average, so that no memo makes the figures better than they are."""

import random

import orjson

WORDS = (
    "the quarter plan review needs a shorter draft because our partner asked for two options and a clear price table "
    "while the team prepares samples of sensors for calibration in spring please rewrite this paragraph so that it sounds "
    "friendly but precise and list open questions at the end with owners dates risks next steps budget travel training "
    "harbour meter valve pressure drift cable housing firmware release notes customer visit agenda minutes translation"
).split()
PEOPLE = (
    "ada.lind",
    "ben.okoro",
    "chloe.marsh",
    "dmitri.vale",
    "elif.kaya",
    "femi.adeyemi",
    "greta.holm",
    "ines.duarte",
)
START = 1_772_611_200.0


def text(chance, size):
    """Plain prose of about this many characters."""
    words = []
    while size > 0:
        word = chance.choice(WORDS)
        words.append(word + ("." if chance.random() < 0.08 else ""))
        size -= len(word) + 1
    return " ".join(words)


def records(count, seed=1):
    """(reader, bytes) of gateway calls, prompts from sensors, tool calls of an agent and spans, as their sources write them."""
    chance = random.Random(seed)
    made = (KINDS[number % len(KINDS)](chance, number) for number in range(count))
    return [(source, orjson.dumps(event)) for source, event in made]


def _sensor(chance, number):
    person = chance.choice(PEOPLE)
    event = {
        "@timestamp": START + number,
        "event.id": f"bench-{number}",
        "event.action": "prompt",
        "event.module": "sensor_browser",
        "user.email": f"{person}@fernwood.example",
        "ai.surface": "browser",
        "host.name": f"fw-w-{person.split('.')[0]}",
        "url.domain": chance.choice(["claude.ai", "chatgpt.com", "gemini.google.com"]),
        "ai.policy.decision": "allow",
        "ai.content.text": text(chance, 1400),
        "ai.content.origin": "user",
        "ai.content.role": "user",
    }
    return "normalised", event


def _gateway(chance, number):
    person, began = chance.choice(PEOPLE), START + number
    answer = {"role": "assistant", "content": text(chance, 200), "tool_calls": None, "function_call": None}
    usage = {"prompt_tokens": 120, "completion_tokens": 50, "total_tokens": 170}
    event = {
        "id": f"chatcmpl-{number}",
        "trace_id": f"tr-{person}-{number // 100}",
        "call_type": "acompletion",
        "stream": False,
        "cache_hit": None,
        "status": "success",
        "status_fields": {"llm_api_status": "success", "guardrail_status": "not_run"},
        "custom_llm_provider": "azure",
        "startTime": began,
        "endTime": began + 2,
        "completionStartTime": began + 1,
        "response_time": 2.0,
        "model": "gpt-4.1",
        "model_group": "prod-chat",
        "model_id": f"{number:032x}",
        "api_base": "https://llm.fernwood.example/",
        "messages": [
            {"role": "system", "content": "You are helpful."},
            {"role": "user", "content": text(chance, 400)},
        ],
        "response": {
            "id": f"chatcmpl-{number}",
            "created": int(began) + 2,
            "model": "gpt-4.1-2025-04-14",
            "object": "chat.completion",
            "choices": [{"finish_reason": "stop", "index": 0, "message": answer}],
            "usage": usage,
        },
        **usage,
        "response_cost": 0.0021,
        "end_user": "",
        "requester_ip_address": "192.0.2.17",
        "request_tags": ["team:ledger", "User-Agent: curl/8.9"],
        "model_parameters": {"temperature": 0.2, "max_tokens": 800},
        "metadata": {
            "user_api_key_hash": "5b2e9d1c",
            "user_api_key_alias": "ledger-svc",
            "user_api_key_user_id": "u17",
            "user_api_key_user_email": f"{person}@fernwood.example",
            "user_api_key_team_id": "t-9",
            "user_api_key_team_alias": "ledger",
            "user_api_key_org_id": None,
            "user_api_key_end_user_id": None,
            "requester_ip_address": "192.0.2.17",
            "applied_guardrails": [],
            "mcp_tool_call_metadata": None,
            "vector_store_request_metadata": None,
            "prompt_management_metadata": None,
            "requester_metadata": {},
            "spend_logs_metadata": None,
        },
        "guardrail_information": None,
        "hidden_params": {
            "litellm_model_name": "azure/gpt-4.1",
            "api_base": "https://llm.fernwood.example/",
        },
        "error_str": None,
        "error_information": {
            "error_code": "",
            "error_class": "",
            "llm_provider": "",
            "error_message": "",
            "traceback": "",
        },
    }
    return "litellm", event


def _tool(chance, number):
    command = f"python -m pytest tests/unit/test_{chance.choice(WORDS)}_{number}.py && git diff --stat"
    event = {
        "session_id": f"session-{number // 400}",
        "transcript_path": "/home/ada/.claude/projects/app/x.jsonl",
        "cwd": "/home/ada/app",
        "permission_mode": "default",
        "hook_event_name": "PostToolUse",
        "tool_name": "Bash",
        "tool_input": {"command": command, "description": text(chance, 80)},
        "tool_response": {"stdout": text(chance, 1000), "stderr": "", "interrupted": False},
        "tool_use_id": f"toolu_{number}",
        "duration_ms": 412,
        "timestamp": START + number,
        "user_email": "ada.lind@fernwood.example",
        "hostname": "fw-w-ada",
    }
    return "claude_code", event


def _span(chance, number):
    began = int(START + number) * 1_000_000_000
    said = [{"role": "user", "parts": [{"type": "text", "content": text(chance, 400)}]}]
    answer = [
        {
            "role": "assistant",
            "parts": [{"type": "text", "content": text(chance, 200)}],
            "finish_reason": "stop",
        }
    ]
    told = {
        "gen_ai.operation.name": "chat",
        "gen_ai.provider.name": "openai",
        "gen_ai.request.model": "gpt-4.1",
        "gen_ai.response.model": "gpt-4.1-2025-04-14",
        "gen_ai.response.id": f"resp_{number}",
        "gen_ai.conversation.id": f"conv-{number // 100}",
        "gen_ai.agent.id": "support-agent",
        "gen_ai.input.messages": orjson.dumps(said).decode(),
        "gen_ai.output.messages": orjson.dumps(answer).decode(),
    }
    attributes = [{"key": key, "value": {"stringValue": value}} for key, value in told.items()]
    attributes += [
        {"key": f"gen_ai.usage.{way}_tokens", "value": {"intValue": "90"}} for way in ("input", "output")
    ]
    span = {
        "traceId": f"{number:032x}",
        "spanId": f"{number:016x}",
        "parentSpanId": "",
        "name": "chat gpt-4.1",
        "kind": 3,
        "startTimeUnixNano": str(began),
        "endTimeUnixNano": str(began + 2_000_000_000),
        "status": {},
        "attributes": attributes,
    }
    resource = {
        "service.name": "ledger-assist",
        "host.name": "fw-s-01",
        "user.email": "femi.adeyemi@fernwood.example",
    }
    named = [{"key": key, "value": {"stringValue": value}} for key, value in resource.items()]
    scoped = [{"scope": {"name": "fernwood.telemetry"}, "spans": [span]}]
    return "otel_genai", {"resourceSpans": [{"resource": {"attributes": named}, "scopeSpans": scoped}]}


KINDS = (_gateway, _sensor, _tool, _span)
