"""The company's reference data as files, in the forms that `--data` takes."""

from __future__ import annotations

import csv
import shutil
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import yaml
from msgspec import to_builtins

from pipeline.content import COMPANY, CONTENT
from pipeline.errors import ContentError, Problem
from pipeline.simulate.company import DOMAIN, FILES, Agent, Company, Person

SIGN = "# Written by `shadowgraph simulate`.\n"
"""How the organisation of a simulated company begins, so that nobody's own is overwritten."""

PEOPLE = (
    *("user.id", "user.name", "user.email", "ai.user.department", "ai.user.peer_group", "ai.user.hr_state"),
    "user.roles",
)
DEVICES = (
    *(
        "host.name",
        "device.id",
        "user.email",
        "ai.device.managed",
        "ai.device.compliant",
        "ai.device.encrypted",
    ),
    *("host.os.type", "ai.device.group"),
)
SERVICES = (
    ("svc-deploy", "Deployment service", "engineering", "engineering-service"),
    ("svc-rag", "Retrieval service", "support", "support-service"),
)
SHARED = ("apps.yaml", "policy.yaml", "changes.yaml")
"""What the simulated company has in common with the sample company."""


def write_company(company: Company, folder: Path) -> list[str]:
    """Write people, devices, agents and all, and give the names of the files.

    Raises ContentError before anything is written if the folder holds somebody's own organisation.
    """
    _refuse_foreign(folder)
    folder.mkdir(parents=True, exist_ok=True)
    organisation = (CONTENT / COMPANY / "organisation.yaml").read_text("utf-8")
    (folder / "organisation.yaml").write_text(SIGN + organisation, "utf-8")
    for name in SHARED:
        shutil.copyfile(CONTENT / COMPANY / name, folder / name)
    shutil.copyfile(FILES / "mcp_servers.yaml", folder / "mcp_servers.yaml")
    _table(
        folder / "people.csv", PEOPLE, [*map(_person, company.people), *(_service(*row) for row in SERVICES)]
    )
    machines = [row for person in company.people for row in _machines(person)]
    _table(folder / "devices.csv", DEVICES, [*machines, *map(_server, company.agents.values())])
    _list(folder / "agents.yaml", "agents", [agent.entry for agent in company.agents.values()])
    _list(folder / "exceptions.yaml", "exceptions", [_comparison(company)])
    return sorted(path.name for path in folder.iterdir() if path.is_file())


def _person(one: Person) -> list[str]:
    return [one.id, one.name, one.email, one.department, one.peers, one.state, f"staff|{one.role}"]


def _service(name: str, words: str, department: str, peers: str) -> list[str]:
    return [name, words, f"{name}@{DOMAIN}", department, peers, "service", "service"]


def _machines(one: Person) -> list[list[str]]:
    return [
        [
            *(
                device.name,
                device.id,
                one.email,
                _flag(device.managed),
                _flag(device.managed) if device.managed else "",
            ),
            *(_flag(device.encrypted), device.os, device.group),
        ]
        for device in one.devices
    ]


def _server(agent: Agent) -> list[str]:
    return [agent.host, f"srv-{agent.id}", agent.owner.email, "true", "true", "true", "linux", ""]


def _flag(value: bool) -> str:
    return "true" if value else "false"


def _comparison(company: Company) -> dict[str, Any]:
    """Let the people with a machine in the laboratory compare banned apps there."""
    there = [one.email for one in company.people if any(device.group == "lab" for device in one.devices)]
    owner = next(one for one in company.people if one.department == "security")
    return {
        "id": "X1",
        "what": "comparison of banned apps on the laboratory machines",
        "users": there,
        "device_groups": ["lab"],
        "owner": owner.email,
        "reason": "comparison of models before a purchase",
        "starts": "2026-01-01",
        "expires": "2036-12-31",
        "ticket": "FW-210",
    }


def _table(path: Path, head: Iterable[str], rows: Iterable[Iterable[str]]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(head)
        writer.writerows(rows)


def _list(path: Path, name: str, entries: list[dict[str, Any]]) -> None:
    path.write_text(
        yaml.safe_dump({name: to_builtins(entries)}, sort_keys=False, allow_unicode=True, width=120), "utf-8"
    )


def _refuse_foreign(folder: Path) -> None:
    signed, there = (
        folder / "organisation.yaml",
        ("organisation.yaml", "people.csv", "policy.yaml", "agents.yaml"),
    )
    if signed.is_file() and signed.read_text("utf-8", "replace").startswith(SIGN):
        return
    if any((folder / name).exists() for name in there):
        raise ContentError(
            [Problem(str(folder), 1, "holds an organisation that was not simulated", "name another folder")]
        )
