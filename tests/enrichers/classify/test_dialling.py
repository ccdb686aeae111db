from __future__ import annotations

import pytest

from enrichers.classify.dialling import in_plan


@pytest.mark.parametrize(
    ("number", "planned"),
    [
        ("+44 20 7946 0958", True),
        ("+44 (0)20 7946 0958", True),
        ("+39 06 6982 0000", True),
        ("+1-212-736-5000", True),
        ("(212) 736-5000", True),
        ("212-111-1111", False),
        ("+44 20 7946 09", False),
        ("+99999999999999", False),
        ("+800 1234 5678", True),
    ],
)
def test_a_number_is_in_the_plan_of_its_country(number: str, planned: bool) -> None:
    assert in_plan(number) is planned
