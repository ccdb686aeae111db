"""One suite over both stores: what analysts say of alerts, while the pipeline goes on writing them."""

import threading
from collections import Counter
from contextlib import closing

import pytest

from pipeline.edges.checkpoint import Checkpoint
from pipeline.edges.sqlite import SqliteStore
from pipeline.flow import fresh_states
from tests.services.elastic_cases import Site, standing, verdict, version

pytestmark = pytest.mark.xdist_group("services")

ACK = {
    "ai.alert.status": "acknowledged",
    "ai.alert.analyst": "jo",
    "ai.alert.acknowledged_at": "2026-03-04T09:17:00.000+00:00",
}
CLOSE = {"ai.alert.status": "closed", "ai.alert.disposition": "test", "ai.alert.closed_level": "high"}


class InFile:
    def __init__(self, path):
        self.path = path
        self.open().close()

    def open(self):
        return SqliteStore(self.path)

    def put(self, *outputs):
        with closing(self.open()) as store:
            store.commit(Checkpoint(outputs, fresh_states().changes(), {}), {}, Counter())


class OnNode:
    def __init__(self, url):
        self.site = Site(url)

    def open(self):
        self.site.client.indices.refresh(index=f"{self.site.names.prefix}-*,logs-{self.site.names.prefix}.*")
        return self.site.store()

    def put(self, *outputs):
        self.site.index(outputs)


@pytest.fixture(params=["sqlite", "node", "node9"])
def place(request, tmp_path):
    if request.param == "sqlite":
        yield InFile(tmp_path / "s.db")
    else:
        found = OnNode(request.getfixturevalue(request.param))
        yield found
        found.site.close()


@pytest.fixture
def asked(place):
    """Ask a store that was opened for one question, so that it sees all that was written before."""

    def ask(question):
        with closing(place.open()) as store:
            return question(store)

    return ask


def the_alert(asked):
    return asked(lambda store: store.find("alerts", "a"))[0]


def test_alerts_come_with_the_greatest_risk_first_and_can_be_found(place, asked):
    place.put(
        version("ab", risk=50.0, events=["e1"]),
        version("ac", risk=80.0, events=["e2"], user__id="ben.okoro"),
        verdict("e1"),
        verdict("e2", user__id="ben.okoro"),
        standing("user.id=ada", 5.0),
        standing("user.id=ben", 9.0),
    )

    assert asked(lambda s: [a["event.id"] for a in s.alerts()]) == ["ac", "ab"]
    assert asked(lambda s: [a["event.id"] for a in s.find("alerts", "a")]) == ["ab", "ac"]
    assert asked(lambda s: [a["event.id"] for a in s.find("alerts", "ab")]) == ["ab"]
    assert asked(lambda s: s.find("events", "x")) == []
    assert asked(lambda s: [a["event.id"] for a in s.alerts_of("e2")]) == ["ac"]
    assert asked(lambda s: s.searched("BEN sentence")) == {"ac"}
    assert asked(lambda s: s.searched('"')) == set()
    assert asked(lambda s: s.searched("a*")) in (set(), {"ab", "ac"})
    assert asked(lambda s: [e["event.id"] for e in s.events(["e2", "e1", "none"])]) == ["e1", "e2"]
    assert asked(lambda s: {e["event.id"] for e in s.every_event()}) == {"e1", "e2"}
    assert asked(lambda s: [e["event.id"] for e in s.mentioning("Ben.Okoro")]) == ["e2"]
    assert asked(lambda s: [name for name, _ in s.standings()]) == ["user.id=ben", "user.id=ada"]


def test_an_empty_store_gives_nothing(asked):
    assert asked(lambda s: (list(s.alerts()), s.find("alerts", "a"), s.standings(), s.newest())) == (
        [],
        [],
        [],
        None,
    )


def test_what_is_said_is_seen_and_the_time_to_touch_with_it(place, asked):
    place.put(version("a"))
    asked(lambda s: s.say("a", ACK))
    asked(
        lambda s: s.say(
            "a", ACK | {"ai.alert.analyst": "kim", "ai.alert.acknowledged_at": "2026-03-04T12:00:00+00:00"}
        )
    )
    found = the_alert(asked)

    assert (found["ai.alert.status"], found["ai.alert.analyst"]) == ("acknowledged", "kim")
    assert (found["ai.alert.acknowledged_at"], found["ai.alert.touch_s"]) == (
        ACK["ai.alert.acknowledged_at"],
        600,
    )


def test_a_later_version_takes_no_word_away(place, asked):
    place.put(version("a"))
    asked(lambda s: s.say("a", ACK))
    place.put(version("a", ai__alert__count=7))
    found = the_alert(asked)

    assert (found["ai.alert.status"], found["ai.alert.count"]) == ("acknowledged", 7)


def test_a_version_that_comes_late_changes_nothing(place, asked):
    place.put(version("a", risk=90.0, level="critical", ai__alert__count=3))
    place.put(version("a", risk=70.0, ai__alert__count=1))
    found = the_alert(asked)

    assert (found["ai.risk.level"], found["ai.alert.count"]) == ("critical", 3)


@pytest.mark.parametrize(("level", "risk", "status"), [("high", 72.0, "closed"), ("critical", 90.0, "open")])
def test_a_closed_alert_opens_again_only_when_its_level_rises(place, asked, level, risk, status):
    place.put(version("a"))
    asked(lambda s: s.say("a", CLOSE))
    place.put(version("a", risk=risk, level=level, ai__alert__count=2))
    found = the_alert(asked)

    assert (found["ai.alert.status"], found["ai.alert.disposition"]) == (status, "test")


def test_two_who_write_at_once_both_count(place, asked):
    """One analyst says ten things while the pipeline writes ten versions: the last of both stands, no word is missing."""
    place.put(version("a", risk=40.0, level="medium"))
    notes = [{"ai.alert.note": f"n{number}"} for number in range(10)]

    def talk():
        with closing(place.open()) as store:
            for note in notes:
                store.say("a", note)

    def write():
        for number in range(10):
            place.put(version("a", risk=41.0 + number, level="medium", ai__alert__count=number + 2))

    both = [threading.Thread(target=work) for work in (talk, write)]
    for thread in both:
        thread.start()
    for thread in both:
        thread.join()
    found = the_alert(asked)

    assert (found["ai.alert.note"], found["ai.alert.count"], found["ai.risk.score"]) == ("n9", 11, 50.0)
    if isinstance(place, OnNode):
        assert [word["ai.alert.note"] for word in found["ai.alert.words"]] == [f"n{n}" for n in range(10)]
