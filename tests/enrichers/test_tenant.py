from pathlib import Path
from typing import Any

import pytest

from enrichers.reference import load_reference
from enrichers.tenant import tenant

FERNWOOD = load_reference()
ADA, TENANT = "ada.lind@fernwood.example", "5D0C0000-0000-4000-8000-0000000000F1"


@pytest.mark.parametrize(
    ("fields", "told"),
    [
        ({"ai.app.id": "m365-copilot", "organization.id": TENANT}, "corporate"),
        ({"ai.app.id": "m365-copilot", "organization.id": "another"}, "personal"),
        ({"ai.app.id": "chatgpt", "organization.id": TENANT}, "corporate"),
        ({"ai.app.id": "chatgpt", "organization.id": "fernwood"}, "corporate"),
        ({"ai.app.id": "chatgpt", "organization.id": "another"}, "unknown"),
        ({"ai.app.id": "claude", "organization.id": "another"}, "unknown"),
        ({"ai.app.id": "claude", "user.email": ADA}, "corporate"),
        ({"ai.app.id": "chatgpt", "user.email": ADA}, "unknown"),
        ({"ai.app.id": "chatgpt", "user.email": ADA, "event.module": "openai"}, "corporate"),
        ({"ai.app.id": "chatgpt", "user.email": "ada@gmail.com"}, "personal"),
        ({"ai.app.id": "claude", "user.email": "ada@elsewhere.example"}, "personal"),
        ({"ai.app.id": "claude", "user.email": "eve@evilfernwood.example"}, "personal"),
        ({"ai.app.id": "claude", "user.email": "jo@quayline.example"}, "unknown"),
        ({"ai.app.id": "chatgpt", "user.name": "guest"}, "anonymous"),
        ({"ai.app.id": "chatgpt"}, "unknown"),
        ({"ai.app.id": "deepseek", "user.email": ADA}, "personal"),
        ({"ai.app.id": "fernwood-gateway"}, "corporate"),
        ({"ai.app.id": "unknown:new.example"}, "unknown"),
    ],
)
def test_the_tenant_follows_from_tenant_id_address_and_service(fields: dict[str, Any], told: str) -> None:
    assert tenant(fields, FERNWOOD) == {"ai.app.tenant": told}


def test_without_an_app_there_is_no_tenant() -> None:
    assert tenant({"user.email": "ada@gmail.com"}, FERNWOOD) == {}


def test_what_a_source_says_stays() -> None:
    assert tenant({"ai.app.id": "claude", "ai.app.tenant": "anonymous", "user.email": ADA}, FERNWOOD) == {}


def test_without_domains_of_our_own_only_webmail_is_personal(tmp_path: Path) -> None:
    (tmp_path / "organisation.yaml").write_text("id: x\n")
    nobody = load_reference(tmp_path)
    assert tenant({"ai.app.id": "chatgpt", "user.email": "a@b.example"}, nobody)["ai.app.tenant"] == "unknown"
    assert (
        tenant({"ai.app.id": "chatgpt", "user.email": "a@gmail.com"}, nobody)["ai.app.tenant"] == "personal"
    )
