"""Varied records of about 1.8 KB, so that no memo makes the figures better than they are."""

import random

import orjson

WORDS = (
    "the quarter plan review needs a shorter draft because our partner asked for two options and a clear price table "
    "while the team prepares samples of sensors for calibration in spring please rewrite this paragraph so that it sounds "
    "friendly but precise and list open questions at the end with owners dates risks next steps budget travel training "
    "harbour meter valve pressure drift cable housing firmware release notes customer visit agenda minutes translation"
).split()
PEOPLE = ("ada.lind", "ben.okoro", "chloe.marsh", "dmitri.vale", "elif.kaya", "femi.adeyemi", "greta.holm", "ines.duarte")
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
    """(reader, bytes) of prompts from sensors, gateway calls, tool calls of an agent, and proxy visits with an AI in them."""
    chance = random.Random(seed)
    return [KINDS[number % len(KINDS)](chance, number) for number in range(count)]


def _sensor(chance, number):
    person = chance.choice(PEOPLE)
    return "normalised", orjson.dumps(
        {
            "@timestamp": START + number,
            "event.id": f"bench-{number}",
            "event.action": "prompt",
            "event.module": "sensor_browser",
            "user.email": f"{person}@fernwood.example",
            "ai.surface": "browser",
            "host.name": f"fw-w-{person.split('.')[0]}",
            "url.domain": chance.choice(["claude.ai", "chatgpt.com", "gemini.google.com"]),
            "ai.policy.decision": "allow",
            "ai.content.text": text(chance, 1500),
            "ai.content.origin": "user",
            "ai.content.role": "user",
        }
    )


def _gateway(chance, number):
    person, began = chance.choice(PEOPLE), START + number
    message = {"role": "assistant", "content": text(chance, 250)}
    return "litellm", orjson.dumps(
        {
            "id": f"chatcmpl-{number}",
            "trace_id": f"tr-{number}",
            "call_type": "acompletion",
            "status": "success",
            "custom_llm_provider": "azure",
            "startTime": began,
            "endTime": began + 2,
            "model": "glacier-4",
            "api_base": "https://llm.fernwood.example/",
            "messages": [{"role": "user", "content": text(chance, 700)}],
            "response": {"id": f"chatcmpl-{number}", "model": "glacier-4", "choices": [{"finish_reason": "stop", "message": message}]},
            "prompt_tokens": 200,
            "completion_tokens": 70,
            "requester_ip_address": "192.0.2.17",
            "metadata": {"user_api_key_hash": "5b2e9d1c", "user_api_key_alias": "ledger-svc", "user_api_key_user_email": f"{person}@fernwood.example"},
        }
    )


def _tool(chance, number):
    command = f"python -m pytest tests/unit/test_{chance.choice(WORDS)}_{number}.py && git diff --stat"
    return "claude_code", orjson.dumps(
        {
            "session_id": f"session-{number // 40}",
            "transcript_path": "/home/ada/.claude/projects/app/x.jsonl",
            "cwd": "/home/ada/app",
            "permission_mode": "default",
            "hook_event_name": "PreToolUse",
            "tool_name": "Bash",
            "tool_input": {"command": command, "description": text(chance, 1300)},
            "tool_use_id": f"toolu_{number}",
            "timestamp": START + number,
            "user_email": "ada.lind@fernwood.example",
            "hostname": "fw-w-ada",
        }
    )


KINDS = (_sensor, _gateway, _sensor, _tool)
