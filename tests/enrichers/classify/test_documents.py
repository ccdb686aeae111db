from __future__ import annotations

import pytest

from enrichers.classify.documents import CHECKS

VALID = {
    "de_rvnr": "15070649C103",
    "icao_last": "T220001293",
    "pl_dowod": "ABA300000",
    "lu_matricule": "1893120105732",
    "lv_pk": "161175-19997",
    "au_medicare": "2123 45670 1",
    "sg_nric": "S1234567D",
    "br_pis": "120.56874.10-7",
}


@pytest.mark.parametrize(("name", "value"), VALID.items(), ids=VALID)
def test_a_published_number_holds_and_with_any_digit_changed_it_does_not(name: str, value: str) -> None:
    check = CHECKS[name]
    assert check(value)
    place = max(place for place, char in enumerate(value[:9]) if char.isdigit())
    wrong = value[:place] + str((int(value[place]) + 1) % 10) + value[place + 1 :]
    assert not check(wrong)


def test_a_british_prefix_that_is_never_given_out_is_refused() -> None:
    assert CHECKS["gb_nino"]("GB482036C") is False
    assert CHECKS["gb_nino"]("HL 48 20 36 C") is None
