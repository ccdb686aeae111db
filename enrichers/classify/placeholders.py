"""Tell what only stands in the place of a value: examples, masks, templates, and numbers that somebody typed along."""

from __future__ import annotations

import re
from functools import cache

from enrichers.classify.tables import FOLDER
from pipeline.yamlfile import load_document

_MARKS = re.compile(
    r"example|sample|placeholder|change.?me|your[_ -]|yourkey|yourtoken|xxxx|\*{3}|\.{3}|dummy|redacted|insert[_ -]|"
    r"_here|-here|<[a-z]|\$\{|\$\(|\{\{|%\(|abcdefg|01234567|12345678|98765432|deadbeef|0{7}|f{8}",
    re.IGNORECASE,
)
LONGEST = 400
"""A longer value holds some of these words by chance."""
FEWEST = 7
"""A value of 20 characters or more with fewer different ones was not drawn by chance."""


@cache
def samples() -> frozenset[str]:
    """Give the values that vendors and standards publish."""
    return frozenset(sample.replace("¦", "") for sample in load_document(FOLDER / "samples.yaml"))


def is_placeholder(value: str) -> bool:
    """Say whether a value is published, masked or made up in a way that shows."""
    if (len(value) >= 20 and len(set(value)) < FEWEST) or value in samples():
        return True
    return len(value) <= LONGEST and _MARKS.search(value) is not None
