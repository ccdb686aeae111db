from collections import Counter
from datetime import UTC, datetime
from itertools import islice
from statistics import mean, median

import orjson
import pytest

from pipeline.simulate.company import founded
from pipeline.simulate.story import ATTACKS, LOOKALIKES, stories
from pipeline.simulate.stream import single, whole
from pipeline.simulate.surfaces import FILES
from pipeline.simulate.workday import workday
from tests.simulate.simulated import COMPANY, SEED, day, first

MONDAY, SATURDAY = 5, 3
"""Days counted from the first, a Wednesday."""


def written(told):
    return [(at, line.file, orjson.dumps(line.body)) for at, line, _ in told]


def hour(at):
    return datetime.fromtimestamp(at, UTC).hour


def texts():
    bodies = [line.body for _, line, _ in day() if line.file == "sensor.jsonl"]
    return [body["ai.content.text"] for body in bodies if body["event.action"] == "prompt"]


def test_the_same_seed_gives_the_same_records():
    assert written(whole(founded(SEED), 1)) == written(day())


def test_another_seed_gives_another_company_and_other_records():
    other = founded(SEED + 1)
    assert {one.id for one in other.people} != {one.id for one in COMPANY.people}
    assert written(islice(whole(other), 50)) != written(day())[:50]


def test_a_longer_run_begins_like_a_shorter_one():
    ends = len([at for at, _, _ in day() if at < day()[0][0] + 20 * 3600])
    assert written(first(12_000))[:ends] == written(day())[:ends]


def test_records_come_in_order_of_time_over_midnight_too():
    times = [at for at, _, _ in first(12_000)]
    assert times == sorted(times)
    assert times[-1] - times[0] > 24 * 3600


def test_at_least_twelve_sources_are_mixed():
    found = Counter(line.file for _, line, _ in day())
    assert found.keys() == set(FILES)
    assert len(found) >= 12
    assert max(found.values()) < sum(found.values()) / 3


def test_most_work_is_done_in_the_day_and_somebody_works_at_night():
    hours = Counter(hour(at) for at, _, _ in day())
    assert sum(hours[one] for one in range(7, 18)) > 0.8 * hours.total()
    assert sum(hours[one] for one in (22, 23, 0, 1, 2, 3)) > 0


def test_there_is_a_dip_at_lunch():
    main = {one.email for one in COMPANY.people if one.zone == 1 and not one.night}
    hours = Counter(
        hour(at) for at, line, _ in day() if type(line.body) is dict and line.body.get("user.email") in main
    )
    assert hours[12] < mean((hours[9], hours[10], hours[14], hours[15]))


def test_offices_in_other_time_zones_begin_at_their_own_hour():
    def begins(zone):
        return median(
            hour(min(line.at for line in lines))
            for one in COMPANY.people
            if one.zone == zone and not one.night and (lines := list(workday(COMPANY, one, 0)))
        )

    assert (begins(8), begins(-5)) == (pytest.approx(1.5, abs=1), pytest.approx(13.5, abs=1))


def test_few_people_work_on_saturday():
    working = {
        one: sum(bool(list(workday(COMPANY, person, one))) for person in COMPANY.people)
        for one in (MONDAY, SATURDAY)
    }
    assert working[MONDAY] > 250
    assert 0 < working[SATURDAY] < 30


def test_who_has_left_does_nothing():
    gone = {one.email for one in COMPANY.people if one.state == "left"}
    assert gone
    assert not any(address.encode() in body for _, _, body in written(day()) for address in gone)


def test_lengths_of_texts_have_a_long_tail():
    lengths = sorted(map(len, texts()))
    assert mean(lengths) > 1.15 * median(lengths)
    assert lengths[-1] > 4 * median(lengths)


def test_some_texts_are_german_and_some_french():
    found = texts()
    assert any("Kollegin" in text or "Stichpunkten" in text for text in found)
    assert any("courriel" in text or "paragraphe" in text or "Traduis" in text for text in found)


def test_texts_hardly_repeat():
    found = texts()
    assert len(set(found)) > 0.7 * len(found)


def test_every_story_happens_on_the_first_day():
    happened = {mark.story.name for _, _, mark in day() if mark and mark.step.act}
    assert happened == {story.name for folder in (ATTACKS, LOOKALIKES) for story in stories(folder)}


def test_most_records_are_benign():
    assert sum(bool(mark and not mark.story.must) for _, _, mark in day()) < 0.02 * len(day())


@pytest.mark.parametrize("story", stories(ATTACKS), ids=lambda story: story.name)
def test_a_single_scenario_has_little_around_it_and_no_other(story):
    told = list(single(COMPANY, story, 1))
    assert {mark.story.name for _, _, mark in told if mark} == {story.name}
    assert 50 < len(told) < 1500


def test_a_single_scenario_comes_again_on_each_working_day_to_others():
    story = stories(ATTACKS)[0]
    told = [(at, mark.who) for at, _, mark in single(COMPANY, story, 7) if mark and mark.step.act]
    assert len({datetime.fromtimestamp(at, UTC).date() for at, _ in told}) == 5
