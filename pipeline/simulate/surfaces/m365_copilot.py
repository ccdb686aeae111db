"""Microsoft 365 Copilot: audit records that say who asked where and what was read for it, never the text."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from pipeline.simulate.chance import about, token, uuid
from pipeline.simulate.clock import iso_seconds, milliseconds
from pipeline.simulate.company import TENANT
from pipeline.simulate.scene import Line, Scene

FILE = "m365_copilot.jsonl"


def asked(scene: Scene, at: float, where: str = "Teams", files: Sequence[str] = ()) -> Iterator[Line]:
    """Ask Copilot in an application; it reads some files of the department's site."""
    site = f"https://fernwood.sharepoint.example/sites/{scene.person.department}/Shared"
    first, later = milliseconds(at), milliseconds(at + about(scene.dice, 5.0))
    messages = [{"Id": str(first), "isPrompt": True}, {"Id": str(later), "isPrompt": False}]
    read = [
        {
            "Id": uuid(scene.dice),
            "Name": name,
            "SiteUrl": f"{site}/{name}",
            "Type": name.rpartition(".")[2],
            "Action": "Read",
        }
        for name in files
    ]
    body = {
        "CreationTime": iso_seconds(at),
        "Id": uuid(scene.dice),
        "Operation": "CopilotInteraction",
        "RecordType": 261,
        "OrganizationId": TENANT,
        "UserKey": scene.person.directory_id,
        "UserType": 0,
        "Version": 1,
        "Workload": "Copilot",
        "UserId": scene.person.email,
        "ClientIP": scene.person.ip,
        "CopilotLogVersion": "1.0.0.0",
        "CopilotEventData": {
            "AppHost": where,
            "ThreadId": f"19:{token(scene.dice, 24)}@thread.v2",
            "Messages": messages,
            "Contexts": [],
            "AccessedResources": read,
        },
    }
    yield Line(at, FILE, body)
