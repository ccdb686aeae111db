"""Look at a text: what the pass hit, what was found, and the same of every encoded part of it."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator
from sys import maxsize

from msgspec import Struct

from enrichers.classify.code import QUERY, blocks, may_be_code
from enrichers.classify.cues import (
    COMMAND,
    MALICE,
    NUMBER,
    code_cues,
    disguise_cues,
    malicious_cues,
    number_cues,
)
from enrichers.classify.decode import DEEPEST, ROOM, hidden
from enrichers.classify.glance import Hits, glance
from enrichers.classify.hidden import MARKS, Hidden
from enrichers.classify.kinds import findings, numbers
from enrichers.classify.malicious import KLASS as HARM
from enrichers.classify.malicious import malicious
from enrichers.classify.persons import persons
from enrichers.classify.spans import Span, around, settle

REPLACED = ("secret", "card", "personal", "financial")
"""Classes whose findings redaction replaces, the gravest first."""
KEPT = frozenset({"ip_address", "salary", "balance", "unreleased_results"})
"""Types of these classes that stay readable: rules look at addresses, and neither they nor amounts name anybody."""
FLOOD = 1 << 17
"""Places of a text that may be numbers of persons, beyond which no more are told apart."""
NEEDED = frozenset({"long", "percent", "tags", "disguise", *(topic for topic, _ in MARKS)})
"""Topics of the pass without which nothing is encoded."""
FOLDS = frozenset(
    {
        "zero_width",
        "soft_hyphen",
        "bidi",
        "variation_selector",
        "unicode_tags",
        "homoglyph",
        "fullwidth",
        "concatenated",
    }
)
"""Disguises whose orders are weighed elsewhere, or are none."""


class Seen(Struct, frozen=True, eq=False):
    """What a text holds: hits of the pass, settled findings, code (language, lines), encoded parts, records of persons."""

    text: str
    hits: Hits = {}
    spans: list[Span] = []
    code: tuple[tuple[str, int], ...] = ()
    layers: tuple[Layer, ...] = ()
    records: int = 0


class Outer(Struct, frozen=True, eq=False):
    """A text while its layers are looked for: what the pass hit, what was found so far, and how deep it lies."""

    text: str
    hits: Hits
    found: list[Span]
    depth: int


class Layer(Struct, frozen=True, eq=False):
    """An encoded part of a text, what it holds when it is decoded, and what of that is found in the outer text."""

    part: Hidden
    seen: Seen
    covers: tuple[Span, ...] = ()


def look(
    text: str, depth: int = 0, room: list[int] | None = None, turns: frozenset[str] = frozenset()
) -> Seen:
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
    if NUMBER in hits:
        found += _numbers(text)
    people = persons(text, hits, found)
    found.extend(people.spans)
    layers = (
        tuple(_layers(Outer(text, hits, found, depth), [ROOM] if room is None else room, turns))
        if depth < DEEPEST and not NEEDED.isdisjoint(hits)
        else ()
    )
    if layers:
        found = [*_meant(found, layers), *(span for layer in layers for span in layer.covers)]
    spans = settle(found)
    if COMMAND in hits and (signs := glance(text, malicious_cues).get(MALICE)):
        spans = around(malicious(text, signs), spans)
    if code:
        spans = around((block for block, _ in code), spans)
    lines = tuple((block.type, lines) for block, lines in code)
    return Seen(text, hits, spans, lines, layers, people.records)


def _numbers(text: str) -> Iterator[Span]:
    """Give the numbers of persons and amounts; in what follows a flood of them whatever may be one."""
    hits = glance(text, number_cues, FLOOD if len(text) > FLOOD else 0).get("kind", [])
    yield from findings(text, hits)
    if len(hits) >= FLOOD:
        yield from numbers(text, hits[-1][2])


def every(seen: Seen) -> Iterator[Seen]:
    """Give a look and those at all its layers, the outermost first."""
    yield seen
    for layer in seen.layers:
        yield from every(layer.seen)


def plain(seen: Seen) -> Iterator[Span]:
    """Give the findings that can be read as they are: none that stands for an encoded part."""
    covers = {span for layer in seen.layers for span in layer.covers}
    return (span for span in seen.spans if span not in covers)


def depth(seen: Seen) -> int:
    """Count the layers of encoding one within the other."""
    return max((1 + depth(layer.seen) for layer in seen.layers), default=0)


def _layers(outer: Outer, room: list[int], turns: frozenset[str]) -> Iterator[Layer]:
    for part in hidden(outer.text, outer.hits, room, turns):
        seen = look(part.text, outer.depth + 1, room, turns | {part.turn} if part.turn else frozenset())
        layer = Layer(part, seen, tuple(_covers(part, seen, outer.found)))
        if part.sure or _reveals(layer, outer):
            yield layer


def _meant(found: list[Span], layers: tuple[Layer, ...]) -> Iterator[Span]:
    """Leave out what stands in an encoded part by chance: the part says something else, and nothing proves it."""
    parts = sorted(
        (layer.part.start, layer.part.end)
        for layer in layers
        if layer.covers and layer.part.sure and layer.part.places is None
    )
    for span in found:
        at = bisect_right(parts, (span.start, maxsize)) - 1
        if at < 0 or parts[at][1] < span.end or (span.klass == "secret" and span.valid is True):
            yield span


def _reveals(layer: Layer, outer: Outer) -> bool:
    """Say whether a reading that anything has, such as one backwards, shows what was hidden."""
    if layer.part.turn and "turned" not in outer.hits:
        return bool(layer.seen.layers and layer.covers) or any(span.valid for span in layer.covers)
    if layer.part.places is None or layer.part.encodings[0] in FOLDS:
        more = _clinical(layer.seen.spans) > _clinical(outer.found)
        return bool(layer.covers) or more or _harms(layer.seen.spans)
    return bool(layer.covers) or any(order.weight for order, _, _ in layer.seen.hits.get("order", ()))


def _harms(spans: list[Span]) -> bool:
    """Say whether there is malicious code, which is not replaced either."""
    return any(span.klass == HARM for span in spans)


def _clinical(spans: list[Span]) -> int:
    """Count the clinical words beside a person; they are not replaced, so no layer covers one."""
    return sum(span.klass == "health" for span in spans)


def _covers(part: Hidden, seen: Seen, found: list[Span]) -> Iterator[Span]:
    """Give what a layer holds as findings in the outer text, but what can be read there anyway.

    Without places the gravest stands for the whole part.
    """
    inner = [span for span in seen.spans if _is_replaced(span)]
    if not inner:
        return
    if part.places is not None:
        for span in inner:
            ends = part.places[span.start], part.places[span.end - 1]
            start, end = min(ends), max(ends) + 1
            if not any(one.type == span.type and one.start < end and start < one.end for one in found):
                yield Span(start, end, span.klass, span.type, span.valid)
        return
    plain = {span.type for span in found if part.start <= span.start and span.end <= part.end}
    if hiding := [span for span in inner if span.type not in plain]:
        worst = min(hiding, key=lambda span: (REPLACED.index(span.klass), span.valid is not True))
        yield Span(part.start, part.end, worst.klass, worst.type, worst.valid)


def _is_replaced(span: Span) -> bool:
    return span.klass in REPLACED and span.type not in KEPT
