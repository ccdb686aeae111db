"""OpenAI: the audit log of an organization, and the conversations of ChatGPT Enterprise."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from pipeline.event import Fields
from pipeline.understand.sources import openai_audit, openai_chats
from pipeline.understand.sources.source import Draft, Source

_AUDIT = "organization.audit_log"


def claims(value: Any, _hints: Fields) -> bool:
    """Know a record by the name of its kind, an audited act also by its time, type and actor."""
    if type(value) is not dict:
        return False
    if "effective_at" in value and "type" in value and "actor" in value:
        return True
    kind = value.get("object")
    return type(kind) is str and (kind.startswith(openai_chats.KIND) or kind == _AUDIT)


def read(value: Fields, _hints: Fields) -> Iterator[Draft]:
    """Make drafts of a conversation's messages, or of one audited act."""
    if "effective_at" in value or "actor" in value or value.get("object") == _AUDIT:
        yield openai_audit.draft(value)
    else:
        yield from openai_chats.drafts(value)


SOURCE = Source(
    name="openai",
    claims=claims,
    read=read,
    marks=frozenset(("effective_at", "object")),
    own=frozenset(("user_email",)),
    fixed={"event.module": "openai", "gen_ai.provider.name": "openai"},
    keys=frozenset(
        "id object type effective_at project actor title workspace_id user_id user_email created_at last_active_at "
        "messages message".split()
    ),
)
