"""The company: 300 people with their habits and devices, and its agents, as pure functions of a seed."""

from __future__ import annotations

from functools import lru_cache
from itertools import chain
from pathlib import Path
from random import Random  # noqa: TID251 - the type alone; streams come from chance.py
from typing import Any

from msgspec import Struct

from pipeline.simulate.chance import about, chance, pick, token, weighed
from pipeline.simulate.names import DEPARTMENTS, FIRST, LANGUAGES, LAST, SITES, ZONES
from pipeline.yamlfile import load_document

DOMAIN = "fernwood.example"
TENANT = "5d0c0000-0000-4000-8000-0000000000f1"
FILES = Path(__file__).parent / "company"

SYSTEMS = {
    "engineering": {"linux": 5.0, "macos": 4.0, "windows": 1.0},
    "research": {"linux": 6.0, "windows": 3.0},
}
_ELSEWHERE = {"windows": 8.0, "macos": 2.0}
NOTICE, LEFT = (3, 61, 90, 131), (47, 222)
"""Who is about to leave, and who has left, by their place in the list."""
OWN_MACHINE, LAB, BUILD = 14, 4, 2
"""Every so many-th person also works on a machine of their own; so many researchers also have one in the laboratory, and
so many developers look after one that builds."""


class Device(Struct, frozen=True):
    """A machine that people work on."""

    name: str
    id: str
    os: str
    group: str
    managed: bool = True
    encrypted: bool = True


class Person(Struct, frozen=True):
    """Somebody who works at the company."""

    id: str
    name: str
    department: str
    peers: str
    role: str
    state: str
    zone: int
    site: str
    night: bool
    begins: float
    language: str
    zeal: float
    """How much this person uses AI, 1 for most."""
    ip: str
    directory_id: str
    devices: tuple[Device, ...]

    @property
    def email(self) -> str:
        """Give the address, which is the login at the company's domain."""
        return f"{self.id}@{DOMAIN}"


class Agent(Struct, frozen=True):
    """A program that acts by itself for somebody."""

    id: str
    name: str
    owner: Person
    host: str
    tools: dict[str, str]
    entry: dict[str, Any]
    """Its registration, as agents.yaml has it."""


class Company(Struct, frozen=True):
    """Everybody and everything that acts."""

    seed: int
    people: tuple[Person, ...]
    agents: dict[str, Agent]
    servers: dict[str, dict[str, Any]]


@lru_cache(maxsize=4)
def founded(seed: int) -> Company:
    """Found the company of a seed."""
    people = tuple(_people(chance(seed, "people")))
    servers = {entry["name"]: entry for entry in load_document(FILES / "mcp_servers.yaml")["mcp_servers"]}
    return Company(seed, people, {agent.id: agent for agent in _agents(seed, people)}, servers)


def of_department(people: tuple[Person, ...], department: str) -> list[Person]:
    """Give those of a department who still work there."""
    return [one for one in people if one.department == department and one.state != "left"]


def _people(dice: Random) -> list[Person]:
    jobs = list(
        chain.from_iterable(
            [(department, peers, role)] * count for department, (peers, role, count) in DEPARTMENTS.items()
        )
    )
    names = dice.sample([(first, last) for first in FIRST for last in LAST], len(jobs))
    return [
        _person(dice, number, name, job) for number, (name, job) in enumerate(zip(names, jobs, strict=True))
    ]


def _person(dice: Random, number: int, name: tuple[str, str], job: tuple[str, str, str]) -> Person:
    department, peers, role = job
    login = f"{name[0]}.{name[1]}".lower()
    night = department in ("support", "it", "operations") and dice.random() < 0.08
    zone = weighed(dice, ZONES)
    return Person(
        id=login,
        name=" ".join(name),
        department=department,
        peers=peers,
        role=role,
        state="notice" if number in NOTICE else "left" if number in LEFT else "active",
        zone=zone,
        site=weighed(dice, SITES),
        night=night,
        begins=21.5 if night else (9.5 if zone > 1 else 8.5) + dice.uniform(-0.75, 1.25),
        language=weighed(dice, LANGUAGES) if zone == 1 else "en",
        zeal=min(about(dice, 0.9, 0.7), 5.0),
        ip=f"192.0.2.{number + 3}" if number < 250 else f"198.51.100.{number - 240}",
        directory_id=f"{token(dice, 8)}-0000-4000-8000-{number:012x}",
        devices=tuple(_devices(dice, number, department, login)),
    )


def _devices(dice: Random, number: int, department: str, login: str) -> list[Device]:
    system = weighed(dice, SYSTEMS.get(department, _ELSEWHERE))
    group = "vdi" if department == "legal" and number % 2 else "office"
    found = [
        Device(f"fw-{'vdi' if group == 'vdi' else 'w'}-{number + 1:04d}", token(dice, 32), system, group)
    ]
    if number % OWN_MACHINE == OWN_MACHINE - 1:
        name = f"{login.partition('.')[0]}-home-{number}"
        found.append(
            Device(name, token(dice, 32), pick(dice, ("macos", "windows", "linux")), "byod", False, False)
        )
    first = sum(count for _, _, count in list(DEPARTMENTS.values())[:3])
    if department == "research" and number - first < LAB:
        found.append(Device(f"fw-lab-{number - first + 1:02d}", token(dice, 32), "linux", "lab"))
    if number < BUILD:
        found.append(Device(f"fw-ci-{number + 1:02d}", token(dice, 32), "linux", "ci"))
    return found


def _agents(seed: int, people: tuple[Person, ...]) -> list[Agent]:
    found = []
    for entry in load_document(FILES / "agents.yaml")["agents"]:
        owner = pick(chance(seed, "owner", entry["id"]), of_department(people, entry["owner"]))
        tools = {tool["name"]: tool["risk"] for tool in entry["tools"]}
        host = f"fw-srv-{entry['id'].removesuffix('-agent')}"
        found.append(Agent(entry["id"], entry["name"], owner, host, tools, {**entry, "owner": owner.email}))
    return found
