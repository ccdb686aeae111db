"""Thousands of rules at once: an index that gives exactly the rules which an event meets."""

from pipeline.rules.index.whole import Index, indexed

__all__ = ["Index", "indexed"]
