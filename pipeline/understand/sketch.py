"""Provisional."""

from __future__ import annotations

from hashlib import blake2b

from pipeline.event import Fields


def sketch(fields: Fields, key: bytes) -> Fields:
    """Provisional."""
    text = fields.get("ai.content.text")
    if not text:
        return {}
    return {"ai.content.hash": "hmac-sha256:" + blake2b(text.strip().encode(errors="replace"), key=key[:64], digest_size=16).hexdigest()}
