"""What an act does, put together from its parts."""

from __future__ import annotations

import re
from collections.abc import Iterable

from msgspec import Struct


class Doing(Struct, frozen=True):
    """What something does: its risks, the hosts or addresses it sends to and fetches from.

    `untold`: something is sent to a place that is not told. `unbounded`: it destroys without a limit.
    """

    risks: frozenset[str] = frozenset()
    sent: tuple[str, ...] = ()
    fetched: tuple[str, ...] = ()
    untold: bool = False
    unbounded: bool = False


NOTHING = Doing()

_DROP = re.compile(r"\b(?:drop\s{1,9}(?:table|database|schema)|truncate\s{1,9}table)\b")
_DELETE = re.compile(r"\bdelete\s{1,9}from\s{1,9}[\w.\"`\[\]]{1,128}(\s{1,9}where\b)?")


def joined(parts: Iterable[Doing]) -> Doing:
    """Join what several parts do."""
    found = [part for part in parts if part is not NOTHING]
    if len(found) < 2:
        return found[0] if found else NOTHING
    return Doing(
        frozenset(risk for part in found for risk in part.risks),
        tuple(dict.fromkeys(place for part in found for place in part.sent)),
        tuple(dict.fromkeys(place for part in found for place in part.fetched)),
        any(part.untold for part in found),
        any(part.unbounded for part in found),
    )


def does(*risks: str, unbounded: bool = False) -> Doing:
    """Give a doing that goes nowhere."""
    return Doing(frozenset(risks), unbounded=unbounded)


def sending(*places: str) -> Doing:
    """Give a doing that sends out, to these places or to one that is not told."""
    return Doing(frozenset({"external_send"}), sent=places, untold=not places)


def fetching(*places: str) -> Doing:
    """Give a doing that fetches what others wrote."""
    return Doing(frozenset({"read_untrusted"}), fetched=places)


def read_statement(text: str) -> Doing:
    """Say what SQL statements destroy; a DELETE without a condition, and every DROP, is without a limit."""
    folded = text.casefold()
    delete = _DELETE.search(folded) if "delete" in folded else None
    drops = ("drop" in folded or "truncate" in folded) and _DROP.search(folded)
    if drops or (delete and not delete[1]):
        return does("destructive", unbounded=True)
    return does("destructive") if delete else NOTHING
