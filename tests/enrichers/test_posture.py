from typing import Any

import pytest

from enrichers.posture import posture
from enrichers.reference import load_reference

FERNWOOD = load_reference()


@pytest.mark.parametrize(
    "fields",
    [
        {"host.name": "hugo-home"},
        {"host.name": "HUGO-HOME"},
        {"host.name": "hugo-home.fernwood.example"},
        {"device.id": "fw000009"},
        {"host.id": "FW000009"},
    ],
)
def test_a_device_is_found_by_any_of_its_names(fields: dict[str, Any]) -> None:
    added = posture(fields, FERNWOOD)
    assert added["ai.device.managed"] is False
    assert added["ai.device.encrypted"] is False
    assert added["ai.device.group"] == "byod"
    assert added["host.os.type"] == "linux"
    assert "ai.device.compliant" not in added


def test_the_missing_one_of_name_and_id_is_filled_in() -> None:
    assert posture({"device.id": "fw000001"}, FERNWOOD)["host.name"] == "fw-w-ada"
    assert posture({"host.name": "fw-w-ada"}, FERNWOOD)["device.id"] == "fw000001"


def test_what_a_source_saw_itself_stays() -> None:
    added = posture({"host.name": "fw-w-ada", "ai.device.compliant": False}, FERNWOOD)
    assert "ai.device.compliant" not in added
    assert added["ai.device.managed"] is True


@pytest.mark.parametrize("host", ["fw-w-eve", "fw-w-ada.evil.example", ""])
def test_a_device_that_nobody_knows_stays_unknown(host: str) -> None:
    assert posture({"host.name": host}, FERNWOOD) == {}
