"""Tell by its looks whether an endpoint that nobody knows is AI."""

from __future__ import annotations

import re
from functools import lru_cache

from pipeline.event import Fields

WORDS = frozenset(
    "llm llms gpt chatgpt genai ollama chatbot aichat chatai llama qwen langchain litellm vllm".split()
)
"""Words of a host name that leave little doubt."""
PORTS = frozenset({11434})
"""Ports that one local model runtime has made its own."""
PATHS = re.compile(
    r"/(?:chat/completions|v1/(?:messages|responses|completions|embeddings|images/generations|audio/transcriptions)"
    r"|api/(?:generate|embeddings)|models/[^/]{1,100}:(?:streamGenerate|generate)Content|backend-api/conversation"
    r"|openai/deployments/[^/]{1,100}/[a-z/]{1,40})$"
)
_LONGEST_PATH = 512


def looks_like_ai(fields: Fields, host: str) -> bool:
    """Say whether a proxy files the host under AI (its reader sets `ai.app.heuristic`), or port, host or path look like it.

    A path counts only where something may have been sent to it: model APIs are called with POST.
    """
    if fields.get("ai.app.heuristic") or fields.get("destination.port") in PORTS or _words(host):
        return True
    path = fields.get("url.path")
    if not path or len(path) > _LONGEST_PATH or not PATHS.search(path):
        return False
    return bool(fields.get("http.request.method", "POST") == "POST")


@lru_cache(8192)
def _words(host: str) -> bool:
    """Say whether the host is named after AI; `chat` alone is not, beside `ai` it is."""
    words = set(re.split(r"[.-]", host))
    return not WORDS.isdisjoint(words) or ("chat" in words and "ai" in words)
