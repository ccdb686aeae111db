"""Weigh what a text orders an assistant to do: overrides, jailbreaks, extraction, exfiltration and kin."""

from __future__ import annotations

from math import prod

from msgspec import Struct

from enrichers.classify.fold import fold
from enrichers.classify.glance import Hits, glance
from enrichers.classify.look import Seen, every, look
from enrichers.classify.orders import MENTION, Order
from enrichers.phrases import WORTH, Hear, Heard, deaf, heard, joined
from enrichers.reference import Reference
from pipeline.event import Fields

FLAGGED = 0.90
"""A score that speaks for itself; it takes two families, or what `_speaks_for_itself`."""
ONE_FAMILY = 0.89
"""No family gets further, unless one of its orders speaks for itself."""
TELLING = 0.45
"""The weight at which a family counts."""
QUOTED = 0.5
"""What an order in quotes or in a block of code is worth."""
TWICE = frozenset({"jailbreak"})
"""Families of which two different orders leave no doubt: nobody talks like that by chance."""
TALKED_ABOUT = 0.6
"""What it is worth in a text about such orders."""
ELSEWHERE = 0.15
"""What an order gains in content that no user wrote, unless its pattern says otherwise."""
UNTRUSTED = frozenset({"tool", "web", "file", "memory"})
_BROUGHT = frozenset({"tool_result", "tool_list", "file_access"})
Weights = dict[Order, tuple[float, str]]
"""What each order of a text weighs, and the line that gives it."""
_MOST = 64
"""Matches that are looked at; further ones say nothing new."""
_PARTS = 4
"""Parts of a text whose phrases are heard: itself and what is encoded in it."""


class Intent(Struct, frozen=True):
    """How much a text asks for harm, 0 to 1, whether that speaks for itself, and the families that count."""

    score: float = 0.0
    flagged: bool = False
    families: tuple[str, ...] = ()
    payload: str = ""
    """The line with the heaviest order, if the text is flagged."""
    phrases: tuple[str, ...] = ()
    """Learned phrases that speak of harm, the loudest first, where they were asked."""


NONE = Intent()


def intent(fields: Fields, _reference: Reference) -> Fields:
    """Score the text of an event by who wrote it; what asks for nothing adds nothing."""
    text = fields.get("ai.content.text")
    if not text:
        return {}
    seen = (fields.get("ai.content.seen") or {}).get("ai.content.text") or look(text)
    brought = fields.get("event.action") in _BROUGHT
    found = intent_of(seen, fields.get("ai.content.origin") or ("tool" if brought else "user"))
    if not found.score:
        return {}
    added: Fields = {"ai.intent.score": found.score}
    if found.families:
        added["ai.intent.families"] = list(found.families)
    if found.phrases:
        added["ai.intent.phrases"] = list(found.phrases)
    if found.payload:
        added["ai.content.payload"] = found.payload
    return added


def classify_intent(text: str, origin: str = "user", hear: Hear = heard) -> Intent:
    """Score a text written by a user, a model, a tool, a web page, a file or a memory."""
    return intent_of(look(text), origin, hear)


def intent_of(seen: Seen, origin: str = "user", hear: Hear = heard) -> Intent:
    """Score a text that was looked at, with what is encoded in it, by named patterns and by the phrases that are heard."""
    weights: Weights = {}
    for part in every(seen):
        for order, weight in _orders(part, untrusted=origin in UNTRUSTED).items():
            if order not in weights or weights[order][0] < weight[0]:
                weights[order] = weight
    if not weights:
        return NONE
    families = _families(weights, encoded=any(_orders(layer.seen, untrusted=False) for layer in seen.layers))
    telling = sorted(
        (family for family, weight in families.items() if weight >= TELLING), key=families.__getitem__
    )
    score, flagged = 1 - prod(1 - weight for weight in families.values()), True
    if len(telling) > 1 or _speaks_for_itself(weights):
        score = max(FLAGGED, min(score, 0.99))
    else:
        score, flagged = min(score, ONE_FAMILY), False
    said = _said(seen, hear) if score >= WORTH else deaf("")
    if said.points:
        score = joined(score, said, flagged=flagged, meant=_is_meant(weights, untrusted=origin in UNTRUSTED))
    payload = max(weights.values())[1] if score >= FLAGGED else ""
    return Intent(round(score, 2), score >= FLAGGED, tuple(reversed(telling)), payload, said.told)


def _said(seen: Seen, hear: Hear) -> Heard:
    """Hear the phrases of the parts with orders; the worst part counts."""
    parts = [part for part in every(seen) if "order" in part.hits][:_PARTS]
    told = [hear(text, [end for _, _, end in hits.get("order", ())]) for text, hits in map(_folded, parts)]
    return max(told, key=lambda one: one.points, default=deaf(""))


def _is_meant(weights: Weights, *, untrusted: bool) -> bool:
    """Say whether an order has its full weight: neither quoted nor talked about."""
    return any(weight >= _weight(order, untrusted=untrusted) for order, (weight, _) in weights.items())


def _speaks_for_itself(weights: Weights) -> bool:
    full = [order for order, (weight, _) in weights.items() if weight >= order.weight]
    families = [order.family for order in full]
    return any(order.sure for order in full) or any(families.count(family) > 1 for family in TWICE)


def _families(weights: Weights, *, encoded: bool) -> dict[str, float]:
    doubts = {order.family: 1.0 for order in weights}
    for order, (weight, _) in weights.items():
        doubts[order.family] *= 1 - weight
    if encoded:
        doubts["encoded_payload"] = min(doubts.get("encoded_payload", 1), 0.4)
    return {family: min(1 - doubt, 0.85) for family, doubt in doubts.items()}


def _orders(seen: Seen, *, untrusted: bool) -> Weights:
    """Give each order of a text with its weight there and the line that gives it."""
    text, hits = _folded(seen)
    if "order" not in hits:
        return {}
    talk = any(order.family == MENTION for order, _, _ in hits["order"])
    found: Weights = {}
    for order, _, end in hits["order"][:_MOST]:
        weight = _weight(order, untrusted=untrusted) * (TALKED_ABOUT if talk else 1)
        if weight and (order not in found or found[order][0] < weight):
            weight *= QUOTED if _is_quoted(text, end) else 1
            if order not in found or found[order][0] < weight:
                found[order] = (weight, _line(text, end))
    return found


def _weight(order: Order, *, untrusted: bool) -> float:
    if not untrusted or not (order.weight or order.untrusted):
        return order.weight
    return min(order.weight + ELSEWHERE, ONE_FAMILY) if order.untrusted is None else order.untrusted


def _folded(seen: Seen) -> tuple[str, Hits]:
    if seen.text.isascii():
        return seen.text, seen.hits
    text = fold(seen.text, disguised="disguise" in seen.hits)
    return text, seen.hits if text == seen.text else glance(text)


def _is_quoted(text: str, end: int) -> bool:
    line = text[max(text.rfind("\n", 0, end) + 1, end - 400) : end]
    inside = line.count('"') % 2 == 1 and '"' in text[end : end + 200]
    return inside or line.startswith((">", "    ")) or text.count("```", max(0, end - 4000), end) % 2 == 1


def _line(text: str, end: int) -> str:
    start = max(text.rfind("\n", 0, end) + 1, end - 200)
    return " ".join(text[start:end].split()).casefold()
