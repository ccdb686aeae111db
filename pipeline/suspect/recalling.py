"""Join an event with what its home saw before: the same act, its call, its chunks, and what the task has touched."""

from __future__ import annotations

from datetime import datetime

from pipeline.event import Event, Fields
from pipeline.fields import CLASSES
from pipeline.suspect.links import same
from pipeline.suspect.memory import Act, Chunked, Memory, hashed, short

ASKED = "asked"
"""When a call was first seen, or its approval asked for (epoch seconds); stands with what is kept of a call."""
UNDECIDED = (None, "pending")
"""Approval states that give way to any other."""

GATHERED = (
    "ai.data.classes",
    "ai.data.decoded_classes",
    "ai.data.secret_types",
    "ai.data.secret_fingerprints",
    "ai.data.canary",
    "ai.data.dlp_profiles",
)
"""What the end of a text has of all its chunks."""
KEPT = ("ai.data.label", "ai.data.document.id", "ai.data.document.kind", "ai.data.secret_valid")
"""What the end of a text has of an earlier chunk where it does not say so itself."""


def recall(event: Event, memory: Memory) -> tuple[Act | None, Fields]:
    """Give the act that this event tells again, if it does, and the fields that the home knows better.

    Of an act with another id they hold its `event.id`: the first document stands.
    """
    fields, verb = event.fields, event.fields["event.action"]
    adds: Fields = {}
    if memory.taint and (taint := sorted(t for t, since in memory.taint.items() if since <= event.time)):
        adds["ai.taint"] = taint
    if verb == "tool_call" and (arguments := fields.get("ai.tool.arguments")):
        adds["ai.tool.fingerprint"] = f"{hashed(arguments):016x}"
    if memory.calls and (call := memory.calls.get(fields.get("gen_ai.tool.call.id", ""))):
        adds.update(_of_call(fields, call))
    if verb == "approval":
        adds.update(_latency(event, memory))
    if memory.chunks and (chunked := memory.chunks.get(chunk_key(fields))):
        adds.update(_of_chunks(fields, chunked))

    key = short(event.id)
    act = memory.acts.get(key)
    if act is None and (first := same(event, memory)) and short(first) in memory.acts:
        act = memory.acts[key] = Act(event.time, [], first)
    if act is not None and act.same:
        adds["event.id"] = act.same
        act = memory.acts.get(short(act.same), act)
    return act, adds


def chunk_key(fields: Fields) -> int:
    """Name the text that a chunk belongs to, by its turn and its speaker; 0 for what is no chunk."""
    if "ai.content.chunk" not in fields:
        return 0
    names = ("event.dataset", "gen_ai.conversation.id", "ai.turn.id", "event.action", "ai.content.role")
    return hashed(" ".join(fields.get(name, "") for name in names))


def found_in(fields: Fields) -> Fields:
    """Give what was found in a chunk and concerns the whole text."""
    return {field: fields[field] for field in (*GATHERED, *KEPT) if field in fields}


def _of_call(fields: Fields, call: Fields) -> Fields:
    """Give what a result, an approval or another sighting takes from its call; what was decided wins over a question."""
    adds = {field: value for field, value in call.items() if field not in fields and field != ASKED}
    state = call.get("ai.approval.state")
    if state not in UNDECIDED and fields.get("ai.approval.state") in UNDECIDED:
        adds["ai.approval.state"] = state
    if fields["event.action"] == "tool_result" and "ai.tool.risk" in call:
        adds["ai.tool.risk"] = call["ai.tool.risk"]
    return adds


def _latency(event: Event, memory: Memory) -> Fields:
    """Tell how long an approval took: as its source says, else since the call was first seen."""
    fields = event.fields
    asked = _epoch(fields.get("ai.approval.requested_at"))
    if asked is None:
        asked = memory.calls.get(fields.get("gen_ai.tool.call.id", ""), {}).get(ASKED)
    if asked is None:
        return {}
    decided = _epoch(fields.get("ai.approval.decided_at")) or event.time
    return {"ai.approval.latency_s": round(max(decided - asked, 0.0), 3)}


def _epoch(written: str | None) -> float | None:
    try:
        return datetime.fromisoformat(written).timestamp() if written else None
    except (ValueError, OverflowError):
        return None


def _of_chunks(fields: Fields, chunked: Chunked) -> Fields:
    """Give the end of a text what its chunks had; where a source never tells the end, each chunk may be it."""
    if fields.get("ai.content.chunk_last") is False:
        return {}
    adds = joined(chunked.found, fields)
    if ranked := [one for one in adds.get("ai.data.classes", ()) if one in CLASSES]:
        adds["ai.data.max_class"] = max(ranked, key=CLASSES.index)
    return adds


def joined(found: Fields, fields: Fields) -> Fields:
    """Join what was found in chunks with what is found in one more."""
    both = found | found_in(fields)
    for field in GATHERED:
        if field in both:
            both[field] = sorted({*found.get(field, ()), *fields.get(field, ())})
    return both
