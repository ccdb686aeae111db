"""Okta: who signs in, and to what."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from pipeline.simulate.chance import token, uuid
from pipeline.simulate.clock import iso
from pipeline.simulate.scene import Line, Scene

FILE = "okta.jsonl"
_WORDS = {
    "user.session.start": "User login to Okta",
    "user.authentication.sso": "User single sign on to app",
    "app.oauth2.as.consent.grant": "User granted consent to app",
}
_SYSTEMS = {"windows": "Windows 11", "macos": "Mac OS X", "linux": "Linux"}


def signed_in(scene: Scene, at: float, app: str = "", *, wrong: bool = False) -> Iterator[Line]:
    """Sign in to the company, or by it to an app."""
    kind = "user.authentication.sso" if app else "user.session.start"
    targets = [_app(scene, app)] if app else []
    yield _line(scene, at, kind, targets=targets, reason="INVALID_CREDENTIALS" if wrong else None)


def consented(scene: Scene, at: float, app: str, scopes: str) -> Iterator[Line]:
    """Give an app the right to read."""
    debug = {"grantedScopes": scopes}
    yield _line(scene, at, "app.oauth2.as.consent.grant", targets=[_app(scene, app)], debug=debug)


def _app(scene: Scene, name: str) -> dict[str, Any]:
    return {
        "id": f"0oa{token(scene.dice, 8)}",
        "type": "AppInstance",
        "alternateId": name,
        "displayName": name,
    }


def _line(
    scene: Scene,
    at: float,
    kind: str,
    *,
    targets: list[dict[str, Any]],
    reason: str | None = None,
    debug: dict[str, Any] | None = None,
) -> Line:
    person = scene.person
    user = {
        "id": person.directory_id,
        "type": "User",
        "alternateId": person.email,
        "displayName": person.name,
    }
    body = {
        "uuid": uuid(scene.dice),
        "published": iso(at),
        "eventType": kind,
        "version": "0",
        "severity": "WARN" if reason else "INFO",
        "displayMessage": _WORDS[kind],
        "actor": user,
        "client": {
            "ipAddress": person.ip,
            "device": "Computer",
            "zone": "null",
            "userAgent": {
                "rawUserAgent": "Mozilla/5.0",
                "os": _SYSTEMS[scene.device.os],
                "browser": "CHROME",
            },
        },
        "device": {"name": scene.device.name} if scene.device.managed else None,
        "outcome": {"result": "FAILURE" if reason else "SUCCESS", "reason": reason},
        "target": [*targets, user],
        "authenticationContext": {"externalSessionId": f"102{token(scene.dice, 12)}", "credentialType": None},
        "securityContext": {"asNumber": 64512, "isProxy": False},
        "debugContext": {"debugData": debug or {}},
        "transaction": {"type": "WEB", "id": token(scene.dice, 16)},
    }
    return Line(at, FILE, body)
