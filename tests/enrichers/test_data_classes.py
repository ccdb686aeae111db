from __future__ import annotations

import base64
from typing import Any

import pytest

from enrichers.data_classes import data_classes
from enrichers.reference import Reference
from enrichers.reference.nouns import Organisation

REFERENCE = Reference(organisation=Organisation(domains=("fernwood.example",), canaries=("FW-CANARY-7Q2M",)))
KEY = "AKIAY3NRDL7QWZ5KXH2P"
CARD = "5391 4628 0735 1265"
IBAN = "DE81 2907 1432 8650 9173 46"
CODE = "import os\n\n\ndef f(x):\n    return os.path.join(x)\n"


def found(text: str = "", **more: Any) -> dict[str, Any]:
    fields = {"event.action": "prompt", "user.email": "ada.lind@fernwood.example"}
    fields |= {"ai.content.text": text} if text else {}
    added = data_classes(fields | {name.replace("__", "."): value for name, value in more.items()}, REFERENCE)
    return {
        name: value for name, value in added.items() if name not in ("ai.content.seen", "ai.content.spans")
    }


def test_plain_words_add_nothing() -> None:
    assert found("Good morning, the meeting is at ten.") == {}
    assert found() == {}


def test_a_live_credential() -> None:
    assert found(f"key {KEY}, again {KEY}") == {
        "ai.data.classes": ["secret"],
        "ai.data.max_class": "secret",
        "ai.data.counts.secret": 1,
        "ai.data.secret_types": ["aws_access_key_id"],
        "ai.data.secret_valid": True,
        "ai.data.units": 25.0,
    }


def test_a_password_is_a_secret_that_cannot_be_proved() -> None:
    added = found("password: Tr0gs-Hover-71")
    assert (added["ai.data.secret_types"], added["ai.data.secret_valid"], added["ai.data.units"]) == (
        ["password"],
        False,
        5.0,
    )


def test_a_broken_credential_is_none() -> None:
    broken = "ghp_" + "a1B2c3D4e5" * 3 + "zzzzzz"
    assert found(f"token {broken}") == {}


@pytest.mark.parametrize(
    ("text", "personal"),
    [
        ("write to iris@quayline.example", False),
        ("write to iris@quayline.example and kai@quayline.example", True),
        ("write to iris@quayline.example, IRIS@quayline.example", False),
        ("write to ben.okoro@fernwood.example and chloe.marsh@fernwood.example", False),
        ("a@fernwood.example b@fernwood.example c@fernwood.example d@fernwood.example", True),
        ("I am ada.lind@fernwood.example, my friend is iris@quayline.example", False),
        ("iris@quayline.example, +44 20 7946 0958", True),
        ("+44 20 7946 0958", False),
        (f"pay {IBAN}", True),
        ("SSN 536-22-8726", True),
        ("born 1979-03-04", True),
        (
            "Max Mustermann;max@example.com\nJohn Doe;john.doe@mail.example.org\nJane Roe;jane@EXAMPLE.NET",
            False,
        ),
        ("kai@example.com, iris@quayline.example and ode@quayline.example", True),
        ("kai@myexample.com and iris@example.com.quayline.example", True),
        ("the manual shows DE89 3704 0044 0532 0130 00", False),
        (f"iris@quayline.example pays with {CARD}", True),
        ("from 192.0.2.17, 192.0.2.18 and 192.0.2.19", False),
    ],
)
def test_class_personal_needs_two_persons_or_one_strong_identifier(text: str, personal: bool) -> None:
    assert ("personal" in found(text).get("ai.data.classes", [])) is personal


def test_persons_are_counted_however_they_are_written() -> None:
    text = f"iris@quayline.example Iris@Quayline.example ada.lind@fernwood.example +442079460958 +44 20 7946 0958 {IBAN}"
    assert found(text)["ai.data.subjects"] == 1
    assert found("iris@quayline.example, kai@quayline.example, +44 20 7946 0958")["ai.data.subjects"] == 2


def test_persons_of_several_texts_are_told_apart_by_their_identifiers() -> None:
    added = found("iris@quayline.example", ai__tool__arguments="iris@quayline.example kai@quayline.example")
    assert added["ai.data.subjects"] == 2


