"""Remember an event: what its task has touched, the calls that wait for results, hours, and whom the home has met."""

from __future__ import annotations

from collections.abc import Iterator

from pipeline.event import Event, Fields
from pipeline.signal import Signal
from pipeline.suspect.memory import Act, Chunked, Memory, bound, short
from pipeline.suspect.recalling import ASKED, chunk_key, found_in, joined
from pipeline.suspect.tally import tally

MOST_ACTS = 2000
MOST_CALLS = 200
MOST_CHUNKED = 20

FROM_CALL = (
    "gen_ai.tool.name",
    "gen_ai.agent.id",
    "ai.tool.server",
    "ai.tool.risk",
    "ai.tool.kind",
    "ai.approval.state",
    "ai.approval.approver",
)
"""What call, result, approval and other sightings of a call take from each other where they do not say so themselves."""

TOUCHES = {"read_private": "private", "read_secret": "secret", "read_untrusted": "untrusted"}
TOOL_ACTS = ("tool_call", "tool_result")


def learn(event: Event, fired: list[str], memory: Memory) -> Iterator[Signal]:
    """Remember an event and the rules that fired on it; tell subjects that this home meets for the first time."""
    fields, verb = event.fields, event.fields["event.action"]
    memory.last = max(memory.last, event.time)
    if verb in TOOL_ACTS:
        _touch(event, fields, memory)
    elif verb == "approval":
        _note(event, fields, memory)
    act = memory.acts.get(short(fields["event.id"]))
    if act is not None:
        act.fired = sorted({*act.fired, *fired})
        return
    memory.acts[short(event.id)] = Act(event.time, fired)
    if len(memory.acts) > MOST_ACTS:
        bound(memory.acts, MOST_ACTS)

    count = 0 if "ai.content.chunk" in fields and _goes_on(event, fields, memory) else 1
    yield from tally(event, count, memory)


def _note(event: Event, fields: Fields, memory: Memory) -> None:
    """Keep of a call what its result, its approval and its other sightings lack; `recall` has let decisions win."""
    if not (call := fields.get("gen_ai.tool.call.id")):
        return
    told, known = {field: fields[field] for field in FROM_CALL if field in fields}, memory.calls.get(call)
    if fields["event.action"] == "tool_call" or fields.get("ai.approval.state") == "pending":
        told[ASKED] = min(event.time, known.get(ASKED, event.time)) if known else event.time
    if known is None:
        memory.calls[call] = told
        bound(memory.calls, MOST_CALLS)
    else:
        known.update(told)


def _touch(event: Event, fields: Fields, memory: Memory) -> None:
    if fields["event.action"] == "tool_call" or "ai.approval.state" in fields:
        _note(event, fields, memory)
    if fields.get("ai.policy.decision") == "block":
        return
    found = {TOUCHES[risk] for risk in fields.get("ai.tool.risk", ()) if risk in TOUCHES}
    if fields.get("ai.content.origin") == "web":
        found.add("untrusted")
    if fields["event.action"] == "tool_result" and "secret" in fields.get("ai.data.classes", ()):
        found.add("secret")
    for taint in found:
        memory.taint[taint] = min(event.time, memory.taint.get(taint, event.time))


def _goes_on(event: Event, fields: Fields, memory: Memory) -> bool:
    """Say whether a chunk goes on with a text that has begun; keep what was found in it until the end comes."""
    key, number = chunk_key(fields), fields["ai.content.chunk"]
    chunked = memory.chunks.get(key)
    if fields.get("ai.content.chunk_last"):
        memory.chunks.pop(key, None)
    elif chunked:
        chunked.found = joined(chunked.found, fields)
    else:
        memory.chunks[key] = Chunked(event.time, number, found_in(fields))
        bound(memory.chunks, MOST_CHUNKED)
    return chunked is not None and chunked.first != number
