"""Anthropic: the compliance feed of activities, and the chats, files and sessions behind them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from pipeline.errors import BadRecord
from pipeline.event import Fields
from pipeline.understand.sources import anthropic_activity, anthropic_content
from pipeline.understand.sources.source import Draft, Source

_IDS = ("claude_chat_", "claude_file_", "claude_proj_doc_", "cse_", "csev_")
_LOCAL = "compliance_local_session"
_ACTOR = "_actor"
_MORE = ("has_more", "next_page")


def claims(value: Any, _hints: Fields) -> bool:
    """Know an activity by the kind of its actor, content by its ids, a page by what is on it."""
    if type(value) is not dict:
        return False
    return _is_activity(value) or _is_content(value) or _is_page(value)


def _is_activity(value: Fields) -> bool:
    actor = value.get("actor")
    if type(actor) is not dict or "created_at" not in value or "type" not in value:
        return False
    kind = actor.get("type")
    return type(kind) is str and kind.endswith(_ACTOR)


def _is_content(value: Fields) -> bool:
    if "chat_messages" in value:
        return True
    if type(value.get("session")) is dict and "data" in value:
        return True
    stated, kind = value.get("id"), value.get("type")
    return (type(stated) is str and stated.startswith(_IDS)) or (
        type(kind) is str and kind.startswith(_LOCAL)
    )


def _is_page(value: Fields) -> bool:
    """Know a page of content whose other keys say too little for it to be taken apart, and an empty one."""
    data = value.get("data")
    if type(data) is not list or not any(key in value for key in _MORE):
        return False
    return not data or any(type(one) is dict and _is_content(one) for one in data)


def read(value: Fields, _hints: Fields) -> Iterator[Draft]:
    """Make drafts of an activity, of what was said and uploaded, or of the members of a page."""
    if _is_activity(value):
        yield anthropic_activity.draft(value)
    elif _is_content(value):
        yield from anthropic_content.drafts(value)
    elif type(value.get("data")) is list:
        yield from _of_page(value["data"])
    else:
        yield anthropic_activity.draft(value)


def _of_page(data: list[Any]) -> Iterator[Draft]:
    if not data:
        raise BadRecord("an empty page")
    unread = 0
    for one in data:
        if type(one) is dict and _is_content(one):
            yield from anthropic_content.drafts(one)
        else:
            unread += 1
    if unread:
        raise BadRecord(f"{unread} of {len(data)} members of a page are no content of Anthropic")


SOURCE = Source(
    name="anthropic",
    claims=claims,
    read=read,
    marks=frozenset(("actor", "chat_messages", "session", "id", "type", "data")),
    own=frozenset(("agent_id",)),
    fixed={"event.module": "anthropic", "gen_ai.provider.name": "anthropic"},
    keys=frozenset(
        "created_at updated_at deleted_at organization_id organization_uuid actor claude_chat_id claude_project_id filename "
        "chat_messages session provenance product_surface".split()
    ),
)
