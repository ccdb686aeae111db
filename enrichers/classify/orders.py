"""What texts order an assistant to do: named patterns by family, read from a table."""

from __future__ import annotations

from functools import cache

from msgspec import Struct, structs

from enrichers.classify.tables import FOLDER, table, words

FAMILIES = tuple(
    "override jailbreak role_play secrecy prompt_extraction exfiltration fake_role encoded_payload cross_tool "
    "analyst_target".split()
)
MENTION = "mention"
"""No family of orders: words of a text that talks about them."""


class Order(Struct, frozen=True, eq=False, kw_only=True, forbid_unknown_fields=True):
    """A pattern of a family: its weight in a user's own words, and in content from elsewhere.

    `sure`: it speaks for itself, unless it is quoted or talked about.
    """

    name: str
    family: str
    weight: float
    cues: tuple[str, ...]
    untrusted: float | None = None
    sure: bool = False
    hits: tuple[str, ...] = ()
    misses: tuple[str, ...] = ()


@cache
def orders() -> tuple[Order, ...]:
    """Give all patterns, their words filled in."""
    path = FOLDER / "intent.yaml"
    short = words(path)
    return tuple(
        structs.replace(order, cues=tuple(_filled(cue, short) for cue in order.cues))
        for order in table(path, Order)
    )


def _filled(cue: str, short: dict[str, str]) -> str:
    while any(f"<{name}>" in cue for name in short):
        for name, meaning in short.items():
            cue = cue.replace(f"<{name}>", meaning)
    return cue
