"""The company's own gateway: one record of LiteLLM for every finished call."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from pipeline.simulate.chance import about, token
from pipeline.simulate.scene import Line, Scene

FILE = "litellm.jsonl"
_NO_ERROR = {"error_code": "", "error_class": "", "llm_provider": "", "error_message": "", "traceback": ""}
_REFUSED = {**_NO_ERROR, "error_code": "400", "error_class": "BadRequestError", "llm_provider": "azure"}
_BASE = "https://llm.fernwood.example/"


def chat(
    scene: Scene, at: float, *, text: str, answer: str = "", guard: str = "", model: str = "gpt-4.1"
) -> Iterator[Line]:
    """Ask through the gateway; a guard may be `blocked`, `masked` or `passed`."""
    dice, person = scene.dice, scene.person
    refused, took = guard == "blocked", about(dice, 2.5)
    name = f"chatcmpl-{token(dice, 20)}"
    asked, told = len(text) // 4 + 8, 0 if refused else len(answer) // 4 + 4
    body = {
        "id": name,
        "trace_id": None,
        "call_type": "acompletion",
        "stream": False,
        "cache_hit": None,
        "status": "failure" if refused else "success",
        "custom_llm_provider": "azure",
        "startTime": round(at, 3),
        "endTime": round(at + took, 3),
        "completionStartTime": round(at + min(took, 0.5), 3),
        "response_time": round(took, 3),
        "model": model,
        "model_group": model,
        "api_base": _BASE,
        "messages": [{"role": "user", "content": text}],
        "response": None
        if refused
        else _response(name, at + took, model=model, answer=answer, asked=asked, told=told),
        "prompt_tokens": asked,
        "completion_tokens": told,
        "total_tokens": asked + told,
        "response_cost": round(asked * 2e-6 + told * 8e-6, 6),
        "end_user": "",
        "requester_ip_address": person.ip,
        "request_tags": [f"team:{person.department}"],
        "model_parameters": {"temperature": 0.2},
        "metadata": {
            "user_api_key_hash": f"{hash_of(person.id)}",
            "user_api_key_alias": "fernwood-chat",
            "user_api_key_user_id": person.id,
            "user_api_key_user_email": person.email,
            "user_api_key_team_alias": person.department,
            "user_api_key_org_id": "fernwood",
            "requester_ip_address": person.ip,
            "applied_guardrails": ["secret-check"] if guard else [],
            "mcp_tool_call_metadata": None,
            "requester_metadata": {"session_id": f"chat-{scene.thread}"},
        },
        "guardrail_information": _guarded(guard),
        "hidden_params": {"litellm_model_name": f"azure/{model}", "api_base": _BASE},
        "error_str": "guardrail intervened" if refused else None,
        "error_information": _REFUSED if refused else _NO_ERROR,
    }
    yield Line(at, FILE, body)


def hash_of(name: str) -> str:
    """Give something that looks like the hash of a key and is always the same for the same person."""
    from hashlib import sha256

    return sha256(name.encode()).hexdigest()[:16]


def _response(name: str, at: float, *, model: str, answer: str, asked: int, told: int) -> dict[str, Any]:
    message = {"role": "assistant", "content": answer, "tool_calls": None, "function_call": None}
    return {
        "id": name,
        "created": int(at),
        "model": model,
        "object": "chat.completion",
        "choices": [{"finish_reason": "stop", "index": 0, "message": message}],
        "usage": {"prompt_tokens": asked, "completion_tokens": told, "total_tokens": asked + told},
    }


def _guarded(guard: str) -> list[dict[str, Any]] | None:
    if not guard:
        return None
    status = "success" if guard == "passed" else "guardrail_intervened"
    masked = {"EMAIL_ADDRESS": 1} if guard == "masked" else {}
    told = {"guardrail_name": "secret-check", "guardrail_mode": "pre_call", "guardrail_status": status}
    return [{**told, "masked_entity_count": masked, "duration": 0.03}]