def test_names_and_profiles_alone_make_no_class() -> None:
    text = "Mr Kai Ode (kai@quayline.example), Dr Iris Fell, https://www.linkedin.com/in/iris-fell-4820"
    assert "ai.data.classes" not in found(text)


def test_cards_are_counted_once_each() -> None:
    added = found(f"{CARD}, {CARD.replace(' ', '')}, 3782 917465 03845")
    assert added["ai.data.counts.card"] == 2
    assert added["ai.data.units"] == 4.0
    assert added["ai.data.max_class"] == "card"


def test_code_has_lines_and_languages() -> None:
    added = found(CODE)
    assert added["ai.data.classes"] == ["source_code"]
    assert (added["ai.data.code_lines"], added["ai.data.code_languages"]) == (3, ["python"])
    assert added["ai.data.units"] == 0.1


def test_markings_rank_as_they_should() -> None:
    added = found("TOP SECRET\n\nCONFIDENTIAL\n")
    assert added["ai.data.classes"] == ["confidential", "restricted"]
    assert added["ai.data.max_class"] == "restricted"
    assert added["ai.data.units"] == 5.0


def test_clinical_words_are_found_although_nobody_sees_what_parts_them() -> None:
    added = found("Ida Brook (ida.brook@quayline.example) has e\u200bpi\u00adlepsy")
    assert (added["ai.data.classes"], added["ai.data.decoded_classes"]) == (["health"], ["health"])
    assert "ai.content.encodings" not in found("Ida Brook (ida@quayline.example) has epilepsy\u200b")


@pytest.mark.parametrize(
    ("name", "classes"),
    [
        ("plan_CONFIDENTIAL_v2.docx", ["confidential"]),
        ("Top-Secret.pdf", ["restricted"]),
        ("confidentiality.md", None),
        ("plan.docx", None),
    ],
)
def test_the_name_of_a_file_may_be_marked(name: str, classes: list[str] | None) -> None:
    assert found(file__name=name).get("ai.data.classes") == classes


def test_classes_that_the_source_knew_stay() -> None:
    added = found("key " + KEY, ai__data__classes=["customer_record"], ai__data__records=200)
    assert added["ai.data.classes"] == ["customer_record", "secret"]
    assert added["ai.data.units"] == 200.0


def test_what_is_hidden_counts_and_is_named() -> None:
    hidden = base64.b64encode(f"the key is {KEY}".encode()).decode()
    added = found(f"see {hidden} iris@quayline.example kai@quayline.example")
    assert added["ai.data.classes"] == ["personal", "secret"]
    assert added["ai.data.decoded_classes"] == ["secret"]
    assert added["ai.content.encodings"] == ["base64"]
    assert (added["ai.content.decoded_layers"], added["ai.content.decoded_length"]) == (1, 31)
    assert "ai.data.decoded_classes" not in found(f"{KEY} {hidden}")


def test_canaries_are_listed_wherever_they_stand() -> None:
    assert found("x FW-CANARY-7Q2M y")["ai.data.canary"] == ["FW-CANARY-7Q2M"]
    hidden = base64.b64encode(b"the word is FW-CANARY-7Q2M").decode()
    assert found(hidden)["ai.data.canary"] == ["FW-CANARY-7Q2M"]
    assert "ai.data.canary" not in found("FW-CANARY-0000")


def test_a_command_within_the_arguments_counts_once() -> None:
    command = f"export K={KEY} M=iris@quayline.example"
    added = found(ai__tool__arguments=f'{{"command": "{command}"}}', process__command_line=command)
    assert added["ai.data.counts.secret"] == 1
    alone = found(process__command_line=command)
    assert alone["ai.data.counts.secret"] == 1


def test_a_credential_in_a_path_is_found() -> None:
    token = "7318204659:AA" + "bC3dE5fG7hI9jK1lM3nO5pQ7rS9tU1vW3x"[:33]
    assert found(url__path=f"/bot{token}/sendMessage")["ai.data.secret_types"] == ["telegram_bot_token"]
