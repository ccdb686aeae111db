"""Provisional."""

from __future__ import annotations

from pipeline.event import Fields


def redact(fields: Fields) -> None:
    """Provisional."""
    for name, spans in fields.pop("ai.content.spans", {}).items():
        text = fields[name]
        for span in reversed(spans):
            if span.klass in ("secret", "card", "personal"):
                text = text[: span.start] + f"[{span.type}]" + text[span.end :]
        fields[name] = text
