"""Name the data classes that an event's texts hold."""

from __future__ import annotations

from typing import Any

from enrichers.classify import Seen, look
from enrichers.classify.look import depth, every
from enrichers.reference import Reference
from pipeline.event import Fields
from pipeline.fields import CLASSES

TEXTS = ("ai.content.text", "ai.tool.arguments", "process.command_line")
SUBJECTS = frozenset({"email", "phone", "iban"})


def data_classes(fields: Fields, reference: Reference) -> Fields:
    """Provisional."""
    seen = {name: look(fields[name]) for name in TEXTS if fields.get(name)}
    found: dict[str, Any] = {}
    classes: set[str] = set()
    types: set[str] = set()
    subjects: set[str] = set()
    decoded: set[str] = set()
    valid = False
    lines = 0
    deep = 0
    for name, outer in seen.items():
        deep = max(deep, depth(outer))
        for at, inner in enumerate(every(outer)):
            lines += sum(n for _, n in inner.code)
            for span in inner.spans:
                if span.klass == "personal":
                    if span.type in SUBJECTS:
                        subjects.add(inner.text[span.start : span.end].lower())
                    continue
                classes.add(span.klass)
                if at:
                    decoded.add(span.klass)
                if span.klass == "secret":
                    types.add(span.type)
                    valid = valid or span.valid is True
    if len(subjects) >= 2:
        classes.add("personal")
    spans = {name: s.spans for name, s in seen.items() if s.spans}
    if spans:
        found["ai.content.spans"] = spans
    if subjects:
        found["ai.data.subjects"] = len(subjects)
    if classes:
        found["ai.data.classes"] = sorted(classes)
        found["ai.data.max_class"] = max((c for c in classes if c in CLASSES), key=CLASSES.index)
    if types:
        found |= {"ai.data.secret_types": sorted(types), "ai.data.secret_valid": valid}
    if lines:
        found["ai.data.code_lines"] = lines
    if deep:
        found["ai.content.decoded_layers"] = deep
    if decoded:
        found["ai.data.decoded_classes"] = sorted(decoded)
    return found
