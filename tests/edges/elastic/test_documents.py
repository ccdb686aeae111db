import orjson
import pytest

from pipeline.alert import Alert, Standing
from pipeline.edges.alertstate import WORDS
from pipeline.edges.elastic.documents import folded, lines_of, spoken, standing_line, state_line
from pipeline.edges.elastic.names import Names
from pipeline.event import Event, Verdict
from pipeline.record import Place, Reject
from tests.cli.documents import alert, event

NAMES = Names("t")
NOW = "2026-03-05T00:00:00.000+00:00"
ACK = {"ai.alert.status": "acknowledged", "ai.alert.acknowledged_at": "2026-03-04T09:17:00.000+00:00"}


def read(document, seq=3):
    return {
        "_index": "t-alerts-2026.03",
        "_id": document["event.id"],
        "_seq_no": seq,
        "_primary_term": 1,
        "_source": document,
    }


def opened(line):
    ((verb, meta),) = orjson.loads(line.action).items()
    return verb, meta, orjson.loads(line.document)


def test_an_event_is_created_by_its_id_and_stamped_with_its_arrival():
    verdict = Verdict(Event("e1", 1.0, "h", idle=False, fields=event("e1")), (), 0.0)
    (line,) = lines_of([verdict], NAMES, NOW)
    verb, meta, document = opened(line)

    assert (verb, meta["_index"], meta["_id"]) == ("create", "logs-t.event-default", "e1")
    assert document == {"event.ingested": NOW} | event("e1")


def test_an_alert_is_created_once_for_each_level():
    versions = [alert("a", level="high"), alert("a", level="critical"), alert("a", level="critical")]
    ids = [line.id for line in lines_of([Alert("a", 1.0, each) for each in versions], NAMES, NOW)]

    assert ids == ["a.high", "a.critical", "a.critical"]


def test_of_a_standing_the_last_of_a_batch_is_sent_with_its_time_as_version():
    outputs = [Standing("user.id=ada", time, {"ai.entity.risk": time}) for time in (5.0, 7.5)]
    (line,) = lines_of(outputs, NAMES, NOW)
    verb, meta, document = opened(line)

    assert (verb, meta["version"], meta["version_type"]) == ("index", 7_500_000, "external_gte")
    assert document == {"ai.entity.risk": 7.5}


def test_what_is_no_document_gives_no_line():
    assert list(lines_of([Reject(Place("f", 1), "why")], NAMES, NOW)) == []


@pytest.mark.parametrize("subject", ["x" * 600, "\N{SNOWMAN}" * 300])
def test_an_id_that_is_too_long_is_hashed(subject):
    line = standing_line(NAMES, Standing(subject, 1.0, {}))
    assert len(line.id.encode()) <= 512
    assert line.id != standing_line(NAMES, Standing(subject + "y", 1.0, {})).id


def test_an_id_with_quotes_stays_an_id():
    verdict = Verdict(Event('e"1\n', 1.0, "h", idle=False, fields={"event.id": 'e"1\n'}), (), 0.0)
    (line,) = lines_of([verdict], NAMES, NOW)
    assert opened(line)[1]["_id"] == 'e"1\n'
    assert b"\n" not in line.action


def test_a_new_alert_goes_to_the_month_of_its_day_and_only_if_it_is_new():
    verb, meta, document = opened(state_line(NAMES, alert("a"), None, NOW))

    assert (verb, meta) == ("create", {"_index": "t-alerts-2026.03", "_id": "a"})
    assert document["event.ingested"] == NOW


def test_an_alert_is_written_over_the_version_that_was_read():
    grown = alert("a") | {"ai.alert.count": 5}
    verb, meta, document = opened(state_line(NAMES, grown, read(alert("a")), NOW))

    assert (verb, meta["if_seq_no"], meta["if_primary_term"]) == ("index", 3, 1)
    assert document["ai.alert.count"] == 5


def test_a_version_that_says_nothing_new_is_not_written():
    assert state_line(NAMES, alert("a"), read({"event.ingested": NOW} | alert("a")), NOW) is None


def test_what_analysts_said_outlives_every_version():
    said = spoken(alert("a"), ACK)
    document = opened(state_line(NAMES, alert("a") | {"ai.alert.count": 9}, read(said), NOW))[2]

    assert document["ai.alert.status"] == "acknowledged"
    assert document[WORDS] == [ACK]
    assert document["ai.alert.count"] == 9


def test_a_closed_alert_opens_again_when_its_level_rises():
    said = spoken(alert("a"), {"ai.alert.status": "closed", "ai.alert.closed_level": "high"})
    same = opened(state_line(NAMES, alert("a") | {"ai.alert.count": 2}, read(said), NOW))[2]
    risen = opened(state_line(NAMES, alert("a", risk=90.0, level="critical"), read(said), NOW))[2]

    assert (same["ai.alert.status"], risen["ai.alert.status"]) == ("closed", "open")


def test_versions_of_a_batch_are_folded():
    found = folded([Alert("a", 1.0, alert("a", risk=90.0, level="critical")), Alert("a", 2.0, alert("a"))])
    assert found["a"]["ai.risk.level"] == "critical"
