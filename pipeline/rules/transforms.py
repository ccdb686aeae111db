"""The modifiers that change the text of a rule's value: where it lies, its encoding, its dashes, its placeholders."""

from __future__ import annotations

import re
from base64 import b64encode
from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import product

from pipeline.rules.faults import Refused
from pipeline.rules.text import join, read_text
from pipeline.rules.tree import Gap, Hole, Part, Text

Placeholders = Mapping[str, Sequence[str]]
Transform = Callable[[Text, Placeholders], Iterator[Text]]

MOST_FORMS = 10_000
"""Forms that one value may have."""

DASHES = "-/–—―"
_DASH = re.compile(rf"(?<!\w)[{DASHES}](?=\w)")
_STARTS, _ENDS = (0, 2, 3), (None, -3, -2)


def _contains(text: Text, _: Placeholders) -> Iterator[Text]:
    yield (Gap.MANY, *text, Gap.MANY)


def _starts(text: Text, _: Placeholders) -> Iterator[Text]:
    yield (*text, Gap.MANY)


def _ends(text: Text, _: Placeholders) -> Iterator[Text]:
    yield (Gap.MANY, *text)


def _windash(text: Text, _: Placeholders) -> Iterator[Text]:
    parts: list[Part] = []
    for part in text:
        if not isinstance(part, str):
            parts.append(part)
            continue
        first, *others = _DASH.split(part)
        parts.append(first)
        for other in others:
            parts += [Gap.DASH, other]
    yield join(parts)


def _expand(text: Text, placeholders: Placeholders) -> Iterator[Text]:
    holes = [part.name for part in text if isinstance(part, Hole)]
    values = []
    for name in holes:
        if not placeholders.get(name):
            raise Refused(
                f"the placeholder %{name}% has no values", "give it some in the file of placeholders"
            )
        values.append([read_text(value) for value in placeholders[name]])
    for choice in product(*values):
        filled = iter(choice)
        parts = [inner for part in text for inner in (next(filled) if isinstance(part, Hole) else (part,))]
        yield join(parts)


def _plain(text: Text) -> Iterator[bytes]:
    """Give the bytes of a value without gaps; each dash of `windash` has five forms."""
    if any(part in (Gap.MANY, Gap.ONE) or isinstance(part, Hole) for part in text):
        raise Refused("a value to be encoded has a wildcard or a placeholder", "take it out, or escape it")
    dashes = product(DASHES, repeat=text.count(Gap.DASH))
    for choice in dashes:
        filled = iter(choice)
        parts = [next(filled) if part is Gap.DASH else part for part in text]
        yield b"".join(part if isinstance(part, bytes) else str(part).encode() for part in parts)


def _utf16(encoding: str, mark: bytes = b"") -> Transform:
    def encode(text: Text, _: Placeholders) -> Iterator[Text]:
        if any(isinstance(part, bytes) for part in text):
            raise Refused("a value is encoded as UTF-16 twice", "leave one of the two modifiers out")
        for plain in _plain(text):
            yield (mark + plain.decode().encode(encoding),)

    return encode


def _base64(text: Text, _: Placeholders) -> Iterator[Text]:
    for plain in _plain(text):
        yield (b64encode(plain).decode(),)


def _base64offset(text: Text, _: Placeholders) -> Iterator[Text]:
    for plain in _plain(text):
        if len(plain) < 2:
            raise Refused("base64offset cannot find a single byte", "give at least two")
        for shift in range(3):
            encoded = b64encode(b" " * shift + plain)
            yield (encoded[_STARTS[shift] : _ENDS[(len(plain) + shift) % 3]].decode(),)


TRANSFORMS: dict[str, Transform] = {
    "contains": _contains,
    "startswith": _starts,
    "endswith": _ends,
    "windash": _windash,
    "expand": _expand,
    "base64": _base64,
    "base64offset": _base64offset,
    "wide": _utf16("utf-16-le"),
    "utf16le": _utf16("utf-16-le"),
    "utf16be": _utf16("utf-16-be"),
    "utf16": _utf16("utf-16-le", b"\xff\xfe"),
}


def transformed(text: Text, modifiers: Sequence[str], placeholders: Placeholders) -> tuple[Text, ...]:
    """Apply modifiers from left to right; several results are alternatives. Bytes that nothing encodes become characters."""
    forms = [text]
    for modifier in modifiers:
        forms = _few(form for old in forms for form in TRANSFORMS[modifier](old, placeholders))
    return tuple(
        join([part.decode("latin-1") if isinstance(part, bytes) else part for part in form]) for form in forms
    )


def _few(forms: Iterator[Text]) -> list[Text]:
    kept = []
    for form in forms:
        kept.append(form)
        if len(kept) > MOST_FORMS:
            raise Refused(
                f"a value has more than {MOST_FORMS} forms", "use fewer dashes or placeholders in it"
            )
    return kept
