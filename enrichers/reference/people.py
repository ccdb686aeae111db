"""people.csv: the directory."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from pathlib import Path

from enrichers.reference.entry import Entry, rows
from enrichers.reference.nouns import STATES, Person
from pipeline.errors import Problem


def read_people(path: Path, faults: list[Problem]) -> list[Person]:
    """Read the directory, one row a person."""
    people = [_person(row) for row in rows(path, "user.id", faults)]
    addresses = Counter(person.email for person in people if person.email)
    faults.extend(
        Problem(
            str(path), 1, f"{count} persons share one user.email", "give each person an address of their own"
        )
        for count in addresses.values()
        if count > 1
    )
    return people


def _person(row: Entry) -> Person:
    state = row.one_of("ai.user.hr_state", STATES)
    facts = {
        "user.id": row.word("user.id"),
        "ai.user.department": row.word("ai.user.department"),
        "ai.user.peer_group": row.word("ai.user.peer_group"),
        "ai.user.hr_state": state,
        "user.roles": list(row.words("user.roles")) or None,
    }
    return Person(
        id=row.word("user.id") or "",
        name=row.word("user.name"),
        email=(row.word("user.email") or "").lower() or None,
        hr_state=state,
        facts={name: value for name, value in facts.items() if value is not None},
    )


def by_name(people: Iterable[Person]) -> Mapping[str, Person]:
    """Find people by login, address or full name, where a name means one of them only."""
    found: dict[str, Person | None] = {}
    for person in people:
        for name in {word.lower() for word in (person.id, person.email, person.name) if word}:
            found[name] = None if name in found else person
    return {name: person for name, person in found.items() if person}
