"""Look at a text: what the pass hit, what was found, and the same of every encoded part of it."""

from __future__ import annotations

from collections.abc import Iterator

from msgspec import Struct

from enrichers.classify.code import QUERY, blocks, may_be_code
from enrichers.classify.cues import code_cues, disguise_cues
from enrichers.classify.decode import DEEPEST, ROOM, Hidden, hidden
from enrichers.classify.glance import Hits, glance
from enrichers.classify.kinds import findings
from enrichers.classify.spans import Span, around, settle

REPLACED = ("secret", "card", "personal")
"""Classes whose findings redaction replaces, the gravest first."""
KEPT = frozenset({"ip_address"})
"""Types of these classes that stay readable: rules look at addresses, and they alone name nobody."""
HEAVY = 3
"""An escaped token is an encoding, not a habit, if escapes are at least one third of it."""


class Seen(Struct, frozen=True, eq=False):
    """What a text holds: hits of the pass, settled findings, code (language, lines), and its encoded parts."""

    text: str
    hits: Hits = {}
    spans: list[Span] = []
    code: tuple[tuple[str, int], ...] = ()
    layers: tuple[Layer, ...] = ()


class Layer(Struct, frozen=True, eq=False):
    """An encoded part of a text and what it holds when it is decoded."""

    part: Hidden
    seen: Seen


def look(text: str, depth: int = 0, room: list[int] | None = None) -> Seen:
    """Look at a text and, up to five times, at what is encoded in it; the time is linear."""
    hits = glance(text) if text.isascii() else {**glance(text), **glance(text, disguise_cues)}
    code = (
        list(blocks(text, glance(text, code_cues).get("code", [])))
        if QUERY in hits or may_be_code(text)
        else []
    )
    if not hits and not code:
        return Seen(text)
    found = list(findings(text, hits.get("kind", ())))
    layers = tuple(_layers(text, hits, found, depth, [ROOM] if room is None else room))
    found.extend(span for layer in layers if (span := _cover(layer, found)))
    spans = around((block for block, _ in code), settle(found))
    return Seen(text, hits, spans, tuple((block.type, lines) for block, lines in code), layers)


def every(seen: Seen) -> Iterator[Seen]:
    """Give a look and those at all its layers, the outermost first."""
    yield seen
    for layer in seen.layers:
        yield from every(layer.seen)


def plain(seen: Seen) -> Iterator[Span]:
    """Give the findings that can be read as they are: none that stands for an encoded part."""
    covers = {(layer.part.start, layer.part.end) for layer in seen.layers}
    return (span for span in seen.spans if (span.start, span.end) not in covers)


def depth(seen: Seen) -> int:
    """Count the layers of encoding one within the other."""
    return max((1 + depth(layer.seen) for layer in seen.layers), default=0)


def _layers(text: str, hits: Hits, found: list[Span], above: int, room: list[int]) -> Iterator[Layer]:
    if above >= DEEPEST:
        return
    for part in hidden(text, hits, room):
        layer = Layer(part, look(part.text, above + 1, room))
        if part.encodings != ("url",) or _is_encoding(text[part.start : part.end]) or _cover(layer, found):
            yield layer


def _is_encoding(token: str) -> bool:
    return 3 * token.count("%") * HEAVY >= len(token) >= 24


def _cover(layer: Layer, found: list[Span]) -> Span | None:
    """Give the gravest finding of a layer as one of the encoded part itself, unless it can be read there anyway."""
    part = layer.part
    plain = {span.type for span in found if part.start <= span.start and span.end <= part.end}
    inner = [span for span in layer.seen.spans if _is_replaced(span) and span.type not in plain]
    if not inner:
        return None
    worst = min(inner, key=lambda span: (REPLACED.index(span.klass), span.valid is not True))
    return Span(part.start, part.end, worst.klass, worst.type, worst.valid)


def _is_replaced(span: Span) -> bool:
    return span.klass in REPLACED and span.type not in KEPT
