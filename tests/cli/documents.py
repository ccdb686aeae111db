"""Alerts and events for tests of what people see."""


def alert(name, *, risk=70.0, level="high", events=("e1",), at="2026-03-04T09:07:00.000000Z", **more):
    """An alert document as `decide` writes it."""
    return {
        "event.id": name,
        "event.kind": "alert",
        "@timestamp": at,
        "message": f"{name} in a sentence",
        "rule.id": "EXF-001",
        "rule.name": "Live credential",
        "rule.version": "digest-secret",
        "ai.risk.score": risk,
        "ai.risk.level": level,
        "ai.alert.title": f"{name} in a sentence",
        "ai.alert.count": 1,
        "ai.alert.first_seen": at,
        "ai.alert.last_seen": at,
        "ai.alert.events": list(events),
        "user.id": "ada.lind",
    } | {key.replace("__", "."): value for key, value in more.items()}


def event(name, **more):
    """An event document as the store keeps it."""
    return {
        "event.id": name,
        "event.kind": "event",
        "event.action": "prompt",
        "event.code": "secret",
        "@timestamp": "2026-03-04T09:07:00.000000Z",
        "log.file.path": "sensors.jsonl",
        "log.offset": 7,
        "user.id": "ada.lind",
    } | {key.replace("__", "."): value for key, value in more.items()}
