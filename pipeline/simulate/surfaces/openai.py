"""The audit log of the company's organization at OpenAI: keys, service accounts, sign-ins."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from pipeline.simulate.chance import token
from pipeline.simulate.scene import Line, Scene

FILE = "openai.jsonl"


def key_made(scene: Scene, at: float, scopes: list[str]) -> Iterator[Line]:
    """Make an API key with these rights."""
    payload = {"id": f"key_{token(scene.dice, 16)}", "data": {"scopes": scopes}}
    yield _line(scene, at, "api_key.created", payload)


def signed_in(scene: Scene, at: float) -> Iterator[Line]:
    """Sign in to the console."""
    yield _line(scene, at, "login.succeeded", {})


def _line(scene: Scene, at: float, kind: str, payload: dict[str, Any]) -> Line:
    person = scene.person
    session = {
        "user": {"id": f"user-{person.directory_id[:8]}", "email": person.email},
        "ip_address": person.ip,
        "user_agent": "Mozilla/5.0",
        "ip_address_details": {"country": "DE", "asn": "64512"},
    }
    body = {
        "id": f"audit_log-{token(scene.dice, 20)}",
        "object": "organization.audit_log",
        "type": kind,
        "effective_at": int(at),
        "project": {"id": "proj_fernwood", "name": person.department},
        "actor": {"type": "session", "session": session},
        kind: payload,
    }
    return Line(at, FILE, body)
