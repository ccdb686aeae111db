"""Which acts are one: the keys under which another source, or a history that is sent again, tells the same act.

Two acts with the same event id are one anyway. What follows is for the others; all of it stays within one home. Why
each key is trusted stands in docs/decisions/0007-links.md.
"""

from __future__ import annotations

from functools import lru_cache

from pipeline.event import Event, Fields
from pipeline.suspect.memory import FORGET_LINKS, Link, Memory, Opening, bound, hashed

NEAR = 180.0
"""Seconds within which two sources tell the same text of the same act."""
SHORTEST = 16
"""Code points from which on a text tells acts apart; anybody says yes twice in five minutes."""
LONGEST = 64
"""Characters up to which an id stands in a key as it is."""
PARTS = 4
"""Acts of one source that may stand under one key, in their order."""
MOST_LINKS = 200
MOST_OPENINGS = 20
LONGEST_OPENING = 50

ON_THE_WAY = ("gateway", "model_api")
"""Categories of apps that others speak through: they do not say that two acts are two."""
OF_PEOPLE = ("browser", "desktop", "mobile", "ide", "cli")
"""Surfaces that a person sits at."""
RESENDING = ("litellm", "otel_genai")
"""Modules whose clients send the whole conversation with each call."""

_TOOL_ACTS = ("tool_call", "tool_result", "approval")
_DIGITS = 16
_MASK = (1 << 63) - 1

Key = tuple[str, float, str]
"""A key, the seconds for which it holds, and the words in which two acts under it must not differ."""


def same(event: Event, memory: Memory) -> str | None:
    """Give the id of the act that this event tells again, None where it is new; note it for those who come later."""
    fields, links = event.fields, memory.links
    text = fields.get("ai.content.hash", "")
    opening = _opening(event, text, memory) if text and fields.get("event.module") in RESENDING else None
    first = opening.ids.get(opening.chain) if opening else None

    if keys := _keys(fields, text):
        told = (fields.get("event.dataset", ""),)
        for key in keys:
            if key[0] in links:
                first = _joined(event, keys, first, links)
                break
        else:  # nearly always: nobody has told anything like it
            for slot, _, must in keys:
                links[slot] = Link(first or event.id, event.time, told, must)
        _age(links, event.time - FORGET_LINKS)

    if opening and opening.chain and len(opening.ids) < LONGEST_OPENING:
        opening.ids.setdefault(opening.chain, first or event.id)
    return first


def _keys(fields: Fields, text: str) -> list[Key]:
    """Give the keys of an act, the surest first."""
    verb = fields["event.action"]
    if verb in _TOOL_ACTS and (call := fields.get("gen_ai.tool.call.id")):
        # a JSON-RPC number is counted anew in each connection
        return [] if call.isdecimal() else [(f"call {verb} {_brief(call)}", FORGET_LINKS, "")]
    keys: list[Key] = []
    if verb == "completion" and (answer := fields.get("gen_ai.response.id")):
        keys.append((f"answer {_brief(answer)}", FORGET_LINKS, ""))
    if span := fields.get("span.id"):
        said = f"{verb} {fields.get('ai.content.role')}"
        keys.append((f"span {_brief(span)} {said}", FORGET_LINKS, text[-_DIGITS:]))
    if text and fields.get("ai.content.length", 0) >= SHORTEST:
        keys.append((f"text {verb} {text[-_DIGITS:]}", NEAR, _where(fields)))
    return keys


def _where(fields: Fields) -> str:
    """Give the app and the surface of a person; who is blocked in the browser goes on in the desktop app."""
    app = "" if fields.get("ai.app.category") in ON_THE_WAY else fields.get("ai.app.id", "")
    surface = fields.get("ai.surface", "")
    return f"{app} {surface}" if surface in OF_PEOPLE else app


def _joined(event: Event, keys: list[Key], first: str | None, links: dict[str, Link]) -> str | None:
    """Find the act that is told again, and put it under all the keys of this sighting."""
    source = event.fields.get("event.dataset", "")
    told: tuple[str, ...] = (source,)
    places = [_place(key, event.time, source, links) for key in keys]
    match = next((link for _, link in places if link and first in (None, link.id)), None)
    if match:
        first, told = match.id, (*match.told, source)
    for (slot, link), (_, _, must) in zip(places, keys, strict=True):
        if link is None:
            links.pop(slot, None)
            links[slot] = Link(first or event.id, event.time, told, must)
        elif link.id == first:
            link.told = (*link.told, source)
    return first


def _place(key: Key, time: float, source: str, links: dict[str, Link]) -> tuple[str, Link | None]:
    """Find the act under a key that is told again, else the place for a new one: the last, if all are taken."""
    slot, holds, must = key
    for part in range(PARTS):
        slot = f"{key[0]} {part}" if part else key[0]
        link = links.get(slot)
        if link is None or abs(link.time - time) > holds:
            return slot, None
        if source not in link.told and _agree(link.must, must):
            return slot, link
    return slot, None


def _agree(one: str, other: str) -> bool:
    """Say whether two do not differ, word for word, where both have the word."""
    return one == other or not any(
        mine and theirs and mine != theirs
        for mine, theirs in zip(one.split(" "), other.split(" "), strict=False)
    )


def _opening(event: Event, text: str, memory: Memory) -> Opening | None:
    """Follow the opening of a conversation: a later turn that begins as the conversation began is history."""
    fields = event.fields
    conversation = fields.get("gen_ai.conversation.id")
    if not conversation or not _goes_on(fields):
        return None
    key = _begun(fields.get("event.dataset"), conversation)
    turn = _brief(fields.get("ai.turn.id", ""))
    opening = memory.openings.get(key)
    if opening is None:
        opening = memory.openings[key] = Opening(event.time, turn, _chained(key, text), {})
        bound(memory.openings, MOST_OPENINGS)
    elif opening.turn != turn:
        begun = _chained(key, text)
        opening.turn, opening.chain = turn, begun if begun in opening.ids else 0
    elif opening.chain:
        opening.chain = _chained(opening.chain, text)
    opening.time = max(opening.time, event.time)
    return opening


@lru_cache(1024)
def _begun(dataset: str | None, conversation: str) -> int:
    """Give the key of a conversation, before its first text; each of its turns asks for it, hence the cache."""
    return hashed(f"{dataset} {conversation}")


def _goes_on(fields: Fields) -> bool:
    """Say whether what was said can be history later: a user said it, and it was neither refused nor lost."""
    return (
        fields["event.action"] == "prompt"
        and fields.get("ai.content.role") == "user"
        and fields.get("event.outcome") != "failure"
        and fields.get("ai.policy.decision") != "block"
    )


def _chained(chain: int, text: str) -> int:
    return hashed(f"{chain} {text}") & _MASK or 1


def _age(links: dict[str, Link], limit: float) -> None:
    while len(links) > MOST_LINKS or (links and next(iter(links.values())).time < limit):
        del links[next(iter(links))]


def _brief(name: str) -> str:
    return name if len(name) <= LONGEST else str(hashed(name))
