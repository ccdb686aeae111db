"""Questions to Elasticsearch as plain data. What people type is a value in them, never syntax."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from pipeline.fields import FIELDS

Query = dict[str, Any]

BY_RISK: list[Any] = [{"ai.risk.score": "desc"}, "@timestamp", "event.id"]
BY_TIME: list[Any] = ["@timestamp", "event.id"]

KEYWORDS = sorted(name for name, field in FIELDS.items() if field.kind == "keyword")

NAMES = (
    *("rule.id", "rule.name", "user.id", "user.name", "user.email", "gen_ai.agent.id"),
    *("ai.app.id", "ai.app.name", "ai.task.id", "host.name"),
)
"""Fields of an alert that are searched for words, besides its sentence."""

_WILD = re.compile(r"([*?\\])")


def exactly(field: str, value: str) -> Query:
    """Ask for this value."""
    return {"term": {field: {"value": value}}}


def one_of(field: str, values: Sequence[str]) -> Query:
    """Ask for any of these values."""
    return {"terms": {field: list(values)}}


def beginning_with(field: str, prefix: str) -> Query:
    """Ask for values that begin so."""
    return {"prefix": {field: {"value": prefix}}}


def field_says(name: str) -> Query:
    """Ask for documents in which any keyword is just this text, as it is or in small letters."""
    asked = [
        {"multi_match": {"query": text, "fields": KEYWORDS}} for text in dict.fromkeys((name, name.lower()))
    ]
    return {"bool": {"should": asked, "minimum_should_match": 1}}


def alert_with(words: Sequence[str]) -> Query:
    """Ask for alerts with all of these words in sentence or names."""
    return {"bool": {"filter": [_with(word) for word in words]}}


def _with(word: str) -> Query:
    literal = _WILD.sub(r"\\\1", word)
    named: list[Query] = [
        {"wildcard": {field: {"value": f"*{literal}*", "case_insensitive": True}}} for field in NAMES
    ]
    said: Query = {"match_phrase": {"message": {"query": word}}}
    return {"bool": {"should": [said, *named], "minimum_should_match": 1}}
