"""Take credentials, cards and personal data out of an event, and with them what only `understand` may see."""

from __future__ import annotations

from collections.abc import Iterable

from enrichers.classify.look import KEPT, REPLACED
from enrichers.classify.spans import Span
from pipeline.event import Fields

EXCERPT = 240
"""Characters of the redacted text that an excerpt shows."""
PRIVATE = ("ai.content.spans", "ai.content.seen", "ai.content.payload")
"""Keys that exist inside `understand` only."""
SPOKEN = (
    "ai.content.text",
    "ai.tool.arguments",
    "process.command_line",
    "url.path",
    "url.full",
    "file.name",
    "file.path",
    "event.reason",
)
"""Fields in which somebody's own words may stand; addresses of persons go from these alone, for others name who acts."""
WORK = 1 << 28
"""Characters that may be searched for values that stand elsewhere too; beyond that only for the first 256 values."""
SHORTEST = 6
"""A shorter value stands in other words by chance."""


def redact(fields: Fields) -> None:
    """Replace every finding by what it was, such as `[secret:github_token]` or `[email]`, in place; add the excerpt.

    A credential or a card goes from every field it stands in, a person's address from all that hold words. Source code,
    markings and network addresses stay. No private key is left.
    """
    spans: dict[str, list[Span]] = fields.get("ai.content.spans") or {}
    for name in PRIVATE:
        fields.pop(name, None)
    if spans:
        _replace(fields, spans)
    if text := fields.get("ai.content.text"):
        fields["ai.content.excerpt"] = text[:EXCERPT]


def placeholder(span: Span) -> str:
    """Give what stands in the place of a finding."""
    return f"[secret:{span.type}]" if span.klass == "secret" else f"[{span.type}]"


def _replace(fields: Fields, spans: dict[str, list[Span]]) -> None:
    everywhere: dict[str, str] = {}
    in_words: dict[str, str] = {}
    for name, found in spans.items():
        text, pieces, last = fields[name], [], 0
        for span in found:
            if span.klass in REPLACED and span.type not in KEPT:
                (in_words if span.klass == "personal" else everywhere)[text[span.start : span.end]] = (
                    placeholder(span)
                )
                pieces += [text[last : span.start], placeholder(span)]
                last = span.end
        fields[name] = "".join((*pieces, text[last:]))
    _sweep(fields, SPOKEN, in_words)
    _sweep(fields, list(fields), everywhere)


def _sweep(fields: Fields, names: Iterable[str], values: dict[str, str]) -> None:
    """Replace values wherever they stand, the longest first."""
    wanted = sorted((value for value in values if len(value) >= SHORTEST), key=len, reverse=True)
    if not wanted:
        return
    for name in names:
        held = fields.get(name)
        if isinstance(held, str):
            fields[name] = _without(held, wanted, values)
        elif isinstance(held, list):
            fields[name] = [_without(one, wanted, values) if isinstance(one, str) else one for one in held]


def _without(text: str, wanted: list[str], values: dict[str, str]) -> str:
    for value in wanted if len(text) * len(wanted) <= WORK else wanted[:256]:
        if value in text:
            text = text.replace(value, values[value])
    return text
