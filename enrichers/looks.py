"""Tell by its looks whether an endpoint that nobody knows is AI."""

from __future__ import annotations

import re
from functools import lru_cache

from pipeline.event import Fields

WORDS = frozenset(
    "llm llms gpt genai chatbot aichat chatai llama qwen langchain litellm vllm mixtral comfyui openwebui librechat "
    "lobechat txt2img".split()
)
"""Words of a host name that leave little doubt."""
PAIRS = tuple(
    frozenset(pair.split()) for pair in ("chat ai", "assistant ai", "open webui", "stable diffusion")
)
"""Words that say so together; each alone does not."""
NAMES = re.compile(
    r"ollama|gpt4free|(?<![a-z])(?:my|free|auto|chat)?gpt-?[0-9]|(?<![a-z])(?:llama[0-9]|mygpt)"
)
"""Names of what people run themselves, whatever stands around them. A vendor's product in a stranger's host is bait, not AI."""
PORTS = frozenset({11434})
"""Ports that one local model runtime has made its own."""
PATHS = re.compile(
    r"/(?:chat/completions"
    r"|v[12]/(?:messages(?:/count_tokens|/batches)?|responses|completions|embeddings|embed|rerank|moderations|assistants"
    r"|images/(?:generations|edits|variations)|audio/(?:transcriptions|translations|speech)|threads/[^/]{1,100}/runs)"
    r"|api/(?:generate|chat|embed|embeddings)|generate_stream|sdapi/v1/(?:txt|img)2img"
    r"|models/[^/]{1,100}:(?:generateContent|streamGenerateContent|embedContent|countTokens|rawPredict|streamRawPredict)"
    r"|model/[^/]{1,200}/(?:invoke|invoke-with-response-stream|converse|converse-stream)"
    r"|backend-api/conversation|openai/deployments/[^/]{1,100}/[a-z/]{1,40})/?$"
)
_LONGEST_PATH = 512


def looks_like_ai(fields: Fields, host: str) -> bool:
    """Say whether a proxy files the host under AI (its reader sets `ai.app.heuristic`), or port, host or path look like it.

    A path counts only where something may have been sent to it: model APIs are called with POST.
    """
    if fields.get("ai.app.heuristic") or fields.get("destination.port") in PORTS or _named_after_ai(host):
        return True
    path = fields.get("url.path")
    if not path or len(path) > _LONGEST_PATH or not PATHS.search(path):
        return False
    return bool(fields.get("http.request.method", "POST") == "POST")


@lru_cache(8192)
def _named_after_ai(host: str) -> bool:
    """Say whether the host is named after AI; `chat` alone is not, beside `ai` it is."""
    words = frozenset(re.split(r"[.-]", host))
    return not WORDS.isdisjoint(words) or any(pair <= words for pair in PAIRS) or bool(NAMES.search(host))
