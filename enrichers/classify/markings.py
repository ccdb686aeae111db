"""Tell a marking (a heading, a stamp, a label) from the same word in a sentence."""

from __future__ import annotations

import re

_LABEL = re.compile(
    r"(?:classification|classified(?: as)?|sensitivity|security level|handling|label|marking|einstufung|klassifizierung|"
    r"geheimhaltung|schutzklasse|clasificaci[oó]n|classificazione|classifica[cç][aã]o|niveau|rubricering)"
    r"[ \t\"']*[:=|][ \t\"'*_]*\Z",
    re.IGNORECASE,
)
_COLONS, _TRIM = (":", "=", "|"), " \t\"'*_"
_LETTER = re.compile(r"[^\W_]")
_CLOSED = re.compile(r"[ \t]*(?:[^\w \t]|$)")
_SEPARATED = re.compile(r"[—–|:/•·-][ \t]*\Z")
REACH = 160
"""Characters of the same line that are looked at on either side."""


def marking(text: str, place: int, end: int) -> tuple[int, int, bool | None] | None:
    """Find a marking between a place and an end; nothing can be told of its validity."""
    before = text[max(0, place - REACH) : place].rpartition("\n")[2].rpartition("\\n")[2]
    after = text[end : end + REACH].partition("\n")[0].partition("\\n")[0]
    return (place, end, None) if _stands_apart(before, text[place:end], after) else None


def _stands_apart(before: str, word: str, after: str) -> bool:
    loud = word == word.upper()
    if loud and word.startswith(("TLP:", "SECRET//")):
        return True
    if before.rstrip(_TRIM)[-1:] in _COLONS and _LABEL.search(before):
        return True
    if before[-1:] == after[:1] == '"':  # one of the words that a form or a program knows
        return False
    return _is_heading(before.rpartition('"')[2], word, after.partition('"')[0], loud=loud)


def _is_heading(before: str, word: str, after: str, *, loud: bool) -> bool:
    closed = _CLOSED.match(after) is not None
    if closed and not _LETTER.search(before):
        return loud or word[0].isupper()
    if not loud:
        return False
    bracketed = before[-1:] in ("[", "(", "{") and after[:1] in ("]", ")", "}")
    shouted = (before + after).upper() == before + after and len(before + after) < REACH
    return bracketed or shouted or (closed and _SEPARATED.search(before) is not None)
