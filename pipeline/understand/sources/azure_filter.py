"""What the content filter of Azure OpenAI found, and what it did."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from pipeline.event import Fields
from pipeline.understand.sources.forms.values import at, text

_RESULTS = ("content_filter_results", "content_filter_result")
_STOP = "content_filter"


def of_prompt(body: Fields) -> Fields:
    """Give what the filter did with a prompt, be it in a note on it or in the error that came instead of an answer."""
    inner = at(body, ("error", "innererror"))
    errors = [at(inner, (key,)) for key in _RESULTS]
    notes = body.get("prompt_filter_results", body.get("prompt_annotations"))
    told = [at(one, (key,)) for one in (notes if type(notes) is list else ()) for key in _RESULTS]
    blocked = _STOP in (at(body, ("error", "code")), at(body, ("error", "innererror", "code")))
    return _judged(
        [*errors, *told], blocked=blocked or text(at(inner, ("code",))) == "ResponsibleAIPolicyViolation"
    )


def of_answer(body: Fields, stops: list[Any]) -> Fields:
    """Give what the filter did with an answer."""
    choices = body.get("choices")
    told = [at(one, (key,)) for one in (choices if type(choices) is list else ()) for key in _RESULTS]
    streamed = body.get(_RESULTS[0])
    return _judged([*told, *(streamed if type(streamed) is list else [streamed])], blocked=_STOP in stops)


def _judged(results: list[Any], *, blocked: bool) -> Fields:
    known = [one for one in results if type(one) is dict]
    if not known and not blocked:
        return {}
    hits = [hit for one in known for hit in _hits(one)]
    filtered = blocked or any(done for _, done in hits)
    fields: Fields = {"ai.policy.decision": "block" if filtered else "allow"}
    if filtered or hits:
        fields["ai.guardrail.action"] = "filtered" if filtered else "detected"
    if names := ", ".join(dict.fromkeys(name for name, _ in hits)):
        fields["event.reason"] = names
    return fields


def _hits(result: Fields) -> Iterator[tuple[str, bool]]:
    """Give the groups that the filter found something in, and whether it filtered it."""
    for name, group in result.items():
        if name == "custom_blocklists":
            lists = at(group, ("details",)) if type(group) is dict else group
            members = lists if type(lists) is list else []
            done = any(at(one, ("filtered",)) is True for one in (group, *members))
            if done:
                yield name, True
        elif type(group) is dict:
            done = group.get("filtered") is True
            severity = group.get("severity", "safe")
            if done or group.get("detected") is True or severity not in ("safe", None):
                yield name[:64], done
