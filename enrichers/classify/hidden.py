"""What an encoded part of a text is, and what the pass looks for to find one."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec import Struct


class Hidden(Struct, frozen=True):
    """A part of a text that was encoded: its place, how (the outermost first), and what it says.

    `places`: where each character that it says stands in the outer text, if that can be told. `sure`: it is an encoding
    whatever it says; else only if it hides something. `turn`: how it was turned round.
    """

    start: int
    end: int
    encodings: tuple[str, ...]
    text: str
    places: Sequence[int] | None = None
    sure: bool = True
    turn: str = ""


MARKS = (
    ("escape", r"\\(?:x[0-9A-Fa-f]{2}|u[0-9A-Fa-f]{4}|u\{[0-9A-Fa-f])|&#[0-9xX][0-9A-Fa-f]{1,5};"),
    ("escape", r"=[0-9A-F]{2}=[0-9A-F]{2}|[!-~]=\r?\n[!-~]"),
    ("bytes", r"(?:[2-7][0-9A-Fa-f][ :-]){6}|0x[2-7][0-9A-Fa-f], ?0x[2-7][0-9A-Fa-f], ?0x"),
    ("dense", r"[#$%&;<=>\\^`{|}~][!-~]{12}"),
    ("spaced", r"[0-9][ \n.|-][A-Za-z][ \n.|-][A-Za-z0-9][ \n.|-][A-Za-z0-9][ \n.|-]"),
    ("spaced", r"p a s s w|s e c r e t|t o k e n|A K I A|i g n o r e|i n s t r u c t"),
    ("joined", r"""["'] {0,2}[+&.] {0,2}["']|["'] {0,2}\\?\r?\n {0,16}["']"""),
    (
        "turned",
        r"drowssap|ssap_|dwp_|terces|nekot|yek.?(?:ipa|ssecc|eta)|AIKA|AISA|evil_[kr][sr]|//:[a-z]|snoitcur",
    ),
    (
        "turned",
        r"cnffj(?:be)?q|frperg|gbxra|(?:ncv|ngr|prff).?xrl|NXVN|NFVN|[fe]x_yvir|cbfgterf|zlfdy|zbatbqo|vafgehpg|qebjffnc|NVXN|NVFN|rivy_[xe]",
    ),
)
"""Topics of the pass, and what makes a closer look worth while: escapes, spelled bytes, thick tokens, letters apart, joined
strings, and words that a text has only when it is read backwards or thirteen letters on. An expression begins with what
is rare in prose wherever it can: then it costs prose nothing."""
