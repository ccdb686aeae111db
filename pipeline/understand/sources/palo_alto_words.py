"""What PAN-OS calls things, on lines and in JSON alike: logs, decisions, files, sign-ins."""

from __future__ import annotations

import re
from typing import Any

from pipeline.event import Fields
from pipeline.understand.sources.forms.values import given, text

VISITS = frozenset(("TRAFFIC", "THREAT", "URL", "FILE", "DATA", "DNS"))
"""Logs of visits; all others tell of sign-ins, devices and settings."""
FILES = frozenset(("FILE", "DATA", "file", "data", "wildfire", "wildfire-virus", "virus", "ml-virus"))
"""Logs and subtypes that tell of a file."""
SYSTEMS = {"mac": "macos", "mac os": "macos", "mac os x": "macos", "darwin": "macos"}

_DECISIONS = {
    **dict.fromkeys(
        ("block-url", "block-ip", "block-override", "sinkhole", "random-drop", "override-lockout"), "block"
    ),
    **dict.fromkeys(("drop-icmp", "drop-packet", "drop-all", "drop-all-packets"), "drop"),
    "block-continue": "warn",
}
"""Actions in the words that decisions have elsewhere. A page that asks whether to go on has warned."""
_DIGEST = re.compile(r"(?:sha256-)?([0-9a-fA-F]{64})")
_SIGNINS = frozenset(("USERID", "GLOBALPROTECT"))


def decided_word(word: Any) -> Any:
    """Give an action in the words that decisions have elsewhere."""
    return _DECISIONS.get(word.strip().lower(), word) if type(word) is str else word


def file_of(name: Any, digest: Any) -> Fields:
    """Give the fields of a file, whose name may be its hash."""
    found: Fields = {}
    for told in (name, digest):
        if type(told) is str and (hashed := _DIGEST.fullmatch(told)):
            found.setdefault("file.hash.sha256", hashed[1].lower())
        elif told is name and given(told):
            found["file.name"] = told
    return found


def is_upload(application: Any, kind: Any, direction: Any) -> bool:
    """Tell an upload by the application, the type of the file, or its way from client to server."""
    if text(application).lower().endswith("-uploading") or "upload" in text(kind).lower():
        return True
    return text(direction).lower().replace("-", " ") == "client to server"


def signed_in(log: str, subtype: str, event: str, status: str) -> Fields:
    """Give the sign-in that a log of logins tells of; what no log of logins tells is a setting."""
    if log not in _SIGNINS and (log, subtype) != ("SYSTEM", "auth"):
        return {"event.action": "config_change"}
    told = f"{subtype} {event} {status}".lower()
    fields: Fields = {"event.action": "signin"}
    if "fail" in told or "succ" in told:
        fields["event.outcome"] = "failure" if "fail" in told else "success"
    if "logout" in told:
        fields["event.type"] = ["end"]
    return fields
