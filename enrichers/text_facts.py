"""Measure a text: its length, its entropy where it has no words, and what cannot be seen in it."""

from __future__ import annotations

import re

from enrichers.classify.checks import entropy
from enrichers.classify.cues import disguise_cues
from enrichers.classify.fold import INVISIBLE, MIXED, fold
from enrichers.classify.glance import glance
from enrichers.reference import Reference
from pipeline.event import Fields

SAMPLE = 1024
"""Characters whose entropy is measured."""
RUN = 8
"""Invisible characters in a row that are no accident."""
WORDLESS = 40
"""Characters per space from which on a text has no words."""
_TAGS = re.compile("[\U000e0000-\U000e007f]")
_SELECTORS = re.compile("[\ufe00-\ufe0e\U000e0100-\U000e01ef]")
_ZERO_WIDTH = frozenset("\u200b\u200c\u200d\u2060\ufeff\u180e\u2061\u2062\u2063\u2064\u034f")
_BIDI = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
_JOINED = re.compile(
    "(?<=[\u0600-\u06ff\u0750-\u077f\u0900-\u0dff\u1780-\u17ff\U0001f000-\U0001faff\u2600-\u27bf\ufe0f])[\u200c\u200d]"
)
"""Joiners where a script or an emoji needs them."""
_HYPHENS = re.compile(r"(?<=[^\W\d_])\u00ad(?=[^\W\d_])")
"""Soft hyphens where a word may be parted."""
_DIRECTIONS = re.compile(
    "(?<![\u200e\u200fA-Za-z])[\u200e\u200f](?![\u200e\u200f])|(?<=[A-Za-z])[\u200e\u200f](?![\u200e\u200fA-Za-z])"
)
_RIGHT_TO_LEFT = re.compile("[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc]")
"""Marks of direction that stand alone and in no Latin word, and letters beside which they are needed."""
_FLAG = re.compile(
    "\U0001f3f4[\U000e0061-\U000e007a]{2}[\U000e0030-\U000e0039\U000e0061-\U000e007a]{1,3}\U000e007f"
)
"""The flag of a part of a country: its code in tags."""
FLAGS = 3
"""Different flags of a text; more of them may spell something."""


def text_facts(fields: Fields, _reference: Reference) -> Fields:
    """Measure the text of an event. Entropy is that of ASCII without words, such as a dump: it says nothing of a language."""
    text = fields.get("ai.content.text")
    if not text:
        return {}
    added: Fields = {} if "ai.content.length" in fields else {"ai.content.length": len(text)}
    if text.isascii():
        if text.count(" ") * WORDLESS < len(text):
            added["ai.content.entropy"] = round(entropy(text[:SAMPLE]), 2)
        return added
    seen = (fields.get("ai.content.seen") or {}).get("ai.content.text")
    hits = seen.hits if seen else glance(text, disguise_cues)
    return added | _disguise(text, fields) if "disguise" in hits else added


def _disguise(text: str, fields: Fields) -> Fields:
    added: Fields = {}
    names = set()
    without = _unseen(text)
    found = {mark: count for mark in INVISIBLE if (count := without.count(mark))}
    tags = len(_TAGS.findall(without))
    if tags or found:
        added["ai.content.invisible_density"] = round((tags + sum(found.values())) / len(text), 4)
        names |= _named(found) | ({"unicode_tags"} if tags else set())
    if len(_SELECTORS.findall(text)) >= RUN:
        names.add("variation_selector")
    if MIXED.search(text):
        added["ai.content.mixed_script"] = True
        names |= {"homoglyph"} if _hides(text) else set()
    if names:
        added["ai.content.encodings"] = sorted(names.union(fields.get("ai.content.encodings", ())))
    return added


def _unseen(text: str) -> str:
    """Leave out what a script, a printed page or a flag needs and nobody sees."""
    without = _HYPHENS.sub("", _JOINED.sub("", text.removeprefix("\ufeff")))
    if _RIGHT_TO_LEFT.search(without):
        without = _DIRECTIONS.sub("", without)
    return _FLAG.sub("", without) if len(set(_FLAG.findall(without))) <= FLAGS else without


def _named(found: dict[str, int]) -> set[str]:
    zero = sum(count for mark, count in found.items() if mark in _ZERO_WIDTH)
    return ({"zero_width"} if zero >= RUN else set()) | ({"bidi"} if not _BIDI.isdisjoint(found) else set())


def _hides(text: str) -> bool:
    """Say whether a text asks for something, or bears a marking, only once its look-alike letters are replaced."""
    plain, bare = glance(text), glance(fold(text))
    return any(len(bare.get(topic, ())) > len(plain.get(topic, ())) for topic in ("order", "kind"))
