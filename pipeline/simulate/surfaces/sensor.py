"""Sensors in browsers, on desktops and phones, in our own words: text, decision and all."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from pipeline.simulate.chance import about, token
from pipeline.simulate.clock import iso
from pipeline.simulate.scene import Line, Scene

FILE = "sensor.jsonl"
_MODULES = {"browser": "sensor_browser", "desktop": "sensor_desktop", "mobile": "sensor_mobile"}


def prompt(
    scene: Scene, at: float, *, app: str, text: str, decision: str = "allow", surface: str = "browser"
) -> Iterator[Line]:
    """Say something to an app."""
    said = {
        "ai.content.text": text,
        "ai.content.origin": "user",
        "ai.content.role": "user",
        "ai.content.available": "full",
    }
    yield _line(
        scene,
        at,
        "prompt",
        surface,
        url=app,
        **_decided(decision),
        **said,
        **{"ai.content.length": len(text)},
    )


def answer(scene: Scene, at: float, *, app: str, text: str, surface: str = "browser") -> Iterator[Line]:
    """Let the app answer, some seconds later."""
    said = {"ai.content.origin": "model", "ai.content.role": "assistant", "ai.content.available": "full"}
    later = at + about(scene.dice, 6.0)
    yield _line(scene, later, "completion", surface, url=app, **{"ai.content.text": text}, **said)


def upload(
    scene: Scene,
    at: float,
    *,
    app: str,
    file: str,
    text: str = "",
    label: str = "",
    decision: str = "allow",
    surface: str = "browser",
) -> Iterator[Line]:
    """Give a file to an app; the sensor reads its text or its label, or both."""
    size = len(text) + int(about(scene.dice, 40_000.0, 1.0))
    more: dict[str, Any] = {"file.name": file, "file.size": size, "file.extension": file.rpartition(".")[2]}
    if label:
        more["ai.data.label"] = label
    if text:
        more |= {"ai.content.text": text, "ai.content.origin": "user", "ai.content.available": "full"}
    yield _line(scene, at, "file_upload", surface, url=app, **_decided(decision), **more)


def visit(
    scene: Scene, at: float, app: str, decision: str = "allow", surface: str = "browser"
) -> Iterator[Line]:
    """Open an app."""
    yield _line(
        scene, at, "web_visit", surface, url=app, **_decided(decision), **{"url.full": f"https://{app}/"}
    )


def heartbeat(scene: Scene, at: float) -> Iterator[Line]:
    """Say that the sensor lives."""
    yield _line(scene, at, "heartbeat", "browser", **{"event.code": "sensor_started"})


def _decided(decision: str) -> dict[str, Any]:
    return {"ai.policy.decision": decision, "ai.policy.id": "fernwood-ai", "ai.policy.version": "7"}


def _line(scene: Scene, at: float, verb: str, surface: str, url: str = "", **more: Any) -> Line:
    body = {
        "@timestamp": iso(at),
        "event.id": f"fw-{token(scene.dice, 16)}",
        "event.kind": "event",
        "event.action": verb,
        "event.module": _MODULES[surface],
        "user.email": scene.person.email,
        "ai.surface": surface,
        "host.name": scene.device.name,
    }
    if url:
        body["url.domain"] = url
    if verb in ("prompt", "completion", "file_upload"):
        body["gen_ai.conversation.id"] = f"c-{scene.thread}"
    return Line(at, FILE, body | more)
