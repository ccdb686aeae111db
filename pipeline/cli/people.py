"""Who did what with which AI, in words: the parts of an event or alert that tell people where to look."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pipeline.cli.shown import brief

if TYPE_CHECKING:
    from pipeline.event import Fields

PERSON = ("user.id", "user.email", "user.name")
AGENT = ("gen_ai.agent.name", "gen_ai.agent.id")
OTHERS = ("ai.key.id", "host.name", "service.name", "source.ip")

PARTS: tuple[tuple[str, tuple[str, ...], tuple[tuple[str, str], ...]], ...] = (
    ("person", PERSON, (("ai.user.department", "{}"), ("ai.user.hr_state", "{}"), ("user.roles", "role {}"))),
    ("agent", AGENT, (("ai.agent.owner", "owner {}"), ("ai.agent.environment", "{}"))),
    ("key", ("ai.key.id",), ()),
    ("device", ("host.name", "device.id"), (("ai.device.group", "{}"), ("ai.device.managed", "managed: {}"))),
    ("address", ("source.ip", "source.address"), ()),
    (
        "app",
        ("ai.app.name", "ai.app.id"),
        (("ai.app.status", "{}"), ("ai.app.tenant", "account {}"), ("ai.surface", "{}")),
    ),
    ("host", ("url.domain", "destination.domain"), ()),
    ("model", ("gen_ai.request.model", "gen_ai.response.model"), ()),
    ("tool", ("gen_ai.tool.name",), (("ai.tool.risk", "{}"), ("ai.tool.server", "server {}"))),
    ("destination", ("ai.tool.destination",), (("ai.provenance.destination", "named by {}"),)),
    (
        "data",
        ("ai.data.classes",),
        (("ai.data.secret_types", "{}"), ("ai.data.subjects", "{} persons"), ("ai.data.label", "label {}")),
    ),
    ("file", ("file.name", "file.path"), (("file.size", "{} bytes"),)),
    ("task", ("ai.task.id",), (("ai.task.requester", "asked for by {}"),)),
)
"""What people look for: its name, the fields that may say it, the best first, and details of it."""


def who(fields: Fields) -> str:
    """Name who acted: the agent where there is one, else the person, else what is known of the origin."""
    return brief(_first(fields, (*AGENT, *PERSON, *OTHERS)) or "somebody")


def subject_of(fields: Fields) -> str:
    """Name the subject under which the risk of who acted is held."""
    for field in ("gen_ai.agent.id", "user.id", "user.email", "ai.key.id"):
        if value := fields.get(field):
            return f"{field}={value}"
    return ""


def parts(fields: Fields) -> list[tuple[str, str]]:
    """Tell who, what and where: names of parts and their words."""
    found = []
    for name, candidates, details in PARTS:
        if value := _first(fields, candidates):
            told = [form.format(_said(fields[field])) for field, form in details if field in fields]
            found.append((name, brief(value) + (f" ({', '.join(told)})" if told else "")))
    return found


def _first(fields: Fields, candidates: tuple[str, ...]) -> object:
    return next((fields[field] for field in candidates if fields.get(field)), None)


def _said(value: object) -> str:
    return {True: "yes", False: "no"}[value] if isinstance(value, bool) else brief(value)
