from typing import Any

import pytest

from enrichers.change import change
from enrichers.reference import Reference, load_reference

DEPLOY = {
    "event.action": "grant",
    "user.email": "svc-deploy@fernwood.example",
    "@timestamp": "2026-03-04T23:59:59Z",
}
FERNWOOD = load_reference()


@pytest.mark.parametrize(
    ("fields", "ticket"),
    [
        ({}, "FW-318"),
        ({"user.email": "SVC-deploy@fernwood.example"}, "FW-318"),
        ({"event.action": "prompt"}, None),
        ({"event.action": "prompt", "service.name": "svc-deploy"}, "FW-322"),
        ({"@timestamp": "2026-03-05T00:00:00Z"}, None),
        ({"user.email": "ada.lind@fernwood.example"}, None),
        ({"ai.change.ticket": "OWN-1"}, None),
    ],
)
def test_a_change_belongs_to_a_person_or_key_and_a_day(fields: dict[str, Any], ticket: str | None) -> None:
    assert change(DEPLOY | fields, FERNWOOD).get("ai.change.ticket") == ticket


def test_without_changes_there_are_no_tickets() -> None:
    assert change(DEPLOY, Reference()) == {}
