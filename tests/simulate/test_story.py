import re

import pytest

from pipeline.errors import ContentError
from pipeline.simulate.chance import chance
from pipeline.simulate.company import founded
from pipeline.simulate.made import make
from pipeline.simulate.story import ATTACKS, LOOKALIKES, comes, happen, stories
from tests.simulate.simulated import COMPANY

SHIPPED = (
    "EXF-001 EXF-002 EXF-003 EXF-005 EXF-007 SHA-001 SHA-002 INJ-001 AGT-004 AGT-005 AGT-011 AGT-016 EVA-001 "
    "OUT-001 IDN-003 END-001 POL-001"
).split()
GROUPS = {"EXF", "SHA", "INJ", "AGT", "EVA", "OUT", "POL", "IDN", "END"}
ALL = [*stories(ATTACKS), *stories(LOOKALIKES)]


def test_attacks_cover_all_groups_of_the_catalogue_that_people_and_agents_can_cause():
    expected = {name for story in stories(ATTACKS) for name in story.expects}
    assert expected >= set(SHIPPED)
    assert {name[:3] for name in expected} == GROUPS
    assert len(stories(ATTACKS)) >= 15


def test_attacks_expect_something_and_look_alikes_must_be_something():
    assert all(story.expects and not story.must for story in stories(ATTACKS))
    assert all(story.must and not story.expects for story in stories(LOOKALIKES))
    assert all(re.fullmatch(r"[A-Z]{3}-\d{3}", name) for story in ALL for name in story.expects + story.also)


@pytest.mark.parametrize("seed", range(5))
def test_every_story_finds_its_people_whatever_the_seed(seed):
    company = founded(seed)
    for story in ALL:
        marks = [mark for _, mark in happen(company, story, 0)]
        assert any(mark.step.act for mark in marks)
        assert len({(mark.who, mark.agent) for mark in marks}) == 1


def test_steps_follow_one_another():
    for story in ALL:
        begun = {}
        for line, mark in happen(COMPANY, story, 0):
            begun.setdefault(mark.number, line.at)
        assert list(begun.values()) == sorted(begun.values())


def test_nothing_that_was_to_be_made_is_left_unmade():
    told = "".join(str(line.body) for story in ALL for line, _ in happen(COMPANY, story, 0))
    assert not re.search(r"<<\w+>>", told)


def test_the_same_story_is_not_told_twice_with_the_same_secret():
    story = next(story for story in ALL if story.name == "key_in_prompt")
    keys = {
        re.search(r"AKIA\w{16}", str([line.body for line, _ in happen(COMPANY, story, day)]))[0]
        for day in range(6)
    }
    assert len(keys) == 6


def test_attacks_come_on_the_first_day_and_then_once_a_week():
    for story in stories(ATTACKS):
        days = [day for day in range(70) if comes(COMPANY, story, day)]
        assert days[0] == 0
        assert [day // 7 for day in days] == list(range(10))
        assert all(day % 7 in (0, 1, 2, 5, 6) for day in days)


def test_a_story_with_a_mistake_is_named_with_its_file(tmp_path):
    (tmp_path / "odd.yaml").write_text("sentence: x\nsteps: [{does: nothing.known}]\n", "utf-8")
    with pytest.raises(ContentError, match=r"odd\.yaml.*no surface nothing\.known"):
        stories(tmp_path)


def test_a_token_carries_its_checksum():
    token = make(chance("a"), "github_token", {})
    assert re.fullmatch(r"ghp_[0-9A-Za-z]{36}", token)
    assert make(chance("a"), "github_token", {}) == token != make(chance("b"), "github_token", {})


def test_what_was_made_can_be_hidden():
    assert make(chance("a"), "base64 list", {"list": "six contacts"}) == "c2l4IGNvbnRhY3Rz"
    assert make(chance("a"), "hexadecimal list", {"list": "ab"}) == "6162"
