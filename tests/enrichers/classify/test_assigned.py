"""Values that are given to a telling name: every vendor of the table proves itself, « » marks what must be found."""

from __future__ import annotations

import pytest

from enrichers.classify import scan
from enrichers.classify.assigned import Vendor
from enrichers.classify.tables import FOLDER, table

VENDORS = table(FOLDER / "vendors.yaml", Vendor)
VALUE = "pRz2L0lpFIAA54Ev9i6yGUfB"


def found(text: str) -> list[tuple[str, str]]:
    return [(span.type, text[span.start : span.end]) for span in scan(text) if span.klass == "secret"]


@pytest.mark.parametrize("vendor", VENDORS, ids=lambda vendor: vendor.type)
def test_a_credential_is_named_by_the_vendor_beside_it(vendor: Vendor) -> None:
    for hit in vendor.hits:
        value = hit[hit.index("«") + 1 : hit.index("»")]
        assert found(hit.replace("«", "").replace("»", "")) == [(vendor.type, value)]
    for miss in vendor.misses:
        assert vendor.type not in [type_ for type_, _ in found(miss)]


def test_every_vendor_has_a_hit_and_a_near_miss() -> None:
    assert [vendor.type for vendor in VENDORS if not (vendor.hits and vendor.misses)] == []


def test_a_lone_key_is_a_credential_only_beside_a_vendor() -> None:
    assert found("shodan key = '3uTxQ9mPz7LkWvYbR2nHs5DcJf8GaE4X'")[0][0] == "shodan_key"
    assert found("the key = '3uTxQ9mPz7LkWvYbR2nHs5DcJf8GaE4X'") == []


@pytest.mark.parametrize(
    "name", ["publicKey", "csrf_token", "token_url", "credentialsId", "cache_key_secret_id", "api_key_hash"]
)
def test_names_of_other_things_are_left_alone(name: str) -> None:
    assert found(f'{name} = "{VALUE}"') == []


@pytest.mark.parametrize(
    "value",
    [
        "xxxxxxxxxxxxxxxxxxxxxxxx",
        "<your-token-goes-here-2>",
        "${LEDGER_TOKEN_2}",
        "process.env.LEDGER_2",
        "changeme-changeme-1",
    ],
)
def test_what_stands_in_the_place_of_a_value_is_left_alone(value: str) -> None:
    assert found(f'api_token = "{value}"') == []
    assert found(f"api_token={value}") == []


def test_a_vendor_may_stand_before_the_name_on_the_same_line_only() -> None:
    value = "3uTxQ9mPz7LkWvYbR2nHs5DcJf8GaE4X"
    assert found(f"shodan, for the lab, api key: {value}")[0][0] == "shodan_key"
    assert found(f"shodan\napi key: {value}")[0][0] == "generic_secret"
