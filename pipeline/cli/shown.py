"""How things look: hostile text made harmless, times and ids made short, colours for levels alone."""

from __future__ import annotations

import sys
import textwrap
from collections.abc import Iterable
from datetime import UTC, datetime
from itertools import pairwise
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rich.console import Console

COLOURS = {"critical": "bold red", "high": "red", "medium": "yellow", "low": "cyan"}

SHORT = 8
"""Characters of an id that people see, if they are enough to tell it from others."""

LONGEST = 200
"""Characters of a value that people see."""


def visible(value: object) -> str:
    """Write out what a terminal would obey or hide: control, bidirectional and invisible characters."""
    text = str(value)
    if text.isprintable():
        return text
    return "".join(char if char.isprintable() else _escaped(char) for char in text)


def brief(value: object) -> str:
    """Make a value of an event fit to be shown: visible and not too long, a list as its members."""
    text = ", ".join(map(str, value)) if isinstance(value, list) else str(value)
    return visible(text if len(text) <= LONGEST else text[: LONGEST - 1] + "…")


def say(text: object) -> None:
    """Say one line to people on stderr."""
    print(visible(text), file=sys.stderr)


def terminal() -> Console:
    """Give stdout as people see it: coloured where it is a terminal that wants colours."""
    from rich.console import Console

    class Piped(Console):
        """A console that leaves a closed pipe to us: it ends a command quietly."""

        def on_broken_pipe(self) -> None:
            raise  # noqa: PLE0704 - the error that is being handled

    return Piped(file=sys.stdout, highlight=False, markup=False, emoji=False, legacy_windows=False)


def put(console: Console, text: str = "", *, style: str = "", indent: int = 0, first: str = "") -> None:
    """Print a paragraph, wrapped and indented; `first` stands in the indent of its first line. Words stay whole."""
    width = max(console.width - indent, 20)
    lines = textwrap.wrap(visible(text), width, break_long_words=False, break_on_hyphens=False) or [""]
    for number, line in enumerate(lines):
        lead = f"{first:<{indent}}" if number == 0 else " " * indent
        whole(console, (lead + line).rstrip(), style=style)


def whole(console: Console, *parts: str, style: str = "") -> None:
    """Print one line in one piece, however long it is; a part that is a level has its colour."""
    from rich.text import Text

    line = Text(no_wrap=True, style=style)
    for part in parts:
        line.append(visible(part), COLOURS.get(part.strip(), ""))
    console.print(line, soft_wrap=True)


def heading(console: Console, text: str) -> None:
    """Begin a section."""
    whole(console)
    whole(console, text, style="bold")


def cell(value: object, width: int) -> str:
    """Make a text exactly so wide, in columns of a terminal."""
    from rich.cells import set_cell_size

    return set_cell_size(visible(value), width)


def moment(text: str) -> float:
    """Give the epoch seconds of a document's time."""
    found = datetime.fromisoformat(text)
    return (found if found.tzinfo else found.replace(tzinfo=UTC)).timestamp()


def clock(time: float) -> str:
    """Write epoch seconds as a time of day, UTC."""
    return datetime.fromtimestamp(time, UTC).strftime("%H:%M:%S")


def shortened(ids: Iterable[str], least: int = SHORT) -> dict[str, str]:
    """Shorten ids as far as they can still be told apart."""
    ordered = sorted(set(ids))
    needed = dict.fromkeys(ordered, least)
    for one, other in pairwise(ordered):
        shared = next((n for n, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), len(one))
        needed[one], needed[other] = max(needed[one], shared + 1), max(needed[other], shared + 1)
    return {name: name[:length] for name, length in needed.items()}


def _escaped(char: str) -> str:
    code = ord(char)
    return f"\\x{code:02x}" if code < 0x100 else f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"
