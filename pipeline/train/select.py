"""Choose the phrases that tell harmful texts from harmless ones, whatever their source."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence

from msgspec import Struct

from enrichers.phrases.model import MOST

LEAST = 6
"""Texts in which a phrase must occur, so that none tells of one text."""
SOURCES = 2
"""Sources of its own kind in which it must occur, so that none tells of one source."""
KNOWN = 0.5
"""The share of harmless sources that must know each of its words: it shall tell of no language, topic or name."""
SHORTEST, LONGEST_WORD = 3, 24
"""Characters of a phrase, and of a word of it."""
LETTERS = frozenset("ai")
"""Words of one letter; others are pieces of words."""
NEVER = frozenset("die was man war hat est des les john trump".split())
"""Words of other languages that look English, and names."""


class Cut(Struct, frozen=True):
    """A labelled text as the phrases that occur in it."""

    phrases: frozenset[str]
    harmful: bool
    source: str


def select(texts: Sequence[Cut]) -> list[str]:
    """Give the phrases that tell most, by the chi-squared of their counts, in the order of the alphabet."""
    counts = Counter(phrase for text in texts for phrase in text.phrases)
    usual = _sound({phrase for phrase, count in counts.items() if count >= LEAST}, texts)
    harmful = _by_source(usual, (text for text in texts if text.harmful))
    harmless = _by_source(usual, (text for text in texts if not text.harmful))
    share = sum(text.harmful for text in texts) / len(texts)
    told = []
    for phrase in usual:
        expected = counts[phrase] * share
        found = sum(harmful[phrase].values())
        own = harmful if found > expected else harmless
        if len(own[phrase]) >= SOURCES:
            told.append((-((found - expected) ** 2) / (expected * (1 - share)), phrase))
    return sorted(phrase for _, phrase in sorted(told)[:MOST])


def _sound(usual: set[str], texts: Sequence[Cut]) -> set[str]:
    """Leave out what is no phrase of plain words that everybody uses."""
    sources = {text.source for text in texts if not text.harmful}
    words = {phrase for phrase in usual if " " not in phrase and _is_word(phrase)}
    known = _by_source(words, (text for text in texts if not text.harmful))
    everyday = {word for word in words if len(known[word]) >= KNOWN * len(sources)}
    return {phrase for phrase in usual if len(phrase) >= SHORTEST and everyday.issuperset(phrase.split(" "))}


def _is_word(word: str) -> bool:
    return (
        word not in NEVER
        and (word in LETTERS or 1 < len(word) <= LONGEST_WORD)
        and not any(map(str.isdigit, word))
    )


def _by_source(phrases: set[str], texts: Iterable[Cut]) -> dict[str, Counter[str]]:
    found: dict[str, Counter[str]] = defaultdict(Counter)
    for text in texts:
        for phrase in text.phrases & phrases:
            found[phrase][text.source] += 1
    return found
