from typing import Any

import pytest

from enrichers.identity import identity
from enrichers.reference import load_reference

FERNWOOD = load_reference()
ADA = "ada.lind@fernwood.example"


def add(**fields: Any) -> dict[str, Any]:
    return identity({name.replace("__", "."): value for name, value in fields.items()}, FERNWOOD)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("user.email", ADA),
        ("user.email", ADA.upper()),
        ("user.id", "Ada.Lind"),
        ("user.name", "ada.lind"),
        ("user.name", "Ada Lind"),
        ("user.name", ADA),
    ],
)
def test_a_person_is_found_by_address_id_or_name(field: str, value: str) -> None:
    added = identity({field: value}, FERNWOOD)
    assert added["user.id"] == "ada.lind"
    assert added["ai.user.department"] == "engineering"
    assert added["ai.user.peer_group"] == "engineering-developer"
    assert added["user.roles"] == ["staff", "developer"]
    assert added["ai.actor.type"] == "human"


def test_what_is_missing_is_filled_in_and_what_is_there_stays() -> None:
    assert add(user__id="ada.lind")["user.email"] == ADA
    assert add(user__id="ada.lind")["user.name"] == "Ada Lind"
    assert "user.name" not in add(user__email=ADA, user__name="ada")


def test_the_directory_has_the_last_word_on_ids_roles_and_departments() -> None:
    added = add(user__email=ADA, user__id="00u7nl", user__roles=["admin"], ai__user__department="Office")
    assert added["user.id"] == "ada.lind"
    assert added["ai.actor.id"] == "00u7nl"
    assert added["user.roles"] == ["staff", "developer"]
    assert added["ai.user.department"] == "engineering"


def test_an_actor_that_the_source_names_is_not_replaced_by_an_id() -> None:
    assert "ai.actor.id" not in add(user__email=ADA, user__id="00u7nl", ai__actor__id="vendor-7")


def test_the_address_counts_before_the_id() -> None:
    assert add(user__email=ADA, user__id="ben.okoro")["user.id"] == "ada.lind"


def test_a_stranger_gets_no_facts() -> None:
    assert add(user__email="eve@evil.example", ai__actor__type="human") == {}


def test_nobody_is_guessed_from_a_device() -> None:
    assert add(host__name="fw-w-ada") == {}


@pytest.mark.parametrize(
    ("fields", "kind"),
    [
        ({"gen_ai.agent.id": "a", "user.email": ADA}, "agent"),
        ({"user.email": "eve@evil.example"}, "human"),
        ({"ai.key.id": "k"}, "service"),
        ({"service.name": "s"}, "service"),
        ({"user.id": "svc-deploy"}, "service"),
        ({"user.id": "svc-deploy", "ai.actor.type": "human"}, "service"),
        ({"user.id": "svc-deploy", "ai.actor.type": "agent"}, None),
        ({"user.id": "ada.lind", "ai.actor.type": "agent"}, None),
        ({"source.ip": "192.0.2.1"}, None),
    ],
)
def test_the_kind_of_actor_follows_from_who_is_named(fields: dict[str, Any], kind: str | None) -> None:
    assert identity(fields, FERNWOOD).get("ai.actor.type") == kind
