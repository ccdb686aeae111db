import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.edges.alertstate import LEVELS, merged, told
from pipeline.risk import level_of
from tests.cli.documents import alert

ACK = {
    "ai.alert.status": "acknowledged",
    "ai.alert.analyst": "jo",
    "ai.alert.acknowledged_at": "2026-03-04T09:17:00.000+00:00",
}
CLOSE = {
    "ai.alert.status": "closed",
    "ai.alert.closed_level": "high",
    "ai.alert.closed_at": "2026-03-04T10:07:00.000+00:00",
}


def version(score, count, at=7):
    time = f"2026-03-04T09:{at:02}:00.000000Z"
    made = alert("a", risk=score, level=level_of(score), events=[f"e{n}" for n in range(count)])
    return made | {"ai.alert.count": count, "ai.alert.last_seen": time, "@timestamp": time}


VERSIONS = st.builds(
    version, st.sampled_from([20.0, 40.0, 70.0, 90.0]), st.integers(1, 5), st.integers(7, 30)
)


@given(VERSIONS, VERSIONS, VERSIONS)
def test_versions_fold_to_the_same_in_whatever_order_and_however_often(one, two, three):
    whole = merged(merged(one, two), three)

    assert merged(three, merged(two, one)) == whole
    assert merged(whole, one) == whole
    assert merged(one, whole) == whole


def test_a_late_version_changes_nothing():
    assert merged(version(90.0, 4), version(70.0, 2)) == version(90.0, 4)


def test_the_facts_are_those_of_the_greatest_risk_and_the_count_is_the_greatest():
    found = merged(version(90.0, 1) | {"message": "worse"}, version(70.0, 9) | {"message": "more"})

    assert (found["message"], found["ai.alert.count"], found["ai.risk.level"]) == ("worse", 9, "critical")


def test_a_level_never_falls():
    old = version(70.0, 1) | {"ai.risk.level": "critical"}
    assert merged(old, version(72.0, 2))["ai.risk.level"] == "critical"


def test_without_words_an_alert_is_as_it_was():
    assert told(version(70.0, 1), ()) == version(70.0, 1)


def test_the_last_word_counts_and_the_first_touch_stays():
    later = ACK | {"ai.alert.analyst": "kim", "ai.alert.acknowledged_at": "2026-03-04T11:00:00.000+00:00"}
    found = told(version(70.0, 1), (ACK, later))

    assert found["ai.alert.analyst"] == "kim"
    assert found["ai.alert.acknowledged_at"] == ACK["ai.alert.acknowledged_at"]
    assert found["ai.alert.touch_s"] == 600


def test_closing_an_untouched_alert_touches_it():
    assert told(version(70.0, 1), (CLOSE,))["ai.alert.touch_s"] == 3600


@pytest.mark.parametrize("level", LEVELS)
def test_a_closed_alert_opens_again_only_above_the_level_at_which_it_was_closed(level):
    found = told(version(70.0, 1) | {"ai.risk.level": level}, (ACK, CLOSE | {"ai.alert.note": "fine"}))

    assert found["ai.alert.status"] == ("open" if level == "critical" else "closed")
    assert found["ai.alert.note"] == "fine"


def test_an_alert_that_was_closed_again_stays_closed():
    words = (CLOSE, CLOSE | {"ai.alert.closed_level": "critical"})
    assert told(version(90.0, 1), words)["ai.alert.status"] == "closed"
